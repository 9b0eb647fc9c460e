import Database
import Files
import Foundation
import Kernel
import Signing
import Testbed

@testable import Jobs

/// A queue with these kinds and an empty database, and its clock.
func withJobs(
    _ engine: Engine, _ kinds: [JobKind], _ body: (Jobs, TestClock) async throws -> Void
) async throws {
    try await withFolder { folder in
        try await withDatabase(engine, Files.migrations + Jobs.migrations()) { database in
            let clock = TestClock()
            let keys = try KeyFile.create(at: folder.path + "/keys.json", system: clock.system)
            try await body(Jobs(database, Files(keys: keys, system: clock.system), kinds), clock)
        }
    }
}

extension Jobs {
    /// All bytes of the job's file.
    func outputBytes(of job: Job) async throws -> [UInt8] {
        var bytes: [UInt8] = []
        try await output(of: job).each { bytes += $0 }
        return bytes
    }

    /// Takes one job as a worker does.
    func taken(now: Int) async throws -> Job? {
        let kinds = Array(kinds.values)
        return try await database.write { try store($0).take(kinds, now: now, until: now + 30_000) }
    }

    func finish(_ job: Job) async throws {
        try await database.write { try store($0).end(job, .done, JobResult(), output: nil, name: "", at: 0) }
    }
}

/// A payload of tests.
struct Words: JobPayload {
    let query: String

    init(query: String) { self.query = query }

    init?(older values: [String: String]) {
        guard let query = values["query"] else { return nil }
        self.init(query: query)
    }
}
