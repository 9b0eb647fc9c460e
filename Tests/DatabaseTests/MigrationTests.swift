import Database
import Foundation
import Kernel
import Testbed
import Testing

@Suite struct MigrationTests {
    static let first = Migration("a-1", "CREATE TABLE a (number INTEGER NOT NULL PRIMARY KEY) STRICT")
    static let second = Migration("b-1", "CREATE TABLE b (number INTEGER REFERENCES a (number)) STRICT")

    @Test(arguments: Engine.allCases) func eachMigrationRunsOnce(_ engine: Engine) async throws {
        try await withDatabase(engine) { database in
            let applied = [
                try await database.migrate([Self.first]), try await database.migrate([Self.first, Self.second]),
                try await database.migrate([Self.first, Self.second]),
            ]
            #expect(applied == [1, 1, 0])
        }
    }

    @Test(arguments: Engine.allCases) func aNewerDatabaseIsRefusedWithTheMigrationsName(_ engine: Engine) async throws {
        try await withDatabase(engine, [Self.first, Self.second]) { database in
            let failure = await #expect(throws: Failure.self) { try await database.migrate([Self.first]) }
            #expect(failure?.code == "database.newer")
            #expect(failure?.words.english.contains("b-1") == true)
        }
    }

    @Test(arguments: Engine.allCases) func anEditedMigrationIsRefused(_ engine: Engine) async throws {
        try await withDatabase(engine, [Self.first]) { database in
            let edited = Migration("a-1", "CREATE TABLE a (number INTEGER NOT NULL PRIMARY KEY, more TEXT) STRICT")
            let failure = await #expect(throws: Failure.self) { try await database.migrate([edited]) }
            #expect(failure?.code == "database.edited-migration")
        }
    }

    @Test(arguments: Engine.allCases) func aFailedMigrationIsRolledBack(_ engine: Engine) async throws {
        try await withDatabase(engine) { database in
            let broken = Migration(
                "c-1", "CREATE TABLE c (number INTEGER) STRICT\n;\nCREATE TABLE c (number INTEGER) STRICT")
            await #expect(throws: (any Error).self) { try await database.migrate([Self.first, broken]) }
            let applied = try await database.migrate([Self.first])
            #expect(applied == 1)
        }
    }

    @Test func aFileThatIsNoDatabaseIsRefused() async throws {
        try await withFolder { folder in
            let path = folder.path + "/x.db"
            try String(repeating: "no database ", count: 1000).write(toFile: path, atomically: true, encoding: .utf8)
            let failure = #expect(throws: Failure.self) { try Database.open(DatabaseURL("sqlite:" + path)) }
            #expect(failure?.code == "database.damaged")
        }
    }

