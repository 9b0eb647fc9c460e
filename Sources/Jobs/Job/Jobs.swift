import Database
import Files
import Kernel

/// Long work and its keeper: the door of this room.
package struct Jobs: Sendable {
    package let database: Database
    package let files: Files
    let kinds: [String: JobKind]

    /// So long a holder may be silent, and so often it says how far it is; in milliseconds.
    static let lease = 30_000
    static let beat = 1_000
    /// What was begun so often and never ended is given up.
    static let most = 5

    package init(_ database: Database, _ files: Files, _ kinds: [JobKind]) {
        (self.database, self.files) = (database, files)
        self.kinds = Dictionary(kinds.map { ($0.key, $0) }, uniquingKeysWith: { first, _ in first })
    }

    package static let migrations = JobSchema.migrations

    /// Puts work in the queue, with the file that it works on. Failure: `file.too-large`.
    package func order(
        _ kind: String, _ title: String, of account: Int, _ detail: [String: String] = [:],
        file: (name: String, bytes: [UInt8])? = nil
    ) async throws -> ID<Job> {
        try await database.write { transaction in
            let order = JobOrder(
                kind: kind, title: title, account: account, detail: JobDetail(detail),
                input: try file.map { try files.keep($0.bytes, transaction) }, inputName: file?.name ?? "")
            return try JobStore(transaction).add(order, at: files.outside.now())
        }
    }

    /// The same work on the same file with another detail: after a rehearsal, the real thing.
    package func order(again job: Job, _ title: String, _ detail: [String: String]) async throws -> ID<Job> {
        try await database.write { transaction in
            let order = JobOrder(
                kind: job.kind, title: title, account: job.account, detail: JobDetail(detail), input: job.input,
                inputName: job.inputName)
            return try JobStore(transaction).add(order, at: files.outside.now())
        }
    }

    /// One of an account's own. Failure: `job.none`.
    package func job(_ number: ID<Job>, of account: Int) async throws -> Job {
        guard let job = try await database.read({ try JobStore($0).find(number) }), job.account == account else {
            throw Failure.noJob
        }
        return job
    }

    package func list(of account: Int, before number: Int = .max, limit: Int = 20) async throws -> [Job] {
        try await database.read { try JobStore($0).list(of: account, before: number, limit: limit) }
    }

    /// The file that a job left. Failures: `job.none`, `file.gone`.
    package func output(of job: Job) async throws -> [UInt8] {
        guard let output = job.output else { throw Failure.noJob }
        return try await database.read { try files.read(output, $0) }
    }

    /// How many wait or run, and how many failed within a day.
    package func counts() async throws -> (open: Int, failed: Int) {
        let since = files.outside.now() - 86_400_000
        return try await database.read { try JobStore($0).counts(failedSince: since) }
    }
}
