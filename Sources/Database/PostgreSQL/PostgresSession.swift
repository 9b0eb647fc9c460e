import CLibpq
import Kernel

/// The connection is lost; the engine must find out whether the transaction was committed.
struct ConnectionLost: Error {
    let why: String
    /// Whether it was given up because the server was silent for too long.
    var isSilent = false
}

/// The server asks to repeat the transaction: 40001, 40P01.
struct SerializationConflict: Error {}

/// One PostgreSQL connection, used by one thread.
final class PostgresSession: Session {
    let engine = Engine.postgres
    private let address: PostgresAddress
    private let wait: PostgresWait
    private var handle: OpaquePointer?
    /// The names of prepared statements by text.
    private var prepared: [String: String] = [:]
    /// The server's time limit for statements; `nil` for the server's default.
    private var limit: Duration?
    /// An error of this transaction that only another attempt can resolve, even if the closure has caught it.
    private(set) var pendingError: (any Error)?
    /// Whether a unique constraint was violated in this transaction.
    private(set) var metDuplicate = false

    init(_ address: PostgresAddress, _ wait: PostgresWait = PostgresWait()) {
        (self.address, self.wait) = (address, wait)
    }

    deinit {
        wait.closed()
        PQfinish(handle)
    }

    var isOpen: Bool { handle != nil && PQstatus(handle) == CONNECTION_OK }

    func open() throws {
        wait.closed()
        PQfinish(handle)
        (prepared, limit) = ([:], nil)
        handle = PQconnectdb(address.text)
        guard isOpen else { throw Failure.unreachable(message) }
        wait.opened(PQsocket(handle))
        // Notices such as "relation exists, skipping" are ignored.
        PQsetNoticeProcessor(handle, { _, _ in }, nil)
    }

    /// Called outside of a transaction. Sends the limit only if it differs from the previous one.
    func limitStatements(to limit: Duration?) throws {
        guard limit != self.limit else { return }
        let milliseconds = limit.map { max(1, Int($0 / .milliseconds(1))) }
        try command(milliseconds.map { "SET statement_timeout = \($0)" } ?? "RESET statement_timeout")
        self.limit = limit
    }

    func begin(_ text: String) throws {
        (pendingError, metDuplicate) = (nil, false)
        try command(text)
    }

    /// A transaction with a failed statement ends in a silent rollback, visible only in the command tag.
    func commit() throws {
        let result = try checked(answer { PQexec(handle, "COMMIT") })
        defer { PQclear(result) }
        guard String(cString: PQcmdStatus(result)) == "COMMIT" else {
            throw Failure.passedOver()
        }
    }

    func command(_ text: String) throws { PQclear(try checked(answer { PQexec(handle, text) })) }
    func mark(_ text: String) throws { try command(text) }

    func explained(_ sql: SQL) -> SQL { "\(SQL(unchecked: "EXPLAIN ")) \(sql)" }

    func run(_ sql: SQL, _ row: (RowSource) throws -> Void) throws -> Int {
        let result = try checked(execute(sql))
        defer { PQclear(result) }
        try hand(result, to: row)
        return Int(String(cString: PQcmdTuples(result))) ?? 0
    }

    /// The server sends single rows, so the result is never in memory as a whole.
    func stream(_ sql: SQL, _ row: (RowSource) throws -> Void) throws -> Int {
        try send(sql)
        PQsetSingleRowMode(handle)
        var fault: (any Error)?
        while let result = answer({ PQgetResult(handle) }) {
            defer { PQclear(result) }
            if fault != nil { continue }  // read to the end, so that the connection stays usable
            do {
                try check(result)
                try hand(result, to: row)
            } catch {
                fault = error
            }
        }
        if let fault { throw fault }
        return 0
    }

    private func hand(_ result: OpaquePointer?, to row: (RowSource) throws -> Void) throws {
        let columns = Int(PQnfields(result))
        for index in 0..<PQntuples(result) {
            try row(.postgres(PostgresRow(result: result, row: index, columns: columns)))
        }
    }

