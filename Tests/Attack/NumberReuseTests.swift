import Foundation
import Integrity
import Kernel
import Testbed
import Testing
import Web

@testable import App
@testable import Database
@testable import People

/// Roles, hours and certificates belong to numbers.
@Suite("Attack: a number is given to a second person")
struct NumberReuseTests {
    private func withOffice(
        _ engine: Engine, _ body: @Sendable (URL, String) async throws -> Void
    ) async throws {
        try await withDatabaseURL(engine) { url in
            try await withFolder { folder in
                let installation = try await Installation.open(folder: folder.path, database: url)
                _ = try await add(installation, "岳明远", 1)
                try await installation.database.write { try $0.dropGuards() }
                installation.close()
                try await body(folder, url)
            }
        }
    }

    /// Adds a person with a login and a unit. Returns the numbers of all three.
    private func add(_ installation: Installation, _ name: String, _ turn: Int) async throws -> [Int] {
        let people = installation.people
        let (person, unit) = try await installation.database.write { transaction in
            let region = try required(RegionCode("370902"))
            _ = try RegionStore(transaction).put(Region(code: region, name: "泰山区"))
            let unit = try OrganisationStore(transaction).add(
                "泰安示例第\(turn)公司", .employer, uscc: nil, nature: "enterprise", region: region, upstream: nil)
            return (try PersonStore(transaction, people).add(name, Cast.number(turn), phone: nil), unit.number)
        }
        let account = try await Accounts(installation.database, people).open(for: person).number
        return [person.number, unit.number, account.number]
    }

    /// Deletes all accounts, people and organisations, and resets the counters.
    private func takeAway(_ installation: Installation) async throws {
        try await installation.database.write { transaction in
            for table in ["account_role", "account_login", "account", "person", "organisation"] {
                try transaction.command("DELETE FROM \(table)")
            }
            try transaction.command("UPDATE number_range SET next = 1")
        }
    }

    @Test(arguments: Engine.allCases) func numbersAreNeverReused(_ engine: Engine) async throws {
        try await withOffice(engine) { folder, url in
            let installation = try await Installation.open(folder: folder.path, database: url)
            try await takeAway(installation)
            // While it runs, and after a restart.
            #expect(try await add(installation, "汶小溪", 2) == [2, 2, 2])
            installation.close()
            let again = try await Installation.open(folder: folder.path, database: url)
            defer { again.close() }
            try await takeAway(again)
            #expect(try await add(again, "徂松岩", 3) == [3, 3, 3])
        }
    }

    @Test func anUnreadableFileOfNumbersStopsTheStart() async throws {
        try await withOffice(.sqlite) { folder, url in
            try Data("{".utf8).write(to: folder.appending(path: "ledger/numbers.json"))
            let failure = await #expect(throws: Failure.self) {
                try await Installation.open(folder: folder.path, database: url)
            }
            #expect(failure?.code == "numbers.unreadable")
        }
    }
}
