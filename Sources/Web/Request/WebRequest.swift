import Foundation
import HTTPTypes
import Hummingbird
import Kernel
import Logging
import NIOCore

/// One request, as a page sees it.
package struct WebRequest: Sendable {
    package let httpRequest: Request
    package private(set) var identity: (any Identity)?
    /// What the user reads to the hotline, and what stands in the log.
    package let number: String
    /// Where the request comes from.
    package let address: String
    /// The same for limits, which count whoever has one line as one.
    package var network: String { Network(address)?.text ?? address }
    package let query: Query

    /// Behind a proxy, the last address that the proxy has added is the client's. What is no address is not believed.
    init(_ httpRequest: Request, _ context: WebRequestContext, trustsProxy: Bool = false) {
        (self.httpRequest, identity, number) = (httpRequest, context.identity, context.number)
        let said = trustsProxy ? forwarded.flatMap { httpRequest.headers[$0] }?.split(separator: ",").last : nil
        let client = said.map { $0.trimmingCharacters(in: .whitespaces) }.flatMap { Network($0) == nil ? nil : $0 }
        address = client ?? context.address ?? "-"
        query = Query(httpRequest.uri.query ?? "")
    }

    /// The same request, made by somebody.
    func by(_ identity: any Identity) -> WebRequest {
        var request = self
        request.identity = identity
        return request
    }

    /// Leaves a line in the log of an act that somebody may ask about later; numbers only, nothing personal.
    package func note(_ act: String, _ facts: [String: String]) {
        var metadata = facts.mapValues { Logger.MetadataValue.string($0) }
        metadata["number"] = "\(number)"
        Logger(label: "xueshi").notice("\(act)", metadata: metadata)
    }

    /// Of whoever is signed in. Failure: `web.sign-in`, on no page that asks for it.
    package func accountNumber() throws -> Int {
        guard let identity else { throw Failure.signIn }
        return identity.accountNumber
    }

    /// Who is signed in, as the product knows them. Failure: `web.sign-in`, on no page that asks for it.
    package func signedIn<Principal: Identity>(as _: Principal.Type) throws -> Principal {
        guard let principal = identity as? Principal else { throw Failure.signIn }
        return principal
    }
}

let forwarded = HTTPField.Name("X-Forwarded-For")

/// The names and values of a query or of a form's body.
package struct Query: Sendable, Equatable {
    private let words: [String: [String]]
    /// The names in the order in which they first came, as a form has its fields.
    private let names: [String]
    /// Nothing was left out for a character that no database keeps.
    private let isKeepable: Bool

    /// Reads `a=1&b=%E5%AD%A6`; what is not UTF-8 is left out.
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

    /// Failure: `web.query` where it holds a NUL, which PostgreSQL keeps in no text.
    func checked() throws -> Query {
        guard isKeepable else { throw Failure.unkeepable }
        return self
    }

    /// The first value, without what nobody sees and the spaces round it; empty where there is none.
    package subscript(_ name: String) -> String {
        words[name]?.first?.visible.trimmingCharacters(in: .whitespacesAndNewlines) ?? ""
    }

    package func all(_ name: String) -> [String] { words[name] ?? [] }

    /// Whether the name was sent, be it empty.
    package func has(_ name: String) -> Bool { words[name] != nil }

    /// Every name with each of its values.
    package var pairs: [(name: String, value: String)] {
        names.flatMap { name in all(name).map { (name: name, value: $0) } }
    }

    /// Written as a form's body writes it.
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
            en: "There is a NUL in what was typed or in the address. Leave it out.")
    }
}

/// What Hummingbird carries along with a request.
struct WebRequestContext: RequestContext {
    var coreContext: CoreRequestContextStorage
    var identity: (any Identity)?
    let address: String?
    /// `7Q2M-4KXD`: short enough to be read out.
    let number: String

    init(source: ApplicationRequestContextSource) {
        coreContext = .init(source: source)
        address = source.channel.remoteAddress?.ipAddress
        number = Self.drawn(UInt64.random(in: 0...UInt64.max))
    }

    private static let letters = Array("ABCDEFGHJKMNPQRSTVWXYZ23456789".utf8)

    /// Eight letters of one random number: asking the system for each would cost more than many an answer.
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
