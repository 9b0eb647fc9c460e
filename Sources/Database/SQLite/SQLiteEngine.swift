import Dispatch
import Foundation
import GRDB
import Kernel
import Synchronization

/// SQLite in one file: one writer on its own thread that commits in groups, and concurrent readers.
final class SQLiteEngine: EngineBackend {
    private let pool: DatabasePool
    private let inlineReaders: SQLiteInlineReaders
    /// The most operations in one commit.
    private let group: Int
    private let queue = EngineQueue()
    private let bell = DispatchSemaphore(value: 0)
    private let stopped = DispatchSemaphore(value: 0)
    private let commits = Mutex(0)

    init(path: String, readers: Int, group: Int) throws {
        self.group = group
        inlineReaders = SQLiteInlineReaders(path: path)
        var configuration = Configuration()
        configuration.maximumReaderCount = readers
        configuration.busyMode = .timeout(30)
        pool = try translated { try DatabasePool(path: path, configuration: configuration) }
        try translated {
            try pool.writeWithoutTransaction { connection in
                try connection.execute(sql: "PRAGMA synchronous = FULL")
                guard try Int.fetchOne(connection, sql: "PRAGMA synchronous") == 2 else {
                    throw Failure(
                        .unavailable, "database.not-durable", "数据库不能设为可靠写入（synchronous=FULL），拒绝启动。",
                        en:
                            "SQLite does not accept synchronous=FULL, so writes could be lost: not started."
                    )
                }
            }
        }
        let thread = Thread { [self] in work() }
        thread.name = "sqlite-writer"
        thread.start()
    }

    func write<T: Sendable>(_ body: @escaping @Sendable (Transaction) throws -> T) async throws -> T {
        try await change(rebuilding: false, body)
    }

    func change<T: Sendable>(
        rebuilding: Bool, _ body: @escaping @Sendable (Transaction) throws -> T
    ) async throws -> T {
        try await enqueue(
            in: { [queue, bell] job in
                let added = queue.add(job)
                bell.signal()
                return added
            }, rebuilding: rebuilding, body)
    }

    func read<T: Sendable>(_ body: @escaping @Sendable (Transaction) throws -> T) async throws -> T {
        do {
            // The pool checks the file before it returns a connection.
            let (began, limit) = (ContinuousClock.now, StatementLimit.current)
            return try await pool.read { connection in
                try body(Transaction(SQLiteSession(connection, limit: limit), isReading: true, began: began))
            }
        } catch let error as DatabaseError {
            throw error.translated
        } catch is CancellationError {
            throw Failure.cancelled()
        }
    }

    /// Yields before and after. Under load, reads then follow one another, and so do page renderings, which keeps the
    /// code of each in the processor's caches (docs/decisions/0010).
    func inlineRead<T: Sendable>(_ body: @escaping @Sendable (Transaction) throws -> T) async throws -> T {
        guard !Task.isCancelled else { throw Failure.cancelled() }
        await Task.yield()
        let value = try translated { try inlineReaders.read(body) }
        await Task.yield()
        return value
    }

    func close() {
        queue.close()
        bell.signal()
        stopped.wait()
        inlineReaders.close()
        // Checkpoints the log, so that the file alone is the whole database once it is closed.
        _ = try? pool.writeWithoutTransaction { try $0.checkpoint(.truncate) }
        try? pool.close()
    }

    /// The number of durable transactions; each is one sync of the log.
    var syncs: Int { commits.withLock { $0 } }

    private func work() {
        while let (jobs, more) = queue.take(group) {
            if !jobs.isEmpty { commit(jobs) }
            if !more { bell.wait() }
        }
        stopped.signal()
    }

    /// Runs the operations in one durable transaction, each in its own savepoint, and completes them after the commit.
    ///
    /// If the transaction fails as a whole (full disk, deferred foreign key), each operation runs alone.
    private func commit(_ batch: [EngineOperation]) {
        let jobs = batch.filter { !$0.refusedAsCancelled() }
        guard !jobs.isEmpty else { return }
        let rebuilds = jobs.contains(where: \.rebuilds)
        if rebuilds, jobs.count > 1 {
            for job in jobs { commit([job]) }
            return
        }
        var outcomes: [EngineOperation.Outcome] = []
        do {
            try translated {
                try pool.writeWithoutTransaction { connection in
                    if rebuilds { try connection.execute(sql: "PRAGMA foreign_keys = OFF") }
                    defer { if rebuilds { try? connection.execute(sql: "PRAGMA foreign_keys = ON") } }
                    try transact(jobs, connection, &outcomes)
                }
            }
            commits.withLock { $0 += 1 }
            outcomes.forEach { $0.complete(nil) }
        } catch {
            if jobs.count > 1 {
                for job in jobs { commit([job]) }
            } else if let outcome = outcomes.first {
                outcome.complete(error)
            } else {
                jobs[0].refuse(error)
            }
        }
    }

    private func transact(
        _ jobs: [EngineOperation], _ connection: GRDB.Database, _ outcomes: inout [EngineOperation.Outcome]
    ) throws {
        let (session, began) = (SQLiteSession(connection), ContinuousClock.now)
        try connection.execute(sql: "BEGIN IMMEDIATE")
        do {
            for job in jobs {
                try session.run("SAVEPOINT job") { _ in }
                let outcome = job.run(Transaction(session, began: began))
                // A full disk may have rolled back everything, so there is no savepoint to release.
                guard connection.isInsideTransaction else { throw outcome.failure ?? Failure.full("SQLITE_ABORT") }
                if outcome.failure != nil { _ = try session.run("ROLLBACK TO SAVEPOINT job") { _ in } }
                _ = try session.run("RELEASE SAVEPOINT job") { _ in }
                outcomes.append(outcome)
            }
            try connection.execute(sql: "COMMIT")
        } catch {
            if connection.isInsideTransaction { try? connection.execute(sql: "ROLLBACK") }
            throw error
        }
    }
}
