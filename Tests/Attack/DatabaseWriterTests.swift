import App
import Certificates
import Database
import Foundation
import Kernel
import People
import Registry
import Signing
import Testbed
import Testing
import Web

/// An attacker has write access to the database and no keys.
@Suite("Attack: database writers without keys cannot forge rows unnoticed")
struct DatabaseWriterTests {
    /// A city with a settled year of a person and its certificate, without triggers.
    private func withCertificate(
        _ engine: Engine, _ body: (City, ID<Person>, CertificateNumber) async throws -> Void
    ) async throws {
        try await withCity(engine) { city in
            try await city.publishForm()
            let person = try await city.add("岳明远")
            _ = try await city.recognise(person, SampleEvidence.course("甲", 30, "public"))
            _ = try await city.recognise(person, SampleEvidence.course("乙", 60))
            _ = try await city.add("汶小溪")
            _ = try await city.registry.settle(Year(2022))
            let number = try required(try await city.certificates.issue(Year(2022)).last)
            #expect(try await city.fresh.certificates.verify(.number(number)).state == .valid)
            try await city.database.write { try $0.dropGuards() }
            try await body(city, person, number)
        }
    }

    private static let columns: [(change: SQL, place: String)] = [
        ("UPDATE settled SET outcome = 'qualified' WHERE person = 2", "settled 2"),
        ("UPDATE person SET name = '张三' WHERE number = 1", "person 1"),
        ("UPDATE person SET alias = 1 WHERE number = 2", "person 2"),
        ("UPDATE employment SET from_day = '2020-01-01' WHERE person = 1", "employment 1"),
        ("UPDATE entry SET hours = 9000 WHERE person = 1 AND number = 1", "entry 1 1"),
        ("UPDATE chain SET entries = 1 WHERE person = 1", "chain 1"),
        ("UPDATE evidence SET facts = facts || ' ' WHERE person = 1", "evidence 1"),
        ("UPDATE decision SET words = 'x' WHERE person = 1", "decision 1"),
        ("UPDATE standing SET outcome = 'qualified' WHERE person = 2", "standing 2"),
        ("UPDATE year_state SET state = 'open' WHERE state = 'settled'", "year_state 2022"),
        ("UPDATE policy_version SET flat = flat || ' ' WHERE number = 1", "policy_version 1"),
        ("UPDATE certificate_form SET text = text || ' '", "certificate_form 1"),
        ("UPDATE certificate SET settled = 2", "certificate "),
        ("UPDATE organisation SET name = '别的单位' WHERE number = 1", "organisation 1"),
        ("UPDATE region SET name = '别处' WHERE code = '370902'", "region 370902"),
        ("UPDATE state_change SET value = 'x' WHERE number = 1", "state_change 1"),
    ]

    /// In every table, a changed row is reported by the check of all tables.
    @Test(arguments: Engine.allCases) func everyChangedRowIsReported(_ engine: Engine) async throws {
        try await withCertificate(engine) { city, _, _ in
            for (change, place) in Self.columns {
                let forged = try await city.forged(after: change)
                #expect(!forged.isEmpty && forged.allSatisfy { $0.hasPrefix(place) }, "\(change.text): \(forged)")
            }
            #expect(try await city.forged(after: nil) == [])
        }
    }

    /// A row is copied to another place with its code.
    @Test(arguments: Engine.allCases) func aRowCopiedWithItsCodeIsDetected(_ engine: Engine) async throws {
        try await withCertificate(engine) { city, _, _ in
            let swaps: [SQL] = [
                """
                UPDATE person SET name = (SELECT p.name FROM person p WHERE p.number = 2),
                                  mac = (SELECT p.mac FROM person p WHERE p.number = 2) WHERE number = 1
                """,
                "UPDATE settled SET mac = (SELECT s.mac FROM settled s WHERE s.person = 1) WHERE person = 2",
                "UPDATE entry SET mac = (SELECT e.mac FROM entry e WHERE e.number = 2) WHERE number = 1",
            ]
            for swap in swaps {
                let forged = try await city.forged(after: swap)
                #expect(forged.count == 1, "\(swap.text): \(forged)")
            }
        }
    }

