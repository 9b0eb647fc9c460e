import GRDB
import GRDBSQLite
import Kernel

/// One SQLite connection, lent by GRDB.
final class SQLiteSession: Session {
    let engine = Engine.sqlite
    private let connection: GRDB.Database
    /// The time limit of a statement.
    private let limit: Duration?

    init(_ connection: GRDB.Database, limit: Duration? = nil) { (self.connection, self.limit) = (connection, limit) }

    func run(_ sql: SQL, _ row: (RowSource) throws -> Void) throws -> Int {
        try translated {
            let statement = try connection.cachedStatement(sql: sql.text)
            try limited { try step(statement.sqliteStatement, sql.values, row) }
            return connection.changesCount
        }
    }

    /// SQLite never holds a result in memory, so both methods are the same.
    func stream(_ sql: SQL, _ row: (RowSource) throws -> Void) throws -> Int { try run(sql, row) }

    func command(_ text: String) throws {
        try translated { try connection.execute(sql: text) }
    }

    func mark(_ text: String) throws { _ = try run(SQL(unchecked: text)) { _ in } }

    func explained(_ sql: SQL) -> SQL { "\(SQL(unchecked: "EXPLAIN QUERY PLAN ")) \(sql)" }

    /// SQLite calls the handler every 50,000 steps to ask whether to continue.
    private func limited(_ body: () throws -> Void) throws {
        guard let limit, let handle = connection.sqliteConnection else { return try body() }
        let deadline = StatementDeadline(after: limit)
        let context = Unmanaged.passUnretained(deadline).toOpaque()
        sqlite3_progress_handler(
            handle, 50_000,
            { $0.map { Unmanaged<StatementDeadline>.fromOpaque($0).takeUnretainedValue().isOver } == true ? 1 : 0 },
            context)
        defer { sqlite3_progress_handler(handle, 0, nil, nil) }
        try withExtendedLifetime(deadline) { try body() }
    }

    private func step(
        _ statement: OpaquePointer, _ values: [Value], _ row: (RowSource) throws -> Void
    ) throws {
        sqlite3_reset(statement)
        defer {
            sqlite3_reset(statement)
            sqlite3_clear_bindings(statement)
        }
        for (index, value) in values.enumerated() { try bind(value, to: Int32(index + 1), of: statement) }
        let source = RowSource.sqlite(
            SQLiteRow(statement: statement, columns: Int(sqlite3_column_count(statement))))
        while true {
            switch sqlite3_step(statement) {
            case SQLITE_ROW: try row(source)
            case SQLITE_DONE: return
            default: throw fault()
            }
        }
    }

    private func bind(_ value: Value, to index: Int32, of statement: OpaquePointer) throws {
        let transient = unsafeBitCast(-1, to: sqlite3_destructor_type.self)
        let code: Int32
        switch value {
        case .null: code = sqlite3_bind_null(statement, index)
        case .integer(let number): code = sqlite3_bind_int64(statement, index, Int64(number))
        case .text(var text):
            code = try text.withUTF8 { bytes in
                if bytes.contains(0) { throw Failure.nul() }
                let start = bytes.baseAddress.map(UnsafeRawPointer.init) ?? UnsafeRawPointer(statement)
                return sqlite3_bind_text(
                    statement, index, start.assumingMemoryBound(to: CChar.self), Int32(bytes.count), transient)
            }
        case .blob(let bytes):
            code = bytes.withUnsafeBytes {
                sqlite3_bind_blob(
                    statement, index, $0.baseAddress ?? UnsafeRawPointer(statement), Int32($0.count), transient)
            }
        }
        if code != SQLITE_OK { throw fault() }
    }

    private func fault() -> DatabaseError {
        let handle = connection.sqliteConnection
        let message = handle.flatMap { sqlite3_errmsg($0) }.map { String(cString: $0) }
        return DatabaseError(
            resultCode: ResultCode(rawValue: handle.map { sqlite3_extended_errcode($0) } ?? SQLITE_ERROR),
            message: message)
    }
}

