import Kernel

/// What a closure does its work through: everything in it is written, or nothing.
///
/// It belongs to one thread and one run of the closure. The engine may run a closure again, so it has no side effects.
package final class Transaction {
    package let engine: Engine
    /// Whether it sees only what is committed, and changes nothing.
    package let isReading: Bool
    let session: any Session
    /// Makes and checks the codes of rows; `nil` before the keys are known.
    var authenticator: (any RowAuthenticator)?
    /// The bytes of the row at hand.
    let scratch = RowBytes()
    /// Knows which numbers were given out; `nil` where nobody keeps that.
    package internal(set) var numbers: (any NumberHighWaterStore)?
    /// What is done once this transaction stands.
    private(set) var committed: [(key: String, action: @Sendable () -> Void)] = []
    /// What was read once, by name.
    private var known: [String: any Sendable] = [:]
    /// When it began: before its snapshot was taken, so it sees all that was committed earlier.
    package let began: ContinuousClock.Instant
    /// Whether rows are held against their codes.
    private(set) var checksRows = true
    private var depth = 0
    private var isInRows = false
    /// A statement failed, and no savepoint took it back: nothing of this transaction may stand.
    private(set) var isSpoiled = false

    init(_ session: any Session, isReading: Bool = false, began: ContinuousClock.Instant) {
        (self.session, self.isReading, self.began) = (session, isReading, began)
        engine = session.engine
    }

    /// Runs a statement; answers how many rows it changed. Throws a ``Violation`` where a constraint says no: after
    /// that nothing more can be done outside the savepoint that it happened in.
    @discardableResult
    package func execute(_ sql: SQL) throws -> Int {
        try reading(sql) { _ in }
    }

    /// What `read` makes of each row of the answer. A row is gone when its closure returns, and no other statement runs
    /// in this transaction before the last row is read.
    package func rows<T>(_ sql: SQL, _ read: (Row) throws -> T) throws -> [T] {
        var rows: [T] = []
        _ = try reading(sql) { rows.append(try read($0)) }
        return rows
    }

    /// What `read` makes of the first row of the answer.
    package func first<T>(_ sql: SQL, _ read: (Row) throws -> T) throws -> T? {
        var first: T?
        _ = try reading(sql) { if first == nil { first = try read($0) } }
        return first
    }

    /// Whether the answer has a row.
    package func exists(_ sql: SQL) throws -> Bool { try first(sql) { _ in } != nil }

    /// Row by row, in memory that does not grow with the answer.
    package func each(_ sql: SQL, _ body: (Row) throws -> Void) throws {
        _ = try reading(sql, isLong: true, body)
    }

    /// Answers how many rows were changed.
    private func reading(_ sql: SQL, isLong: Bool = false, _ body: (Row) throws -> Void) throws -> Int {
        try alone()
        isInRows = true
        defer { isInRows = false }
        // What the closure throws is no failed statement.
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

    /// What `read` makes of rows that do not change while this transaction reads: a second time it is not read again.
    /// In a transaction that writes it is read each time.
    package func once<T: Sendable>(_ name: String, _ read: () throws -> T) rethrows -> T {
        guard isReading else { return try read() }
        if let value = known[name] as? T { return value }
        let value = try read()
        known[name] = value
        return value
    }

    /// Runs `action` once all of this transaction stands; never where it is taken back. Of several of one key only the
    /// last is run.
    package func afterCommit(_ key: String, _ action: @escaping @Sendable () -> Void) {
        committed.append((key, action))
    }

    /// Runs `body` so that its failure takes back its own writes and no others.
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
            // Where the engine has taken back the whole transaction there is no savepoint: the first failure says why.
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

    /// Reads rows without holding them against their codes: for lists on which no verdict rests, and for what is then
    /// compared with something that was checked.
    package func withoutChecks<T>(_ body: () throws -> T) rethrows -> T {
        let before = checksRows
        checksRows = false
        defer { checksRows = before }
        return try body()
    }

    /// The engine's plan, a line a step: for tests that ask whether an index is read.
    package func plan(_ sql: SQL) throws -> [String] {
        let column = engine == .sqlite ? 3 : 0
        return try rows(session.explained(sql)) { try $0.text(column) }
    }
}

/// Which of the two.
package enum Engine: String, Sendable, CaseIterable {
    case sqlite
    case postgres
}

/// One connection of an engine, used by one thread.
protocol Session: AnyObject {
    var engine: Engine { get }
    /// Runs a prepared statement and hands over its rows; answers how many it changed.
    func run(_ sql: SQL, _ row: (RowSource) throws -> Void) throws -> Int
    /// The same for long answers, without holding them.
    func stream(_ sql: SQL, _ row: (RowSource) throws -> Void) throws -> Int
    /// Runs a text without values: BEGIN, a migration.
    func command(_ text: String) throws
    /// The same for what is run for each row of a list.
    func mark(_ text: String) throws
    func explained(_ sql: SQL) -> SQL
}