    private func execute(_ sql: SQL) throws -> OpaquePointer? {
        let name = try prepare(sql)
        return try withParameters(sql.values) { count, values, lengths, formats in
            answer { PQexecPrepared(handle, name, count, values, lengths, formats, 0) }
        }
    }

    private func send(_ sql: SQL) throws {
        let name = try prepare(sql)
        let sent = try withParameters(sql.values) { count, values, lengths, formats in
            wait.during(limit) { PQsendQueryPrepared(handle, name, count, values, lengths, formats, 0) }
        }
        if sent == 0 {
            let lost = lost(message)
            pendingError = lost
            throw lost
        }
    }

    private func answer(_ call: () -> OpaquePointer?) -> OpaquePointer? { wait.during(limit, call) }

    /// Prepares a statement once for each connection. Texts have no type, so that the server infers it.
    private func prepare(_ sql: SQL) throws -> String {
        let types: [Oid] = sql.values.map { value in
            switch value {
            case .integer: 20
            case .blob: 17
            case .text, .null: 0
            }
        }
        let key = sql.text + "\u{1}" + types.map(String.init).joined(separator: ",")
        if let name = prepared[key] { return name }
        if prepared.count > 500 {
            try command("DEALLOCATE ALL")
            prepared = [:]
        }
        let name = "s\(prepared.count)"
        PQclear(try checked(answer { PQprepare(handle, name, sql.text, Int32(types.count), types) }))
        prepared[key] = name
        return name
    }

    /// All values in one buffer, each text with its closing zero, and the pointers into it.
    private func withParameters<T>(
        _ values: [Value],
        _ body: (Int32, [UnsafePointer<CChar>?], [Int32], [Int32]) throws -> T
    ) throws -> T {
        var arena: [UInt8] = []
        var places: [(start: Int, length: Int, binary: Bool)?] = []
        for value in values {
            let start = arena.count
            switch value {
            case .null:
                places.append(nil)
                continue
            case .integer(let number): arena.append(contentsOf: String(number).utf8)
            case .text(let text):
                if text.utf8.contains(0) { throw Failure.nul() }
                arena.append(contentsOf: text.utf8)
            case .blob(let bytes): arena.append(contentsOf: bytes)
            }
            let binary = if case .blob = value { true } else { false }
            places.append((start, arena.count - start, binary))
            arena.append(0)
        }
        arena.append(0)
        return try arena.withUnsafeBufferPointer { buffer in
            try buffer.withMemoryRebound(to: CChar.self) { bytes in
                let pointers = places.map { place in place.flatMap { bytes.baseAddress?.advanced(by: $0.start) } }
                let lengths = places.map { Int32($0?.length ?? 0) }
                let formats = places.map { Int32($0?.binary == true ? 1 : 0) }
                return try body(Int32(values.count), pointers, lengths, formats)
            }
        }
    }

    private func checked(_ result: OpaquePointer?) throws -> OpaquePointer? {
        do {
            try check(result)
            return result
        } catch {
            PQclear(result)
            throw error
        }
    }

    private func check(_ result: OpaquePointer?) throws {
        switch PQresultStatus(result) {
        case PGRES_COMMAND_OK, PGRES_TUPLES_OK, PGRES_SINGLE_TUPLE, PGRES_EMPTY_QUERY: return
        default: throw fault(result)
        }
    }

    private func fault(_ result: OpaquePointer?) -> any Error {
        let error = named(result)
        if error is ConnectionLost || error is SerializationConflict { pendingError = error }
        if let violation = error as? Violation, violation.rule == .unique { metDuplicate = true }
        return error
    }

    private func lost(_ words: String) -> ConnectionLost {
        wait.isEnded ? ConnectionLost(why: "the server does not respond", isSilent: true) : ConnectionLost(why: words)
    }

