import Database
import Files
import Kernel
import Synchronization
import Testbed
import Testing

@testable import Jobs

/// When a job may begin, which orders are the same job, and with which rights it runs.
@Suite struct JobOrderTests {
    private static func kind(_ key: String, limit: Int = 2, isInOrder: Bool = false) -> JobKind {
        JobKind(key, limit: limit, isInOrder: isInOrder) { _ in JobOutcome(JobResult()) }
    }

    private static let office = [
        kind("import", isInOrder: true), kind("settle", limit: 1, isInOrder: true), kind("export"),
    ]

    private static let denied = Failure(.denied, "test.denied", "不再是您的。", en: "Not yours any more.")

    /// A kind authorises its job when the job is viewed and again when it begins.
    @Test(arguments: Engine.allCases) func aKindAuthorisesItsJobs(_ engine: Engine) async throws {
        let isOpen = Mutex(true)
        let runs = Mutex(0)
        let kind = JobKind(
            "asked", authorise: { _, _ in if !isOpen.withLock({ $0 }) { throw Self.denied } },
            { _ in
                runs.withLock { $0 += 1 }
                return JobOutcome(JobResult())
            })
        try await withJobs(engine, [kind]) { jobs, clock in
            let (first, second) = (try await jobs.order("asked", "一", of: 7), try await jobs.order("asked", "二", of: 7))
            #expect(try await jobs.workOnce())
            #expect(try await jobs.job(first, of: 7).state == .done)
            isOpen.withLock { $0 = false }
            #expect(try await jobs.workOnce())
            #expect(runs.withLock { $0 } == 1)
            let refused = await #expect(throws: Failure.self) { try await jobs.job(second, of: 7) }
            #expect(refused == Self.denied)
            #expect(try await jobs.list(of: 7).map(\.isUsable) == [false, false])
            isOpen.withLock { $0 = true }
            let job = try await jobs.job(second, of: 7)
            #expect(job.state == .failed && job.result.sentences == [Self.denied.words.chinese])
            // Jobs of unknown kinds have no authorisation and are refused.
            let other = Jobs(jobs.database, jobs.files, [])
            let unknown = await #expect(throws: Failure.self) { try await other.job(first, of: 7) }
            #expect(unknown?.code == "job.none")
            #expect(try await other.list(of: 7).map(\.isUsable) == [false, false])
        }
    }

    // MARK: - Limits of kinds

    /// Orders as (account, kind), and the positions of those that are taken at once.
    @Test(arguments: Engine.allCases) func jobsOfAKindAreLimited(_ engine: Engine) async throws {
        let cases: [(orders: [(Int, String)], taken: [Int])] = [
            // One settlement at a time for all accounts; exports continue.
            ([(1, "settle"), (2, "settle"), (3, "export")], [0, 2]),
            // Also for the same account.
            ([(1, "settle"), (1, "export")], [0, 1]),
            // Two exports at a time, of two accounts.
            ([(1, "export"), (1, "export"), (2, "export"), (3, "export")], [0, 2]),
            // Changes by one account run in the order of the orders.
            ([(1, "import"), (1, "settle"), (2, "import")], [0, 2]),
            ([(1, "settle"), (2, "settle"), (2, "import"), (3, "import")], [0, 3]),
        ]
        for (orders, expected) in cases {
            try await withJobs(engine, Self.office) { jobs, clock in
                var numbers: [ID<Job>] = []
                for (account, kind) in orders { numbers.append(try await jobs.order(kind, "x", of: account)) }
                var taken: [ID<Job>] = []
                while let job = try await jobs.taken(now: clock.now) { taken.append(job.number) }
                #expect(taken.sorted() == expected.map { numbers[$0] }, "\(orders)")
            }
        }
    }

