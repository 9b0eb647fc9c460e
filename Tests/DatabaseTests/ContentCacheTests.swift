import Database
import Testbed
import Testing

/// Values made by a writer are not cached, because its transaction may be rolled back.
@Suite struct ContentCacheTests {
    private struct RolledBack: Error {}

    private static let schema = Migration("cached-1", "CREATE TABLE cached (word TEXT NOT NULL PRIMARY KEY) STRICT")

    /// The words of the table, cached by their number.
    private func words(_ cache: ContentCache<Int, [String]>, _ transaction: Transaction) throws -> [String] {
        let count = try transaction.first("SELECT count(*) FROM cached") { try $0.int(0) } ?? 0
        return try cache.value(count, transaction) {
            try transaction.rows("SELECT word FROM cached ORDER BY word") { try $0.text(0) }
        }
    }

    @Test(arguments: Engine.allCases) func aRolledBackTransactionIsNotCached(_ engine: Engine) async throws {
        try await withDatabase(engine, [Self.schema]) { database in
            let cache = ContentCache<Int, [String]>(limit: 1)
            await #expect(throws: RolledBack.self) {
                try await database.write { transaction in
                    try transaction.execute("INSERT INTO cached (word) VALUES ('甲')")
                    #expect(try words(cache, transaction) == ["甲"])
                    throw RolledBack()
                }
            }
            try await database.write { try $0.execute("INSERT INTO cached (word) VALUES ('乙')") }
            #expect(try await database.read { try words(cache, $0) } == ["乙"])
        }
    }

    /// A cached value is not made again; a value beyond the limit replaces all others.
    @Test(arguments: Engine.allCases) func cachedValuesAreReused(_ engine: Engine) async throws {
        try await withDatabase(engine) { database in
            let cache = ContentCache<Int, String>(limit: 2)
            let made: [String] = try await database.read { transaction in
                var made: [String] = []
                for key in [1, 1, 2, 1, 3, 3, 1] {
                    let value = cache.value(key, transaction) {
                        made.append("made \(key)")
                        return "value \(key)"
                    }
                    #expect(value == "value \(key)")
                }
                return made
            }
            #expect(made == ["made 1", "made 2", "made 3", "made 1"])
            #expect(try await database.write { cache.value(3, $0) { "other" } } == "value 3")
        }
    }
}
