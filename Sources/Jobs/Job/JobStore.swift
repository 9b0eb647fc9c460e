import Database
import Files
import Kernel
import Logging
import Signing

/// The rows of jobs. Typed text and file names are encrypted, because they may contain ID numbers.
struct JobStore {
    let transaction: Transaction
    private let keys: KeyRing?

    /// Without keys, jobs can be neither read nor added.
    init(_ transaction: Transaction, _ keys: KeyRing? = nil) { (self.transaction, self.keys) = (transaction, keys) }

    /// The owner of jobs' references to files.
    static let owner = "job"
    var references: FileReferenceStore { FileReferenceStore(transaction) }

    private static let columns: SQL =
        """
        SELECT number, kind, account, input, state, attempt, done, total, output, created, ended, told, answered, due,
               failures, crashes, all_crashes, reached
        FROM job
        """

    func find(_ number: ID<Job>) throws -> Job? { try read("\(Self.columns) WHERE number = \(number)").first }

    /// An account's jobs, newest first, below a number.
    func list(of account: Int, before number: Int, limit: Int) throws -> [Job] {
        try read(
            """
            \(Self.columns) WHERE account = \(account) AND number < \(number) ORDER BY number DESC LIMIT \(limit)
            """)
    }

    /// The later jobs of the same account and kind on the same file, newest first.
    func later(than job: Job, limit: Int) throws -> [Job] {
        guard let input = job.input else { return [] }
        return try read(
            """
            \(Self.columns) WHERE account = \(job.account) AND number > \(job.number) AND kind = \(job.kind)
              AND input = \(input.bytes) ORDER BY number DESC LIMIT \(limit)
            """)
    }

    func add(_ order: JobRequest) throws -> ID<Job> {
        let last = try transaction.first("SELECT coalesce(max(number), 0) FROM job") { try $0.int(0) }
        let number = ID<Job>((last ?? 0) + 1)
        let told = try JobEncryption(keys, number).seal(order.told)
        try transaction.execute(
            """
            INSERT INTO job (number, kind, account, input, state, attempt, lease, done, total, created, ended, told,
                             order_key, due)
            VALUES (\(number), \(order.owner.kind), \(order.owner.account), \(order.input?.bytes), 'waiting', 0, 0, 0,
                    0, \(order.owner.created), 0, \(told), \(order.key), \(order.due))
            """)
        return number
    }

    /// How many of an account's jobs wait or run.
    func open(of account: Int) throws -> Int {
        try transaction.first(
            "SELECT count(*) FROM job WHERE account = \(account) AND state IN ('waiting', 'running')"
        ) { try $0.int(0) } ?? 0
    }

    /// The open job of this kind and account with this key.
    func open(_ kind: String, of account: Int, key: String) throws -> ID<Job>? {
        try transaction.first(
            """
            SELECT number FROM job WHERE kind = \(kind) AND account = \(account) AND order_key = \(key)
              AND state IN ('waiting', 'running')
            """
        ) { try $0.id(0) }
    }

    /// An open job of the same kind and account with the same file, title and payload; `nil` for orders with a key or
    /// without a file.
    func same(as order: JobRequest) throws -> Job? {
        guard let input = order.input, order.key == nil else { return nil }
        let open = try read(
            """
            \(Self.columns) WHERE account = \(order.owner.account) AND kind = \(order.owner.kind)
              AND state IN ('waiting', 'running') AND order_key IS NULL AND input = \(input.bytes)
            ORDER BY number
            """)
        return open.first { $0.stored.json == order.payload.json && $0.title == order.title }
    }

    /// The account's newest completed job of a kind with a key.
    func newest(_ kind: String, of account: Int, key: String) throws -> Job? {
        try read(
            """
            \(Self.columns) WHERE account = \(account) AND kind = \(kind) AND order_key = \(key) AND state = 'done'
            ORDER BY number DESC LIMIT 1
            """
        ).first
    }

    /// The kinds that run fewer jobs than their limit.
    private func belowLimit(_ kinds: [JobKind], _ now: Int) throws -> [JobKind] {
        let running = try transaction.rows(
            "SELECT kind, count(*) FROM job WHERE state = 'running' AND lease >= \(now) GROUP BY kind"
        ) { (kind: try $0.text(0), count: try $0.int(1)) }
        return kinds.filter { kind in !running.contains { $0.kind == kind.key && $0.count >= kind.limit } }
    }

