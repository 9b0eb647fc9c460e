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
}
