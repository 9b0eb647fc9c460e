import Database
import Kernel
import Testbed
import Testing

/// A statement that exceeds the limit of a request is ended; others have no limit.
@Suite struct StatementLimitTests {
    private func count(to number: Int, _ database: Database, inline: Bool = false) async throws -> Int? {
        let sql: SQL = """
            WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < \(number)) SELECT max(i) FROM n
            """
        let body: @Sendable (Transaction) throws -> Int? = { try $0.first(sql) { try $0.int(0) } }
        return inline ? try await database.inlineRead(body) : try await database.read(body)
    }

    @Test(.timeLimit(.minutes(5)), arguments: Engine.allCases, [false, true])
    func aStatementEndsAtItsLimit(_ engine: Engine, _ inline: Bool) async throws {
        try await withDatabase(engine) { database in
            for _ in 0..<3 {
                let failure = await #expect(throws: Failure.self) {
                    try await StatementLimit.$current.withValue(.milliseconds(50)) {
                        try await count(to: 2_000_000_000, database, inline: inline)
                    }
                }
                #expect(failure?.code == "database.slow" && failure?.kind == .unavailable)
                // The connection stays usable, and statements without a limit may take longer.
                let start = ContinuousClock.now
                for number in [1, 300_000] { #expect(try await count(to: number, database, inline: inline) == number) }
                while ContinuousClock.now < start + .milliseconds(50) { _ = try await count(to: 300_000, database) }
            }
        }
    }

    /// A limited write is rolled back. PostgreSQL only, since SQLite has one writer for all.
    @Test(.timeLimit(.minutes(5))) func aLimitedWriteIsRolledBack() async throws {
        let schema = Migration("slow-1", "CREATE TABLE slow (number INTEGER NOT NULL PRIMARY KEY) STRICT")
        try await withDatabase(.postgres, [schema]) { database in
            let failure = await #expect(throws: Failure.self) {
                try await StatementLimit.$current.withValue(.milliseconds(50)) {
                    try await database.write { transaction in
                        try transaction.execute("INSERT INTO slow (number) VALUES (1)")
                        _ = try transaction.rows("SELECT pg_sleep(600)") { _ in }
                    }
                }
            }
            #expect(failure?.code == "database.slow")
            #expect(try await !database.read { try $0.exists("SELECT 1 FROM slow") })
            let settings = try await database.read { try $0.rows("SHOW statement_timeout") { try $0.text(0) } }
            #expect(settings == ["0"])
        }
    }
}
