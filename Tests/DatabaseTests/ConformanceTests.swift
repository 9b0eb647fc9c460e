import Database
import Foundation
import Kernel
import Synchronization
import Testbed
import Testing

/// The guarantees of the module Database, on both engines.
@Suite struct ConformanceTests {
    static let schema = Migration(
        "sample-1",
        """
        CREATE TABLE place (
            number INTEGER NOT NULL PRIMARY KEY,
            name   TEXT UNIQUE
        ) STRICT
        ;
        CREATE TABLE sample (
            number INTEGER NOT NULL PRIMARY KEY,
            amount INTEGER CONSTRAINT sample_amount_small CHECK (amount < 1000),
            text   TEXT,
            bytes  BLOB,
            place  INTEGER REFERENCES place (number)
        ) STRICT
        ;
        CREATE INDEX sample_by_amount ON sample (amount)
        ;
        CREATE TABLE line (number INTEGER NOT NULL PRIMARY KEY, text TEXT NOT NULL) STRICT
        """, appendOnly: ["line"])

    private func with(_ engine: Engine, _ body: (Database) async throws -> Void) async throws {
        try await withDatabase(engine, [Self.schema], body)
    }

    private func places(_ database: Database) async throws -> [Int] {
        try await database.read { try $0.rows("SELECT number FROM place ORDER BY number") { try $0.int(0) } }
    }

    @Test(arguments: Engine.allCases) func onceIsCachedInReadsAndNotInWrites(_ engine: Engine) async throws {
        try await with(engine) { database in
            let twice = { @Sendable (transaction: Transaction) throws -> Int in
                var times = 0
                for _ in 0..<2 { _ = transaction.once("times") { times += 1 } }
                return times
            }
            let times = (read: try await database.read(twice), written: try await database.write(twice))
            #expect(times == (1, 2))
        }
    }

