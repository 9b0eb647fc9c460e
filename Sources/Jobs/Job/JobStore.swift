import Database
import Files
import Kernel

struct JobStore {
    let transaction: Transaction

    init(_ transaction: Transaction) { self.transaction = transaction }

    private static let columns: SQL =
        """
        SELECT number, kind, title, account, detail, input, input_name, state, attempt, done, total, result, output,
               output_name, created, ended
        FROM job
        """

    func find(_ number: ID<Job>) throws -> Job? { try read("\(Self.columns) WHERE number = \(number)").first }

    /// An account's, the newest first, before a number.
    func list(of account: Int, before number: Int, limit: Int) throws -> [Job] {
        try read(
            """
            \(Self.columns) WHERE account = \(account) AND number < \(number) ORDER BY number DESC LIMIT \(limit)
            """)
    }

    func add(_ order: JobOrder, at now: Int) throws -> ID<Job> {
        let number: ID<Job>? = try transaction.first(
            """
            INSERT INTO job (number, kind, title, account, detail, input, input_name, state, attempt, lease, done,
                             total, result, output_name, created, ended)
            VALUES ((SELECT coalesce(max(number), 0) + 1 FROM job), \(order.kind), \(order.title), \(order.account),
                    \(order.detail.text), \(order.input?.bytes), \(order.inputName), 'waiting', 0, 0, 0, 0, '', '',
                    \(now), 0)
            RETURNING number
            """
        ) { try $0.id(0) }
        guard let number else { throw Failure.noJob }
        return number
    }

    /// Whether something waits, or was left by its holder.
    func isDue(_ kinds: [String], now: Int) throws -> Bool {
        try transaction.exists(
            """
            SELECT 1 FROM job WHERE kind IN \(SQL.list(kinds)) AND state IN ('waiting', 'running')
              AND (state = 'waiting' OR lease < \(now)) LIMIT 1
            """)
    }

    /// Gives a job back, to be begun again by whoever comes first.
    func release(_ job: Job) throws {
        try transaction.execute(
            """
            UPDATE job SET state = 'waiting', lease = 0
            WHERE number = \(job.number) AND attempt = \(job.attempt) AND state = 'running'
            """)
    }

    /// Takes the oldest job that waits, or whose holder let its lease run out.
    func take(_ kinds: [String], now: Int, until lease: Int) throws -> Job? {
        let oldest: ID<Job>? = try transaction.first(
            """
            SELECT number FROM job
            WHERE kind IN \(SQL.list(kinds)) AND state IN ('waiting', 'running')
              AND (state = 'waiting' OR lease < \(now))
            ORDER BY number LIMIT 1
            """
        ) { try $0.id(0) }
        guard let number = oldest else { return nil }
        try transaction.execute(
            """
            UPDATE job SET state = 'running', attempt = attempt + 1, lease = \(lease) WHERE number = \(number)
            """)
        return try find(number)
    }

    /// Says how far the holder of this attempt is, and holds on to the lease; `false` where somebody else has it.
    func hold(_ job: Job, done: Int, total: Int, until lease: Int) throws -> Bool {
        try transaction.execute(
            """
            UPDATE job SET done = \(done), total = \(total), lease = \(lease)
            WHERE number = \(job.number) AND attempt = \(job.attempt) AND state = 'running'
            """) > 0
    }

    /// Ends the attempt, where it is still this holder's.
    func end(
        _ job: Job, _ state: Job.State, _ result: JobResult, output: FileHash?, name: String, at now: Int
    ) throws {
        try transaction.execute(
            """
            UPDATE job SET state = \(state.rawValue), result = \(result.text), output = \(output?.bytes),
                           output_name = \(name), ended = \(now), lease = 0
            WHERE number = \(job.number) AND attempt = \(job.attempt) AND state = 'running'
            """)
    }

    /// How many wait or run, and how many failed since a time.
    func counts(failedSince time: Int) throws -> (open: Int, failed: Int) {
        let open = try transaction.first("SELECT count(*) FROM job WHERE state IN ('waiting', 'running')") {
            try $0.int(0)
        }
        let failed = try transaction.first(
            "SELECT count(*) FROM job WHERE state = 'failed' AND ended > \(time)"
        ) { try $0.int(0) }
        return (open ?? 0, failed ?? 0)
    }

    private func read(_ sql: SQL) throws -> [Job] {
        try transaction.rows(sql) { row in
            Job(
                number: try row.id(0), kind: try row.text(1), title: try row.text(2), account: try row.int(3),
                detail: JobDetail(text: try row.text(4)), input: try row.optionalBytes(5).map(FileHash.init(kept:)),
                inputName: try row.text(6), state: Job.State(rawValue: try row.text(7)) ?? .failed,
                attempt: try row.int(8), done: try row.int(9), total: try row.int(10),
                result: JobResult(text: try row.text(11)),
                output: try row.optionalBytes(12).map(FileHash.init(kept:)), outputName: try row.text(13),
                created: try row.int(14), ended: try row.int(15))
        }
    }
}

/// A job to be done.
struct JobOrder {
    let kind: String
    let title: String
    let account: Int
    let detail: JobDetail
    let input: FileHash?
    let inputName: String
}

extension Failure {
    static let noJob = Failure(
        .notFound, "job.none", "没有这项任务，或者它不是您提交的。请从“任务”页进入。",
        en: "There is no such job, or it is not yours. See the list of jobs.")
}
