import Database
import Jobs
import Kernel
import People
import Registry
import Web

/// By what right a job runs, is looked at and is confirmed: that of its account today, and not the one of the day on
/// which it was ordered.
extension OfficeJobs {
    /// In whose name it runs. Failure: `job.no-authority` where the account holds no role any more that may order such
    /// a job of these very people.
    func submitter(of job: Job, scope: String?, _ transaction: Transaction) throws -> Submitter {
        let account = ID<Account>(job.account)
        for held in try AccountStore(transaction, registry.people).roles(of: account) {
            let principal = try Principal(account, in: held, name: "", transaction)
            guard Self.accessPolicy(job.kind).isOpen(to: principal), let submitter = principal.submitterIfAny else {
                continue
            }
            if scope == nil || submitter.scope.text == scope { return submitter }
        }
        throw Failure.noAuthority
    }

    /// The pages on which such a job is ordered have the same access policy.
    static func accessPolicy(_ kind: String) -> AccessPolicy { isOfEverybody(kind) ? YearsPages.bureau : .officers }

    /// A year is the bureau's, and of everybody.
    private static func isOfEverybody(_ kind: String) -> Bool { [settleYear, issueYear].contains(kind) }
}

extension Failure {
    static let noAuthority = Failure(
        .denied, "job.no-authority", "下达这项任务时的身份已经取消，或者管理的单位已有变动，任务不再办理，结果也不能再看。需要的，请用现在的身份重新提交。",
        en: "The role in which this job was ordered is gone or looks after others now. Order it again if you may.")
}