    /// Issuing, verifying, settling and reading a year stop at altered rows.
    @Test(arguments: Engine.allCases) func changedRowsAreNotUsed(_ engine: Engine) async throws {
        try await withCertificate(engine) { city, person, number in
            let verify: @Sendable (City) async throws -> Void = {
                _ = try await $0.certificates.verify(.number(number))
            }
            let issue: @Sendable (City) async throws -> Void = { _ = try await $0.certificates.issue(Year(2022)) }
            let check: @Sendable (City) async throws -> Void = { _ = try await $0.registry.check(Year(2022)) }
            let year: @Sendable (City) async throws -> Void = { _ = try await $0.registry.year(Year(2022), of: person) }
            let uses: [(SQL, [@Sendable (City) async throws -> Void])] = [
                ("UPDATE settled SET outcome = 'short' WHERE person = 1", [verify, issue, check, year]),
                ("UPDATE settled SET outcome = 'qualified' WHERE person = 2", [issue, check]),
                ("UPDATE person SET name = '张三' WHERE number = 1", [verify, issue, year]),
                ("UPDATE entry SET hours = 9000 WHERE person = 1 AND number = 1", [check, year]),
                ("UPDATE evidence SET facts = facts || ' ' WHERE person = 1", [year]),
                // Neither changes the result of the year, so checking the year finds no difference.
                ("UPDATE employment SET from_day = '2020-01-01' WHERE person = 1", [issue, year]),
                ("UPDATE organisation SET name = '别的单位' WHERE number = 1", [issue, year]),
                ("UPDATE standing SET outcome = 'qualified' WHERE person = 2", [check]),
                ("UPDATE certificate SET turn = 1", [verify, issue]),
                ("UPDATE certificate_form SET text = text || ' '", [issue]),
                ("UPDATE policy_version SET flat = flat || ' ' WHERE number = 1", [check, year]),
                ("UPDATE year_state SET state = 'open' WHERE state = 'settled'", [issue, check, year]),
            ]
            for (change, uses) in uses {
                for (place, use) in uses.enumerated() {
                    let code = try await city.code(after: change, use)
                    #expect(code == "database.forged", "\(change.text): use \(place)")
                }
            }
        }
    }

    /// Deleted rows and restored older rows, which codes cannot detect.
    @Test(arguments: Engine.allCases) func deletedAndRestoredRowsAreDetected(_ engine: Engine) async throws {
        try await withCertificate(engine) { city, person, number in
            try await city.certificates.revoke(number, reason: "测试")
            let verify: @Sendable (City) async throws -> Void = {
                _ = try await $0.certificates.verify(.number(number))
            }
            let year: @Sendable (City) async throws -> Void = { _ = try await $0.registry.year(Year(2022), of: person) }
            for (change, use, expected) in [
                ("DELETE FROM certificate_revocation", verify, "certificate.revocation-altered"),
                ("DELETE FROM year_state WHERE state = 'settled'", year, "settlement.years"),
                ("DELETE FROM entry WHERE person = 1 AND number = 2", year, "ledger.cut"),
                ("DELETE FROM state_change WHERE number = 1", verify, "state.broken"),
                (
                    "DELETE FROM state_change WHERE number = (SELECT max(number) FROM state_change)", verify,
                    "state.rolled-back"
                ),
            ] as [(SQL, @Sendable (City) async throws -> Void, String)] {
                let code = try await city.code(after: change, use)
                #expect(code == expected, "\(change.text)")
            }
        }
    }

    /// An invented revocation.
    @Test(arguments: Engine.allCases) func aForgedRevocationIsDetected(_ engine: Engine) async throws {
        try await withCertificate(engine) { city, _, number in
            let change: SQL =
                "INSERT INTO certificate_revocation (number, reason, revoked) VALUES (\(number.text), 'x', 1)"
            let code = try await city.code(after: change) { _ = try await $0.certificates.verify(.number(number)) }
            #expect(code == "certificate.revocation-altered")
        }
    }

    /// The newest version of a form or policy is deleted, so that the older one would apply.
    @Test(arguments: Engine.allCases) func aDeletedNewestVersionIsDetected(_ engine: Engine) async throws {
        try await withCertificate(engine) { city, _, _ in
            try await city.publishForm { $0.replacing("合格", with: "达标") + "\n" }
            _ = try await city.publish("taian/2020")
            let forms = try await city.code(after: "DELETE FROM certificate_form WHERE number = 2") {
                _ = try await $0.certificates.issue(Year(2022))
            }
            #expect(forms == "form.removed")
            let policies = try await city.code(after: "DELETE FROM policy_version WHERE number = 3") {
                _ = try await $0.registry.check(Year(2022))
            }
            #expect(policies == "policy.damaged")
        }
    }

    /// A running process also notices deleted rows that it has read before.
    @Test(arguments: Engine.allCases) func aRunningSiteDetectsDeletedRows(_ engine: Engine) async throws {
        try await withCertificate(engine) { city, _, number in
            try await city.certificates.revoke(number, reason: "测试")
            let running = city.fresh
            #expect(try await running.certificates.verify(.number(number)).state != .valid)
            let tables = ["certificate_revocation", "state_change"]
            var kept: [(name: String, rows: [[Value]])] = []
            for table in tables { kept.append((table, try await city.database.allRows(of: table))) }
            let before = kept
            for _ in 0..<3 {
                try await city.database.write { transaction in
                    try transaction.execute("DELETE FROM certificate_revocation")
                    try transaction.execute(
                        "DELETE FROM state_change WHERE number = (SELECT max(number) FROM state_change)")
                }
                let failure = await #expect(throws: Failure.self) {
                    try await running.certificates.verify(.number(number))
                }
                #expect(failure?.code == "state.rolled-back")
                try await city.database.write { try $0.restore(before) }
                #expect(try await running.certificates.verify(.number(number)).state != .valid)
            }
        }
    }
}
