import Certificates
import Synchronization
import Web

/// Counts the certificates that are due, every ten minutes: counting goes through everybody.
final class DueCount: Sendable {
    private let held = Mutex<Int?>(nil)

    /// `nil` before the first count is done.
    var value: Int? { held.withLock { $0 } }

    var gauges: [Gauge] {
        value.map { [Gauge("xueshi_due", "Certificates that are due and not issued.", $0)] } ?? []
    }

    /// Counts until it is cancelled.
    func keep(_ certificates: Certificates) async {
        while !Task.isCancelled {
            if let due = try? await certificates.due() { held.withLock { $0 = due } }
            try? await Task.sleep(for: .seconds(600))
        }
    }
}
