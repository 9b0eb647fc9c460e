import HTTPTypes
import Hummingbird
import Kernel

/// A place, who may enter it, and what is answered there.
package struct Route: Sendable {
    package let method: HTTPRequest.Method
    /// As the router reads it: `/people/{0}`.
    package let pattern: String
    package let accessPolicy: AccessPolicy
    /// An answer for machines: failures are JSON, and no session is looked at.
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

    /// The same, answered on the thread of the connection's event loop: only for what is at hand, or a few rows that
    /// `Database.inlineRead` reads, since nothing else of that loop is answered meanwhile.
    package var atOnce: Route {
        var route = self
        route.isQuick = true
        return route
    }

    /// The same, whose form has these fields to type in: it is kept through signing in. Passwords are none of them.
    package func keeping(_ typed: FormField...) -> Route {
        var route = self
        route.typed = typed
        return route
    }

    /// Reads and shows; changes nothing.
    package static func get<each Value: PublicPathValue>(
        _ path: Path<repeat each Value>, _ accessPolicy: AccessPolicy,
        _ respond: @escaping @Sendable (WebRequest, repeat each Value) async throws -> WebResponse
    ) -> Route {
        Route(.get, path, accessPolicy, respond)
    }

    /// The same of something that belongs to somebody.
    package static func get<Key: PathValue, Object: Sendable, each Value: PublicPathValue>(
        _ path: Path<Key, repeat each Value>, _ access: ObjectAccess<Key, Object>,
        _ respond: @escaping @Sendable (WebRequest, Object, repeat each Value) async throws -> WebResponse
    ) -> Route {
        Route(.get, path, access, respond)
    }

    /// Does what a form asks, and leads to the next page.
    package static func post<each Value: PublicPathValue>(
        _ path: Path<repeat each Value>, _ accessPolicy: AccessPolicy,
        _ respond: @escaping @Sendable (WebRequest, repeat each Value) async throws -> WebResponse
    ) -> Route {
        Route(.post, path, accessPolicy, respond)
    }

    /// The same to something that belongs to somebody.
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
            try await respond(request, access.resolve(request, key), repeat each values)
        }
    }

    /// Answers machines: no session is looked at.
    package static func api<each Value: PathValue>(
        _ path: Path<repeat each Value>, _ method: HTTPRequest.Method = .get,
        _ respond: @escaping @Sendable (WebRequest, repeat each Value) async throws -> WebResponse
    ) -> Route {
        Route(method, path, .everyone, isAPI: true, respond)
    }
}
