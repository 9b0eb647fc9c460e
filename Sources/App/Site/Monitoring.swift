import Certificates
import Database
import Foundation
import Jobs
import Kernel
import Registry
import Synchronization
import Web

extension Installation {
    /// Whether the database answers within two seconds.
    func isReady() async -> Bool {
        await withTaskGroup(of: Bool.self) { group in
            group.addTask { (try? await database.read { try registry.years($0) }) != nil }
            group.addTask {
                try? await Task.sleep(for: .seconds(2))
                return false
            }
            defer { group.cancelAll() }
            return await group.next() ?? false
        }
    }

    /// What is normally 0 and raises an alarm where it is not, and how much memory the program has.
    func gauges(_ due: DueCount, _ renewal: RootRenewal) async -> [Gauge] {
        var gauges = [
            Gauge("xueshi_resident_bytes", "Memory of this process.", Self.residentBytes),
            Gauge(
                "xueshi_ledger_broken", "Places that the last daily check found broken.", renewal.broken),
        ]
        if let counts = try? await jobs.counts() {
            gauges.append(Gauge("xueshi_jobs_open", "Jobs that wait or run.", counts.open))
            gauges.append(Gauge("xueshi_jobs_failed", "Jobs that failed within a day.", counts.failed))
        }
        if let years = try? await database.read({ try registry.years($0) }) {
            let closing = years.count { $0.state == .closing }
            gauges.append(Gauge("xueshi_years_closing", "Years left in the middle of being settled.", closing))
        }
        if let due = due.value {
            gauges.append(Gauge("xueshi_due", "Certificates that are due and not issued.", due))
        }
        return gauges
    }

    private static var residentBytes: Int {
        let text = (try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8)) ?? ""
        let pages = text.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
        return pages * Int(sysconf(Int32(_SC_PAGESIZE)))
    }
}

/// Counts what is due every ten minutes: it goes through everybody, and is not done for each who asks.
final class DueCount: Sendable {
    private let held = Mutex<Int?>(nil)

    /// `nil` before the first count is done.
    var value: Int? { held.withLock { $0 } }

    /// Counts until it is cancelled.
    func keep(_ certificates: Certificates) async {
        while !Task.isCancelled {
            if let due = try? await certificates.due() { held.withLock { $0 = due } }
            try? await Task.sleep(for: .seconds(600))
        }
    }
}
