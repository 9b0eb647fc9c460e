import Database
import Files
import Foundation
import Kernel
import Signing
import Testbed
import Testing

@testable import Jobs

/// How long the files of jobs are kept.
@Suite struct JobFilesTests {
    private static let quick = JobKind("quick") { _ in JobOutcome(JobResult()) }

    /// A job that waits for a year still has its file; a job that is given up releases it.
    @Test(arguments: Engine.allCases) func theFileOfAnOpenJobStays(_ engine: Engine) async throws {
        try await withJobs(engine, [Self.quick]) { jobs, clock in
            let due = clock.now + 365 * 86_400_000
            let number = try await jobs.order("quick", "x", of: 1, file: ("a", .scratch([1])), due: due)
            let damaged = try await jobs.order("quick", "x", of: 2, file: ("b", .scratch([2])), due: due)
            clock.pass(days: 366)
            #expect(try await jobs.sweep() == 0)
            let input = try required(try await jobs.job(number, of: 1).input)
            #expect(try await jobs.database.read { try jobs.files.read(input, $0) } == [1])
            try await jobs.database.write {
                _ = try $0.execute(
                    "UPDATE job SET told = (SELECT told FROM job WHERE number = 1) WHERE number = \(damaged)")
            }
            while try await jobs.workOnce() {}
            clock.pass(days: 30, seconds: 1)
            #expect(try await jobs.sweep() == 2)
        }
    }

    /// After an upgrade, open jobs keep their files, and files of ended jobs are kept for 30 days after the end.
    @Test(arguments: Engine.allCases) func anUpgradeKeepsTheFilesOfJobs(_ engine: Engine) async throws {
        try await withFolder { folder in
            let clock = TestClock()
            let keys = try KeyFile.create(at: folder.path + "/keys.json", system: clock.system)
            let files = Files(keys: keys, system: clock.system)
            let steps = Files.migrations + Jobs.migrations(keys)
            try await withDatabase(engine, steps.filter { $0.id != "job-5" }) { database in
                let start = clock.now
                let hashes = try await database.write { transaction in
                    try [1, 2, 3].map { try files.keep(try files.stage(.scratch([$0])), transaction) }
                }
                try await database.write { transaction in
                    let jobs: [(String, Int)] = [("waiting", 0), ("done", start + 20 * 86_400_000)]
                    for (number, (state, ended)) in jobs.enumerated() {
                        try transaction.execute(
                            """
                            INSERT INTO job (number, kind, account, input, state, attempt, lease, done, total, created,
                                             ended)
                            VALUES (\(number), 'quick', 1, \(hashes[number].bytes), \(state), 0, 0, 0, 0, 0, \(ended))
                            """)
                    }
                }
                try await database.migrate(steps)
                let jobs = Jobs(database, files, [Self.quick])
                clock.pass(days: 31)
                #expect(try await jobs.sweep() == 1)
                #expect(
                    try await database.read { try files.read(hashes[0], $0) + files.read(hashes[1], $0) } == [1, 2])
                clock.pass(days: 20)
                #expect(try await jobs.sweep() == 1)
                #expect(try await database.read { try files.read(hashes[0], $0) } == [1])
            }
        }
    }
}
