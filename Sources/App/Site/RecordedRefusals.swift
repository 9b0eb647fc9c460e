import Kernel
import Logging
import People
import Synchronization
import Web

/// Records what people who are signed in asked for and may not have.
///
/// At most once a minute for each account and failure, so that nobody fills the audit by asking; how often it was
/// meanwhile stands in the next record.
final class RecordedRefusals: Sendable {
    private struct Asked: Hashable {
        let account: Int
        let code: String
    }

    private let audit: Audit
    private let held = Mutex<[Asked: (time: Int, count: Int)]>([:])
    private static let window = 60_000
    /// So many are remembered; then it is begun anew.
    private static let most = 10_000

    init(_ audit: Audit) { self.audit = audit }

    func take(_ visit: Visit, _ failure: Failure, _ pattern: String) async {
        guard let account = visit.visitor?.account, failure.kind == .denied || failure.code == "desk.not-in-scope",
            let count = counted(Asked(account: account, code: failure.code))
        else { return }
        do {
            try await audit.acting(as: visit.actor).record(
                .beRefused, .path(pattern), failure: failure.code, count > 1 ? ["times": "\(count)"] : [:])
        } catch {
            // The refusal is answered all the same.
            Logger(label: "xueshi").warning("audit", metadata: ["type": "\(type(of: error))"])
        }
    }

    /// How often it was since the last record, where one is due now.
    private func counted(_ asked: Asked) -> Int? {
        let now = audit.people.outside.now()
        return held.withLock { held in
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
