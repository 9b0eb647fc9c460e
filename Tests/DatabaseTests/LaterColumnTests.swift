import Foundation
import Integrity
import Kernel
import Signing
import Testbed
import Testing

@testable import Database

/// A column is added to a table with codes: older rows stay unchanged and valid, and the new column cannot be forged.
@Suite struct LaterColumnTests {
    private static let before = AuthenticatedTable("place", key: ["number"], ["name"])
    private static let now = AuthenticatedTable("place", key: ["number"], ["name"], later: ["turn", "note"])
    private static let schema = [
        Migration("place-1", "CREATE TABLE place (number INTEGER, name TEXT, mac BLOB) STRICT"),
        Migration("place-2", "ALTER TABLE place ADD COLUMN turn INTEGER\n;\nALTER TABLE place ADD COLUMN note TEXT"),
    ]

    /// The invalid rows after a change.
    private func forged(_ database: Database, _ change: SQL? = nil) async throws -> [String] {
        try await database.write(dryRun: true) { transaction in
            if let change { try transaction.execute(change) }
            return try transaction.walk(Self.now).forged
        }
    }

    @Test(arguments: Engine.allCases) func rowsFromBeforeAndAfterAColumnAreChecked(_ engine: Engine) async throws {
        try await withFolder { folder in
            let keys = try KeyFile.create(at: folder.path + "/keys.json", system: .real)
            try await withDatabase(engine, [Self.schema[0]]) { database in
                database.authenticate(with: keys)
                try await database.write { try $0.insert([1, "甲"], into: Self.before) }
                try await database.migrate(Self.schema)
                try await database.write { transaction in
                    try transaction.insert([2, "乙", 7, "记"], into: Self.now)
                    try transaction.insert([3, "丙", 7, Value.null], into: Self.now)
                    try transaction.insert([4, "丁", Value.null, "记"], into: Self.now)
                }
                #expect(try await forged(database).isEmpty)
                let changes: [(SQL, String)] = [
                    ("UPDATE place SET turn = 1 WHERE number = 1", "place 1"),
                    ("UPDATE place SET note = '' WHERE number = 1", "place 1"),
                    ("UPDATE place SET turn = NULL, note = NULL WHERE number = 2", "place 2"),
                    ("UPDATE place SET note = NULL WHERE number = 2", "place 2"),
                    ("UPDATE place SET turn = 8 WHERE number = 2", "place 2"),
                    ("UPDATE place SET turn = NULL WHERE number = 3", "place 3"),
                    ("UPDATE place SET turn = 0 WHERE number = 4", "place 4"),
                ]
                for (change, row) in changes { #expect(try await forged(database, change) == [row]) }
            }
        }
    }

    /// Rows of a table without codes get codes after columns were added.
    @Test(arguments: Engine.allCases) func codesAddedLaterEqualThoseOfNewRows(_ engine: Engine) async throws {
        try await withFolder { folder in
            let keys = try KeyFile.create(at: folder.path + "/keys.json", system: .real)
            try await withDatabase(engine, [Self.schema[0]]) { database in
                database.authenticate(with: keys)
                try await database.write { transaction in
                    try transaction.execute("INSERT INTO place (number, name) VALUES (1, '甲')")
                    try Self.now.addCodes(transaction)
                }
                try await database.migrate(Self.schema)
                #expect(try await forged(database).isEmpty)
            }
        }
    }
}