    /// The jobs of these kinds that may begin: due ones that wait, and running ones whose lease has expired. For one
    /// account, one job of a kind runs at a time; one with `isInOrder` waits for all older ones with it.
    private func due(_ kinds: [JobKind], _ now: Int) throws -> SQL {
        let open = try belowLimit(kinds, now).map(\.key)
        let inOrder = SQL.list(kinds.filter(\.isInOrder).map(\.key))
        return """
            FROM job WHERE kind IN \(SQL.list(open)) AND state IN ('waiting', 'running') AND answered IS NULL
              AND (state = 'waiting' AND due <= \(now) OR state = 'running' AND lease < \(now))
              AND NOT EXISTS (SELECT 1 FROM job r WHERE r.account = job.account AND r.kind = job.kind
                              AND r.state = 'running' AND r.lease >= \(now))
              AND NOT EXISTS (SELECT 1 FROM job r WHERE r.account = job.account AND job.kind IN \(inOrder)
                              AND r.kind IN \(inOrder) AND r.number < job.number AND r.answered IS NULL
                              AND r.state IN ('waiting', 'running') AND (r.due <= \(now) OR r.attempt > 0))
            """
    }

    func isDue(_ kinds: [JobKind], now: Int) throws -> Bool {
        try transaction.exists("SELECT 1 \(try due(kinds, now)) LIMIT 1")
    }

    /// Takes the oldest due job of the account whose last job began longest ago; `nil` if none is due. An expired lease
    /// counts as a crash.
    func take(_ kinds: [JobKind], now: Int, until lease: Int) throws -> Job? {
        let next: ID<Job>? = try transaction.first(
            """
            SELECT number FROM (SELECT account, min(number) AS number \(try due(kinds, now)) GROUP BY account) oldest
            ORDER BY (SELECT max(begun) FROM job b WHERE b.account = oldest.account), number LIMIT 1
            """
        ) { try $0.id(0) }
        guard let number = next else { return nil }
        do {
            guard let job = try find(number) else { return nil }
            try put(job.state == .running ? job.faults.crashed(at: job.done) : job.faults, number)
            try transaction.execute(
                """
                UPDATE job SET state = 'running', attempt = attempt + 1, lease = \(lease), begun = \(now), done = 0
                WHERE number = \(number)
                """)
            return try find(number)
        } catch let failure as Failure where failure.kind == .damaged {
            try giveUp(number, failure, at: now)
            return try take(kinds, now: now, until: lease)
        }
    }

    /// Fails a job whose row was altered, so that it does not block others.
    private func giveUp(_ number: ID<Job>, _ failure: Failure, at now: Int) throws {
        Logger(label: "xueshi").error("job", metadata: ["number": "\(number)", "reason": "\(failure.code)"])
        try transaction.execute("UPDATE job SET state = 'failed', ended = \(now), lease = 0 WHERE number = \(number)")
        try references.release(of: Self.owner, number.number, at: now)
    }

    private func put(_ faults: JobFaults, _ number: ID<Job>) throws {
        try transaction.execute(
            """
            UPDATE job SET failures = \(faults.failures), crashes = \(faults.crashes),
                           all_crashes = \(faults.allCrashes), reached = \(faults.reached)
            WHERE number = \(number)
            """)
    }

    /// Returns a job to the queue, not to begin before `due` (milliseconds since 1970). `faults`: its faults with this
    /// attempt, if it was broken off by one.
    func release(_ job: Job, faults: JobFaults? = nil, due: Int = 0) throws {
        let isReleased =
            try transaction.execute(
                """
                UPDATE job SET state = 'waiting', lease = 0, due = \(due)
                WHERE number = \(job.number) AND attempt = \(job.attempt) AND state = 'running'
                """) > 0
        if isReleased, let faults { try put(faults, job.number) }
    }

    /// Stores the progress of this attempt and extends its lease; `false` if the lease was lost.
    func hold(_ job: Job, done: Int, total: Int, until lease: Int) throws -> Bool {
        try transaction.execute(
            """
            UPDATE job SET done = \(done), total = \(total), lease = \(lease)
            WHERE number = \(job.number) AND attempt = \(job.attempt) AND state = 'running'
            """) > 0
    }

    /// Ends the attempt, if it still has the lease.
    func end(
        _ job: Job, _ state: Job.State, _ result: JobResult, output: FileHash?, name: String, at now: Int
    ) throws {
        let answered = try JobEncryption(keys, job.number).seal(JobEncryption.answer(result, name, output, job.owner))
        let isEnded =
            try transaction.execute(
                """
                UPDATE job SET state = \(state.rawValue), answered = \(answered), output = \(output?.bytes),
                               ended = \(now), lease = 0
                WHERE number = \(job.number) AND attempt = \(job.attempt) AND state = 'running'
                """) > 0
        if isEnded { try references.release(of: Self.owner, job.number.number, at: now) }
    }

    /// How many jobs wait or run, and how many failed since a time.
    func counts(failedSince time: Int) throws -> (open: Int, failed: Int) {
        let open = try transaction.first("SELECT count(*) FROM job WHERE state IN ('waiting', 'running')") {
            try $0.int(0)
        }
        let failed = try transaction.first(
            "SELECT count(*) FROM job WHERE state = 'failed' AND ended > \(time)"
        ) { try $0.int(0) }
        return (open ?? 0, failed ?? 0)
    }