    /// If SQLite reports a full disk, the write is rolled back and the existing rows are unchanged.
    @Test func aFullDiskFailsClearly() async throws {
        try await withDatabase(.sqlite, [Self.first]) { database in
            try await database.write { transaction in
                try transaction.execute("INSERT INTO a (number) VALUES (1)")
                _ = try transaction.rows("PRAGMA max_page_count = 12") { _ in }
            }
            let failure = await #expect(throws: Failure.self) {
                try await database.write { transaction in
                    for number in 2..<100_000 { try transaction.execute("INSERT INTO a (number) VALUES (\(number))") }
                }
            }
            #expect(failure?.code == "database.full")
            let kept = try await database.write { transaction in
                _ = try transaction.rows("PRAGMA max_page_count = 100000") { _ in }
                return try transaction.rows("SELECT number FROM a") { try $0.int(0) }
            }
            #expect(kept == [1])
        }
    }

    /// A read-only database is not reported as a full disk.
    @Test func aReadOnlyDatabaseIsReportedAsSuch() async throws {
        try await withDatabase(.sqlite, [Self.first]) { database in
            try await database.write { _ = try $0.rows("PRAGMA query_only = 1") { _ in } }
            let failure = await #expect(throws: Failure.self) {
                try await database.write { try $0.execute("INSERT INTO a (number) VALUES (1)") }
            }
            #expect(failure?.code == "database.read-only")
        }
    }

    @Test func anInvalidDatabaseURLIsRefused() throws {
        for text in ["", "sqlite:", "mysql://x", "data.db"] {
            let failure = #expect(throws: Failure.self) { try DatabaseURL(text) }
            #expect(failure?.code == "database.url")
        }
        let failure = #expect(throws: Failure.self) { try Database.open(DatabaseURL("sqlite:/nowhere/at/all.db")) }
        #expect(failure?.code == "database.unopened")
        let lost = #expect(throws: Failure.self) { try Database.open(DatabaseURL("postgres:///x?host=/nowhere")) }
        #expect(lost?.code == "database.unreachable")
    }

    /// Rows with codes can be neither written nor checked before there are keys.
    @Test func withoutKeysNoRowHasACode() async throws {
        let table = AuthenticatedTable("place", key: ["number"], ["name"])
        let schema = Migration("place-1", "CREATE TABLE place (number INTEGER, name TEXT, mac BLOB) STRICT")
        try await withDatabase(.sqlite, [schema]) { database in
            let failure = await #expect(throws: Failure.self) {
                try await database.write { try $0.insert([1, "a"], into: table) }
            }
            #expect(failure?.code == "database.no-keys")
        }
    }

    /// A step in Swift rebuilds a table that others refer to.
    @Test(arguments: Engine.allCases) func aMigrationCanRebuildATable(_ engine: Engine) async throws {
        let schema = Migration(
            "first-1",
            """
            CREATE TABLE place (number INTEGER NOT NULL PRIMARY KEY, name TEXT NOT NULL) STRICT
            ;
            CREATE TABLE visit (place INTEGER NOT NULL REFERENCES place (number)) STRICT
            """)
        try await withDatabase(engine, [schema]) { database in
            try await database.write { transaction in
                try transaction.execute("INSERT INTO place (number, name) VALUES (1, 'a')")
                try transaction.execute("INSERT INTO visit (place) VALUES (1)")
            }
            let drop: SQL = engine == .sqlite ? "DROP TABLE place" : "DROP TABLE place CASCADE"
            let rebuild = { (id: String, kept: SQL) in
                Migration(id, rebuilds: true) { transaction in
                    try transaction.execute("CREATE TABLE place_new (number INTEGER NOT NULL PRIMARY KEY, name TEXT)")
                    try transaction.execute(kept)
                    try transaction.execute(drop)
                    try transaction.execute("ALTER TABLE place_new RENAME TO place")
                }
            }
            let lost = rebuild("lost-1", "INSERT INTO place_new SELECT number + 1, name FROM place")
            if engine == .sqlite {
                let failure = await #expect(throws: Failure.self) { try await database.migrate([schema, lost]) }
                #expect(failure?.code == "database.dangling")
                let name = try await database.read { try $0.first("SELECT name FROM place") { try $0.text(0) } }
                #expect(name == "a")
            }
            let kept = rebuild("kept-1", "INSERT INTO place_new SELECT number, name FROM place")
            #expect(try await database.migrate([schema, kept]) == 1)
            #expect(try await database.read { try $0.exists("SELECT 1 FROM visit JOIN place ON place = number") })
            // Foreign keys are checked again afterwards.
            guard engine == .sqlite else { return }
            await #expect(throws: Violation.self) {
                try await database.write { try $0.execute("INSERT INTO visit (place) VALUES (7)") }
            }
        }
    }

    /// SQLite checks no foreign keys while a table is rebuilt. Afterwards the results of all steps of the migration are
    /// checked, and later migrations are checked as usual.
    @Test func foreignKeysAreCheckedAfterATableIsRebuilt() async throws {
        let rebuilt = Migration("rebuilt-1", rebuilds: true) { transaction in
            try transaction.execute("CREATE TABLE a_new (number INTEGER NOT NULL PRIMARY KEY) STRICT")
            try transaction.execute("DROP TABLE a")
            try transaction.execute("ALTER TABLE a_new RENAME TO a")
        }
        let dangling = Migration("dangling-1") { try $0.execute("INSERT INTO b (number) VALUES (7)") }
        try await withDatabase(.sqlite, [Self.first, Self.second]) { database in
            let schema = [Self.first, Self.second, rebuilt]
            let failure = await #expect(throws: Failure.self) { try await database.migrate(schema + [dangling]) }
            #expect(failure?.code == "database.dangling")
            let applied = try await database.migrate(schema)
            #expect(applied == 1)
            await #expect(throws: Violation.self) { try await database.migrate(schema + [dangling]) }
        }
    }
}
