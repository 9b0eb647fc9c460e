import Database
import Documents
import Foundation
import Kernel
import Signing
import Testbed
import Testing

@testable import App
@testable import Files
@testable import Jobs
@testable import People
@testable import Registry

@Suite("Attack: database writers without keys cannot order or alter jobs")
struct DatabaseWriterWorkTests {
    /// Finished lists of the bureau and of an employer, and a waiting job of the bureau.
    private func withJobs(_ engine: Engine, _ body: (Jobs, Database) async throws -> Void) async throws {
        let copy = JobKind("copy") { run in
            JobOutcome(JobResult(), output: (try .scratch(required(run.input).bytes() + [1]), "b.csv"))
        }
        try await withFolder { folder in
            try await withDatabase(engine, Files.migrations + Jobs.migrations()) { database in
                let system = TestClock(tick: 1).system
                let keys = try KeyFile.create(at: folder.path + "/keys.json", system: system)
                let jobs = Jobs(database, Files(keys: keys, system: system), [copy])
                for account in [1, 2] {
                    _ = try await jobs.order("copy", "x", of: account, file: ("a.csv", try .scratch([UInt8(account)])))
                }
                while try await jobs.workOnce() {}
                _ = try await jobs.order("copy", "y", of: 1, file: ("a.csv", try .scratch([3])))
                try await body(jobs, database)
            }
        }
    }

    @Test(arguments: Engine.allCases) func aJobMovedToAnotherAccountIsRefused(_ engine: Engine) async throws {
        try await withJobs(engine) { jobs, database in
            let before = try await database.allRows(of: "job")
            let changes: [(number: Int, of: Int, change: SQL)] = [
                (1, 2, "UPDATE job SET account = 2 WHERE number = 1"),
                (1, 1, "UPDATE job SET output = (SELECT j.output FROM job j WHERE j.number = 2) WHERE number = 1"),
                (1, 1, "UPDATE job SET output = input WHERE number = 1"),
                (3, 1, "UPDATE job SET input = (SELECT j.input FROM job j WHERE j.number = 2) WHERE number = 3"),
                (3, 1, "UPDATE job SET kind = 'settle' WHERE number = 3"),
                (3, 1, "UPDATE job SET told = NULL WHERE number = 3"),
                (1, 1, "UPDATE job SET answered = NULL WHERE number = 1"),
            ]
            for (number, account, change) in changes {
                try await database.write { _ = try $0.execute(change) }
                await forged("job \(number)") { _ = try await jobs.job(ID(number), of: account) }
                try await database.write { transaction in
                    try transaction.execute("DELETE FROM job")
                    for row in before { try transaction.execute("INSERT INTO job VALUES \(SQL.list(row))") }
                }
            }
            #expect(try await jobs.job(ID(1), of: 1).state == .done)
            // The payload of another job does not decrypt.
            try await database.write {
                _ = try $0.execute(
                    "UPDATE job SET told = (SELECT j.told FROM job j WHERE j.number = 1) WHERE number = 3")
            }
            await #expect(throws: Failure.self) { _ = try await jobs.job(ID(3), of: 1) }
        }
    }

    /// The kept payload of a deleted job is put into another account's job that got its number.
    @Test(arguments: Engine.allCases) func aPayloadOfADeletedJobIsNotReused(_ engine: Engine) async throws {
        try await withJobs(engine) { jobs, database in
            let kept = try await database.read { transaction in
                try transaction.first("SELECT told, created FROM job WHERE number = 2") {
                    (told: try $0.bytes(0), created: try $0.int(1))
                }
            }
            let own = try required(kept)
            try await database.write { _ = try $0.execute("DELETE FROM job WHERE number >= 2") }
            #expect(try await jobs.order("copy", "y", of: 1, file: ("a.csv", try .scratch([9]))) == ID(2))
            while try await jobs.workOnce() {}
            for created in ["created", "\(own.created)"] as [SQL] {
                try await database.write { transaction in
                    _ = try transaction.execute(
                        """
                        UPDATE job SET account = 2, told = \(own.told), input = NULL,
                                       created = \(created)
                        WHERE number = 2
                        """)
                }
                await forged("job 2") { _ = try await jobs.job(ID(2), of: 2) }
            }
        }
    }

    /// A forged job neither runs nor blocks others.
    @Test(arguments: Engine.allCases) func aForgedJobNeitherRunsNorBlocksOthers(_ engine: Engine) async throws {
        try await withJobs(engine) { jobs, database in
            let other = try await jobs.order("copy", "z", of: 5, file: ("a.csv", try .scratch([4])))
            try await database.write { _ = try $0.execute("UPDATE job SET account = 4 WHERE number = 3") }
            while try await jobs.workOnce() {}
            #expect(try await jobs.job(other, of: 5).state == .done)
            let states = try await database.read {
                try $0.rows("SELECT state FROM job ORDER BY number") { try $0.text(0) }
            }
            #expect(states == ["done", "done", "failed", "done"])
        }
    }
}
