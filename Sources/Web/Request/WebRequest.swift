import Foundation
import HTTPTypes
import Hummingbird
import Kernel
import Logging
import NIOCore

/// One request, as handlers see it.
package struct WebRequest: Sendable {
    package let httpRequest: Request
    package private(set) var identity: (any Identity)?
    /// The request's number, which a user can give to the hotline and which is in the log.
    package let number: String
    /// The IP address of the client.
    package let address: String
    /// The network of the client, for rate limits.
    package var network: String { Network(address)?.text ?? address }
    package let query: Query
    /// The address of the site as the client named it: host and port; empty if it named none.
    package var site: String { httpRequest.head.authority ?? "" }

    /// Behind a proxy, the client's address is the last one in `X-Forwarded-For`, if it is a valid address.
    init(_ httpRequest: Request, _ context: WebRequestContext, trustsProxy: Bool = false) {
        (self.httpRequest, identity, number) = (httpRequest, context.identity, context.number)
        let said = trustsProxy ? forwarded.flatMap { httpRequest.headers[$0] }?.split(separator: ",").last : nil
        let client = said.map { $0.trimmingCharacters(in: .whitespaces) }.flatMap { Network($0) == nil ? nil : $0 }
        address = client ?? context.address ?? "-"
        query = Query(httpRequest.uri.query ?? "")
    }

    /// The same request with an identity.
    func by(_ identity: any Identity) -> WebRequest {
        var request = self
        request.identity = identity
        return request
    }

    /// Logs an act that may be inquired about later. `facts` must contain no personal data.
    package func note(_ act: String, _ facts: [String: String]) {
        var metadata = facts.mapValues { Logger.MetadataValue.string($0) }
        metadata["number"] = "\(number)"
        Logger(label: "xueshi").notice("\(act)", metadata: metadata)
    }

    /// The number of the signed-in account. Failure: `web.sign-in`, which no page with an access policy meets.
    package func accountNumber() throws -> Int {
        guard let identity else { throw Failure.signIn }
        return identity.accountNumber
    }

    /// The signed-in user in the product's own type. Failure: `web.sign-in`, which no page with an access policy meets.
    package func signedIn<Principal: Identity>(as _: Principal.Type) throws -> Principal {
        guard let principal = identity as? Principal else { throw Failure.signIn }
        return principal
    }
}

let forwarded = HTTPField.Name("X-Forwarded-For")

/// The names and values of a query or of a form's body.
package struct Query: Sendable, Equatable {
    private let words: [String: [String]]
    /// The names in order of first appearance, which is the order of a form's fields.
    private let names: [String]
    /// Whether no name or value contains a NUL.
    private let isKeepable: Bool

    /// Parses `a=1&b=%E5%AD%A6`; parts that are not UTF-8 are left out.
    package init(_ text: some StringProtocol) {
        var (words, names): ([String: [String]], [String]) = ([:], [])
        for pair in text.split(separator: "&") {
            let sides = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map {
                String($0).replacing("+", with: " ").removingPercentEncoding
            }
            guard let name = sides.first ?? nil, let value = sides.count == 2 ? sides[1] : "" else { continue }
            if words[name] == nil { names.append(name) }
            words[name, default: []].append(value)
        }
        self.init(words, in: names)
    }

    package init(_ words: [String: [String]], in names: [String]? = nil) {
        let kept = words.filter { name, values in !name.utf8.contains(0) && !values.contains { $0.utf8.contains(0) } }
        (self.words, isKeepable) = (kept, kept.count == words.count)
        self.names = (names ?? words.keys.sorted()).filter { kept[$0] != nil }
    }

    /// Failure: `web.query` if it contains a NUL, which PostgreSQL does not store.
    func checked() throws -> Query {
        guard isKeepable else { throw Failure.unkeepable }
        return self
    }

    /// The first value without invisible characters and surrounding spaces; empty if there is none.
    package subscript(_ name: String) -> String {
        words[name]?.first?.visible.trimmingCharacters(in: .whitespacesAndNewlines) ?? ""
    }

    package func all(_ name: String) -> [String] { words[name] ?? [] }

    /// Whether the name was sent, even with an empty value.
    package func has(_ name: String) -> Bool { words[name] != nil }

    /// Each value with its name.
    package var pairs: [(name: String, value: String)] {
        names.flatMap { name in all(name).map { (name: name, value: $0) } }
    }

    /// In the format of a form's body.
    package var text: String {
        pairs.map { Link.encoded($0.name) + "=" + Link.encoded($0.value) }.joined(separator: "&")
    }

    /// The first value as it was sent.
    package func exact(_ name: String) -> String { words[name]?.first ?? "" }
}

extension Failure {
    fileprivate static var unkeepable: Failure {
        Failure(
            .badInput, "web.query", "填写的内容或网址里有不能使用的字符（空字符）。请删去后重试。",
            en: "The input or the address contains a NUL character. Remove it.")
    }
}

/// The context that Hummingbird passes along with a request.
struct WebRequestContext: RequestContext {
    var coreContext: CoreRequestContextStorage
    var identity: (any Identity)?
    let address: String?
    /// The request's number, such as `7Q2M-4KXD`: short enough to be read out.
    let number: String

    init(source: ApplicationRequestContextSource) {
        coreContext = .init(source: source)
        address = source.channel.remoteAddress?.ipAddress
        number = Self.drawn(UInt64.random(in: 0...UInt64.max))
    }

    private static let letters = Array("ABCDEFGHJKMNPQRSTVWXYZ23456789".utf8)

    /// Eight letters from one random number, because one system call for each letter would be slow.
    private static func drawn(_ chance: UInt64) -> String {
        var (rest, bytes) = (chance, [UInt8]())
        for place in 0..<8 {
            if place == 4 { bytes.append(UInt8(ascii: "-")) }
            bytes.append(letters[Int(rest % UInt64(letters.count))])
            rest /= UInt64(letters.count)
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
