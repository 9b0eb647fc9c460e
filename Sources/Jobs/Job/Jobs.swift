import Database
import Files
import Kernel
import Signing

/// Long work and its keeper: the door of this room.
package struct Jobs: Sendable {
    package let database: Database
    package let files: Files
    let kinds: [String: JobKind]
    let times: JobTiming
    /// Whether a job's account may still have to do with it: throws a failure where it may not.
    private let mayUse: @Sendable (Job, Transaction) throws -> Void

    /// So many run at once: one that cannot be interrupted leaves the others a worker.
    static let workers = 2
    /// So many of one account wait or run.
    static let mostOpen = 20

    package init(
        _ database: Database, _ files: Files, _ kinds: [JobKind], times: JobTiming = JobTiming(),
        mayUse: @escaping @Sendable (Job, Transaction) throws -> Void = { _, _ in }
    ) {
        (self.database, self.files, self.times, self.mayUse) = (database, files, times, mayUse)
        self.kinds = Dictionary(kinds.map { ($0.key, $0) }, uniquingKeysWith: { first, _ in first })
    }

    /// `keys` are needed where a database from before holds jobs.
    package static func migrations(_ keys: KeyRing? = nil) -> [Migration] { JobSchema.migrations(keys) }

    func store(_ transaction: Transaction) -> JobStore { JobStore(transaction, files.keys) }

    /// Puts work in the queue, with the file that it works on. Failures: `file.too-large`, `job.too-many`.
    package func order(
        _ kind: String, _ title: String, of account: Int, _ detail: [String: String] = [:],
        file: (name: String, file: OpenFile)? = nil
    ) async throws -> ID<Job> {
        try await database.write { transaction in
            let order = JobRequest(
                owner: owner(kind, account), title: title, detail: JobParameters(detail),
                input: try file.map { try files.keep($0.file, transaction) }, inputName: file?.name ?? "")
            return try add(order, transaction)
        }
    }

    /// The same work on the same file with another detail: after a rehearsal, the real thing. Failures: `file.gone`,
    /// `job.too-many`.
    package func order(again job: Job, _ title: String, _ detail: [String: String]) async throws -> ID<Job> {
        try await database.write { transaction in
            guard let input = try store(transaction).find(job.number)?.input else { throw Failure.fileGone }
            let order = JobRequest(
                owner: owner(job.kind, job.account), title: title, detail: JobParameters(detail), input: input,
                inputName: job.inputName)
            return try add(order, transaction)
        }
    }

    private func add(_ order: JobRequest, _ transaction: Transaction) throws -> ID<Job> {
        let store = store(transaction)
        guard try store.open(of: order.owner.account) < Self.mostOpen else { throw Failure.tooManyJobs }
        return try store.add(order)
    }

    private func owner(_ kind: String, _ account: Int) -> JobOwner {
        JobOwner(kind: kind, account: account, created: files.system.now())
    }

    /// One of an account's own, as far as it may still be used. Failures: `job.none`, and those of the job's room.
    package func job(_ number: ID<Job>, of account: Int) async throws -> Job {
        try await database.read { transaction in
            guard let job = try store(transaction).find(number), job.account == account else { throw Failure.noJob }
            try mayUse(job, transaction)
            return job
        }
    }

    /// An account's own, the newest first, before a number. What each was is told of those alone that it may still use.
    package func list(
        of account: Int, before number: Int = .max, limit: Int = 20
    ) async throws -> [(job: Job, isUsable: Bool)] {
        try await database.read { transaction in
            try store(transaction).list(of: account, before: number, limit: limit).map { job in
                do {
                    try mayUse(job, transaction)
                    return (job, true)
                } catch let failure as Failure where failure.kind == .denied {
                    return (job, false)
                }
            }
        }
    }

    /// The file that a job left. Failures: `job.none`, `file.gone`.
    package func output(of job: Job) async throws -> [UInt8] {
        guard let output = job.output else { throw job.isOutputGone ? Failure.fileGone : .noJob }
        return try await database.read { try files.read(output, $0) }
    }

    /// How many wait or run, and how many failed within a day.
    package func counts() async throws -> (open: Int, failed: Int) {
        let since = files.system.now() - 86_400_000
        return try await database.read { try store($0).counts(failedSince: since) }
    }

    /// Deletes the files of what ended 30 days ago, where nothing newer works on them; answers how many.
    package func sweep() async throws -> Int {
        let time = files.system.now() - Files.life
        return try await database.write { transaction in
            let store = store(transaction)
            _ = try store.forgetFiles(endedBefore: time)
            return try files.drop(except: store.usedFiles(), transaction)
        }
    }
}

/// In milliseconds.
package struct JobTiming: Sendable {
    /// So long a holder may be silent.
    var lease = 30_000
    /// So often it says how far it is.
    var beat = 1_000
    /// A job that gets no further for so long is ended: no page of a list, no thousand people of a year takes a tenth
    /// of it.
    var stallTimeout = 600_000

    package init() {}
}

extension Failure {
    static let tooManyJobs = Failure(
        .tooMany, "job.too-many", "您已有 20 项任务在排队，这一项没有接收。请等前面的完成后再提交。",
        en: "20 of your jobs wait already; this one was not taken. Send it when they are done.")
}
