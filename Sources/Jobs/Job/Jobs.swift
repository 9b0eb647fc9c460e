import Database
import Files
import Kernel
import Signing

/// The entry point of this module: orders, runs and reads jobs.
package struct Jobs: Sendable {
    package let database: Database
    let files: Files
    let kinds: [String: JobKind]
    let times: JobTiming

    /// The most open jobs of one account.
    static let mostOpen = 20

    package init(
        _ database: Database, _ files: Files, _ kinds: [JobKind], times: JobTiming = JobTiming()
    ) {
        (self.database, self.files, self.times) = (database, files, times)
        // Two kinds with the same key end the program.
        self.kinds = Dictionary(uniqueKeysWithValues: kinds.map { ($0.key, $0) })
    }

    /// `keys` are needed if an older database contains jobs.
    package static func migrations(_ keys: KeyRing? = nil) -> [Migration] {
        JobSchema.migrations(keys) + OutboxSchema.migrations
    }

    func store(_ transaction: Transaction) -> JobStore { JobStore(transaction, files.keys) }

    /// Adds a job, with its file, to the queue. Returns its number.
    ///
    /// While a job of the same kind, account and `key` is open, a second order returns its number and stores nothing;
    /// without a key, the same holds for the same file, title and payload, so that a button pressed twice orders once.
    /// Keys are stored in plain text, so they must contain no personal data. `due`: the earliest start, in milliseconds
    /// since 1970. Failures: `file.too-large`, `job.too-many`.
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

    /// Orders the same work on the same file with another payload: after a dry run, the real run. An open job with that
    /// payload is returned instead. Failures: `file.gone`, `job.too-many`.
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
        if let same = try store.same(as: order) { return same.number }
        guard try store.open(of: order.owner.account) < Self.mostOpen else { throw Failure.tooManyJobs }
        let number = try store.add(order)
        if let input = order.input { try store.references.add(input, of: JobStore.owner, number.number) }
        return number
    }

    private func owner(_ kind: String, _ account: Int) -> JobOwner {
        JobOwner(kind: kind, account: account, created: files.system.now())
    }

    /// Checks the job's kind. Failures: `job.none` if the kind is unknown; those of the kind.
    private func authorise(_ job: Job, _ transaction: Transaction) throws {
        guard let kind = kinds[job.kind] else { throw Failure.noJob }
        try kind.authorise(job, transaction)
    }

    /// A job of the account, if it may still be used. Failures: `job.none`, and those of the job's kind.
    package func job(_ number: ID<Job>, of account: Int) async throws -> Job {
        try await database.read { transaction in
            guard let job = try store(transaction).find(number), job.account == account else { throw Failure.noJob }
            try authorise(job, transaction)
            return job
        }
    }

    /// The account's jobs, newest first, below a number, and whether each may still be used.
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

    /// The later jobs of the same account and kind on the same file, newest first.
    package func later(than job: Job) async throws -> [Job] {
        try await database.read { try store($0).later(than: job, limit: 20) }
    }

    /// The file that a job has made. Failures: `job.none`, `file.gone`.
    package func output(of job: Job) async throws -> StoredFile {
        guard let output = job.output else { throw job.isOutputGone ? Failure.fileGone : .noJob }
        return try await files.open(output, database)
    }

    /// The account's newest completed job of a kind with a key.
    package func newest(_ kind: String, of account: Int, key: String) async throws -> Job? {
        try await database.read { try store($0).newest(kind, of: account, key: key) }
    }

    /// How many jobs wait or run, and how many failed within a day.
    package func counts() async throws -> (open: Int, failed: Int) {
        let since = files.system.now() - 86_400_000
        return try await database.read { try store($0).counts(failedSince: since) }
    }

    /// Deletes files without references for 30 days. Returns their number. A job refers to its files until it ends, and
    /// stores their hashes for 30 more days.
    package func sweep() async throws -> Int {
        let time = files.system.now() - Files.life
        try await database.write { _ = try store($0).forgetFiles(endedBefore: time) }
        return try await files.sweep(database)
    }
}

/// In milliseconds.
package struct JobTiming: Sendable {
    /// The duration of a lease.
    var lease = 30_000
    /// The interval of progress reports.
    var beat = 1_000
    /// A job without progress for so long is ended. Normal steps, such as a page of a list or a thousand people of a
    /// year, take less than a tenth of it.
    var stallTimeout = 600_000

    package init() {}
}

extension Failure {
    static let tooManyJobs = Failure(
        .tooMany, "job.too-many", "您已有 20 项任务在排队，这一项没有接收。请等前面的完成后再提交。",
        en: "20 of your jobs are waiting already; this one was not accepted. Send it when they are done.")
}