    @Test(arguments: Engine.allCases) func storedValuesAreReadBackUnchanged(_ engine: Engine) async throws {
        try await with(engine) { database in
            let text = "学时 '\"; \\ %_ $1 𬭎䶮\n\t"
            let none: Int? = nil
            let bytes: [UInt8] = [0, 1, 92, 39, 255, 0]
            try await database.write { transaction in
                try transaction.execute(
                    "INSERT INTO sample (number, amount, text, bytes) VALUES (\(Int.max), \(-7), \(text), \(bytes))")
                try transaction.execute(
                    "INSERT INTO sample (number, amount, text, bytes) VALUES (\(Int.min), \(none), \(""), \([UInt8]()))"
                )
            }
            try await database.read { transaction in
                let sql: SQL = "SELECT number, amount, text, bytes, place FROM sample ORDER BY number"
                let numbers = try transaction.rows(sql) { try $0.int(0) }
                let amounts = try transaction.rows(sql) { try $0.optionalInt(1) }
                let texts = try transaction.rows(sql) { try $0.optionalText(2) }
                let raw = try transaction.rows(sql) { row in row.withBytes(2) { Array($0) } }
                let blobs = try transaction.rows(sql) { try $0.optionalBytes(3) }
                let places = try transaction.rows(sql) { try $0.optionalInt(4) }
                #expect(numbers == [Int.min, Int.max])
                #expect(amounts == [nil, -7])
                #expect(texts == ["", text])
                #expect(raw == [[], Array(text.utf8)])
                #expect(blobs == [[], bytes])
                #expect(places == [nil, nil])
                for column in [1, 2] {
                    let misfit = #expect(throws: Failure.self) {
                        _ = try transaction.rows(sql) { row in try row.int(column) }
                    }
                    #expect(misfit?.code == "database.misfit")
                }
            }
        }
    }

    @Test(arguments: Engine.allCases) func daysHoursAndYearsAreStoredExactly(_ engine: Engine) async throws {
        try await with(engine) { database in
            let day = try #require(Day("2022-05-31"))
            let hours = CreditHours(hundredths: 166)
            let row = try await database.write { transaction in
                try transaction.first(
                    """
                    INSERT INTO sample (number, amount, text) VALUES (\(Year(2022)), \(hours), \(day))
                    RETURNING number, amount, text
                    """
                ) { (try $0.year(0), try $0.hours(1), try $0.day(2)) }
            }
            #expect(row?.0 == Year(2022))
            #expect(row?.1 == CreditHours(hundredths: 166))
            #expect(row?.2 == day)
        }
    }

    @Test(arguments: Engine.allCases) func violationsNameTheirConstraint(_ engine: Engine) async throws {
        try await with(engine) { database in
            try await database.write { try $0.execute("INSERT INTO place (number, name) VALUES (1, '泰山')") }
            let cases: [(SQL, Violation.Rule, String)] = [
                ("INSERT INTO place (number, name) VALUES (1, 'b')", .unique, "place"),
                ("INSERT INTO place (number, name) VALUES (2, '泰山')", .unique, "name"),
                ("INSERT INTO sample (number, amount) VALUES (1, 1000)", .check, "sample_amount_small"),
                ("INSERT INTO sample (number, place) VALUES (1, 9)", .foreignKey, ""),
                ("INSERT INTO line (number, text) VALUES (1, NULL)", .notNull, "text"),
            ]
            for (sql, rule, word) in cases {
                let violation = await #expect(throws: Violation.self) {
                    _ = try await database.write { try $0.execute(sql) }
                }
                #expect(violation?.rule == rule)
                #expect(word.isEmpty || violation?.touches(word) == true, "\(violation?.name ?? "")")
            }
        }
    }

    @Test(arguments: Engine.allCases) func appendOnlyTablesRefuseUpdatesAndDeletes(_ engine: Engine) async throws {
        try await with(engine) { database in
            try await database.write { try $0.execute("INSERT INTO line (number, text) VALUES (1, 'a')") }
            var attempts: [SQL] = ["UPDATE line SET text = 'b'", "DELETE FROM line WHERE number = 1"]
            if engine == .postgres { attempts.append("TRUNCATE line") }
            for sql in attempts {
                let violation = await #expect(throws: Violation.self) {
                    _ = try await database.write { try $0.execute(sql) }
                }
                #expect(violation?.rule == .appendOnly)
            }
            let held = try await database.read { try $0.first("SELECT text FROM line") { try $0.text(0) } }
            #expect(held == "a")
        }
    }

    @Test(arguments: Engine.allCases) func aFailedWriteDoesNotAffectConcurrentWrites(_ engine: Engine) async throws {
        try await with(engine) { database in
            let failed = await withTaskGroup(of: Bool.self) { group in
                for number in 0..<100 {
                    group.addTask {
                        do {
                            try await database.write { transaction in
                                try transaction.execute("INSERT INTO place (number) VALUES (\(number))")
                                let amount = number % 5 == 0 ? 5000 : 1
                                try transaction.execute(
                                    "INSERT INTO sample (number, amount) VALUES (\(number), \(amount))")
                            }
                            return false
                        } catch { return true }
                    }
                }
                return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
            }
            #expect(failed == 20)
            let counts = try await database.read { transaction in
                try ["SELECT count(*) FROM place", "SELECT count(*) FROM sample"].map { (sql: SQL) in
                    try transaction.first(sql) { try $0.int(0) }
                }
            }
            #expect(counts == [80, 80])
        }
    }

    @Test(arguments: Engine.allCases) func aSavepointRollsBackItsOwnWritesOnly(_ engine: Engine) async throws {
        try await with(engine) { database in
            try await database.write { transaction in
                try transaction.execute("INSERT INTO place (number) VALUES (1)")
                #expect(throws: Violation.self) {
                    try transaction.savepoint {
                        try transaction.execute("INSERT INTO place (number) VALUES (2)")
                        try transaction.savepoint {
                            _ = try transaction.execute("INSERT INTO place (number) VALUES (3)")
                        }
                        try transaction.execute("INSERT INTO place (number) VALUES (1)")
                    }
                }
                try transaction.execute("INSERT INTO place (number) VALUES (4)")
            }
            #expect(try await places(database) == [1, 4])
        }
    }

    @Test(arguments: Engine.allCases) func anIgnoredFailureRollsBackTheTransaction(_ engine: Engine) async throws {
        try await with(engine) { database in
            let failure = await #expect(throws: Failure.self) {
                try await database.write { transaction in
                    try transaction.execute("INSERT INTO place (number) VALUES (1)")
                    _ = try? transaction.execute("INSERT INTO place (number) VALUES (1)")
                }
            }
            #expect(failure?.code == "database.passed-over")
            let kept = try await places(database)
            #expect(kept == [])
        }
    }

    @Test(arguments: Engine.allCases) func concurrentWritersOfARowLoseNothing(_ engine: Engine) async throws {
        try await with(engine) { database in
            try await database.write { try $0.execute("INSERT INTO sample (number, amount) VALUES (1, 0)") }
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<60 {
                    group.addTask {
                        try await database.write { transaction in
                            let amount =
                                try transaction.first("SELECT amount FROM sample WHERE number = 1") { try $0.int(0) }
                                ?? 0
                            try transaction.execute("UPDATE sample SET amount = \(amount + 1) WHERE number = 1")
                        }
                    }
                }
                try await group.waitForAll()
            }
            let held = try await database.read { try $0.first("SELECT amount FROM sample") { try $0.int(0) } }
            #expect(held == 60)
        }
    }

    /// Concurrent closures each take the next number; a conflicting one runs again and takes the following number.
    @Test(arguments: Engine.allCases) func aRepeatedClosureSeesConcurrentWrites(_ engine: Engine) async throws {
        try await with(engine) { database in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<60 {
                    group.addTask {
                        try await database.write { transaction in
                            let last =
                                try transaction.first("SELECT coalesce(max(number), 0) FROM place") { try $0.int(0) }
                                ?? 0
                            try transaction.execute("INSERT INTO place (number) VALUES (\(last + 1))")
                        }
                    }
                }
                try await group.waitForAll()
            }
            let found = try await database.read { transaction in
                try transaction.first("SELECT count(*), max(number) FROM place") { (try $0.int(0), try $0.int(1)) }
            }
            #expect(found?.0 == 60)
            #expect(found?.1 == 60)
        }
    }

    @Test(arguments: Engine.allCases) func aReadSeesOneSnapshot(_ engine: Engine) async throws {
        try await with(engine) { database in
            let count: SQL = "SELECT count(*) FROM place"
            let (started, written) = (Gate(), Gate())
            async let seen = database.read { transaction in
                let before = try transaction.first(count) { try $0.int(0) }
                started.open()
                written.wait()
                return [before, try transaction.first(count) { try $0.int(0) }]
            }
            await started.opened()
            try await database.write { try $0.execute("INSERT INTO place (number) VALUES (1)") }
            written.open()
            #expect(try await seen == [0, 0])
            let held = try await database.read { try $0.first(count) { try $0.int(0) } }
            #expect(held == 1)
        }
    }

    @Test(arguments: Engine.allCases) func aReadCannotWrite(_ engine: Engine) async throws {
        try await with(engine) { database in
            await #expect(throws: (any Error).self) {
                _ = try await database.read { try $0.execute("INSERT INTO place (number) VALUES (1)") }
            }
            let kept = try await places(database)
            #expect(kept == [])
        }
    }

    @Test(arguments: Engine.allCases) func aTaskCancelledInTheQueueDoesNotRun(_ engine: Engine) async throws {
        try await withDatabaseURL(engine) { url in
            let database = try Database.open(DatabaseURL(url), connections: 1)
            defer { database.close() }
            try await database.migrate([Self.schema])
            let (started, gate) = (Gate(), Gate())
            let holder = Task {
                try await database.write { _ in
                    started.open()
                    gate.wait()
                }
            }
            await started.opened()
            let waiting = Task {
                try await database.write { _ = try $0.execute("INSERT INTO place (number) VALUES (1)") }
            }
            waiting.cancel()
            gate.open()
            try await holder.value
            let failure = await #expect(throws: Failure.self) { try await waiting.value }
            #expect(failure?.code == "database.cancelled")
            let kept = try await places(database)
            #expect(kept == [])
        }
    }

    @Test(arguments: Engine.allCases) func interpolatedValuesAreParameters(_ engine: Engine) async throws {
        try await with(engine) { database in
            let attacks = ["'; DROP TABLE place; --", "x') OR ('1'='1", "$1", "\\'; --", "%", "\u{27}\u{200b}"]
            try await database.write { transaction in
                for (number, attack) in attacks.enumerated() {
                    try transaction.execute("INSERT INTO place (number, name) VALUES (\(number), \(attack))")
                }
            }
            for (number, attack) in attacks.enumerated() {
                let found = try await database.read { transaction in
                    try transaction.rows("SELECT number FROM place WHERE name IN \(SQL.list([attack]))") {
                        try $0.int(0)
                    }
                }
                #expect(found == [number])
            }
            let none = try await database.read { transaction in
                try transaction.rows("SELECT 1 FROM place WHERE name IN \(SQL.list([String]()))") { _ in }.isEmpty
            }
            #expect(none)
            let failure = await #expect(throws: Failure.self) {
                _ = try await database.write {
                    try $0.execute("INSERT INTO place (number, name) VALUES (99, \("a\0b"))")
                }
            }
            #expect(failure?.code == "database.nul")
        }
    }

    @Test func composedSQLKeepsItsParameters() {
        let condition: SQL = "a = \(1) AND b = \("x")"
        let whole: SQL = "SELECT \(7) WHERE \(condition) OR \(SQL.joined([condition, "c = \(2)"], by: " OR "))"
        #expect(whole.text == "SELECT $1 WHERE a = $2 AND b = $3 OR a = $4 AND b = $5 OR c = $6")
        #expect(whole.values == [.integer(7), .integer(1), .text("x"), .integer(1), .text("x"), .integer(2)])
    }

    @Test(arguments: Engine.allCases) func longResultsAreReadRowByRow(_ engine: Engine) async throws {
        try await with(engine) { database in
            let rows = (0..<3000).map { number -> SQL in "(\(number), \(number % 7))" }
            try await database.write { transaction in
                for start in stride(from: 0, to: rows.count, by: 500) {
                    let part = SQL.joined(Array(rows[start..<start + 500]), by: ", ")
                    try transaction.execute("INSERT INTO sample (number, amount) VALUES \(part)")
                }
            }
            let sum = try await database.read { transaction in
                var sum = 0
                try transaction.each("SELECT number FROM sample ORDER BY number") { sum += try $0.int(0) }
                return sum
            }
            #expect(sum == 2999 * 3000 / 2)
            let failure = await #expect(throws: Failure.self) {
                try await database.read { transaction in
                    try transaction.each("SELECT number FROM sample") { _ in
                        _ = try transaction.rows("SELECT 1") { _ in }
                    }
                }
            }
            #expect(failure?.code == "database.statement")
            let held = try await database.read { try $0.first("SELECT count(*) FROM sample") { try $0.int(0) } }
            #expect(held == 3000)
        }
    }

    @Test(arguments: Engine.allCases) func aPlanNamesTheIndex(_ engine: Engine) async throws {
        try await with(engine) { database in
            let plan = try await database.write { transaction in
                let rows = (0..<2000).map { number -> SQL in "(\(number), \(number % 900))" }
                try transaction.execute("INSERT INTO sample (number, amount) VALUES \(SQL.joined(rows, by: ", "))")
                if engine == .postgres { try transaction.execute("ANALYZE sample") }
                return try transaction.plan("SELECT number FROM sample WHERE amount = \(5)").joined(separator: "\n")
            }
            #expect(plan.contains("sample_by_amount"), "\(plan)")
        }
    }

    @Test(arguments: Engine.allCases) func aClosedDatabaseRefusesWrites(_ engine: Engine) async throws {
        try await withDatabaseURL(engine) { url in
            let database = try Database.open(DatabaseURL(url))
            database.close()
            let failure = await #expect(throws: Failure.self) { try await database.write { _ in } }
            #expect(failure?.code == "database.closed")
        }
    }
}

/// A closure waits at the gate until a test opens it.
final class Gate: Sendable {
    private let isOpen = Mutex(false)

    func open() { isOpen.withLock { $0 = true } }
    func wait() { while !isOpen.withLock({ $0 }) { sched_yield() } }
    func opened() async { while !isOpen.withLock({ $0 }) { await Task.yield() } }
}