    /// A waiting job begins when the previous one is done or has lost its lease.
    @Test(arguments: Engine.allCases) func aFinishedJobFreesItsPlace(_ engine: Engine) async throws {
        try await withJobs(engine, Self.office) { jobs, clock in
            for account in [1, 2, 3] { _ = try await jobs.order("settle", "x", of: account) }
            let first = try await jobs.taken(now: clock.now)
            #expect(try await jobs.taken(now: clock.now) == nil)
            try await jobs.finish(try required(first))
            #expect(try await jobs.taken(now: clock.now)?.account == 2)
            clock.pass(seconds: 31)
            #expect(try await jobs.taken(now: clock.now)?.account == 3)
            #expect(try await jobs.taken(now: clock.now) == nil)
        }
    }

    /// Eight workers of two nodes take jobs at once and do not exceed the limit.
    @Test(arguments: Engine.allCases) func nodesShareOneLimit(_ engine: Engine) async throws {
        try await withJobs(engine, Self.office) { jobs, clock in
            for account in 1...8 { _ = try await jobs.order("export", "x", of: account) }
            let now = clock.now
            let taken = try await withThrowingTaskGroup(of: Job?.self) { group in
                for _ in 0..<8 { group.addTask { try await jobs.taken(now: now) } }
                return try await group.reduce(into: [Job?]()) { $0.append($1) }.compactMap { $0?.number }
            }
            #expect(taken.count == 2 && Set(taken).count == 2)
        }
    }

    /// With real workers: an account exports while its settlement is still running.
    @Test(.timeLimit(.minutes(5)), arguments: Engine.allCases) func settlingDoesNotDelayAnExport(
        _ engine: Engine
    ) async throws {
        let (end, gate) = AsyncStream.makeStream(of: Void.self)
        let settle = JobKind("settle", limit: 1) { _ in
            for await _ in end { break }
            return JobOutcome(JobResult())
        }
        try await withJobs(engine, [settle, Self.kind("export")]) { jobs, _ in
            let settling = try await jobs.order("settle", "x", of: 1)
            let exports = [try await jobs.order("export", "y", of: 1), try await jobs.order("export", "z", of: 1)]
            let working = Task { await jobs.work() }
            for export in exports {
                while try await jobs.job(export, of: 1).state != .done { try await nextTurn() }
            }
            #expect(try await jobs.job(settling, of: 1).state == .running)
            gate.yield()
            while try await jobs.job(settling, of: 1).state != .done { try await nextTurn() }
            working.cancel()
            await working.value
        }
    }

    // MARK: - Due time and key

    @Test(arguments: Engine.allCases) func aJobWaitsUntilItIsDue(_ engine: Engine) async throws {
        try await withJobs(engine, Self.office) { jobs, clock in
            let late = try await jobs.order("settle", "x", of: 1, due: clock.now + 60_000)
            let now = try await jobs.order("settle", "y", of: 1)
            #expect(try await jobs.workOnce())
            #expect(try await jobs.job(now, of: 1).state == .done)
            clock.pass(seconds: 59)
            #expect(try await !jobs.workOnce())
            clock.pass(seconds: 1)
            #expect(try await jobs.workOnce())
            #expect(try await jobs.job(late, of: 1).state == .done)
        }
    }

