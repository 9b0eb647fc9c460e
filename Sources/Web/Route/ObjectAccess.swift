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
}
