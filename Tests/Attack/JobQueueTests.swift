import Database
import Foundation
import Kernel
import Signing
import Synchronization
import Testbed
import Testing

@testable import Files
@testable import Jobs

/// A payload of tests.
private struct Words: JobPayload {
    let query: String

    init(query: String) { self.query = query }

    init?(older values: [String: String]) {
        guard let query = values["query"] else { return nil }
        self.init(query: query)
    }
}

@Suite("Attack: one account's jobs block those of others")
struct JobQueueTests {
    private func withJobs(
        _ engine: Engine, _ kinds: [JobKind], _ times: JobTiming = JobTiming(),
        _ body: @escaping @Sendable (Jobs, TestClock) async throws -> Void
    ) async throws {
        try await withFolder { folder in
            try await withDatabase(engine, Files.migrations + Jobs.migrations()) { database in
                let clock = TestClock()
                let system = clock.system
                let keys = try KeyFile.create(at: folder.path + "/keys.json", system: system)
                try await body(Jobs(database, Files(keys: keys, system: system), kinds, times: times), clock)
            }
        }
    }

    private static let quick = JobKind("quick") { _ in JobOutcome(JobResult()) }

    /// Many jobs of one account do not delay the first job of another.
    @Test(arguments: Engine.allCases) func accountsTakeTurnsInTheQueue(_ engine: Engine) async throws {
        try await withJobs(engine, [Self.quick]) { jobs, clock in
            for account in [1, 1, 1, 2, 1, 3] { _ = try await jobs.order("quick", "x", of: account) }
            var served: [Int] = []
            while try await jobs.database.read({ try jobs.store($0).isDue([Self.quick], now: clock.now) }) {
                clock.pass(seconds: 1)
                let taken = try await jobs.database.write {
                    try jobs.store($0).take([Self.quick], now: clock.now, until: clock.now + 30_000)
                }
                let job = try required(taken)
                served.append(job.account)
                try await jobs.database.write {
                    try jobs.store($0).end(job, .done, JobResult(), output: nil, name: "", at: clock.now)
                }
            }
            #expect(served == [1, 2, 3, 1, 1, 1])
        }
    }

    /// One account runs one job of a kind at a time, so a worker stays free for others.
    @Test(arguments: Engine.allCases) func anAccountRunsOneJobOfAKindAtATime(_ engine: Engine) async throws {
        try await withJobs(engine, [Self.quick]) { jobs, clock in
            for account in [1, 1, 2] { _ = try await jobs.order("quick", "x", of: account) }
            var served: [Int?] = []
            for _ in 0..<3 {
                served.append(
                    try await jobs.database.write {
                        try jobs.store($0).take([Self.quick], now: clock.now, until: clock.now + 30_000)?.account
                    })
            }
            #expect(served == [1, 2, nil])
        }
    }

    @Test(arguments: Engine.allCases) func anAccountsOpenJobsAreLimited(_ engine: Engine) async throws {
        try await withJobs(engine, [Self.quick]) { jobs, _ in
            for _ in 0..<Jobs.mostOpen { _ = try await jobs.order("quick", "x", of: 1) }
            let failure = await #expect(throws: Failure.self) { try await jobs.order("quick", "x", of: 1) }
            #expect(failure?.code == "job.too-many")
            _ = try await jobs.order("quick", "x", of: 2)
        }
    }

    /// A job that has killed its process twice is not started a third time.
    @Test(arguments: Engine.allCases) func aJobThatKillsItsProcessIsGivenUp(_ engine: Engine) async throws {
        let begun = Mutex(0)
        let deadly = JobKind("deadly") { _ in
            begun.withLock { $0 += 1 }
            return JobOutcome(JobResult())
        }
        try await withJobs(engine, [deadly]) { jobs, clock in
            let number = try await jobs.order("deadly", "x", of: 1)
            for _ in 0..<2 {
                let taken = try await jobs.database.write {
                    try jobs.store($0).take([deadly], now: clock.now, until: clock.now + 30_000)
                }
                #expect(taken != nil)
                clock.pass(seconds: 31)
            }
            #expect(try await jobs.workOnce())
            let job = try await jobs.job(number, of: 1)
            #expect(job.state == .failed && job.result.sentences == [Failure.givenUp.words.chinese])
            #expect(begun.withLock { $0 } == 0)
        }
    }

    /// A job waits longer after each failure of its environment, and ends with the reason after an hour.
    @Test(arguments: Engine.allCases) func aJobThatAlwaysFailsEnds(_ engine: Engine) async throws {
        let full = JobKind("full") { _ in throw Failure.noScratch }
        try await withJobs(engine, [full]) { jobs, clock in
            let number = try await jobs.order("full", "x", of: 1)
            for pause in [30, 60, 120, 240, 480, 960, 1920] {
                #expect(try await jobs.workOnce())
                #expect(try await jobs.job(number, of: 1).state == .waiting)
                clock.pass(seconds: pause - 1)
                #expect(try await !jobs.workOnce())
                clock.pass(seconds: 1)
            }
            #expect(try await jobs.workOnce())
            let job = try await jobs.job(number, of: 1)
            #expect(job.state == .failed && job.result.code == "file.scratch")
            #expect(job.result.sentences == [Failure.noScratch.words.chinese])
            #expect(try await !jobs.workOnce())
        }
    }

