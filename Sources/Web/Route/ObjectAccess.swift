/// Who may use a route about an object in its path, and how the object is found. The handler gets only the found
/// object, so it cannot skip the access check.
package struct ObjectAccess<Key: PathValue, Object: Sendable>: Sendable {
    package let policy: AccessPolicy
    let resolve: @Sendable (WebRequest, Key) async throws -> Object

    /// `resolve` fails if the object does not exist or the user may not access it.
    package init(
        _ policy: AccessPolicy, _ resolve: @escaping @Sendable (WebRequest, Key) async throws -> Object
    ) {
        (self.policy, self.resolve) = (policy, resolve)
    }

    /// The object for the user. Failures: those of ``AccessPolicy/admit(_:)`` and of the lookup.
    func object(_ request: WebRequest, _ key: Key) async throws -> Object {
        try policy.admit(request.identity)
        return try await resolve(request, key)
    }

    /// The same with a part of the object, which the path's second value names. `find` fails if the object has no such
    /// part.
    package func part<PartKey: PathValue, Part: Sendable>(
        _ find: @escaping @Sendable (Object, PartKey) async throws -> Part
    ) -> PartAccess<Key, Object, PartKey, Part> {
        PartAccess(whole: self, find: find)
    }
}

/// Who may use a route about an object and a part of it: a person, and one of the person's certificates.
package struct PartAccess<Key: PathValue, Object: Sendable, PartKey: PathValue, Part: Sendable>: Sendable {
    let whole: ObjectAccess<Key, Object>
    let find: @Sendable (Object, PartKey) async throws -> Part
}
