import App
import Certificates
import Foundation
import Kernel
import People
import Registry

@testable import Database
@testable import Testbed

/// Actions of an attacker with full write access to the database.
extension Transaction {
    /// Removes the triggers of the schema.
    func dropGuards() throws {
        let triggers: [(name: String, table: String)] = try rows(
            engine == .sqlite
                ? "SELECT name, tbl_name FROM sqlite_master WHERE type = 'trigger' ORDER BY name"
                : """
                SELECT DISTINCT trigger_name, event_object_table FROM information_schema.triggers
                WHERE trigger_schema = current_schema() ORDER BY 1
                """
        ) { (try $0.text(0), try $0.text(1)) }
        for (name, table) in triggers {
            try command(engine == .sqlite ? "DROP TRIGGER \(name)" : "DROP TRIGGER \(name) ON \(table)")
        }
        // PostgreSQL does not list TRUNCATE triggers there; no test needs them.
    }

    func tables() throws -> [String] {
        try rows(
            engine == .sqlite
                ? "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%' ORDER BY name"
                : "SELECT tablename FROM pg_tables WHERE schemaname = current_schema() ORDER BY tablename"
        ) { try $0.text(0) }
    }

    /// Restores all rows of these tables.
    func restore(_ tables: [(name: String, rows: [[Value]])]) throws {
        try command(
            engine == .sqlite ? "PRAGMA defer_foreign_keys = ON" : "SET LOCAL session_replication_role = 'replica'")
        for table in tables { try command("DELETE FROM \(table.name)") }
        for table in tables {
            for row in table.rows {
                try execute("INSERT INTO \(SQL(unchecked: table.name)) VALUES \(SQL.list(row))")
            }
        }
    }
}

extension City {
    /// Another process with the same database and empty caches.
    var fresh: City {
        let people = People(keys: people.keys, system: people.system, headFolder: folder.path + "/ledger")
        let registry = Registry(database, people)
        return City(
            database: database, registry: registry, people: people, certificates: Certificates(database, registry),
            folder: folder,
            mill: mill)
    }

    /// The rows that checking all tables reports after a change. The change is rolled back.
    func forged(after change: SQL?) async throws -> [String] {
        try await database.write(dryRun: true) { transaction in
            if let change { try transaction.execute(change) }
            return try App.features.flatMap(\.tables).flatMap { try transaction.walk($0).forged }
        }
    }

    /// The code of the failure in a fresh process after a change. The change is then reverted.
    func code(after change: SQL, _ use: @Sendable (City) async throws -> Void) async throws -> String? {
        let names = try await database.write { try $0.tables() }
        var kept: [(name: String, rows: [[Value]])] = []
        for name in names { kept.append((name, try await database.allRows(of: name))) }
        try await database.write { _ = try $0.execute(change) }
        var code: String?
        do { try await use(fresh) } catch let failure as Failure { code = failure.code }
        let before = kept
        try await database.write { try $0.restore(before) }
        return code
    }
}
