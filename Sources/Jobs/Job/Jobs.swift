import Database
import Files
import Kernel
import Signing

/// The entry point of this module: orders jobs, runs them, and reads them.
package struct Jobs: Sendable {
    package let database: Database
    package let files: Files
    let kinds: [String: JobKind]
    let times: JobTiming

    /// So many of one account wait or run.
    static let mostOpen = 20

    package init(
        _ database: Database, _ files: Files, _ kinds: [JobKind], times: JobTiming = JobTiming()
    ) {
        (self.database, self.files, self.times) = (database, files, times)
        self.kinds = Dictionary(kinds.map { ($0.key, $0) }, uniquingKeysWith: { first, _ in first })
    }

    /// `keys` are needed where a database from before holds jobs.
    package static func migrations(_ keys: KeyRing? = nil) -> [Migration] {
        JobSchema.migrations(keys) + OutboxSchema.migrations
    }

    func store(_ transaction: Transaction) -> JobStore { JobStore(transaction, files.keys) }

    /// Puts work in the queue, with the file that it works on; returns its number.
    ///
    /// While work of the same kind, account and `key` is open, a second order is that work: its number is returned, and
    /// nothing of the second order is kept. A key is stored in clear, so it holds nothing about a person. `due` is the
    /// time from which it may begin, in milliseconds since 1970. Failures: `file.too-large`, `job.too-many`.
    package func order(
        _ kind: String, _ title: String, of account: Int, _ payload: some JobPayload = NoPayload(),
        file: (name: String, file: OpenFile)? = nil, key: String? = nil, due: Int = 0
    ) async throws -> ID<Job> {
        let payload = try StoredPayload(payload)
        let staged = try file.map { try files.stage($0.file) }
        return try await files.write(staged.map { [$0] } ?? [], to: database) { transaction in
            if let key, let same = try store(transaction).open(kind, of: account, key: key) { return same }
            let order = JobRequest(
                owner: owner(kind, account), title: title, payload: payload, input: staged?.hash,
                inputName: file?.name ?? "", key: key, due: due)
            if let staged { try files.keep(staged, transaction) }
            return try add(order, transaction)
        }
    }

    /// The same work on the same file with another payload: after a rehearsal, the real thing. Failures: `file.gone`,
    /// `job.too-many`.
    package func order(again job: Job, _ title: String, _ payload: some JobPayload) async throws -> ID<Job> {
        let payload = try StoredPayload(payload)
        return try await database.write { transaction in
            guard let input = try store(transaction).find(job.number)?.input else { throw Failure.fileGone }
            let order = JobRequest(
                owner: owner(job.kind, job.account), title: title, payload: payload, input: input,
                inputName: job.inputName)
            return try add(order, transaction)
        }
    }

    private func add(_ order: JobRequest, _ transaction: Transaction) throws -> ID<Job> {
        let store = store(transaction)
        guard try store.open(of: order.owner.account) < Self.mostOpen else { throw Failure.tooManyJobs }
        let number = try store.add(order)
        if let input = order.input { try store.references.add(input, of: JobStore.owner, number.number) }
        return number
    }

    private func owner(_ kind: String, _ account: Int) -> JobOwner {
        JobOwner(kind: kind, account: account, created: files.system.now())
    }

    /// What its kind says of it. Failures: `job.none` where the program knows no such kind; those of the kind.
    private func authorise(_ job: Job, _ transaction: Transaction) throws {
        guard let kind = kinds[job.kind] else { throw Failure.noJob }
        try kind.authorise(job, transaction)
    }

    /// One of an account's own, as far as it may still be used. Failures: `job.none`, and those of the job's kind.
    package func job(_ number: ID<Job>, of account: Int) async throws -> Job {
        try await database.read { transaction in
            guard let job = try store(transaction).find(number), job.account == account else { throw Failure.noJob }
            try authorise(job, transaction)
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
                    try authorise(job, transaction)
                    return (job, true)
                } catch let failure as Failure where [.denied, .notFound, .refused].contains(failure.kind) {
                    return (job, false)
                }
            }
        }
    }

    /// The file that a job left. Failures: `job.none`, `file.gone`.
    package func output(of job: Job) async throws -> StoredFile {
        guard let output = job.output else { throw job.isOutputGone ? Failure.fileGone : .noJob }
        return try await files.open(output, database)
    }

    /// How many wait or run, and how many failed within a day.
    package func counts() async throws -> (open: Int, failed: Int) {
        let since = files.system.now() - 86_400_000
        return try await database.read { try store($0).counts(failedSince: since) }
    }

    /// Deletes files to which nothing has referred for 30 days; answers how many. A job refers to its files until it
    /// ends, and after 30 more days it names them no longer.
    package func sweep() async throws -> Int {
        let time = files.system.now() - Files.life
        try await database.write { _ = try store($0).forgetFiles(endedBefore: time) }
        return try await files.sweep(database)
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
    /// So long after its surroundings failed it is tried again.
    var retry = 2_000

    package init() {}
}

extension Failure {
    static let tooManyJobs = Failure(
        .tooMany, "job.too-many", "您已有 20 项任务在排队，这一项没有接收。请等前面的完成后再提交。",
        en: "20 of your jobs wait already; this one was not taken. Send it when they are done.")
}
