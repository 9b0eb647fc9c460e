import Database
import Jobs
import Kernel
import People
import Registry
import Web

/// The rights for running, viewing and confirming a job: those of its account today, not those at the time of the
/// order.
extension OfficeJobs {
    /// The submitter of a job. Failure: `job.no-authority` if the account no longer holds a role that may order such a
    /// job for the same scope.
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

    /// The access policy of a kind of job; the pages for ordering it have the same.
    static func accessPolicy(_ kind: String) -> AccessPolicy { isOfEverybody(kind) ? YearsPages.bureau : .officers }

    /// Whether the job concerns all people of a year, which only the bureau may order.
    private static func isOfEverybody(_ kind: String) -> Bool { [settleYear, issueYear].contains(kind) }
}

extension Failure {
    static let noAuthority = Failure(
        .denied, "job.no-authority", "下达这项任务时的身份已经取消，或者管理的单位已有变动，任务不再办理，结果也不能再看。需要的，请用现在的身份重新提交。",
        en: "The role that started this job was withdrawn or has another scope now. Start the job again if you may.")
}
