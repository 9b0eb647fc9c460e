import Synchronization

/// Counts equal refusals. They are recorded once a minute, so they cannot fill the audit log. The next record has the
/// count since the last one.
package final class RefusalCount: Sendable {
    private let held = Mutex<[String: (time: Int, count: Int)]>([:])
    private static let window = 60_000
    /// The most remembered refusals; then all are forgotten.
    private static let most = 10_000

    package init() {}

    /// The count since the last record, if a record is due now.
    package func counted(_ asked: String, at now: Int) -> Int? {
        held.withLock { held in
            if held.count >= Self.most { held = [:] }
            let known = held[asked]
            guard let known, now - known.time < Self.window else {
                held[asked] = (now, 0)
                return (known?.count ?? 0) + 1
            }
            held[asked] = (known.time, known.count + 1)
            return nil
        }
    }
}
