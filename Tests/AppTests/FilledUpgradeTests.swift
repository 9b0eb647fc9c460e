import Certificates
import Foundation
import Kernel
import People
import Registry
import Testbed
import Testing

@testable import App
@testable import Database

/// A filled database of each older schema is migrated to the current schema with the same contents.
/// `Tests/AppTests/Schemas/make` creates one.
@Suite struct FilledUpgradeTests {
    private static let schemas = repository.appending(path: "Tests/AppTests/Schemas")

    /// The kept databases, the oldest first.
    private static let names = {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: schemas.path)) ?? []
        return names.filter { $0.first?.isNumber == true }.sorted()
    }()

    private static let cases: [(schema: String, engine: Engine)] = names.flatMap { name in
        Engine.allCases.map { (name, $0) }
    }

    @Test func storedSchemasExist() { #expect(Self.cases.count >= 2) }

    /// After a change of the schema, `make` keeps a database of it.
    @Test(arguments: Engine.allCases) func theNewestSchemaIsStored(_ engine: Engine) async throws {
        try await unpacked(required(Self.names.last), engine) { folder, url in
            let database = try Database.open(DatabaseURL(url ?? "sqlite:\(folder.path)/xueshi.db"))
            defer { database.close() }
            let done = try await database.migrationsDone()
            let lacking = Installation.schema.map(\.id).filter { !done.contains($0) }
            #expect(lacking.count <= 1, "run Tests/AppTests/Schemas/make: \(lacking)")
            let empty = try await database.read { transaction in
                try Self.tables.filter { table in
                    try transaction.hasTable(table) && !transaction.exists(SQL(unchecked: "SELECT 1 FROM \(table)"))
                }
            }
            #expect(Set(empty).subtracting(Self.unused) == [])
        }
    }

    private static let tables = Installation.schema.flatMap { migration in
        migration.text(for: .sqlite).matches(of: #/CREATE TABLE (\w+)/#).map { String($0.1) }
    }

    /// Tables that `make` does not fill: nothing writes the first two, and the rows of others are soon deleted.
    private static let unused: Set<String> = [
        "outbox_message", "act_position", "stored_reference", "dropped_file", "file_folder", "file_upload",
        "verification_guess", "password_reset",
    ]

    @Test(arguments: cases) func anUpgradedDatabaseGivesTheSameResults(_ schema: String, _ engine: Engine) async throws
    {
        try await unpacked(schema, engine) { try await look($0, $1) }
    }

    /// Passes the data folder and, for PostgreSQL, the database.
    private func unpacked(
        _ schema: String, _ engine: Engine, _ body: @escaping @Sendable (URL, String?) async throws -> Void
    ) async throws {
        try await withFolder { folder in
            let archive = Self.schemas.appending(path: "\(schema)/\(engine == .sqlite ? "sqlite" : "postgres").tar.gz")
            try run("tar", "-xzf", archive.path, "-C", folder.path)
            try await withDatabaseURL(engine) { url in
                if engine == .postgres {
                    try run("psql", "-q", "-v", "ON_ERROR_STOP=1", "-f", folder.path + "/dump.sql", url)
                }
                try await body(folder, engine == .postgres ? url : nil)
            }
        }
    }

    private func look(_ folder: URL, _ url: String?) async throws {
        let installation = try await Installation.open(folder: folder.path, database: url, creating: false)
        defer { installation.close() }
        let year = try required(Year("2022"))
        let check = try await installation.check()
        #expect(check.broken == 0 && check.audit.entries > 10, "\(check)")
        let report = try await installation.registry.check(year)
        #expect(report.people == 10 && report.differing == 0, "\(report)")
        let people = installation.people
        try await installation.database.read { transaction in
            let store = OrganisationStore(transaction)
            // The first authority of each region keeps its jurisdiction.
            for code in ["370900", "370902", "370911"] {
                let region = try required(RegionCode(code))
                let first = try store.authorities(in: region).first
                #expect(try store.authority(of: region)?.number == first?.number, "\(code)")
            }
            let person = try required(PersonStore(transaction, people).find(ID(1)))
            #expect(person.name == "岳明远")
        }
        let held = try await installation.certificates.all(of: ID(1))
        #expect(held.map(\.state) == [.valid])
        // New data is written beside the old data.
        _ = try await installation.registry.settle(year)
        #expect(try await installation.check().broken == 0)
    }

    private func run(_ words: String...) throws {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = words
        try process.run()
        process.waitUntilExit()
        try #require(process.terminationStatus == 0, "\(words)")
    }
}
