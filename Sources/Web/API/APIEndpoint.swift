import Foundation
import HTTPTypes
import Hummingbird
import Kernel

/// An endpoint of the API: its route, permission and OpenAPI description. One value makes all three, so they agree.
package struct APIEndpoint: Sendable {
    /// A parameter of the query.
    package struct QueryParameter: Sendable {
        enum Kind: Sendable, Equatable { case number(most: Int), text, flag }

        let name: String
        let says: String
        let kind: Kind
        /// A regular expression and a list of allowed values, for texts; `nil` where any text is valid.
        var pattern: String?
        var choices: [String]?

        /// A whole number from 1 to `most`.
        package static func number(_ name: String, _ says: String, most: Int) -> QueryParameter {
            QueryParameter(name: name, says: says, kind: .number(most: most))
        }

        package static func text(
            _ name: String, _ says: String, pattern: String? = nil, choices: [String]? = nil
        ) -> QueryParameter {
            QueryParameter(name: name, says: says, kind: .text, pattern: pattern, choices: choices)
        }

        /// `true` or `false`; `false` where it is left out.
        package static func flag(_ name: String, _ says: String) -> QueryParameter {
            QueryParameter(name: name, says: says, kind: .flag)
        }

        /// Whether the value is valid. Texts are checked by the endpoint itself.
        func admits(_ text: String) -> Bool {
            switch kind {
            case .number(let most): Int(text).map { 1...most ~= $0 } ?? false
            case .flag: ["true", "false"].contains(text)
            case .text: true
            }
        }
    }

    /// The body of a request or a response.
    struct Content: Sendable {
        let type: APIMediaType
        let schema: JSONSchema
    }

    let method: HTTPRequest.Method
    let pattern: String
    /// The path for the OpenAPI document: `/api/v1/people/{person}`.
    let path: String
    let names: [(name: String, isNumber: Bool)]
    let summary: String
    /// A longer description; empty where the summary is enough.
    let about: String
    /// The permission that the token needs; `nil` where no token is needed.
    let permission: String?
    let words: [QueryParameter]
    /// `nil` where the request has no body.
    let sent: Content?
    let response: Content
    let route: @Sendable (APIAuthenticator) -> Route

    /// The most bytes of a JSON body, or of one line.
    static let largest = 65_536
    /// The most bytes of all lines together.
    static let largestList = 32 << 20

    /// An endpoint that returns one value.
    package static func get<each Value: PublicPathValue, Output: Codable & Sendable>(
        _ path: Path<repeat each Value>, names: [String] = [], _ summary: String, permission: String? = nil,
        words: [QueryParameter] = [],
        _ respond: @escaping @Sendable (WebRequest, repeat each Value) async throws -> Output
    ) -> APIEndpoint {
        APIEndpoint(
            .get, path, names, summary, "", permission, words, sent: nil, response: .json(Output.self)
        ) { (guards: APIAuthenticator, request: WebRequest, values: repeat each Value) in
            let (request, _) = try await guards.admit(request, permission, words)
            return try request.json(try await respond(request, repeat each values))
        }
    }

    /// An endpoint that returns values as lines of JSON (NDJSON), written while they are read. `respond` checks the
    /// request and returns the stream. A failure of the stream closes the connection before the last chunk.
    package static func getLines<each Value: PublicPathValue, Row: Codable & Sendable>(
        _ path: Path<repeat each Value>, names: [String] = [], _ summary: String, permission: String,
        words: [QueryParameter] = [],
        _ respond: @escaping @Sendable (WebRequest, repeat each Value) async throws -> NDJSONStream<Row>
    ) -> APIEndpoint {
        APIEndpoint(
            .get, path, names, summary, "", permission, words, sent: nil, response: .lines(Row.self)
        ) { (guards: APIAuthenticator, request: WebRequest, values: repeat each Value) in
            let (request, _) = try await guards.admit(request, permission, words)
            return try await respond(request, repeat each values).response(to: request)
        }
    }

    /// An endpoint that takes one value and returns one. A request is carried out once for each `Idempotency-Key`. If
    /// the process ends during the work, the work may run again, so it must change nothing the second time.
    package static func write<each Value: PublicPathValue, Body: Codable & Sendable, Output: Codable & Sendable>(
        _ method: WriteMethod, _ path: Path<repeat each Value>, names: [String] = [], _ summary: String,
        about: String = "", permission: String, words: [QueryParameter] = [],
        _ work: @escaping @Sendable (WebRequest, Body, repeat each Value) async throws -> Output
    ) -> APIEndpoint {
        let sent = Content.json(Body.self)
        return APIEndpoint(
            method.method, path, names, summary, about, permission, words, sent: sent, response: .json(Output.self)
        ) { (guards: APIAuthenticator, request: WebRequest, values: repeat each Value) in
            let admitted = try await guards.admit(request, permission, words)
            return try await admitted.request.written(sent, guards, admitted.token) { (body: Body) in
                try await work(admitted.request, body, repeat each values)
            }
        }
    }

    /// The same without a request body.
    package static func delete<each Value: PublicPathValue, Output: Codable & Sendable>(
        _ path: Path<repeat each Value>, names: [String] = [], _ summary: String, permission: String,
        words: [QueryParameter] = [],
        _ work: @escaping @Sendable (WebRequest, repeat each Value) async throws -> Output
    ) -> APIEndpoint {
        APIEndpoint(
            .delete, path, names, summary, "", permission, words, sent: nil, response: .json(Output.self)
        ) { (guards: APIAuthenticator, request: WebRequest, values: repeat each Value) in
            let admitted = try await guards.admit(request, permission, words)
            return try await admitted.request.written(guards, admitted.token) {
                try await work(admitted.request, repeat each values)
            }
        }
    }

    /// An endpoint that takes lines of JSON (NDJSON), at most `limit` of them, and returns one value. `work` starts
    /// after all lines have been received and checked.
    package static func writeLines<each Value: PublicPathValue, Row: Codable & Sendable, Output: Codable & Sendable>(
        _ path: Path<repeat each Value>, names: [String] = [], _ summary: String, about: String = "",
        permission: String, words: [QueryParameter] = [], limit: Int,
        _ work: @escaping @Sendable (WebRequest, NDJSONLines<Row>, repeat each Value) async throws -> Output
    ) -> APIEndpoint {
        let sent = Content.lines(Row.self)
        return APIEndpoint(
            .post, path, names, summary, about, permission, words, sent: sent, response: .json(Output.self)
        ) { (guards: APIAuthenticator, request: WebRequest, values: repeat each Value) in
            let admitted = try await guards.admit(request, permission, words)
            return try await admitted.request.written(sent, guards, admitted.token, limit: limit) {
                (lines: NDJSONLines<Row>) in try await work(admitted.request, lines, repeat each values)
            }
        }
    }

    init<each Value: PathValue>(
        _ method: HTTPRequest.Method, _ path: Path<repeat each Value>, _ names: [String], _ summary: String,
        _ about: String, _ permission: String?, _ words: [QueryParameter], sent: Content?, response: Content,
        _ respond: @escaping @Sendable (APIAuthenticator, WebRequest, repeat each Value) async throws -> WebResponse
    ) {
        var kinds: [Bool] = []
        for kind in repeat (each Value).self { kinds.append(kind != String.self) }
        (self.method, pattern, self.path) = (method, path.pattern, path.named(names))
        self.names = zip(names, kinds).map { (name: $0, isNumber: $1) }
        (self.summary, self.about, self.permission, self.words) = (summary, about, permission, words)
        (self.sent, self.response) = (sent, response)
        route = { guards in
            Route.endpoint(path, method) { (request: WebRequest, values: repeat each Value) in
                try await respond(guards, request, repeat each values)
            }
        }
    }
}

