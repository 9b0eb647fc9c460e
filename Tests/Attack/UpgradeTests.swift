import App
import Foundation
import Integrity
import Kernel
import Portal
import Registry
import Signing
import Testbed
import Testing
import Web

@testable import Database
@testable import People

/// Upgrades of a database from before rows had codes.
@Suite("Attack: an upgrade gives no codes to altered rows")
struct UpgradeTests {
    /// The tables that were added with codes or later.
    private static let younger = [
        "state_change", "upstream_request", "upstream_answer", "upstream_waiting", "login_batch", "login_code",
        "login_slip",
    ]

    /// Removes codes and the state log, as in a database of the previous version.
    private static func downgrade(_ installation: Installation) async throws {
        let older = App.features.flatMap(\.tables).filter { !younger.contains($0.name.description) }
        try await installation.database.write { transaction in
            try transaction.dropGuards()
            for index in ["settled_opened", "organisation_by_form", "organisation_by_jurisdiction"] {
                try transaction.command("DROP INDEX \(index)")
            }
            for table in older {
                for column in table.columns.suffix(from: table.first).map(\.description) + ["mac"] {
                    try transaction.command("ALTER TABLE \(table.name) DROP COLUMN \(column)")
                }
            }
            for table in younger.reversed() { try transaction.command("DROP TABLE \(table)") }
            try transaction.execute(
                """
                DELETE FROM migration
                WHERE id IN ('state-change-1', 'upstream-1', 'upstream-2', 'settlement-2', 'settlement-3',
                             'recognition-2', 'recognition-3', 'standing-3', 'standing-4', 'organisation-2',
                             'organisation-4', 'organisation-5', 'login-batch-1',
                             'person-3') OR id LIKE '%-row-codes-_'
                """)
            for table in older where table.added != nil {
                try Migration.guarding(table.name.description, transaction)
            }
        }
    }

