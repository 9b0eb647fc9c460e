import Kernel
import Logging
import People
import Web

/// Records what people who are signed in asked for and may not have: at most once a minute for each account and
/// failure.
final class RecordedRefusals: Sendable {
    private let audit: AuditLog
    private let count = RefusalCount()
    /// Refusals of other kinds: whose things it was asked for, and passwords that were guessed within a session.
    private static let others: Set = [
        "desk.not-in-scope", "account.not-in-scope", "account.changed", "account.old", "account.locked",
        "request.none",
    ]

    init(_ audit: AuditLog) { self.audit = audit }

    /// What a rule says no to, on whatever page. Who signs in as somebody else has a record in that account's chain.
    private static func isRecorded(_ failure: Failure, _ pattern: String) -> Bool {
        guard pattern != "/sign-in" else { return false }
        return [.denied, .refused].contains(failure.kind) || others.contains(failure.code)
    }

    func take(_ request: WebRequest, _ failure: Failure, _ pattern: String) async {
        guard let account = request.principal?.account, Self.isRecorded(failure, pattern),
            let count = count.counted("\(account) \(failure.code)", at: audit.people.system.now())
        else { return }
        do {
            try await audit.acting(as: request.actor).record(
                .beRefused, .path(pattern), failure: failure.code, count > 1 ? ["times": "\(count)"] : [:])
        } catch {
            // The refusal is answered all the same.
            Logger(label: "xueshi").warning("audit", metadata: ["type": "\(type(of: error))"])
        }
    }
}
