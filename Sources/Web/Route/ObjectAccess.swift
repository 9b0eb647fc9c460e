/// Who may enter a page about something that its path names, and the thing itself: it is looked up for whoever asks,
/// and the page is handed what was found. So no page can forget to ask whose it is.
package struct ObjectAccess<Key: PathValue, Object: Sendable>: Sendable {
    package let policy: AccessPolicy
    let resolve: @Sendable (WebRequest, Key) async throws -> Object

    /// `resolve` fails where the thing is not there, or is nobody's that asks.
    package init(
        _ policy: AccessPolicy, _ resolve: @escaping @Sendable (WebRequest, Key) async throws -> Object
    ) {
        (self.policy, self.resolve) = (policy, resolve)
    }
}