    private func named(_ result: OpaquePointer?) -> any Error {
        let code = field(result, "C") ?? ""
        let words = (field(result, "M") ?? message).trimmed
        let name =
            field(result, "n") ?? [field(result, "t"), field(result, "c")].compactMap { $0 }.joined(separator: ".")
        if !isOpen || code.isEmpty || code.hasPrefix("57P") { return lost(words) }
        switch code {
        case "40001", "40P01": return SerializationConflict()
        case "23505":
            return Violation(rule: .unique, name: [name, field(result, "D")].compactMap { $0 }.joined(separator: " "))
        case "23503": return Violation(rule: .foreignKey, name: name)
        case "23514": return Violation(rule: .check, name: name)
        case "23502":
            return Violation(
                rule: .notNull, name: [field(result, "t"), field(result, "c")].compactMap { $0 }.joined(separator: "."))
        case "23A01": return Violation(rule: .appendOnly, name: words)
        case "53100", "53200": return Failure.full(words)
        case "57014": return limit == nil ? Failure.cancelled() : .slow(words)
        default:
            return code.hasPrefix("53") || code.hasPrefix("08") ? Failure.unreachable(words) : Failure.statement(words)
        }
    }

    private func field(_ result: OpaquePointer?, _ letter: Unicode.Scalar) -> String? {
        PQresultErrorField(result, Int32(letter.value)).map { String(cString: $0) }
    }

    private var message: String { String(cString: PQerrorMessage(handle)).trimmed }
}

extension String {
    fileprivate var trimmed: String { split(whereSeparator: \.isNewline).joined(separator: " ") }
}

/// A row of a result.
struct PostgresRow {
    let result: OpaquePointer?
    let row: Int32
    let columns: Int

    func isNull(_ column: Int) -> Bool { PQgetisnull(result, row, Int32(column)) == 1 }

    func integer(_ column: Int) -> Int? {
        withRaw(column) { bytes in
            let digits = bytes.first == 45 ? bytes.dropFirst() : bytes[...]
            guard !digits.isEmpty, digits.allSatisfy({ 48...57 ~= $0 }) else { return nil }
            if digits.count > 18 { return Int(String(decoding: bytes, as: UTF8.self)) }
            let number = digits.reduce(0) { $0 * 10 + Int($1) - 48 }
            return bytes.first == 45 ? -number : number
        }
    }

    func text(_ column: Int) -> String? {
        isNull(column) ? nil : withRaw(column) { String(decoding: $0, as: UTF8.self) }
    }

    func withBytes<T>(_ column: Int, _ body: (UnsafeRawBufferPointer) throws -> T) rethrows -> T {
        guard PQftype(result, Int32(column)) == 17 else { return try withRaw(column, body) }
        return try withRaw(column, Self.unescaped).withUnsafeBytes(body)
    }

    func value(_ column: Int) -> Value {
        if isNull(column) { return .null }
        switch PQftype(result, Int32(column)) {
        case 20, 21, 23: return integer(column).map { .integer($0) } ?? .null
        case 17: return .blob(withRaw(column, Self.unescaped))
        default: return .text(text(column) ?? "")
        }
    }

    func append(_ columns: Range<Int>, to bytes: RowBytes) {
        for column in columns {
            if isNull(column) { bytes.appendNull() } else { withBytes(column) { bytes.append($0) } }
        }
    }

    private func withRaw<T>(_ column: Int, _ body: (UnsafeRawBufferPointer) throws -> T) rethrows -> T {
        let start = PQgetvalue(result, row, Int32(column))
        return try body(UnsafeRawBufferPointer(start: start, count: Int(PQgetlength(result, row, Int32(column)))))
    }

    /// The server writes bytes as `\x` and two hexadecimal digits each.
    private static func unescaped(_ bytes: UnsafeRawBufferPointer) -> [UInt8] {
        let digit = { (byte: UInt8) in byte >= 97 ? byte - 87 : byte - 48 }
        return stride(from: 2, to: bytes.count - 1, by: 2).map { digit(bytes[$0]) << 4 | digit(bytes[$0 + 1]) }
    }
}
