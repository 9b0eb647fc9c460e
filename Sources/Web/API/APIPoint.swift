import Foundation
import HTTPTypes
import Hummingbird
import Kernel

/// One place of the API: its route, who may ask, and what the OpenAPI document says of it. So the two cannot disagree.
package struct APIPoint: Sendable {
    /// What may be asked for beside the path.
    package struct Word: Sendable {
        let name: String
        let says: String
        let isNumber: Bool
        let most: Int
        /// What a text looks like (a regular expression) and which there are; `nil` where any will do.
        var pattern: String?
        var choices: [String]?

        /// A whole number from 1 to `most`.
        package static func number(_ name: String, _ says: String, most: Int) -> Word {
            Word(name: name, says: says, isNumber: true, most: most)
        }

        package static func text(
            _ name: String, _ says: String, pattern: String? = nil, choices: [String]? = nil
        ) -> Word {
            Word(name: name, says: says, isNumber: false, most: 0, pattern: pattern, choices: choices)
        }
    }

    let pattern: String
    /// `/api/v1/people/{person}`
    let path: String
    let names: [(name: String, isNumber: Bool)]
    let summary: String
    /// What a token has to permit; `nil` where everybody may ask.
    let permission: String?
    let words: [Word]
    let sample: JSONValue
    let route: @Sendable (APIGuard) -> Route

    /// `sample` is an answer as it might be: the document's schema is read off it.
    package static func get<each Value: PathValue, Answer: Encodable & Sendable>(
        _ path: Path<repeat each Value>, names: [String] = [], _ summary: String, permission: String? = nil,
        words: [Word] = [], sample: Answer,
        _ answer: @escaping @Sendable (Visit, repeat each Value) async throws -> Answer
    ) -> APIPoint {
        var kinds: [Bool] = []
        for kind in repeat (each Value).self { kinds.append(kind != String.self) }
        let named = zip(names, kinds).map { (name: $0, isNumber: $1) }
        return APIPoint(
            pattern: path.pattern, path: path.named(names), names: named, summary: summary, permission: permission,
            words: words, sample: JSONValue(sample),
            route: { guards in
                Route.api(path) { (visit: Visit, values: repeat each Value) in
                    let visit = try await guards.admit(visit, permission, words)
                    return try visit.answer(try await answer(visit, repeat each values))
                }
            })
    }
}

/// Who may ask, and how often.
package struct APIGuard: Sendable {
    /// Who a token stands for and what it permits; `nil` where it is none, or over.
    package struct Bearer: Sendable {
        package let visitor: Visitor
        let permissions: Set<String>

        package init(_ visitor: Visitor, _ permissions: Set<String>) {
            (self.visitor, self.permissions) = (visitor, permissions)
        }
    }

    private let now: @Sendable () -> Int
    private let bearer: @Sendable (String) async throws -> Bearer?
    private let limit: RateLimit

    package init(
        perMinute: Int = 120, now: @escaping @Sendable () -> Int,
        bearer: @escaping @Sendable (String) async throws -> Bearer?
    ) {
        (self.now, self.bearer, limit) = (now, bearer, RateLimit(perMinute: perMinute))
    }

    /// The visit, as made by whom its token stands for. Failures: `web.token`, `web.permission`, `web.too-many`,
    /// `web.query`.
    func admit(_ visit: Visit, _ permission: String?, _ words: [APIPoint.Word]) async throws -> Visit {
        try limit.count(visit.network, at: now())
        for word in words where word.isNumber && visit.query.has(word.name) {
            guard let number = Int(visit.query[word.name]), 1...word.most ~= number else {
                throw Failure.badQuery(word.name)
            }
        }
        guard let permission else { return visit }
        let said = visit.request.headers[.authorization] ?? ""
        guard said.lowercased().hasPrefix("bearer "), let bearer = try await bearer(String(said.dropFirst(7))) else {
            throw Failure.noToken
        }
        guard bearer.permissions.contains(permission) else { throw Failure.notPermitted(permission) }
        return visit.by(bearer.visitor)
    }
}

extension Visit {
    /// A value as JSON with its ETag; 304 where the asker has it already.
    fileprivate func answer(_ value: some Encodable) throws -> Answer {
        let bytes = try JSONValue.encoder.encode(value)
        let tag = "\"\(bytes.etag)\""
        var headers: HTTPFields = [.eTag: tag, .cacheControl: "private, no-cache"]
        if request.headers[.ifNoneMatch]?.contains(tag) == true {
            return .response(Response(status: .notModified, headers: headers))
        }
        headers[.contentType] = FileType.json.rawValue
        return .response(
            Response(status: .ok, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes))))
    }
}

extension Failure {
    static let noToken = Failure(
        .denied, "web.token", "没有令牌，或者令牌不对、已过期。请向系统管理员申请。",
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
