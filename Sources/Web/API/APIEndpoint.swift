import Foundation
import HTTPTypes
import Hummingbird
import Kernel

/// One place of the API: its route, who may ask, and what the OpenAPI document says of it. So the two cannot disagree.
package struct APIEndpoint: Sendable {
    /// What may be asked for beside the path.
    package struct QueryParameter: Sendable {
        let name: String
        let says: String
        let isNumber: Bool
        let most: Int
        /// What a text looks like (a regular expression) and which there are; `nil` where any will do.
        var pattern: String?
        var choices: [String]?

        /// A whole number from 1 to `most`.
        package static func number(_ name: String, _ says: String, most: Int) -> QueryParameter {
            QueryParameter(name: name, says: says, isNumber: true, most: most)
        }

        package static func text(
            _ name: String, _ says: String, pattern: String? = nil, choices: [String]? = nil
        ) -> QueryParameter {
            QueryParameter(name: name, says: says, isNumber: false, most: 0, pattern: pattern, choices: choices)
        }
    }

    let pattern: String
    /// `/api/v1/people/{person}`
    let path: String
    let names: [(name: String, isNumber: Bool)]
    let summary: String
    /// What a token has to permit; `nil` where everybody may ask.
    let permission: String?
    let words: [QueryParameter]
    let sample: JSONValue
    let route: @Sendable (APIAuthenticator) -> Route

    /// `sample` is an answer as it might be: the document's schema is read off it.
    package static func get<each Value: PathValue, Body: Encodable & Sendable>(
        _ path: Path<repeat each Value>, names: [String] = [], _ summary: String, permission: String? = nil,
        words: [QueryParameter] = [], sample: Body,
        _ respond: @escaping @Sendable (WebRequest, repeat each Value) async throws -> Body
    ) -> APIEndpoint {
        var kinds: [Bool] = []
        for kind in repeat (each Value).self { kinds.append(kind != String.self) }
        let named = zip(names, kinds).map { (name: $0, isNumber: $1) }
        return APIEndpoint(
            pattern: path.pattern, path: path.named(names), names: named, summary: summary, permission: permission,
            words: words, sample: JSONValue(sample),
            route: { guards in
                Route.api(path) { (request: WebRequest, values: repeat each Value) in
                    let request = try await guards.admit(request, permission, words)
                    return try request.json(try await respond(request, repeat each values))
                }
            })
    }
}

/// Who may ask, and how often.
package struct APIAuthenticator: Sendable {
    /// Who a token stands for and what it permits; `nil` where it is none, or over.
    package struct TokenPrincipal: Sendable {
        package let identity: any Identity
        let permissions: Set<String>

        package init(_ identity: any Identity, _ permissions: Set<String>) {
            (self.identity, self.permissions) = (identity, permissions)
        }
    }

    private let now: @Sendable () -> Int
    private let tokenPrincipal: @Sendable (String) async throws -> TokenPrincipal?
    private let limit: RateLimit

    package init(
        perMinute: Int = 120, now: @escaping @Sendable () -> Int,
        tokenPrincipal: @escaping @Sendable (String) async throws -> TokenPrincipal?
    ) {
        (self.now, self.tokenPrincipal, limit) = (now, tokenPrincipal, RateLimit(perMinute: perMinute))
    }

    /// The visit, as made by whom its token stands for. Failures: `web.token`, `web.permission`, `web.too-many`,
    /// `web.query`.
    func admit(_ request: WebRequest, _ permission: String?, _ words: [APIEndpoint.QueryParameter]) async throws
        -> WebRequest
    {
        try limit.count(request.network, at: now())
        for word in words where word.isNumber && request.query.has(word.name) {
            guard let number = Int(request.query[word.name]), 1...word.most ~= number else {
                throw Failure.badQuery(word.name)
            }
        }
        guard let permission else { return request }
        let said = request.httpRequest.headers[.authorization] ?? ""
        guard said.lowercased().hasPrefix("bearer "),
            let tokenPrincipal = try await tokenPrincipal(String(said.dropFirst(7)))
        else {
            throw Failure.noToken
        }
        guard tokenPrincipal.permissions.contains(permission) else { throw Failure.notPermitted(permission) }
        return request.by(tokenPrincipal.identity)
    }
}

extension WebRequest {
    /// A value as JSON with its ETag; 304 where the asker has it already.
    fileprivate func json(_ value: some Encodable) throws -> WebResponse {
        let bytes = try JSONValue.encoder.encode(value)
        let tag = "\"\(bytes.etag)\""
        var headers: HTTPFields = [.eTag: tag, .cacheControl: "private, no-cache"]
        if httpRequest.headers[.ifNoneMatch]?.contains(tag) == true {
            return .response(Response(status: .notModified, headers: headers))
        }
        headers[.contentType] = FileType.json.rawValue
        return .response(
            Response(status: .ok, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes))))
    }
}

extension Failure {
    static let noToken = Failure(
        .notSignedIn, "web.token", "没有令牌，或者令牌不对、已过期。请向系统管理员申请。",
        en: "There is no token, or it is wrong or over. Ask the administrator for one.")

    static func notPermitted(_ permission: String) -> Failure {
        Failure(
            .denied, "web.permission", "这个令牌没有 \(permission) 权限。请换用有权限的令牌。",
            en: "This token does not permit \(permission).")
    }

    static func badQuery(_ name: String) -> Failure {
        Failure(
            .badInput, "web.query", "参数 \(name) 不对。请按接口文档填写。", en: "The parameter \(name) is wrong; see the document.")
    }
}
