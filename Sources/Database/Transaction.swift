import Kernel

/// A transaction as closures use it: all of its writes are committed, or none.
///
/// It belongs to one thread and one run of the closure. The closure may run again, so it must have no side effects.
package final class Transaction {
    package let engine: Engine
    /// Whether it only reads committed data.
    package let isReading: Bool
    let session: any Session
    /// Makes and checks the codes of rows; `nil` before the keys are known.
    var authenticator: (any RowAuthenticator)?
    /// The bytes of the current row.
    let scratch = RowBytes()
    /// Gets each statement before it runs; `nil` except in tests.
    var observer: (@Sendable (SQL) -> Void)?
    /// The numbers given out so far; `nil` if they are not stored outside the database.
    package internal(set) var numbers: (any NumberHighWaterStore)?
    /// Actions to run after the commit.
    private(set) var committed: [(key: String, action: @Sendable () -> Void)] = []
    /// The values of ``once(_:_:)`` by name.
    private var known: [String: any Sendable] = [:]
    /// When it began. This is before its snapshot, which therefore includes everything committed earlier.
    package let began: ContinuousClock.Instant
    /// Whether rows are compared with their codes.
    private(set) var checksRows = true
    private var depth = 0
    private var isInRows = false
    /// A statement failed outside of a savepoint, so the transaction must not be committed.
    private(set) var isSpoiled = false

    init(_ session: any Session, isReading: Bool = false, began: ContinuousClock.Instant) {
        (self.session, self.isReading, self.began) = (session, isReading, began)
        engine = session.engine
    }

    /// Runs a statement. Returns how many rows it changed. Throws a ``Violation`` if a constraint is violated; after
    /// that only rolling back to the enclosing savepoint is possible.
    @discardableResult
    package func execute(_ sql: SQL) throws -> Int {
        try reading(sql) { _ in }
    }

    /// The results of `read` for each row. A row is valid only within its closure, and no other statement may run in
    /// this transaction before the last row is read.
    package func rows<T>(_ sql: SQL, _ read: (Row) throws -> T) throws -> [T] {
        var rows: [T] = []
        _ = try reading(sql) { rows.append(try read($0)) }
        return rows
    }

    /// The result of `read` for the first row; `nil` if there is none.
    package func first<T>(_ sql: SQL, _ read: (Row) throws -> T) throws -> T? {
        var first: T?
        _ = try reading(sql) { if first == nil { first = try read($0) } }
        return first
    }

    /// Whether the result has a row.
    package func exists(_ sql: SQL) throws -> Bool { try first(sql) { _ in } != nil }

    /// Calls `body` for each row. Memory does not grow with the result.
    package func each(_ sql: SQL, _ body: (Row) throws -> Void) throws {
        _ = try reading(sql, isLong: true, body)
    }

    /// Returns how many rows were changed.
    private func reading(_ sql: SQL, isLong: Bool = false, _ body: (Row) throws -> Void) throws -> Int {
        try alone()
        observer?(sql)
        isInRows = true
        defer { isInRows = false }
        // An error of the closure is not a failed statement.
        var isOwn = false
        func hand(_ source: RowSource) throws {
            isOwn = true
            try body(Row(source: source, transaction: self))
            isOwn = false
        }
        do {
            return try isLong ? session.stream(sql, hand) : session.run(sql, hand)
        } catch {
            isSpoiled = isSpoiled || !isOwn
            throw error
        }
    }

    /// The result of `read`, which must not change during this transaction. It is cached in a reading transaction, and
    /// read each time in a writing one.
    package func once<T: Sendable>(_ name: String, _ read: () throws -> T) rethrows -> T {
        guard isReading else { return try read() }
        if let value = known[name] as? T { return value }
        let value = try read()
        known[name] = value
        return value
    }

    /// Runs `action` after the commit; never after a rollback. Of several actions with one key only the last one runs.
    package func afterCommit(_ key: String, _ action: @escaping @Sendable () -> Void) {
        committed.append((key, action))
    }

    /// Runs `body` so that its failure rolls back only its own writes.
    package func savepoint<T>(_ body: () throws -> T) throws -> T {
        depth += 1
        defer { depth -= 1 }
        let (name, before) = ("s\(depth)", committed.count)
        try session.mark("SAVEPOINT \(name)")
        do {
            let value = try body()
            try session.mark("RELEASE SAVEPOINT \(name)")
            return value
        } catch {
            // If the engine has rolled back the whole transaction, there is no savepoint; the first error is thrown.
            isSpoiled = !takeBack(name)
            committed.removeLast(committed.count - before)
            throw error
        }
    }

    private func takeBack(_ savepoint: String) -> Bool {
        do {
            try session.mark("ROLLBACK TO SAVEPOINT \(savepoint)")
            try session.mark("RELEASE SAVEPOINT \(savepoint)")
            return true
        } catch {
            return false
        }
    }

    private func alone() throws {
        if isInRows { throw Failure.statement("a statement while the rows of another are read") }
    }

    /// Reads rows without comparing them with their codes: for lists that no decision depends on, and for data that is
    /// then compared with something checked.
    package func withoutChecks<T>(_ body: () throws -> T) rethrows -> T {
        let before = checksRows
        checksRows = false
        defer { checksRows = before }
        return try body()
    }

    /// The engine's query plan, one line for each step: for tests of the use of indexes.
    package func plan(_ sql: SQL) throws -> [String] {
        let column = engine == .sqlite ? 3 : 0
        return try rows(session.explained(sql)) { try $0.text(column) }
    }
}

/// The two engines.
package enum Engine: String, Sendable, CaseIterable {
    case sqlite
    case postgres
}

/// One connection of an engine, used by one thread.
protocol Session: AnyObject {
    var engine: Engine { get }
    /// Runs a prepared statement and passes on its rows. Returns how many rows it changed.
    func run(_ sql: SQL, _ row: (RowSource) throws -> Void) throws -> Int
    /// The same for long results, which are not held in memory.
    func stream(_ sql: SQL, _ row: (RowSource) throws -> Void) throws -> Int
    /// Runs a text without values: BEGIN, a migration.
    func command(_ text: String) throws
    /// The same for statements that run for each row of a list.
    func mark(_ text: String) throws
    func explained(_ sql: SQL) -> SQL
}
