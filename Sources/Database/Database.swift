import Kernel
import Synchronization

/// A database of either engine. Values go in as parameters, closures run in transactions, answers come when durable.
package final class Database: Sendable {
    package let engine: Engine
    private let backend: any EngineBackend
    private let held = Mutex<(authenticator: (any RowAuthenticator)?, numbers: (any NumberHighWaterStore)?)>((nil, nil))
    private let accessCheck = Mutex<(@Sendable () async throws -> Void)?>(nil)

    private init(_ engine: Engine, _ backend: any EngineBackend) { (self.engine, self.backend) = (engine, backend) }

    /// Opens it, making the file of SQLite where there is none. `group` is how many writes share a commit of SQLite.
    package static func open(_ url: DatabaseURL, connections: Int = 8, group: Int = 256) throws -> Database {
        switch url.place {
        case .sqlite(let path): Database(.sqlite, try SQLiteEngine(path: path, readers: connections, group: group))
        case .postgres(let text): Database(.postgres, try PostgresEngine(url: text, connections: connections))
        }
    }

    /// From now on rows of an ``AuthenticatedTable`` are written with codes that this makes, and checked against them.
    package func authenticate(by authenticator: any RowAuthenticator) {
        held.withLock { $0.authenticator = authenticator }
    }

    /// From now on this is asked for the least number that may be given out, and told which are.
    package func keep(numbers: any NumberHighWaterStore) { held.withLock { $0.numbers = numbers } }

    private func prepared<T>(
        _ body: @escaping @Sendable (Transaction) throws -> T
    ) -> @Sendable (Transaction) throws -> T {
        let (authenticator, numbers) = held.withLock { $0 }
        return { transaction in
            (transaction.authenticator, transaction.numbers) = (authenticator, numbers)
            return try body(transaction)
        }
    }

    /// One durable, serialisable transaction. The closure may be run again, so it has no side effects.
    package func write<T: Sendable>(_ body: @escaping @Sendable (Transaction) throws -> T) async throws -> T {
        try await accessCheck.withLock { $0 }?()
        return try await writeUnwatched(body)
    }

    /// The same, and nobody is asked before it: for who is asked himself.
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

    /// From now on this is asked before each write, and refuses it by throwing.
    package func beforeWrites(_ check: @escaping @Sendable () async throws -> Void) {
        accessCheck.withLock { $0 = check }
    }

    /// One transaction of a migration. `rebuilding`: SQLite checks no foreign key before the migration asks for it: a
    /// table that is made anew is gone for a moment.
    func change<T: Sendable>(
        rebuilding: Bool, _ body: @escaping @Sendable (Transaction) throws -> T
    ) async throws -> T {
        try await backend.change(rebuilding: rebuilding, prepared(body))
    }

    /// The same for work whose unique source tells whether it was written: when the connection is lost at COMMIT,
    /// `certain` looks for it; what it finds is the answer, and where it finds nothing the closure runs again. Twenty
    /// such losses in a row are given up as `database.unknown-commit`.
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

    /// One snapshot, in which nothing changes while it is read.
    package func read<T: Sendable>(_ body: @escaping @Sendable (Transaction) throws -> T) async throws -> T {
        try await backend.read(prepared(body))
    }

    /// What `body` makes of each of these, in their order, each in a snapshot of its own: for long readings. Two at a
    /// time, so that others keep connections.
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

    /// The same for a few rows that an index finds, as a page asks for them. SQLite reads them on the caller's own
    /// thread: to change threads twice would cost more than the reading.
    package func inlineRead<T: Sendable>(_ body: @escaping @Sendable (Transaction) throws -> T) async throws -> T {
        try await backend.inlineRead(prepared(body))
    }

    /// Ends the engine's threads; what was asked for before is still answered.
    package func close() { backend.close() }

    /// Durable commits so far, each of them one sync.
    package var syncs: Int { backend.syncs }
}

/// What an engine must do.
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

/// `sqlite:PATH` or `postgres://…`, as `--database` takes it.
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
                en: "A database is written as sqlite:PATH or postgres://…; mend the address and try again.")
        }
    }
}