/// The methods of writes with a body.
package enum WriteMethod: Sendable {
    case post, put

    var method: HTTPRequest.Method { self == .post ? .post : .put }
}

extension APIEndpoint.Content {
    static func json<T: Decodable>(_ type: T.Type) -> Self { Self(type: .json, schema: .known(type)) }
    static func lines<T: Decodable>(_ type: T.Type) -> Self { Self(type: .lines, schema: .known(type)) }
}

extension JSONSchema {
    /// A type without a schema is a bug, so the program does not start.
    static func known<T: Decodable>(_ type: T.Type) -> JSONSchema {
        let schema = try? JSONSchema(type)
        precondition(schema != nil, "\(type) has no schema")
        return schema ?? .object([])
    }
}

extension WebRequest {
    /// A value as JSON with its ETag; 304 if the client's copy is current.
    func json(_ value: some Encodable) throws -> WebResponse {
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

    // MARK: - Writes, once for each key

    func written<Body: Codable & Sendable>(
        _ sent: APIEndpoint.Content, _ guards: APIAuthenticator, _ token: String,
        _ work: (Body) async throws -> some Encodable
    ) async throws -> WebResponse {
        let key = try idempotencyKey()
        let body: Body = try await json(sent.schema)
        let content = String(decoding: try JSONValue.encoder.encode(body), as: UTF8.self)
        return try await once(key, content, guards.responses, token: token) {
            Array(try JSONValue.encoder.encode(try await work(body)))
        }
    }

    func written(
        _ guards: APIAuthenticator, _ token: String, _ work: () async throws -> some Encodable
    ) async throws -> WebResponse {
        let key = try idempotencyKey()
        return try await once(key, "", guards.responses, token: token) {
            Array(try JSONValue.encoder.encode(try await work()))
        }
    }

    func written<Row: Codable & Sendable>(
        _ sent: APIEndpoint.Content, _ guards: APIAuthenticator, _ token: String, limit: Int,
        _ work: (NDJSONLines<Row>) async throws -> some Encodable
    ) async throws -> WebResponse {
        let key = try idempotencyKey()
        let lines: NDJSONLines<Row> = try await lines(sent.schema, limit: limit)
        return try await once(key, lines.digest, guards.responses, token: token) {
            Array(try JSONValue.encoder.encode(try await work(lines)))
        }
    }
}
