import Kernel
import Web

extension OfficeJobs {
    /// The pages on which such a job is ordered have the same access policy.
    static func accessPolicy(_ kind: String) -> AccessPolicy {
        if kind == LoginBatchJobs.key { return LoginPages.accessPolicy }
        return isOfEverybody(kind) ? YearsPages.bureau : .officers
    }

    /// Whether the job concerns all people of a year, which only the bureau may order.
    private static func isOfEverybody(_ kind: String) -> Bool { [settleYear, issueYear].contains(kind) }
}

extension Failure {
    static let noAuthority = Failure(
        .denied, "job.no-authority", "下达这项任务时的身份已经取消，或者管理的单位已有变动，任务不再办理，结果也不能再看。需要的，请用现在的身份重新提交。",
        en: "The role that started this job was withdrawn or has another scope now. Start the job again if you may.")
}