/// The deadline of a statement.
private final class StatementDeadline {
    private let end: ContinuousClock.Instant

    init(after limit: Duration) { end = .now + limit }

    var isOver: Bool { ContinuousClock.now >= end }
}

/// The current row of a statement.
struct SQLiteRow {
    let statement: OpaquePointer
    let columns: Int

    func isNull(_ column: Int) -> Bool { sqlite3_column_type(statement, Int32(column)) == SQLITE_NULL }

    /// All tables are STRICT, so a value that is not an integer is NULL or of another type, and reads as 0.
    func integer(_ column: Int) -> Int? {
        let number = sqlite3_column_int64(statement, Int32(column))
        if number == 0, sqlite3_column_type(statement, Int32(column)) != SQLITE_INTEGER { return nil }
        return Int(number)
    }

    func text(_ column: Int) -> String? {
        guard let start = sqlite3_column_text(statement, Int32(column)) else { return nil }
        let count = Int(sqlite3_column_bytes(statement, Int32(column)))
        return String(decoding: UnsafeBufferPointer(start: start, count: count), as: UTF8.self)
    }

    func withBytes<T>(_ column: Int, _ body: (UnsafeRawBufferPointer) throws -> T) rethrows -> T {
        let start = sqlite3_column_blob(statement, Int32(column))
        return try body(
            UnsafeRawBufferPointer(start: start, count: Int(sqlite3_column_bytes(statement, Int32(column)))))
    }

    func value(_ column: Int) -> Value {
        switch sqlite3_column_type(statement, Int32(column)) {
        case SQLITE_INTEGER: .integer(Int(sqlite3_column_int64(statement, Int32(column))))
        case SQLITE_TEXT: .text(text(column) ?? "")
        case SQLITE_BLOB: .blob(withBytes(column) { Array($0) })
        default: .null
        }
    }

    func append(_ columns: Range<Int>, to bytes: RowBytes) {
        for column in columns {
            // Requested once, because each access by column locks the connection.
            let value = sqlite3_column_value(statement, Int32(column))
            switch sqlite3_value_type(value) {
            case SQLITE_INTEGER: bytes.append(Int(sqlite3_value_int64(value)))
            case SQLITE_NULL: bytes.appendNull()
            default:
                let start = sqlite3_value_blob(value)
                bytes.append(UnsafeRawBufferPointer(start: start, count: Int(sqlite3_value_bytes(value))))
            }
        }
    }
}

/// Runs `body` and translates the engine's errors into failures of this module.
func translated<T>(_ body: () throws -> T) throws -> T {
    do {
        return try body()
    } catch let error as DatabaseError {
        throw error.translated
    }
}

extension DatabaseError {
    var translated: any Error {
        let words = message ?? "\(resultCode)"
        switch extendedResultCode {
        case .SQLITE_CONSTRAINT_UNIQUE, .SQLITE_CONSTRAINT_PRIMARYKEY: return Violation(rule: .unique, name: words)
        case .SQLITE_CONSTRAINT_FOREIGNKEY: return Violation(rule: .foreignKey, name: words)
        case .SQLITE_CONSTRAINT_CHECK: return Violation(rule: .check, name: words)
        case .SQLITE_CONSTRAINT_NOTNULL: return Violation(rule: .notNull, name: words)
        case .SQLITE_CONSTRAINT_TRIGGER: return Violation(rule: .appendOnly, name: words)
        default: break
        }
        switch resultCode {
        case .SQLITE_FULL, .SQLITE_IOERR: return Failure.full(words)
        case .SQLITE_READONLY, .SQLITE_PERM: return Failure.readOnly(words)
        case .SQLITE_BUSY, .SQLITE_LOCKED: return Failure.busy()
        case .SQLITE_INTERRUPT: return Failure.slow(words)
        case .SQLITE_CORRUPT, .SQLITE_NOTADB: return Failure.damaged(words)
        case .SQLITE_CANTOPEN: return Failure.unopened(words)
        case .SQLITE_CONSTRAINT: return Violation(rule: .check, name: words)
        default: return Failure.statement(words)
        }
    }
}
