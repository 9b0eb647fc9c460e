import Database
import Files
import Kernel
import Synchronization
import Testbed
import Testing

@testable import Jobs

/// A stop costs a job nothing; a crash costs it one attempt.
@Suite struct JobStopTests {
    /// A task that is cancelled at a chosen reading of the clock, which the program reads at each step.
    private final class Stop: Sendable {
        private let state = Mutex<(looks: Int, at: Int, task: Task<Void, any Error>?)>((0, .max, nil))

        func look() {
            state.withLock { state in
                state.looks += 1
                if state.looks >= state.at { state.task?.cancel() }
            }
        }

        /// Runs the body and cancels it at reading `look`. Returns the number of readings.
        func run(_ look: Int, _ body: @escaping @Sendable () async throws -> Void) async -> Int {
            let (begin, gate) = AsyncStream.makeStream(of: Void.self)
            let task = Task {
                for await _ in begin { break }
                try await body()
            }
            state.withLock { $0 = (0, look, task) }
            if look == 0 { task.cancel() }
            gate.yield()
            _ = try? await task.value
            return state.withLock { $0.looks }
        }
    }

    @Test(arguments: Engine.allCases) func aStoppedJobLosesNoAttempt(_ engine: Engine) async throws {
        let stop = Stop()
        try await withJobs(engine, []) { plain, clock in
            let system = SystemInputs(
                now: {
                    stop.look()
                    return clock.now
                }, random: SystemInputs.real.random)
            let database = plain.database
            let kind = JobKind("steps") { run in
                for step in 1...8 {
                    run.progress(step, 8)
                    try await database.write { _ = try $0.exists("SELECT 1 FROM job") }
                    _ = system.now()
                }
                return JobOutcome(JobResult(), output: (try required(run.input), "b.csv"))
            }
            let jobs = Jobs(database, Files(keys: plain.files.keys, system: system), [kind])
            _ = try await jobs.order("steps", "x", of: 1, file: ("a.csv", .scratch([65])))
            let looks = await stop.run(.max) { _ = try await jobs.workOnce() }
            var stopped = 0
            for look in 0...looks {
                let number = try await jobs.order("steps", "x", of: 1, file: ("a.csv", .scratch([65])))
                _ = await stop.run(look) { _ = try await jobs.workOnce() }
                let job = try await jobs.job(number, of: 1)
                #expect([.waiting, .done].contains(job.state), "look \(look): \(job.state)")
                #expect(job.faults == JobFaults(), "look \(look)")
                if job.state == .waiting {
                    stopped += 1
                    #expect(try await jobs.workOnce(), "look \(look)")
                }
                #expect(try await jobs.job(number, of: 1).state == .done, "look \(look)")
            }
            #expect(looks > 16 && stopped > 8)
        }
    }

    /// A job that is stopped often is not given up.
    @Test(arguments: Engine.allCases) func manyStopsDoNotEndAJob(_ engine: Engine) async throws {
        let stopped = JobKind("stopped") { _ in throw CancellationError() }
        try await withJobs(engine, [stopped]) { jobs, _ in
            let number = try await jobs.order("stopped", "x", of: 1)
            for _ in 0..<(2 * JobFaults.mostFailures) { #expect(try await jobs.workOnce()) }
            let job = try await jobs.job(number, of: 1)
            #expect(job.state == .waiting && job.faults == JobFaults())
        }
    }

    /// After kill -9 the lease of the job expires, which counts as one fault.
    @Test(arguments: Engine.allCases) func aKilledJobLosesOneAttempt(_ engine: Engine) async throws {
        let kind = JobKind("killed") { _ in throw CancellationError() }
        try await withJobs(engine, [kind]) { jobs, clock in
            let number = try await jobs.order("killed", "x", of: 1)
            _ = try required(try await jobs.taken(now: clock.now))
            clock.pass(seconds: 31)
            #expect(try await jobs.workOnce())
            let job = try await jobs.job(number, of: 1)
            #expect(job.state == .waiting && job.faults == JobFaults(crashes: 1, allCrashes: 1))
        }
    }
}
