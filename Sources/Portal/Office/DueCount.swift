import Certificates
import Synchronization
import Web

/// Counts the due certificates every ten minutes, because counting reads all people.
final class DueCount: Sendable {
    private let held = Mutex<Int?>(nil)

    /// `nil` before the first count has ended.
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
