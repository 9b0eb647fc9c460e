import HTTPTypes

/// Endpoints about a protected object, which the path's first value names. The handler gets only the found object. A
/// stored response, too, is returned only to who may access the object.
extension APIEndpoint {
    /// An endpoint that returns one value.
    package static func get<Key: PathValue, Object: Sendable, each Value: PublicPathValue, Output: Codable & Sendable>(
        _ path: Path<Key, repeat each Value>, _ access: ObjectAccess<Key, Object>, names: [String], _ summary: String,
        permission: String, words: [QueryParameter] = [],
        _ respond: @escaping @Sendable (WebRequest, Object, repeat each Value) async throws -> Output
    ) -> APIEndpoint {
        APIEndpoint(
            .get, path, names, summary, "", permission, words, sent: nil, response: .json(Output.self)
        ) { (guards: APIAuthenticator, request: WebRequest, key: Key, values: repeat each Value) in
            let (request, _, object) = try await guards.admit(request, permission, words, to: access, key)
            return try request.json(try await respond(request, object, repeat each values))
        }
    }

    /// An endpoint that returns lines of JSON.
    package static func getLines<
        Key: PathValue, Object: Sendable, each Value: PublicPathValue, Row: Codable & Sendable
    >(
        _ path: Path<Key, repeat each Value>, _ access: ObjectAccess<Key, Object>, names: [String], _ summary: String,
        permission: String, words: [QueryParameter] = [],
        _ respond: @escaping @Sendable (WebRequest, Object, repeat each Value) async throws -> NDJSONStream<Row>
    ) -> APIEndpoint {
        APIEndpoint(
            .get, path, names, summary, "", permission, words, sent: nil, response: .lines(Row.self)
        ) { (guards: APIAuthenticator, request: WebRequest, key: Key, values: repeat each Value) in
            let (request, _, object) = try await guards.admit(request, permission, words, to: access, key)
            return try await respond(request, object, repeat each values).response(to: request)
        }
    }

    /// An endpoint that takes one value and returns one, once for each `Idempotency-Key`.
    package static func write<
        Key: PathValue, Object: Sendable, each Value: PublicPathValue, Body: Codable & Sendable,
        Output: Codable & Sendable
    >(
        _ method: WriteMethod, _ path: Path<Key, repeat each Value>, _ access: ObjectAccess<Key, Object>,
        names: [String], _ summary: String, about: String = "", permission: String, words: [QueryParameter] = [],
        _ work: @escaping @Sendable (WebRequest, Object, Body, repeat each Value) async throws -> Output
    ) -> APIEndpoint {
        let sent = Content.json(Body.self)
        return APIEndpoint(
            method.method, path, names, summary, about, permission, words, sent: sent, response: .json(Output.self)
        ) { (guards: APIAuthenticator, request: WebRequest, key: Key, values: repeat each Value) in
            let (request, token, object) = try await guards.admit(request, permission, words, to: access, key)
            return try await request.written(sent, guards, token) { (body: Body) in
                try await work(request, object, body, repeat each values)
            }
        }
    }

    /// The same without a request body.
    package static func delete<
        Key: PathValue, Object: Sendable, each Value: PublicPathValue, Output: Codable & Sendable
    >(
        _ path: Path<Key, repeat each Value>, _ access: ObjectAccess<Key, Object>, names: [String], _ summary: String,
        permission: String, words: [QueryParameter] = [],
        _ work: @escaping @Sendable (WebRequest, Object, repeat each Value) async throws -> Output
    ) -> APIEndpoint {
        APIEndpoint(
            .delete, path, names, summary, "", permission, words, sent: nil, response: .json(Output.self)
        ) { (guards: APIAuthenticator, request: WebRequest, key: Key, values: repeat each Value) in
            let (request, token, object) = try await guards.admit(request, permission, words, to: access, key)
            return try await request.written(guards, token) {
                try await work(request, object, repeat each values)
            }
        }
    }

    /// An endpoint that takes lines of JSON and returns one value, once for each `Idempotency-Key`.
    package static func writeLines<
        Key: PathValue, Object: Sendable, each Value: PublicPathValue, Row: Codable & Sendable,
        Output: Codable & Sendable
    >(
        _ path: Path<Key, repeat each Value>, _ access: ObjectAccess<Key, Object>, names: [String], _ summary: String,
        about: String = "", permission: String, words: [QueryParameter] = [], limit: Int,
        _ work: @escaping @Sendable (WebRequest, Object, NDJSONLines<Row>, repeat each Value) async throws -> Output
    ) -> APIEndpoint {
        let sent = Content.lines(Row.self)
        return APIEndpoint(
            .post, path, names, summary, about, permission, words, sent: sent, response: .json(Output.self)
        ) { (guards: APIAuthenticator, request: WebRequest, key: Key, values: repeat each Value) in
            let (request, token, object) = try await guards.admit(request, permission, words, to: access, key)
            return try await request.written(sent, guards, token, limit: limit) {
                (lines: NDJSONLines<Row>) in try await work(request, object, lines, repeat each values)
            }
        }
    }
}

extension APIAuthenticator {
    /// Admits a request and finds its object, which must be open to the token's principal.
    fileprivate func admit<Key: PathValue, Object: Sendable>(
        _ request: WebRequest, _ permission: String, _ words: [APIEndpoint.QueryParameter],
        to access: ObjectAccess<Key, Object>, _ key: Key
    ) async throws -> (request: WebRequest, token: String, object: Object) {
        let (request, token) = try await admit(request, permission, words)
        return (request, token, try await access.object(request, key))
    }
}
