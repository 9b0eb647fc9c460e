import Kernel
import Synchronization

/// A database of either engine. Values are bound as parameters, closures run in transactions, writes return when
/// durable.
package final class Database: Sendable {
    package let engine: Engine
    private let backend: any EngineBackend
    private let held = Mutex(Held())
    private let accessCheck = Mutex<(@Sendable () async throws -> Void)?>(nil)

    /// What every transaction gets.
    private struct Held {
        var authenticator: (any RowAuthenticator)?
        var numbers: (any NumberHighWaterStore)?
        var observer: (@Sendable (SQL) -> Void)?
    }

    private init(_ engine: Engine, _ backend: any EngineBackend) { (self.engine, self.backend) = (engine, backend) }

    /// Opens a database; makes the file of SQLite if there is none. `group`: the most writes in one commit of SQLite.
    package static func open(_ url: DatabaseURL, connections: Int = 8, group: Int = 256) throws -> Database {
        switch url.place {
        case .sqlite(let path): Database(.sqlite, try SQLiteEngine(path: path, readers: connections, group: group))
        case .postgres(let text): Database(.postgres, try PostgresEngine(url: text, connections: connections))
        }
    }

    /// From now on rows of an ``AuthenticatedTable`` are written with codes and checked against them.
    package func authenticate(by authenticator: any RowAuthenticator) {
        held.withLock { $0.authenticator = authenticator }
    }

    /// From now on `numbers` limits which numbers may be given out, and is notified of those given out.
    package func keep(numbers: any NumberHighWaterStore) { held.withLock { $0.numbers = numbers } }

    /// From now on `observer` gets each statement before it runs; `nil` for none. For tests of the use of indexes.
    package func observe(_ observer: (@Sendable (SQL) -> Void)?) { held.withLock { $0.observer = observer } }

    private func prepared<T>(
        _ body: @escaping @Sendable (Transaction) throws -> T
    ) -> @Sendable (Transaction) throws -> T {
        let held = held.withLock { $0 }
        return { transaction in
            (transaction.authenticator, transaction.numbers) = (held.authenticator, held.numbers)
            transaction.observer = held.observer
            return try body(transaction)
        }
    }

    /// One durable, serialisable transaction. The closure may run several times, so it must have no side effects.
    package func write<T: Sendable>(_ body: @escaping @Sendable (Transaction) throws -> T) async throws -> T {
        try await accessCheck.withLock { $0 }?()
        return try await writeUnwatched(body)
    }

    /// The same without the check of ``beforeWrites(_:)``, for that check itself.
    package func writeUnwatched<T: Sendable>(
        _ body: @escaping @Sendable (Transaction) throws -> T
    ) async throws -> T {
        let body = prepared(body)
        let (value, after) = try await backend.write { transaction in
            let value = try body(transaction)
            return (value, Dictionary(transaction.committed, uniquingKeysWith: { _, last in last }))
        }
        for action in after.values { action() }
        return value
    }

    /// Calls `check` before each write; an error refuses the write.
    package func beforeWrites(_ check: @escaping @Sendable () async throws -> Void) {
        accessCheck.withLock { $0 = check }
    }

    /// One transaction of a migration. `rebuilding`: SQLite checks foreign keys only when the migration asks for it,
    /// because a rebuilt table is missing for a moment.
    func change<T: Sendable>(
        rebuilding: Bool, _ body: @escaping @Sendable (Transaction) throws -> T
    ) async throws -> T {
        try await backend.change(rebuilding: rebuilding, prepared(body))
    }

    /// The same for work that can be recognised in the database. If the connection is lost at COMMIT, `certain` looks
    /// for the work. Its result is returned; if it is `nil`, the closure runs again. Failure after twenty such losses
    /// in a row: `database.unknown-commit`.
    package func write<T: Sendable>(
        certain: @escaping @Sendable (Transaction) throws -> T?,
        _ body: @escaping @Sendable (Transaction) throws -> T
    ) async throws -> T {
        try await accessCheck.withLock { $0 }?()
        var attempt: @Sendable (Transaction) throws -> T = body
        for _ in 0..<20 {
            do {
                return try await writeUnwatched(attempt)
            } catch let failure as Failure where failure == .unknownCommit() {
                attempt = { transaction in try certain(transaction) ?? body(transaction) }
            }
        }
        throw Failure.unknownCommit()
    }

    /// One snapshot, which does not change while it is read.
    package func read<T: Sendable>(_ body: @escaping @Sendable (Transaction) throws -> T) async throws -> T {
        try await backend.read(prepared(body))
    }

    /// The results of `body` for each item in order, each in its own snapshot: for long reads. Two run at a time, so
    /// that connections stay free for others.
    package func read<Item: Sendable, Made: Sendable>(
        each items: [Item], _ body: @escaping @Sendable (Item, Transaction) throws -> Made
    ) async throws -> [Made] {
        try await withThrowingTaskGroup(of: (place: Int, made: Made).self) { group in
            var made: [Int: Made] = [:]
            for (place, item) in items.enumerated() {
                if place > 1, let done = try await group.next() { made[done.place] = done.made }
                group.addTask { (place, try await self.read { try body(item, $0) }) }
            }
            for try await done in group { made[done.place] = done.made }
            return items.indices.compactMap { made[$0] }
        }
    }

    /// The same for a few rows found by an index. SQLite reads them on the caller's own thread, because two switches of
    /// threads would cost more than the read.
    package func inlineRead<T: Sendable>(_ body: @escaping @Sendable (Transaction) throws -> T) async throws -> T {
        try await backend.inlineRead(prepared(body))
    }

    /// Ends the engine's threads after the operations in the queue.
    package func close() { backend.close() }

    /// The number of durable commits so far; each is one sync.
    package var syncs: Int { backend.syncs }
}

/// What an engine implements.
protocol EngineBackend: Sendable {
    func write<T: Sendable>(_ body: @escaping @Sendable (Transaction) throws -> T) async throws -> T
    func read<T: Sendable>(_ body: @escaping @Sendable (Transaction) throws -> T) async throws -> T
    func inlineRead<T: Sendable>(_ body: @escaping @Sendable (Transaction) throws -> T) async throws -> T
    func change<T: Sendable>(
        rebuilding: Bool, _ body: @escaping @Sendable (Transaction) throws -> T
    ) async throws -> T
    func close()
    var syncs: Int { get }
}

extension EngineBackend {
    func inlineRead<T: Sendable>(_ body: @escaping @Sendable (Transaction) throws -> T) async throws -> T {
        try await read(body)
    }

    func change<T: Sendable>(
        rebuilding: Bool, _ body: @escaping @Sendable (Transaction) throws -> T
    ) async throws -> T {
        try await write(body)
    }
}

/// `sqlite:PATH` or `postgres://…`, as in `--database`.
package struct DatabaseURL: Sendable {
    enum Location: Sendable {
        case sqlite(String)
        case postgres(String)
    }

    let place: Location

    package init(_ text: String) throws(Failure) {
        if text.hasPrefix("sqlite:"), text.utf8.count > 7 {
            place = .sqlite(String(text.dropFirst(7)))
        } else if text.hasPrefix("postgres://") || text.hasPrefix("postgresql://") {
            place = .postgres(text)
        } else {
            throw Failure(
                .badInput, "database.url", "数据库地址应写作 sqlite:路径 或 postgres://…，请改后再试。",
                en: "A database is written as sqlite:PATH or postgres://…; correct the address and try again.")
        }
    }
}