    /// Failures: `database.forged`, `sealed.damaged`.
    private func read(_ sql: SQL) throws -> [Job] {
        let rows = try transaction.rows(sql) { row in
            (
                number: try row.id(0) as ID<Job>, kind: try row.text(1), account: try row.int(2),
                input: try row.optionalBytes(3), state: try row.text(4), attempt: try row.int(5),
                done: try row.int(6), total: try row.int(7), output: try row.optionalBytes(8),
                created: try row.int(9), ended: try row.int(10), told: try row.optionalBytes(11),
                answered: try row.optionalBytes(12), due: try row.int(13),
                faults: JobFaults(
                    failures: try row.int(14), crashes: try row.int(15), allCrashes: try row.int(16),
                    reached: try row.int(17))
            )
        }
        return try rows.map { row in
            let seal = JobEncryption(keys, row.number)
            let (told, answered) = (try seal.open(row.told, .told), try seal.open(row.answered, .answered))
            let (input, output) = (row.input.map(FileHash.init(kept:)), row.output.map(FileHash.init(kept:)))
            let owner = JobOwner(kind: row.kind, account: row.account, created: row.created)
            guard told["owner"] == owner.text, input.isThat(of: told),
                row.answered == nil || answered["owner"] == owner.text, output.isThat(of: answered),
                let state = Job.State(rawValue: row.state)
            else { throw Failure.forged("job \(row.number)") }
            return Job(
                number: row.number, owner: owner, title: told["title"] ?? "",
                stored: StoredPayload(json: told["payload"] ?? "", older: told["detail"] ?? ""), input: input,
                inputName: told["name"] ?? "", state: state, attempt: row.attempt, faults: row.faults,
                done: row.done, total: row.total, result: JobResult(text: answered["result"] ?? ""), output: output,
                outputName: answered["name"] ?? "", due: row.due, ended: row.ended)
        }
    }
}

// MARK: - Files of jobs

extension JobStore {
    /// Removes the references to files from jobs that ended before a time. Returns the number of jobs.
    func forgetFiles(endedBefore time: Int) throws -> Int {
        try transaction.execute(
            """
            UPDATE job SET input = NULL, output = NULL
            WHERE state IN ('done', 'failed') AND ended < \(time) AND (input IS NOT NULL OR output IS NOT NULL)
            """)
    }

    /// Encrypts the plain text of an older database, and identifies its files by keyed hashes.
    func sealOlder() throws {
        let rows = try transaction.rows(
            """
            SELECT number, title, detail, input_name, result, output_name, input, output, kind, account, created
            FROM job ORDER BY number
            """
        ) { row in
            (
                number: try row.id(0) as ID<Job>, texts: try (1...5).map { try row.text($0) },
                files: [try row.optionalBytes(6), try row.optionalBytes(7)],
                owner: JobOwner(kind: try row.text(8), account: try row.int(9), created: try row.int(10))
            )
        }
        let hasFiles = try transaction.exists("SELECT 1 FROM file LIMIT 1")
        guard !rows.isEmpty || hasFiles else { return }
        guard let keys else { throw Failure.jobsNeedKeys }
        let changed = try Files(keys: keys, system: .real).rekeyOlder(transaction)
        for row in rows {
            let seal = JobEncryption(keys, row.number)
            let files = row.files.map { hash in hash.flatMap { changed[FileHash(kept: $0)] } }
            let order = JobRequest(
                owner: row.owner, title: row.texts[0], payload: StoredPayload(json: "", older: row.texts[1]),
                input: files[0], inputName: row.texts[2])
            let answer = JobEncryption.answer(JobResult(text: row.texts[3]), row.texts[4], files[1], row.owner)
            // An empty result means that the job has not ended.
            let hasAnswer = !row.texts[3].isEmpty || !row.texts[4].isEmpty
            try transaction.execute(
                """
                UPDATE job SET told = \(try seal.seal(order.told)),
                               answered = \(hasAnswer ? try seal.seal(answer) : nil),
                               input = \(files[0]?.bytes), output = \(files[1]?.bytes)
                WHERE number = \(row.number)
                """)
        }
    }
}

extension Failure {
    static let noJob = Failure(
        .notFound, "job.none", "没有这项任务，或者它不是您提交的。请从“任务”页进入。",
        en: "There is no such job, or it is not yours. See the list of jobs.")

    static let jobsNeedKeys = Failure(
        .unavailable, "job.keys", "升级任务记录需要密钥文件 keys.json。请放回数据目录后再升级。",
        en: "The records of jobs are encrypted with the key file keys.json. Put it into the data folder and try again.")
}
