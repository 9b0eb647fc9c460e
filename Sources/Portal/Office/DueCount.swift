import Certificates
import Synchronization
import Web

/// The number of due certificates. Counting reads all people, so it is done every ten minutes, and after each job of
/// this node that changes the number.
package final class DueCount: Sendable {
    private struct State {
        /// `nil` before the first count has ended.
        var due: Int?
        /// The number of counts that have begun, and the latest one of those that have ended.
        var begun = 0
        var ended = 0
    }

    private let held = Mutex(State())

    package init() {}

    /// `nil` before the first count has ended.
    var value: Int? { held.withLock { $0.due } }

    var gauges: [Gauge] {
        value.map { [Gauge("xueshi_due", "Certificates that are due and not issued.", $0)] } ?? []
    }

    /// Counts now. If it fails, the last number stays.
    func renew(_ certificates: Certificates) async {
        let turn = held.withLock { state in
            state.begun += 1
            return state.begun
        }
        guard let due = try? await certificates.due() else { return }
        held.withLock { state in
            // A count that began later may have ended first.
            if turn > state.ended { (state.due, state.ended) = (due, turn) }
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
