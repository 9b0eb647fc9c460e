import App
import Database
import Foundation
import Testbed
import Testing

/// `docs/schema/` shows the schema that results from the migrations.
@Suite struct SchemaTests {
    @Test(arguments: Engine.allCases) func theSchemaDocumentIsCurrent(_ engine: Engine) throws {
        let file = URL(filePath: #filePath).deletingLastPathComponent().appending(
            path: "../../docs/schema/\(engine).sql"
        )
        .standardized
        let text = Installation.schema.map { $0.text(for: engine) }.joined(separator: "\n")
        if ProcessInfo.processInfo.environment["XUESHI_WRITE_SCHEMA"] != nil {
            try text.write(to: file, atomically: true, encoding: .utf8)
        }
        #expect(try String(contentsOf: file, encoding: .utf8) == text, "run bin/test Schema with XUESHI_WRITE_SCHEMA=1")
    }

    /// Names are searched in a range and lists continue after a name, so both need the same order on every server.
    @Test func textsAreSortedByTheirBytes() async throws {
        try await withCity(.postgres, policies: []) { city in
            let others = try await city.database.read { transaction in
                try transaction.rows(
                    """
                    SELECT table_name || '.' || column_name FROM information_schema.columns
                    WHERE table_schema = current_schema() AND data_type = 'text' AND collation_name IS DISTINCT FROM 'C'
                      AND table_name <> 'migration'
                    """
                ) { try $0.text(0) }
            }
            #expect(others == [])
        }
    }

    /// Queries of tables that grow with the city use an index.
    @Test(arguments: Engine.allCases) func queriesOfGrowingTablesUseAnIndex(_ engine: Engine) async throws {
        let queries: [SQL] = [
            "SELECT number FROM person WHERE id_lookup = \([UInt8](repeating: 1, count: 32))",
            "SELECT number FROM person WHERE number > \(5) AND alias IS NULL ORDER BY number LIMIT \(500)",
            "SELECT number FROM person WHERE alias = \(5)",
            "SELECT DISTINCT person FROM person_merge WHERE target = \(5) ORDER BY person",
            "SELECT number FROM entry WHERE person = \(5) AND evidence = \(1)",
            "SELECT number FROM entry r WHERE r.person = \(5) AND r.reverses = \(7)",
            "SELECT body FROM settled WHERE person >= \(5) AND person <= \(6)",
            "SELECT facts FROM evidence WHERE person = \(5) AND source = \("a") AND reference = \("b")",
            "SELECT level FROM claim WHERE work = \("w")",
            "SELECT level FROM claim WHERE claimant = \(5) AND evidence = \(1)",
            "SELECT code FROM certificate WHERE number = \("A")",
            "SELECT holder FROM certificate WHERE person >= \(5) AND person <= \(6) AND kind = \("annual")",
            "SELECT turn FROM employment WHERE person = \(5) AND replaces = \(1)",
            "SELECT person FROM employment WHERE organisation = \(3) AND person > \(5) ORDER BY person LIMIT \(9)",
            "SELECT body FROM standing WHERE person >= \(5) AND person <= \(6) AND +year = \(2022)",
            "SELECT number FROM person WHERE name >= \("张") AND name < \("弡") ORDER BY name, number LIMIT \(51)",
            "SELECT number FROM person WHERE (name, number) > (\("张"), \(7)) ORDER BY name, number LIMIT \(250)",
            """
            SELECT DISTINCT person FROM standing WHERE year = \(2022) AND outcome = \("short") AND person > \(5)
            ORDER BY person LIMIT \(250)
            """,
            """
            SELECT DISTINCT person FROM person_fact WHERE name = \("title-level") AND value = \("tsenior")
              AND person > \(5) ORDER BY person LIMIT \(250)
            """,
        ]
        try await withCity(engine, policies: []) { city in
            for query in queries {
                let plan = try await city.database.read { transaction in
                    if engine == .postgres { try transaction.execute("SET LOCAL enable_seqscan = off") }
                    return try transaction.plan(query).joined(separator: "\n")
                }
                let scans = plan.contains("Seq Scan") || plan.contains("SCAN")
                #expect(!scans, "\(query.text): \(plan)")
                // The standings of a few people are not searched in the whole year.
                #expect(!plan.contains("standing_by_outcome") || query.text.contains("outcome"), "\(plan)")
            }
        }
    }
}
