import Certificates
import Foundation
import HTTPTypes
import HummingbirdTesting
import Kernel
import Registry
import Synchronization
import Testbed
import Testing

@testable import App
@testable import Database
@testable import People

/// The statements that the stores run on tables that grow with the city use an index.
@Suite struct QueryPlanTests {
    /// The tables with a row for each person, item or act, and more.
    private static let growing: Set<String> = [
        "person", "person_merge", "employment", "person_fact", "evidence", "decision", "work", "claim", "entry",
        "chain", "standing", "settled", "certificate", "certificate_print", "certificate_revocation", "account",
        "account_login", "account_role", "account_session", "audit_record",
    ]

    @Test(arguments: Engine.allCases) func growingTablesAreReadByIndex(_ engine: Engine) async throws {
        try await withFolder { folder in
            try await withDatabaseURL(engine) { url in
                let installation = try await Installation.open(folder: folder.path, database: url)
                defer { installation.close() }
                let seen = Mutex<[String: SQL]>([:])
                installation.database.observe { sql in seen.withLock { $0[sql.text] = sql } }
                try await use(installation, folder)
                installation.database.observe(nil)
                let statements = seen.withLock { $0 }
                for table in Self.growing {
                    #expect(statements.keys.contains { $0.contains(" \(table) ") }, "no statement reads \(table)")
                }
                for (text, statement) in statements {
                    let plan = try await Self.plan(of: statement, installation.database)
                    let scans = plan.filter { Self.scans($0, text) }
                    #expect(scans == [], "\(text)")
                    // The standings of a few people are not searched in the whole year.
                    let isByOutcome = plan.contains { $0.contains("standing_by_outcome") }
                    #expect(!isByOutcome || text.contains("outcome"), "\(text)")
                }
            }
        }
    }

    /// Whether a step of a plan reads all rows of a growing table. In the order of an index it may begin to read them,
    /// if it ends after some rows.
    private static func scans(_ step: String, _ text: String) -> Bool {
        guard let found = step.firstMatch(of: #/^SCAN (\w+)|Seq Scan on (\w+)/#) else { return false }
        let name = String(found.1 ?? found.2 ?? "")
        guard growing.contains(where: { $0 == name || text.contains("\($0) \(name)") }) else { return false }
        return !(step.contains(" USING ") && text.contains("LIMIT"))
    }

    @Test(arguments: Engine.allCases) func aReadOfTheWholeTableIsFound(_ engine: Engine) async throws {
        try await withCity(engine, policies: []) { city in
            let statement: SQL = "SELECT e.person FROM evidence e WHERE e.facts = \("x")"
            let plan = try await Self.plan(of: statement, city.database)
            #expect(plan.contains { Self.scans($0, statement.text) }, "\(plan)")
        }
    }

    private static func plan(of statement: SQL, _ database: Database) async throws -> [String] {
        try await database.write(dryRun: true) { transaction in
            if transaction.engine == .postgres { try transaction.execute("SET LOCAL enable_seqscan = off") }
            return try transaction.plan(statement)
        }
    }

    /// Imports, settles, issues certificates, merges, and opens the pages of an officer and of a person.
    private func use(_ installation: Installation, _ folder: URL) async throws {
        let (registry, certificates) = (installation.registry, installation.certificates)
        let samples = repository.path + "/Samples/"
        _ = try await PlacesImport(installation).run(samples + "places.csv")
        _ = try await registry.publishForTests("taian/2021")
        _ = try await registry.publishForTests("taian/2022")
        let sheets = SheetImport(registry)
        _ = try await sheets.people(samples + "people.csv", dryRun: false)
        _ = try await sheets.hours(samples + "hours.csv", dryRun: false)
        _ = try await registry.settle(Year(2022))
        let form = try String(contentsOfFile: repository.path + "/Certificates/taian.yaml", encoding: .utf8)
        _ = try await certificates.publish(CertificateForm(reading: form), dryRun: false)
        _ = try await certificates.issue(Year(2022))
        let number = try required(try await certificates.numbers(limit: 1).first)
        _ = try await certificates.pdf(of: number)
        try await certificates.revoke(number, reason: "信息有误")
        try await registry.merge(ID(9), into: ID(10), reason: "同一人")
        _ = try await registry.unmerge(ID(9), reason: "两人")
        _ = try await registry.check(Year(2022))
        try await usePages(of: installation)
    }

    private func usePages(of installation: Installation) async throws {
        let officer = try await installation.signedIn(AccountRole(.bureau, at: nil), password: "a long password 1")
        let accounts = Accounts(installation.database, installation.people, allowsDemo: true)
        let own = try await accounts.open(for: ID(1), isDemo: true)
        let person = "session=" + (try await accounts.signIn(own.login, Accounts.demoPassword, device: "").token)
        let application = try buildApplication(installation, SiteConfiguration())
        try await application.test(.router) { client in
            for query in [
                "", "?sort=name", "?state=short", "?level=senior", "?region=370902", "?unit=15&sort=missing",
                "?nature=enterprise&state=qualified",
            ] {
                let shown = try await page(client, "/people" + query, officer)
                #expect(shown.status == .ok, "\(query)")
            }
            for words in ["岳", "999999198503120018", "机械", "13800000000"] {
                let shown = try await post(client, "/people/search", "words=\(words)", officer)
                #expect(shown.status == .ok, "\(words)")
            }
            for uri in ["/", "/people/1/years/2022", "/people/1/record", "/figures", "/years", "/jobs"] {
                let shown = try await page(client, uri, officer)
                #expect(shown.status == .ok, "\(uri)")
            }
            for uri in ["/", "/me/2022", "/me/record", "/me/where?words=课", "/account"] {
                let shown = try await page(client, uri, person)
                #expect(shown.status == .ok, "\(uri)")
            }
        }
    }
}
