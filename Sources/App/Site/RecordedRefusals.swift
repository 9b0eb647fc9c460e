import Kernel
import Logging
import People
import Web

/// Records requests of signed-in people that were refused: at most once a minute for each account and failure.
final class RecordedRefusals: Sendable {
    private let audit: AuditLog
    private let count = RefusalCount()

    init(_ audit: AuditLog) { self.audit = audit }

    func take(_ request: WebRequest, _ failure: Failure, _ pattern: String) async {
        // A refused sign-in is recorded in the chain of the claimed account.
        guard failure.isRecorded, pattern != AccountPages.signInPath.pattern,
            let account = request.identity?.accountNumber,
            let count = count.counted("\(account) \(failure.code)", at: audit.people.system.now())
        else { return }
        do {
            try await audit.acting(as: request.actor).record(
                .beRefused, .path(pattern), failure: failure.code, count > 1 ? ["times": "\(count)"] : [:])
        } catch {
            // The refusal itself is still sent.
            Logger(label: "xueshi").warning("audit", metadata: ["type": "\(type(of: error))"])
        }
    }
}
