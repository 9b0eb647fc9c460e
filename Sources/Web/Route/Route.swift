import HTTPTypes
import Hummingbird
import Kernel

/// A path with its method, access policy and handler.
package struct Route: Sendable {
    package let method: HTTPRequest.Method
    /// The pattern for the router: `/people/{0}`.
    package let pattern: String
    package let accessPolicy: AccessPolicy
    /// A response for programs: failures are JSON, and the session is ignored.
    package let isAPI: Bool
    private(set) var isQuick = false
    private(set) var typed: [FormField] = []
    let respond: @Sendable (WebRequest, Parameters) async throws -> WebResponse

    private init<each Value: PathValue>(
        _ method: HTTPRequest.Method, _ path: Path<repeat each Value>, _ accessPolicy: AccessPolicy,
        isAPI: Bool = false,
        _ respond: @escaping @Sendable (WebRequest, repeat each Value) async throws -> WebResponse
    ) {
        (self.method, pattern, self.accessPolicy, self.isAPI) = (method, path.pattern, accessPolicy, isAPI)
        self.respond = { request, parameters in
            let values = try path.values(parameters)
            return try await respond(request, repeat each values)
        }
    }

    /// The same, handled on the connection's event loop. The handler must be fast: it may use memory and the few rows
    /// that `Database.inlineRead` reads, since it blocks the other connections of that loop.
    package var atOnce: Route {
        var route = self
        route.isQuick = true
        return route
    }

    /// The same with the fields that are kept if the user must sign in first. They must not include passwords.
    package func keeping(_ typed: FormField...) -> Route {
        var route = self
        route.typed = typed
        return route
    }

    /// Shows a page; changes nothing.
    package static func get<each Value: PublicPathValue>(
        _ path: Path<repeat each Value>, _ accessPolicy: AccessPolicy,
        _ respond: @escaping @Sendable (WebRequest, repeat each Value) async throws -> WebResponse
    ) -> Route {
        Route(.get, path, accessPolicy, respond)
    }

    /// The same about a protected object.
    package static func get<Key: PathValue, Object: Sendable, each Value: PublicPathValue>(
        _ path: Path<Key, repeat each Value>, _ access: ObjectAccess<Key, Object>,
        _ respond: @escaping @Sendable (WebRequest, Object, repeat each Value) async throws -> WebResponse
    ) -> Route {
        Route(.get, path, access, respond)
    }

    /// The same about a protected part of a protected object.
    package static func get<Key: PathValue, Object: Sendable, PartKey: PathValue, Part: Sendable>(
        _ path: Path<Key, PartKey>, _ access: PartAccess<Key, Object, PartKey, Part>,
        _ respond: @escaping @Sendable (WebRequest, Object, Part) async throws -> WebResponse
    ) -> Route {
        Route(.get, path, access.whole.policy) { (request: WebRequest, key: Key, partKey: PartKey) in
            let object = try await access.whole.object(request, key)
            return try await respond(request, object, access.find(object, partKey))
        }
    }

    /// Carries out a form's act and redirects to the next page.
    package static func post<each Value: PublicPathValue>(
        _ path: Path<repeat each Value>, _ accessPolicy: AccessPolicy,
        _ respond: @escaping @Sendable (WebRequest, repeat each Value) async throws -> WebResponse
    ) -> Route {
        Route(.post, path, accessPolicy, respond)
    }

    /// The same about a protected object.
    package static func post<Key: PathValue, Object: Sendable, each Value: PublicPathValue>(
        _ path: Path<Key, repeat each Value>, _ access: ObjectAccess<Key, Object>,
        _ respond: @escaping @Sendable (WebRequest, Object, repeat each Value) async throws -> WebResponse
    ) -> Route {
        Route(.post, path, access, respond)
    }

    private init<Key: PathValue, Object: Sendable, each Value: PublicPathValue>(
        _ method: HTTPRequest.Method, _ path: Path<Key, repeat each Value>, _ access: ObjectAccess<Key, Object>,
        _ respond: @escaping @Sendable (WebRequest, Object, repeat each Value) async throws -> WebResponse
    ) {
        self.init(method, path, access.policy) { (request: WebRequest, key: Key, values: repeat each Value) in
            try await respond(request, access.object(request, key), repeat each values)
        }
    }

    /// A route for programs, open to everyone; the session is ignored.
    package static func api<each Value: PublicPathValue>(
        _ path: Path<repeat each Value>,
        _ respond: @escaping @Sendable (WebRequest, repeat each Value) async throws -> WebResponse
    ) -> Route {
        Route(.get, path, .everyone, isAPI: true, respond)
    }

    /// The route of an endpoint, which checks the token and the access to objects itself.
    static func endpoint<each Value: PathValue>(
        _ path: Path<repeat each Value>, _ method: HTTPRequest.Method,
        _ respond: @escaping @Sendable (WebRequest, repeat each Value) async throws -> WebResponse
    ) -> Route {
        Route(method, path, .everyone, isAPI: true, respond)
    }
}
