import Certificates
import Database
import Foundation
import Kernel
import People
import Registry
import Testbed
import Testing

@testable import App

/// A filled database of each older schema is migrated to the current schema with the same contents.
/// `Tests/AppTests/Schemas/make` creates one.
@Suite struct FilledUpgradeTests {
    private static let schemas = repository.appending(path: "Tests/AppTests/Schemas")

    private static let cases: [(schema: String, engine: Engine)] = {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: schemas.path)) ?? []
        return names.filter { $0.first?.isNumber == true }.sorted().flatMap { name in
            Engine.allCases.map { (name, $0) }
        }
    }()

    @Test func storedSchemasExist() { #expect(Self.cases.count >= 2) }

    @Test(arguments: cases)
    func anUpgradedDatabaseGivesTheSameResults(_ schema: String, _ engine: Engine) async throws {
        try await withFolder { folder in
            let archive = Self.schemas.appending(path: "\(schema)/\(engine == .sqlite ? "sqlite" : "postgres").tar.gz")
            try run("tar", "-xzf", archive.path, "-C", folder.path)
            try await withDatabaseURL(engine) { url in
                if engine == .postgres {
                    try run("psql", "-q", "-v", "ON_ERROR_STOP=1", "-f", folder.path + "/dump.sql", url)
                }
                try await look(folder, engine == .postgres ? url : nil)
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