    /// A job that hangs without interruption is ended in time, and other jobs run meanwhile.
    @Test(.timeLimit(.minutes(5)), arguments: Engine.allCases) func aHangingJobIsEnded(_ engine: Engine) async throws {
        let end = DispatchSemaphore(value: 0)
        let hanging = JobKind("hanging") { run in
            run.progress(1, 0)
            // A separate thread, as for a reader that cannot be interrupted.
            await withCheckedContinuation { go in
                Thread {
                    end.wait()
                    go.resume()
                }.start()
            }
            return JobOutcome(JobResult())
        }
        defer { end.signal() }
        // The stall timeout is shorter than the lease, or the other worker would take the job when the clock jumps.
        var times = JobTiming()
        (times.beat, times.stallTimeout) = (20, 20_000)
        try await withJobs(engine, [hanging, Self.quick], times) { jobs, clock in
            let number = try await jobs.order("hanging", "x", of: 1)
            let working = Task { await jobs.work() }
            defer { working.cancel() }
            while try await jobs.job(number, of: 1).done == 0 { try await nextTurn() }
            let other = try await jobs.order("quick", "y", of: 2)
            while try await jobs.job(other, of: 2).state != .done { try await nextTurn() }
            #expect(try await jobs.job(number, of: 1).state == .running)
            clock.pass(seconds: 21)
            while try await jobs.job(number, of: 1).state == .running { try await nextTurn() }
            let job = try await jobs.job(number, of: 1)
            #expect(job.state == .failed && job.result.code == "job.stalled")
            #expect(job.result.sentences[0] == Failure.jobStalled.words.chinese)
            #expect(job.result.sentences[1].hasPrefix("中断前办到第 1 项"))
            #expect(JobTiming().stallTimeout == 600_000)
        }
    }

    // MARK: - Content of the database

    private static let secret = "999999198503120018"

    /// File names, queries and sentences about rows may contain ID numbers. None is in the database in plain text or as
    /// a hash that can be guessed.
    @Test(arguments: Engine.allCases) func typedTextsAreStoredEncrypted(_ engine: Engine) async throws {
        let telling = JobKind("telling") { _ in
            var result = JobResult()
            result.sentences = ["第 2 行：\(Self.secret)"]
            return JobOutcome(result, output: (try .scratch(Array(Self.secret.utf8)), "\(Self.secret).xlsx"))
        }
        try await withJobs(engine, [telling]) { jobs, _ in
            let file = try OpenFile.scratch(Array(Self.secret.utf8))
            let number = try await jobs.order(
                "telling", "导入：\(Self.secret)", of: 1, Words(query: Self.secret), file: ("\(Self.secret).csv", file))
            #expect(try await jobs.workOnce())
            let job = try await jobs.job(number, of: 1)
            #expect(try job.title.hasSuffix(Self.secret) && job.payload(Words.self).query == Self.secret)
            #expect(job.outputName == "\(Self.secret).xlsx" && job.result.sentences[0].hasSuffix(Self.secret))
            let plain = sha256(Self.secret.utf8)
            let rows = try await jobs.database.read { transaction in
                try transaction.rows("SELECT told, answered, input, output, kind, state FROM job") { row in
                    try (0..<4).map { try row.bytes($0) } + (4..<6).map { Array(try row.text($0).utf8) }
                }
            }
            for bytes in rows.joined() {
                #expect(bytes != plain && !String(decoding: bytes, as: UTF8.self).contains(Self.secret))
            }
        }
    }

    /// The encrypted content of a row can be neither moved to another row nor changed.
    @Test(arguments: Engine.allCases) func encryptedContentMovedToAnotherRowIsRefused(_ engine: Engine) async throws {
        try await withJobs(engine, [Self.quick]) { jobs, _ in
            let first = try await jobs.order("quick", "一", of: 1, Words(query: "all"))
            let second = try await jobs.order("quick", "二", of: 2, Words(query: "own"))
            try await jobs.database.write {
                _ = try $0.execute(
                    "UPDATE job SET told = (SELECT told FROM job WHERE number = \(first)) WHERE number = \(second)")
            }
            let failure = await #expect(throws: Failure.self) { try await jobs.job(second, of: 2) }
            #expect(failure?.code == "sealed.damaged")
        }
    }

