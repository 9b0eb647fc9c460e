import Synchronization

/// Values made from database content, cached in memory by a hash of the content or by a mark that changes with it.
///
/// Only reading transactions fill the cache, because a writer's content may be rolled back.
package final class ContentCache<Key: Hashable & Sendable, Value: Sendable>: Sendable {
    private let kept = Mutex<[Key: Value]>([:])
    private let limit: Int

    /// Holds at most `limit` values; one more replaces all of them.
    package init(limit: Int) { self.limit = limit }

    /// The cached value of this key, or the one that `make` returns.
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
