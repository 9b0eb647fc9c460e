import Database
import Foundation
import Kernel
import Testbed
import Testing

@Suite struct MigrationTests {
    static let first = Migration("a-1", "CREATE TABLE a (number INTEGER NOT NULL PRIMARY KEY) STRICT")
    static let second = Migration("b-1", "CREATE TABLE b (number INTEGER REFERENCES a (number)) STRICT")

    @Test(arguments: Engine.allCases) func eachStepRunsOnce(_ engine: Engine) async throws {
        try await withDatabase(engine) { database in
            let applied = [
                try await database.migrate([Self.first]), try await database.migrate([Self.first, Self.second]),
                try await database.migrate([Self.first, Self.second]),
            ]
            #expect(applied == [1, 1, 0])
        }
    }

    @Test(arguments: Engine.allCases) func aNewerDatabaseIsRefusedByName(_ engine: Engine) async throws {
        try await withDatabase(engine, [Self.first, Self.second]) { database in
            let failure = await #expect(throws: Failure.self) { try await database.migrate([Self.first]) }
            #expect(failure?.code == "database.newer")
            #expect(failure?.words.english.contains("b-1") == true)
        }
    }

    @Test(arguments: Engine.allCases) func anEditedStepIsRefused(_ engine: Engine) async throws {
        try await withDatabase(engine, [Self.first]) { database in
            let edited = Migration("a-1", "CREATE TABLE a (number INTEGER NOT NULL PRIMARY KEY, more TEXT) STRICT")
            let failure = await #expect(throws: Failure.self) { try await database.migrate([edited]) }
            #expect(failure?.code == "database.edited-migration")
        }
    }

    @Test(arguments: Engine.allCases) func aStepThatFailsLeavesNothing(_ engine: Engine) async throws {
        try await withDatabase(engine) { database in
            let broken = Migration(
                "c-1", "CREATE TABLE c (number INTEGER) STRICT\n;\nCREATE TABLE c (number INTEGER) STRICT")
            await #expect(throws: (any Error).self) { try await database.migrate([Self.first, broken]) }
            let applied = try await database.migrate([Self.first])
            #expect(applied == 1)
        }
    }

    @Test func aFileThatIsNoDatabaseSaysSo() async throws {
        try await withFolder { folder in
            let path = folder.path + "/x.db"
            try String(repeating: "no database ", count: 1000).write(toFile: path, atomically: true, encoding: .utf8)
            let failure = #expect(throws: Failure.self) { try Database.open(DatabaseURL("sqlite:" + path)) }
            #expect(failure?.code == "database.damaged")
        }
    }

    /// A full disk, as SQLite tells of it: nothing of the write stands, and what was there is whole.
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

    @Test func anUnknownAddressSaysHowOneIsWritten() throws {
        for text in ["", "sqlite:", "mysql://x", "data.db"] {
            let failure = #expect(throws: Failure.self) { try DatabaseURL(text) }
            #expect(failure?.code == "database.url")
        }
        let failure = #expect(throws: Failure.self) { try Database.open(DatabaseURL("sqlite:/nowhere/at/all.db")) }
        #expect(failure?.code == "database.unopened")
        let lost = #expect(throws: Failure.self) { try Database.open(DatabaseURL("postgres:///x?host=/nowhere")) }
        #expect(lost?.code == "database.unreachable")
    }
}
