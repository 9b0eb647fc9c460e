import Synchronization

/// How often the same was refused: one record a minute says it, so that nobody fills the audit by asking; how often it
/// was meanwhile stands in the next one.
package final class RefusalCount: Sendable {
    private let held = Mutex<[String: (time: Int, count: Int)]>([:])
    private static let window = 60_000
    /// So many are remembered; then it is begun anew.
    private static let most = 10_000

    package init() {}

    /// How often it was since the last record, where one is due now.
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
