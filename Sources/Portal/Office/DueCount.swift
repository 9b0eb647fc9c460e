import Certificates
import Kernel
import Synchronization
import Web

/// The number of due and issued certificates, by year. Counting reads all people, so it is done every ten minutes, and
/// after each job of this node that changes the number.
package final class DueCount: Sendable {
    private struct State {
        /// `nil` before the first count has ended.
        var counts: [Year: IssueCount]?
        /// The number of counts that have begun, and the latest one of those that have ended.
        var begun = 0
        var ended = 0
    }

    private let held = Mutex(State())

    package init() {}

    /// `nil` before the first count has ended.
    var counts: [Year: IssueCount]? { held.withLock { $0.counts } }

    /// How many are due over all years; `nil` before the first count has ended.
    var value: Int? { counts?.values.reduce(0) { $0 + $1.due } }

    var gauges: [Gauge] {
        value.map { [Gauge("xueshi_due", "Certificates that are due and not issued.", $0)] } ?? []
    }

    /// Counts now. If it fails, the last number stays.
    func renew(_ certificates: Certificates) async {
        let turn = held.withLock { state in
            state.begun += 1
            return state.begun
        }
        guard let counts = try? await certificates.counts() else { return }
        held.withLock { state in
            // A count that began later may have ended first.
            if turn > state.ended { (state.counts, state.ended) = (counts, turn) }
        }
    }

    /// Counts until it is cancelled.
    func keep(_ certificates: Certificates) async {
        while !Task.isCancelled {
            await renew(certificates)
            try? await Task.sleep(for: .seconds(600))
        }
    }
}
