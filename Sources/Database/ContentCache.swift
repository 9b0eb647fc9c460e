import Synchronization

/// What was made of the database's content, kept in memory by what that content is: its hash, or a mark that moves on
/// with every change.
///
/// Only what a reading transaction has made is kept: the content that a writer sees may be rolled back.
package final class ContentCache<Key: Hashable & Sendable, Value: Sendable>: Sendable {
    private let kept = Mutex<[Key: Value]>([:])
    private let limit: Int

    /// Keeps at most `limit` values; one more replaces all of them.
    package init(limit: Int) { self.limit = limit }

    /// What `make` makes of the content of this key, or has made of it before.
    package func value(_ key: Key, _ transaction: Transaction, _ make: () throws -> Value) rethrows -> Value {
        if let known = kept.withLock({ $0[key] }) { return known }
        let value = try make()
        guard transaction.isReading else { return value }
        kept.withLock { kept in
            if kept.count >= limit { kept = [:] }
            kept[key] = value
        }
        return value
    }
}