    /// An impossible size does not crash the process.
    @Test(arguments: Engine.allCases, [Int.max, -1]) func aForgedSizeIsRefused(
        _ engine: Engine, _ size: Int
    ) async throws {
        try await withJobs(engine, [Self.quick]) { jobs, _ in
            let files = Files(keys: jobs.files.keys, system: .real)
            let file = try OpenFile.scratch([1, 2, 3])
            let hash = try await jobs.database.write { transaction in
                let hash = try files.keep(try files.stage(file), transaction)
                try transaction.execute("UPDATE stored_file SET size = \(size)")
                return hash
            }
            let failure = await #expect(throws: Failure.self) {
                try await jobs.database.read { try files.read(hash, $0) }
            }
            #expect(failure?.code == "sealed.damaged")
        }
    }

    /// The plain text of an older database is encrypted at the upgrade, and its files are found by keyed hashes.
    @Test(arguments: Engine.allCases) func theUpgradeEncryptsAnOldDatabase(_ engine: Engine) async throws {
        try await withFolder { folder in
            let keys = try KeyFile.create(at: folder.path + "/keys.json", system: .real)
            let files = Files(keys: keys, system: .real)
            let old = [Files.migrations[0], Jobs.migrations()[0]]
            try await withDatabase(engine, old) { database in
                let bytes = Array("身份证号\n\(Self.secret)\n".utf8)
                let hash = sha256(bytes)
                let sealed = try keys.seal(bytes, context: "file/\(hash.hexadecimal)")
                try await database.write { transaction in
                    try transaction.execute(
                        "INSERT INTO file (hash, size, sealed, kept) VALUES (\(hash), \(bytes.count), \(sealed), \(1))")
                    try transaction.execute(
                        """
                        INSERT INTO job (number, kind, title, account, detail, input, input_name, state, attempt, lease,
                                         done, total, result, output_name, created, ended)
                        VALUES (1, 'quick', \("导入：" + Self.secret), 1, \("query=t" + Self.secret), \(hash),
                                \(Self.secret + ".csv"), 'waiting', 0, 0, 0, 0, \("say " + Self.secret), 'x.xlsx', 1,
                                0),
                               (2, 'quick', '导出', 2, '', NULL, '', 'waiting', 0, 0, 0, 0, '', '', 1, 0)
                        """)
                }
                let withoutKeys = await #expect(throws: Failure.self) {
                    try await database.migrate(Files.migrations + Jobs.migrations())
                }
                #expect(withoutKeys?.code == "job.keys")
                try await database.migrate(Files.migrations + Jobs.migrations(keys))
                let jobs = Jobs(database, files, [Self.quick])
                let job = try await jobs.job(ID(1), of: 1)
                #expect(try job.title == "导入：" + Self.secret && job.payload(Words.self).query == Self.secret)
                #expect(job.inputName == Self.secret + ".csv" && job.result.sentences == [Self.secret])
                let input = try required(job.input)
                #expect(input.bytes != hash)
                #expect(try await database.read { try files.read(input, $0) } == bytes)
                // Waiting jobs still wait, and are done.
                while try await jobs.workOnce() {}
                #expect(try await jobs.job(ID(2), of: 2).state == .done)
            }
        }
    }

    // MARK: - How long files are kept

    @Test(arguments: Engine.allCases) func filesAreDeletedAfterThirtyDays(_ engine: Engine) async throws {
        let copy = JobKind("copy") { run in
            JobOutcome(JobResult(), output: (try .scratch(try required(run.input).bytes() + [1]), "out"))
        }
        try await withJobs(engine, [copy, Self.quick]) { jobs, clock in
            let number = try await jobs.order("copy", "x", of: 1, file: ("a.csv", try .scratch([7])))
            #expect(try await jobs.workOnce())
            clock.pass(seconds: 29 * 86_400)
            #expect(try await jobs.sweep() == 0)
            // The same bytes again, for a new job.
            let later = try await jobs.order("copy", "y", of: 2, file: ("b.csv", try .scratch([7])))
            clock.pass(seconds: 86_401)
            #expect(try await jobs.sweep() == 1)
            let job = try await jobs.job(number, of: 1)
            #expect(job.input == nil && job.isOutputGone && job.title == "x")
            let gone = await #expect(throws: Failure.self) { try await jobs.output(of: job) }
            #expect(gone?.code == "file.gone")
            let again = await #expect(throws: Failure.self) { try await jobs.order(again: job, "z", NoPayload()) }
            #expect(again?.code == "file.gone")
            #expect(try await jobs.workOnce())
            var left: [UInt8] = []
            try await jobs.output(of: jobs.job(later, of: 2)).each { left += $0 }
            #expect(left == [7, 1])
            clock.pass(seconds: 31 * 86_400)
            #expect(try await jobs.sweep() == 2)
            let pieces = try await jobs.database.read {
                try $0.first("SELECT count(*) FROM stored_piece") { try $0.int(0) }
            }
            #expect(pieces == 0)
        }
    }
}