    @Test(arguments: Engine.allCases) func aRepeatedOrderReturnsTheSameJob(_ engine: Engine) async throws {
        try await withJobs(engine, Self.office) { jobs, clock in
            let order = { (kind: String, account: Int, key: String?) in
                try await jobs.order(kind, "x", of: account, file: ("a.csv", .scratch([65])), key: key)
            }
            let first = try await order("settle", 1, "2025")
            #expect(try await order("settle", 1, "2025") == first)
            let others = [
                try await order("settle", 1, "2026"), try await order("settle", 2, "2025"),
                try await order("export", 1, "2025"), try await order("settle", 1, nil),
            ]
            #expect(Set(others + [first]).count == 5)
            let job = try required(try await jobs.taken(now: clock.now))
            #expect(job.number == first)
            #expect(try await order("settle", 1, "2025") == first)
            try await jobs.finish(job)
            let next = try await order("settle", 1, "2025")
            #expect(next != first)
            // The schema also forbids a second open job.
            let twice = await #expect(throws: Violation.self) {
                try await jobs.database.write { transaction in
                    let owner = JobOwner(kind: "settle", account: 1, created: 0)
                    _ = try jobs.store(transaction).add(
                        JobRequest(
                            owner: owner, title: "", payload: try StoredPayload(NoPayload()), input: nil, inputName: "",
                            key: "2025")
                    )
                }
            }
            #expect(twice?.rule == .unique)
        }
    }

    private struct Part: JobPayload { let number: Int }

    /// Without a key, the same file with the same title and payload is one job while it is open.
    @Test(arguments: Engine.allCases) func aFileSentTwiceIsOneJob(_ engine: Engine) async throws {
        let kind = JobKind("import", Part.self) { _, _ in JobOutcome(JobResult()) }
        try await withJobs(engine, [kind]) { jobs, _ in
            let order = { (account: Int, title: String, byte: UInt8, part: Int) in
                try await jobs.order(
                    "import", title, of: account, Part(number: part), file: ("a.csv", .scratch([byte])))
            }
            let first = try await order(1, "x", 65, 1)
            #expect(try await order(1, "x", 65, 1) == first)
            let others = [
                try await order(2, "x", 65, 1), try await order(1, "y", 65, 1), try await order(1, "x", 66, 1),
                try await order(1, "x", 65, 2),
            ]
            #expect(Set(others + [first]).count == 5)
            let job = try await jobs.job(first, of: 1)
            let again = try await jobs.order(again: job, "z", Part(number: 3))
            #expect(try await jobs.order(again: job, "z", Part(number: 3)) == again && again != first)
            while try await jobs.workOnce() {}
            #expect(try await order(1, "x", 65, 1) != first)
        }
    }

    /// The newest completed job with a key is found, of the account only.
    @Test(arguments: Engine.allCases) func theNewestJobOfAKeyIsFound(_ engine: Engine) async throws {
        try await withJobs(engine, Self.office) { jobs, _ in
            for account in [1, 1, 2] {
                _ = try await jobs.order("settle", "x", of: account, key: "2025")
                while try await jobs.workOnce() {}
            }
            let open = try await jobs.order("settle", "x", of: 1, key: "2025")
            let newest = try await jobs.newest("settle", of: 1, key: "2025")
            #expect(newest?.number.number == 2 && newest?.number != open)
            #expect(try await jobs.newest("settle", of: 1, key: "2026") == nil)
            #expect(try await jobs.newest("import", of: 1, key: "2025") == nil)
        }
    }

    /// A hundred rounds of concurrent orders; in half of them a worker ends jobs meanwhile.
    @Test(arguments: Engine.allCases) func concurrentOrdersCreateOneJob(_ engine: Engine) async throws {
        try await withJobs(engine, Self.office) { jobs, _ in
            for round in 0..<100 {
                let (orders, isWorked) = (2 + round % 4, round % 2 == 1)
                let numbers = try await withThrowingTaskGroup(of: ID<Job>?.self) { group in
                    for _ in 0..<orders {
                        group.addTask { try await jobs.order("settle", "x", of: 1, key: "\(round)") }
                    }
                    if isWorked {
                        group.addTask {
                            _ = try await jobs.workOnce()
                            return nil
                        }
                    }
                    return try await group.reduce(into: Set<ID<Job>?>()) { $0.insert($1) }.compactMap { $0 }
                }
                // A worker may end the first job before the second order, which is then a new job.
                let most = isWorked ? 2 : 1
                #expect((1...most).contains(numbers.count), "round \(round)")
                #expect(try await jobs.counts().open <= 1)
                while try await jobs.workOnce() {}
            }
            #expect(try await jobs.counts().failed == 0)
        }
    }
}
