import Foundation
import HTTPTypes
import Hummingbird
import Kernel

/// Checks the token and the rate of requests to the API, and holds the store of responses to writes.
package struct APIAuthenticator: Sendable {
    /// The principal and permissions of a token.
    package struct TokenPrincipal: Sendable {
        package let identity: any Identity
        /// The public part of the token.
        let token: String
        let permissions: Set<String>

        package init(_ identity: any Identity, token: String, _ permissions: Set<String>) {
            (self.identity, self.token, self.permissions) = (identity, token, permissions)
        }
    }

    private let now: @Sendable () -> Int
    private let tokenPrincipal: @Sendable (String) async throws -> TokenPrincipal?
    private let tokens: RateLimit
    private let networks: RateLimit
    let responses: any ResponseStore

    /// `perMinute`: the most requests a minute with one token, and the most without a valid token from one network.
    package init(
        perMinute: Int = 120, now: @escaping @Sendable () -> Int, responses: any ResponseStore,
        tokenPrincipal: @escaping @Sendable (String) async throws -> TokenPrincipal?
    ) {
        (self.now, self.responses, self.tokenPrincipal) = (now, responses, tokenPrincipal)
        (tokens, networks) = (RateLimit(perMinute: perMinute), RateLimit(perMinute: perMinute))
    }

    /// The request with the identity of its token, and the token; the request as it is and "" where none is needed.
    ///
    /// Failures: `web.token`, `web.permission`, `web.too-many`, `web.query`.
    func admit(
        _ request: WebRequest, _ permission: String?, _ words: [APIEndpoint.QueryParameter]
    ) async throws -> (request: WebRequest, token: String) {
        guard let permission else {
            try networks.count(request.network, at: now())
            try words.check(request.query)
            return (request, "")
        }
        guard let found = try await found(request) else {
            try networks.count(request.network, at: now())
            throw Failure.noToken
        }
        try tokens.count(found.token, at: now())
        guard found.permissions.contains(permission) else { throw Failure.notPermitted(permission) }
        try words.check(request.query)
        return (request.by(found.identity), found.token)
    }

    /// A network with too many bad tokens gets no further look-ups.
    private func found(_ request: WebRequest) async throws -> TokenPrincipal? {
        let said = request.httpRequest.headers[.authorization] ?? ""
        guard said.lowercased().hasPrefix("bearer ") else { return nil }
        try networks.check(request.network, at: now())
        return try await tokenPrincipal(String(said.dropFirst(7)))
    }
}

extension [APIEndpoint.QueryParameter] {
    /// Failure: `web.query`.
    fileprivate func check(_ query: Query) throws {
        for word in self where query.has(word.name) {
            guard word.admits(query[word.name]) else { throw Failure.badQuery(word.name) }
        }
    }
}

extension Failure {
    static let noToken = Failure(
        .notSignedIn, "web.token", "没有令牌，或者令牌不对、已过期。请向系统管理员申请。",
        en: "There is no token, or it is wrong or has ended. Ask the administrator for one.")

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
