import Database
import Foundation
import Kernel
import Registry
import Signing
import Testbed
import Testing
import Web

@testable import People

/// An attacker with write access to the database and without keys wants to hide an act.
@Suite("Attack: audit records altered in the database")
struct AuditAttackTests {
    private typealias Fault = AuditReport.Fault

    /// Three accounts with five records each.
    private func withRecords(
        _ engine: Engine, _ body: (City, AuditLog) async throws -> Void
    ) async throws {
        try await withCity(engine, policies: []) { city in
            let audit = AuditLog(city.database, city.people)
            for turn in 0..<15 {
                let actor = Actor.account(turn % 3 + 1, role: .bureau, organisation: 1, from: "192.0.2.7")
                try await audit.acting(as: actor).record(
                    .exportList, .list("people"), about: ID(turn + 1), ["rows": "\(turn)"])
            }
            #expect(try await audit.verify().broken == 0)
            try await body(city, audit)
        }
    }

    private func altered(_ city: City, _ statements: [SQL]) async throws {
        try await city.database.write { transaction in
            try Migration.rewriting(["audit_record"], transaction) {
                for statement in statements { try transaction.execute(statement) }
            }
        }
    }

    @Test(arguments: Engine.allCases) func recordsCannotBeUpdatedOrDeleted(_ engine: Engine) async throws {
        try await withRecords(engine) { city, _ in
            for statement: SQL in ["UPDATE audit_record SET act = 'x'", "DELETE FROM audit_record"] {
                await #expect(throws: Violation.self) {
                    try await city.database.write { try $0.execute(statement) }
                }
            }
        }
    }

    /// Each column is changed alone, in the second record of a separate chain.
    @Test(arguments: Engine.allCases) func everyAlteredColumnIsDetected(_ engine: Engine) async throws {
        let changes: [SQL] = [
            "time = time + 1", "account = 9", "account = NULL", "role = 'employer'", "organisation = NULL",
            "address = '192.0.2.8'", "act = 'notice.publish'", "object_kind = 'year'", "object = 'hours'",
            "person = 99", "person = NULL", "result = 'web.forbidden'", "detail = ''",
            "mac = \([UInt8](repeating: 1, count: MACKey.length))",
        ]
        try await withCity(engine, policies: []) { city in
            let audit = AuditLog(city.database, city.people)
            for (place, change) in changes.enumerated() {
                let actor = Actor.account(place + 10, role: .bureau, organisation: 1, from: "192.0.2.7")
                for _ in 0..<3 {
                    try await audit.acting(as: actor).record(
                        .exportList, .list("people"), about: ID(1), ["rows": "5"])
                }
                try await altered(
                    city, ["UPDATE audit_record SET \(change) WHERE chain = \(actor.chain) AND number = 2"])
            }
            let faults = Set(try await audit.verify().faults)
            #expect(faults == Set(changes.indices.map { .broken(chain: "account/\($0 + 10)", number: 2) }))
        }
    }

    @Test(arguments: Engine.allCases) func aCutTailAndAGapAreDetected(_ engine: Engine) async throws {
        try await withRecords(engine) { city, audit in
            try await altered(city, ["DELETE FROM audit_record WHERE chain = 'account/1' AND number > 3"])
            try await altered(city, ["DELETE FROM audit_record WHERE chain = 'account/2' AND number = 2"])
            try await altered(city, ["DELETE FROM audit_record WHERE chain = 'account/3'"])
            let report = try await audit.verify()
            #expect(
                report.faults == [
                    .cut(chain: "account/1", after: 3), .broken(chain: "account/2", number: 2),
                    .cut(chain: "account/3", after: 0),
                ])
        }
    }

    @Test(arguments: Engine.allCases) func aTailCutTogetherWithItsHeadIsDetected(_ engine: Engine) async throws {
        try await withRecords(engine) { city, audit in
            try await altered(
                city,
                [
                    "DELETE FROM audit_record WHERE chain = 'account/1' AND number > 3",
                    """
                    UPDATE audit_chain SET records = 3, head = (SELECT mac FROM audit_record r
                        WHERE r.chain = 'account/1' AND r.number = 3) WHERE chain = 'account/1'
                    """,
                ])
            #expect(try await audit.verify().faults == [.head(chain: "account/1")])
            // Another record would hide the cut, so the act is refused.
            let actor = Actor.account(1, role: .bureau, organisation: 1, from: "")
            let refused = await #expect(throws: Failure.self) {
                try await audit.acting(as: actor).record(.exportKeys)
            }
            #expect(refused?.code == "audit.damaged" && refused?.words.chinese.contains("account/1") == true)
        }
    }

    @Test(arguments: Engine.allCases) func aDeletedChainIsDetected(_ engine: Engine) async throws {
        try await withRecords(engine) { city, audit in
            try await altered(
                city,
                [
                    "DELETE FROM audit_record WHERE chain = 'account/2'",
                    "DELETE FROM audit_chain WHERE chain = 'account/2'",
                ])
            #expect(try await audit.verify().faults == [.vanished(chain: "account/2")])
            // A chain that begins again has two recorded beginnings.
            let actor = Actor.account(2, role: .bureau, organisation: 1, from: "")
            try await audit.acting(as: actor).record(.exportKeys)
            #expect(try await audit.verify().faults == [.uneven])
        }
    }

    @Test(arguments: Engine.allCases) func aDeletedChainHeadIsDetected(_ engine: Engine) async throws {
        try await withRecords(engine) { city, audit in
            try await altered(city, ["DELETE FROM audit_chain WHERE chain = 'account/2'"])
            #expect(try await audit.verify().faults == [.head(chain: "account/2")])
            let actor = Actor.account(2, role: .bureau, organisation: 1, from: "")
            await #expect(throws: Failure.auditDamaged("account/2")) {
                try await audit.acting(as: actor).record(.exportKeys)
            }
        }
    }

    @Test(arguments: Engine.allCases) func swappedRecordsAreDetected(_ engine: Engine) async throws {
        try await withRecords(engine) { city, audit in
            // Within a chain, and between two.
            try await altered(
                city,
                [
                    "UPDATE audit_record SET number = 99 WHERE chain = 'account/1' AND number = 2",
                    "UPDATE audit_record SET number = 2 WHERE chain = 'account/1' AND number = 3",
                    "UPDATE audit_record SET number = 3 WHERE chain = 'account/1' AND number = 99",
                    "UPDATE audit_record SET chain = 'x' WHERE chain = 'account/2' AND number = 4",
                    "UPDATE audit_record SET chain = 'account/2' WHERE chain = 'account/3' AND number = 4",
                    "UPDATE audit_record SET chain = 'account/3' WHERE chain = 'x'",
                ])
            #expect(
                try await audit.verify().faults == [
                    .broken(chain: "account/1", number: 2), .broken(chain: "account/2", number: 4),
                    .broken(chain: "account/3", number: 4),
                ])
        }
    }

    /// A duplicate record in the same chain, and an invented one.
    @Test(arguments: Engine.allCases) func anAddedRecordIsDetected(_ engine: Engine) async throws {
        try await withRecords(engine) { city, audit in
            try await altered(
                city,
                [
                    """
                    INSERT INTO audit_record SELECT chain, 6, time, account, role, organisation, address, act,
                        object_kind, object, person, result, detail, mac
                    FROM audit_record WHERE chain = 'account/1' AND number = 5
                    """,
                    """
                    INSERT INTO audit_record SELECT 'account/7', 1, time, account, role, organisation, address, act,
                        object_kind, object, person, result, detail, mac
                    FROM audit_record WHERE chain = 'account/1' AND number = 1
                    """,
                ])
            let faults = Set(try await audit.verify().faults)
            #expect(
                faults == [
                    .broken(chain: "account/1", number: 6), .broken(chain: "account/7", number: 1),
                    .head(chain: "account/7"),
                ])
        }
    }

    /// With the keys of another installation, no record is valid.
    @Test(arguments: Engine.allCases) func withOtherKeysNoRecordIsValid(_ engine: Engine) async throws {
        try await withRecords(engine) { city, _ in
            let other = try KeyFile.create(at: city.folder.path + "/other.json", system: .real)
            let audit = AuditLog(city.database, People(keys: other, system: .real))
            let report = try await audit.verify()
            #expect(report.broken == 8, "the first record and the end of each of four chains")
        }
    }

    /// More chains than fit in one snapshot.
    @Test func manyChainsAreCheckedInPages() async throws {
        try await withCity(.sqlite, policies: []) { city in
            let people = city.people
            try await city.database.write { transaction in
                for account in 1...450 {
                    let actor = Actor.account(account, role: .professional, organisation: nil, from: "192.0.2.1")
                    try AuditStore(transaction, people.acting(as: actor)).record(.signIn)
                }
            }
            let audit = AuditLog(city.database, people)
            let report = try await audit.verify()
            #expect(report.chains == 451 && report.records == 900 && report.broken == 0)
            try await altered(city, ["DELETE FROM audit_chain WHERE chain IN ('account/1', 'account/99')"])
            try await altered(city, ["UPDATE audit_record SET address = '' WHERE chain = 'account/277'"])
            #expect(
                Set(try await audit.verify().faults) == [
                    .head(chain: "account/1"), .head(chain: "account/99"), .broken(chain: "account/277", number: 1),
                ])
        }
    }
}