    /// Rows are altered, and the database is made to look as if it never had codes, so that an upgrade would add them.
    @Test func aDowngradedDatabaseGetsNoCodes() async throws {
        try await withOldCity(keepingHead: true) { folder in
            let failure = await #expect(throws: Failure.self) {
                try await Installation.open(folder: folder.path, database: nil)
            }
            #expect(failure?.code == "data.downgraded")
        }
    }

    /// The same for the tables that got codes later.
    @Test func droppedCodesOfLaterTablesAreDetected() async throws {
        try await withFolder { folder in
            let installation = try await Installation.open(folder: folder.path, database: nil)
            try await installation.addOfficer()
            try await installation.database.write { transaction in
                try transaction.dropGuards()
                for table in ["notice", "notice_withdrawal", "password_reset"] {
                    try transaction.command("ALTER TABLE \(table) DROP COLUMN mac")
                }
                try transaction.execute("UPDATE notice SET title = '请转账'")
                try transaction.execute("DELETE FROM migration WHERE id = 'people-row-codes-2'")
            }
            installation.close()
            let failure = await #expect(throws: Failure.self) {
                try await Installation.open(folder: folder.path, database: nil)
            }
            #expect(failure?.code == "data.downgraded")
        }
    }

    /// The same for a step of any name and feature.
    @Test func aStepThatAddsCodesIsKnownByItsKind() async throws {
        let table = AuthenticatedTable("greeting", key: ["number"], ["words"])
        var feature = Feature("greetings")
        feature.tables = [table]
        feature.migrations = { _ in
            [
                Migration("greeting-1", "CREATE TABLE greeting (number INTEGER, words TEXT) STRICT"),
                Migration("greeting-2", "ALTER TABLE greeting ADD COLUMN mac BLOB", addingCodesTo: [table]),
            ]
        }
        let all = App.features + [feature]
        try await withFolder { folder in
            let installation = try await Installation.open(folder: folder.path, database: nil, features: all)
            try await installation.addOfficer()
            try await installation.database.write { transaction in
                try transaction.command("ALTER TABLE greeting DROP COLUMN mac")
                try transaction.execute("DELETE FROM migration WHERE id = 'greeting-2'")
            }
            installation.close()
            let failure = await #expect(throws: Failure.self) {
                try await Installation.open(folder: folder.path, database: nil, features: all)
            }
            #expect(failure?.code == "data.downgraded" && failure?.words.english.contains("greeting-2") == true)
        }
    }

    private func withOldCity(keepingHead: Bool = false, _ body: (URL) async throws -> Void) async throws {
        try await withFolder { folder in
            let installation = try await Installation.open(folder: folder.path, database: nil)
            try await installation.addOfficer()
            try await Self.downgrade(installation)
            installation.close()
            if !keepingHead { try FileManager.default.removeItem(at: folder.appending(path: "ledger")) }
            try await body(folder)
        }
    }

    @Test func theUpgradeGivesEveryRowACode() async throws {
        try await withOldCity { folder in
            let installation = try await Installation.open(folder: folder.path, database: nil)
            defer { installation.close() }
            let check = try await installation.check()
            #expect(check.broken == 0 && check.rows > 10)
            let accounts = Accounts(installation.database, installation.people)
            #expect(try await accounts.account("bureau").number == 1)
            let notice = try await Notices(installation.database, installation.people).find(ID(1))
            #expect(notice.withdrawal?.reason == "时间有误")
            let again = try await Installation.open(folder: folder.path, database: nil)
            #expect(again.migrations.applied == 0)
            again.close()
        }
    }

    /// The upgrade was interrupted after the head of the empty state log was written, before or after the migrations.
    @Test(arguments: [true, false]) func anInterruptedUpgradeContinues(_ isBefore: Bool) async throws {
        try await withOldCity { folder in
            let keys = try KeyFile.load(folder.path + "/keys.json")
            if !isBefore { try await Installation.open(folder: folder.path, database: nil).close() }
            try? FileManager.default.removeItem(at: folder.appending(path: "ledger"))
            try StateHead(keys, folder: folder.path + "/ledger").begin(at: 1)
            let installation = try await Installation.open(folder: folder.path, database: nil)
            defer { installation.close() }
            #expect(try await installation.check().broken == 0)
            #expect(try StateHead(keys, folder: folder.path + "/ledger").hasChanges)
        }
    }

    @Test func aBrokenChainStopsTheUpgrade() async throws {
        try await withOldCity { folder in
            let database = try Database.open(DatabaseURL("sqlite:\(folder.path)/xueshi.db"))
            try await database.write { transaction in
                try transaction.command("DROP TRIGGER entry_no_update")
                try transaction.execute("UPDATE entry SET hours = 9000 WHERE person = (SELECT MIN(person) FROM entry)")
            }
            database.close()
            let failure = await #expect(throws: Failure.self) {
                try await Installation.open(folder: folder.path, database: nil)
            }
            #expect(failure?.code == "ledger.broken")
            let after = try Database.open(DatabaseURL("sqlite:\(folder.path)/xueshi.db"))
            let isOld = try await after.read { try !$0.hasTable("state_change") }
            after.close()
            #expect(isOld)
        }
    }
}

extension Migration {
    fileprivate static func guarding(_ table: String, _ transaction: Transaction) throws {
        for action in ["UPDATE", "DELETE"] {
            try transaction.command(
                "CREATE TRIGGER \(table)_no_\(action.lowercased()) BEFORE \(action) ON \(table) "
                    + "BEGIN SELECT RAISE(ABORT, '\(table) is append-only'); END")
        }
    }
}

extension Installation {
    /// Adds a login of the bureau, and a person with hours.
    fileprivate func addOfficer() async throws {
        let (people, registry) = (people, registry)
        let person = try await database.write { transaction in
            let region = try required(RegionCode("370902"))
            _ = try RegionStore(transaction).put(Region(code: region, name: "泰山区"))
            let unit = try OrganisationStore(transaction).add(
                "泰安示例机械有限公司", .employer, uscc: nil, nature: "enterprise", region: region, upstream: nil)
            let person = try PersonStore(transaction, people).add("岳明远", Cast.number(1), phone: nil)
            let during = Period(from: .first, to: .last)
            _ = try EmploymentStore(transaction, people).put(
                Employment(organisation: unit.number, relation: "labour", during: during), of: person)
            return person
        }
        _ = try await registry.publishForTests("taian/2022")
        _ = try await registry.recognise(
            Submission(person: person, source: .operator, evidence: SampleEvidence.course("甲", 10)))
        let bureau = try await Accounts(database, people).open("bureau", name: "市局", AccountRole(.bureau, at: nil))
        let notices = Notices(database, people)
        let notice = try await notices.publish("审验开始", "正文", by: bureau.number.number)
        try await notices.withdraw(notice, because: "时间有误", by: bureau.number.number)
    }
}
