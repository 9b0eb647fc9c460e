import Database
import Files
import Kernel
import Synchronization
import Testbed
import Testing
import Web

@testable import Jobs

/// Faults of the environment delay a job; only a job without progress is given up.
@Suite struct JobFaultsTests {
    private enum Fault { case failed, crashed }

    /// Faults with the number of items done in their attempts, and the first one after which the job is given up.
    @Test func progressMakesUpForFaults() {
        let cases: [(faults: [(Fault, Int)], givenUpAt: Int?)] = [
            ([(.failed, 0), (.failed, 0), (.crashed, 0)], nil),
            (Array(repeating: (.failed, 0), count: 8), 8),
            (Array(repeating: (.failed, 7), count: 9), 8),
            ((1...20).map { (.failed, $0) }, nil),
            ([(.crashed, 0), (.crashed, 0)], 2),
            // The first crash is at new progress, the next ones are at the same place or before it.
            ([(.crashed, 5), (.crashed, 5)], 2),
            ([(.crashed, 5), (.crashed, 3)], 2),
            ([(.crashed, 5), (.crashed, 6), (.crashed, 60), (.failed, 60), (.crashed, 61)], nil),
            // Each crash may take its node down.
            ((1...9).map { (.crashed, $0) }, 5),
            ((0..<8).flatMap { [(.failed, $0 * 2 + 1), (.crashed, $0 * 2 + 2)] }, 10),
        ]
        for (faults, givenUpAt) in cases {
            var (held, found) = (JobFaults(), Int?.none)
            for (place, (fault, done)) in faults.enumerated() where found == nil {
                held = fault == .failed ? held.failed(at: done) : held.crashed(at: done)
                if held.isGivenUp { found = place + 1 }
            }
            #expect(found == givenUpAt, "\(faults)")
        }
        #expect((1...12).map(RetryPause.after).map { $0 / 1000 }.suffix(4) == [7680, 15_360, 21_600, 21_600])
    }

    /// A full disk during two attempts ends nothing.
    @Test(arguments: Engine.allCases) func aFullDiskIsWaitedFor(_ engine: Engine) async throws {
        let isFull = Mutex(true)
        let kind = JobKind("export") { run in
            run.progress(3, 9)
            if isFull.withLock({ $0 }) { throw Failure.noScratch }
            return JobOutcome(JobResult())
        }
        try await withJobs(engine, [kind]) { jobs, clock in
            let number = try await jobs.order("export", "x", of: 1)
            // The second failure is at the same place as the first.
            for pause in [30, 60, 120] {
                #expect(try await jobs.workOnce())
                let job = try await jobs.job(number, of: 1)
                #expect(job.state == .waiting && job.due == clock.now + pause * 1000)
                #expect(job.faults.reached == 3)
                clock.pass(seconds: pause)
            }
            isFull.withLock { $0 = false }
            #expect(try await jobs.workOnce())
            #expect(try await jobs.job(number, of: 1).state == .done)
        }
    }

    /// The processes of a long import are killed three times; each attempt comes further than the one before.
    @Test(arguments: Engine.allCases) func aLongJobOutlivesKills(_ engine: Engine) async throws {
        let kind = JobKind("import") { _ in JobOutcome(JobResult()) }
        try await withJobs(engine, [kind]) { jobs, clock in
            let number = try await jobs.order("import", "x", of: 1)
            for done in [200, 400, 600] {
                let job = try required(try await jobs.taken(now: clock.now))
                #expect(job.done == 0 && !job.faults.isGivenUp)
                let lease = clock.now + 30_000
                try await jobs.database.write { _ = try JobStore($0).hold(job, done: done, total: 900, until: lease) }
                clock.pass(seconds: 31)
            }
            #expect(try await jobs.workOnce())
            let job = try await jobs.job(number, of: 1)
            #expect(job.state == .done && job.faults == JobFaults(crashes: 1, allCrashes: 3, reached: 600))
        }
    }

    /// A paused job says when it is tried again.
    @Test func aPauseIsShown() async throws {
        let kind = JobKind("export") { _ in throw Failure.noScratch }
        try await withJobs(.sqlite, [kind]) { jobs, clock in
            let number = try await jobs.order("export", "x", of: 1)
            let page = { JobPage(job: try await jobs.job(number, of: 1), now: clock.now, next: nil) }
            #expect(try await page().retry == nil)
            _ = try await jobs.workOnce()
            let retry = try required(try await page().retry)
            #expect(retry.text == ClockTime(clock.now + 30_000).text)
            clock.pass(seconds: 30)
            #expect(try await page().retry == nil)
        }
    }

    // MARK: - What a program must not do

    @Test func twoKindsWithOneKeyEndTheProgram() async {
        await #expect(processExitsWith: .failure) {
            let kind = JobKind("export") { _ in JobOutcome(JobResult()) }
            try await withJobs(.sqlite, [kind, kind]) { _, _ in }
        }
    }

    /// A row in a state of no program is reported, not read as failed.
    @Test(arguments: Engine.allCases) func anUnknownStateIsReported(_ engine: Engine) async throws {
        try await withJobs(engine, [JobKind("export") { _ in JobOutcome(JobResult()) }]) { jobs, _ in
            let number = try await jobs.order("export", "x", of: 1)
            try await jobs.database.write { transaction in
                switch engine {
                case .sqlite: try transaction.execute("PRAGMA ignore_check_constraints = 1")
                case .postgres: try transaction.execute("ALTER TABLE job DROP CONSTRAINT job_state")
                }
                try transaction.execute("UPDATE job SET state = 'paused' WHERE number = \(number)")
            }
            let failure = await #expect(throws: Failure.self) { try await jobs.job(number, of: 1) }
            #expect(failure?.code == "database.forged")
        }
    }
}
