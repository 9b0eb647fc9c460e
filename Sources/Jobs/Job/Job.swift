import Database
import Files
import Kernel
import Web

/// Work that continues after the request that ordered it. It is a row with a lease. If the lease holder is killed, the
/// next worker repeats the work, so the work must be repeatable.
package struct Job: Sendable {
    package enum State: String, Sendable {
        case waiting
        case running
        case done
        case failed
    }

    package let number: ID<Job>
    let owner: JobOwner
    /// A title for people: 导入人员：2022年名单.xlsx.
    package let title: String
    let stored: StoredPayload
    /// `nil` if there was no file or it has expired.
    package let input: FileHash?
    package let inputName: String
    package let state: State
    /// The number of attempts begun so far.
    package let attempt: Int
    let faults: JobFaults
    package let done: Int
    /// 0 if unknown.
    package let total: Int
    package let result: JobResult
    package let output: FileHash?
    package let outputName: String
    /// The earliest start. Milliseconds since 1970.
    let due: Int
    /// Milliseconds since 1970.
    package let ended: Int

    package var kind: String { owner.kind }
    package var account: Int { owner.account }
    /// Milliseconds since 1970.
    package var created: Int { owner.created }

    /// Whether its file has expired.
    package var isOutputGone: Bool { output == nil && !outputName.isEmpty }
}

/// A kind of job.
package struct JobKind: Sendable {
    package let key: String
    /// How many jobs of the kind run at once, on all nodes together.
    let limit: Int
    /// Whether such jobs depend on each other. An account's jobs of such kinds run one after another in the order of
    /// their orders.
    let isInOrder: Bool
    /// The page from which its jobs are ordered; their pages belong to it. `nil`: they belong to the list of jobs.
    let place: Breadcrumb?
    /// Throws a failure if the job's account may not view or run it today.
    let authorise: @Sendable (Job, Transaction) throws -> Void
    let run: @Sendable (JobContext) async throws -> JobOutcome

    /// `authorise` is called when a job is viewed and again when it begins.
    package init(
        _ key: String, limit: Int = 2, isInOrder: Bool = false, place: Breadcrumb? = nil,
        authorise: @escaping @Sendable (Job, Transaction) throws -> Void = { _, _ in },
        _ run: @escaping @Sendable (JobContext) async throws -> JobOutcome
    ) {
        (self.key, self.limit, self.isInOrder, self.place) = (key, limit, isInOrder, place)
        (self.authorise, self.run) = (authorise, run)
    }
}

/// What a running job can use.
package struct JobContext: Sendable {
    package let job: Job
    /// The uploaded file, without a name on the disk; `nil` if there is none.
    package let input: OpenFile?
    /// Reports the progress; `total` is 0 if unknown.
    package let progress: @Sendable (_ done: Int, _ total: Int) -> Void
}

/// The result of a run and its file.
package struct JobOutcome: Sendable {
    package var result: JobResult
    /// A file for download, and its name.
    package var output: (file: OpenFile, name: String)?

    package init(_ result: JobResult, output: (file: OpenFile, name: String)? = nil) {
        (self.result, self.output) = (result, output)
    }
}
