import Certificates
import Foundation
import Jobs
import Kernel
import Registry
import Synchronization
import Web

extension Installation {
    /// Whether the database responds within two seconds.
    func isReady() async -> Bool {
        await withTaskGroup(of: Bool.self) { group in
            group.addTask { (try? await registry.years()) != nil }
            group.addTask {
                try? await Task.sleep(for: .seconds(2))
                return false
            }
            defer { group.cancelAll() }
            return await group.next() ?? false
        }
    }

    /// Gauges that are normally 0 and should raise an alarm otherwise, and the memory of the process.
    func gauges(_ renewal: RootRenewal) -> [Gauge] {
        [
            Gauge("xueshi_resident_bytes", "Memory of this process.", Self.residentBytes),
            Gauge(
                "xueshi_ledger_broken", "Faults that the last daily check found.", renewal.broken),
        ]
    }

    private static var residentBytes: Int {
        let text = (try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8)) ?? ""
        let pages = text.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
        return pages * Int(sysconf(Int32(_SC_PAGESIZE)))
    }
}
