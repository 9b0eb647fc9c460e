import App
import Foundation
import Integrity
import Kernel
import People
import Registry
import Signing
import Testbed
import Testing
import Web

@testable import Database

@Suite("Attack: signed files outside the database reveal restored states")
struct RootTests {
    /// An installation in a folder, with hours entered long before the root.
    private func withInstallation(_ body: (URL, TestClock) async throws -> Void) async throws {
        try await withFolder { folder in
            let clock = TestClock(tick: 1)
            try await Self.open(folder, clock) { installation in
                try await installation.addPeople()
                clock.pass(days: 1)
                try await installation.writeRoot()
                clock.pass(days: 1)
            }
            try await body(folder, clock)
        }
    }

    private static func open<T: Sendable>(
        _ folder: URL, _ clock: TestClock, rootMayBeLost: Bool = false,
        _ body: @Sendable (Installation) async throws -> T
    ) async throws -> T {
        let installation = try await Installation.open(
            folder: folder.path, database: nil, rootMayBeLost: rootMayBeLost, system: clock.system)
        defer { installation.close() }
        return try await body(installation)
    }

    private func code(_ body: () async throws -> Void) async -> String? {
        await #expect(throws: Failure.self) { try await body() }?.code
    }

    @Test func anUnchangedHistoryMatchesEveryEarlierRoot() async throws {
        try await withInstallation { folder, clock in
            try await Self.open(folder, clock) { installation in
                let first = try #require(try installation.roots.read()?.root)
                for _ in 0..<3 {
                    try await installation.addPeople()
                    clock.pass(days: 1)
                    try await installation.renewRoot()
                }
                let again = try SignedRoot(reading: first.text, installation.people.keys)
                let check = try await installation.check(since: again)
                #expect(check.broken == 0 && !check.lacksChainHeads && check.rows > 20)
                #expect(try await installation.check().broken == 0)
            }
        }
    }

    /// Deleted and added rows of a table without references are detected only by an earlier root.
    @Test func aDeletedRowIsDetectedByTheRoot() async throws {
        try await withInstallation { folder, clock in
            try await Self.open(folder, clock) { installation in
                try await installation.database.write { transaction in
                    try transaction.dropGuards()
                    try transaction.execute("DELETE FROM employment WHERE person = 2")
                }
                let check = try await installation.check()
                #expect(check.differences == [.rows("employment", known: 2, found: 1)])
                #expect(await code { try await installation.renewRoot() } == "ledger.broken")
                // Settling a year, which would sign a new root, is refused too.
                let settling = await code { _ = try await installation.settle(Year(2022)) { _ in } }
                #expect(settling == "ledger.broken")
            }
        }
    }

    /// A root signed while the clock was ahead covers rows that are written later; accepting the clock replaces it.
    @Test func aRootSignedWithAClockAheadReportsNoFault() async throws {
        try await withInstallation { folder, clock in
            try await Self.open(folder, clock) { installation in
                let elsewhere = try required(installation.roots.root())
                clock.pass(days: 3650)
                try await installation.addPeople()
                try await installation.renewRoot()
                clock.pass(days: -3650)
                try await installation.acceptClock()
                #expect(try required(installation.roots.root()).time <= clock.now)
                try await installation.addPeople()
                clock.pass(days: 1)
                try await installation.addPeople()
                #expect(try await installation.check().broken == 0)
                let check = try await installation.check(since: elsewhere)
                #expect(check.broken == 0 && !check.lacksChainHeads)
                var query = AuditQuery()
                query.act = AuditAct.acceptClock.rawValue
                #expect(try await installation.audit.find(query, limit: 10).count == 1)
            }
        }
    }

    /// The end of a chain is cut, with its head row restored.
    @Test func aCutChainIsDetectedByTheHeadsOfTheRoot() async throws {
        try await withInstallation { folder, clock in
            try await Self.open(folder, clock) { installation in
                let chains = try await installation.database.allRows(of: "chain")
                try await installation.addHours()
                clock.pass(days: 1)
                let root = try await installation.renewRoot()
                clock.pass(days: 1)
                try await installation.addPeople()
                try await installation.renewRoot()
                try await installation.database.write { transaction in
                    try transaction.dropGuards()
                    try transaction.execute("DELETE FROM entry WHERE person = 1 AND number > 1")
                    try transaction.execute("DELETE FROM chain WHERE person = 1")
                    try transaction.execute("INSERT INTO chain VALUES \(SQL.list(chains[0]))")
                }
                let check = try await installation.check(since: root)
                #expect(check.audit.faults == [.cut(person: 1, after: 1)])
                #expect(check.broken > 1)
            }
        }
    }

    @Test func anEmptiedDatabaseIsRefused() async throws {
        try await withInstallation { folder, clock in
            for name in ["xueshi.db", "xueshi.db-wal", "xueshi.db-shm"] {
                try? FileManager.default.removeItem(at: folder.appending(path: name))
            }
            #expect(await code { try await Self.open(folder, clock) { _ in } } == "data.emptied")
        }
    }

    @Test func aMissingLedgerFolderStopsTheStart() async throws {
        try await withInstallation { folder, clock in
            try FileManager.default.removeItem(at: folder.appending(path: "ledger"))
            #expect(await code { try await Self.open(folder, clock) { _ in } } == "state.head-missing")
            let lost = try await Self.open(folder, clock, rootMayBeLost: true) { installation in
                let check = try await installation.check(rootMayBeLost: true)
                try await installation.writeRoot()
                return check.broken
            }
            #expect(lost == 0)
            let broken = try await Self.open(folder, clock) { try await $0.check().broken }
            #expect(broken == 0)
        }
    }

    /// The database is replaced by that of the day before.
    @Test func anOlderDatabaseIsRefused() async throws {
        try await withInstallation { folder, clock in
            let file = folder.appending(path: "xueshi.db"), old = folder.appending(path: "old.db")
            try FileManager.default.copyItem(at: file, to: old)
            try await Self.open(folder, clock) { installation in
                let accounts = Accounts(installation.database, installation.people)
                _ = try await accounts.open("bureau", name: "市局", AccountRole(.bureau, at: nil))
            }
            try FileManager.default.removeItem(at: file)
            try FileManager.default.moveItem(at: old, to: file)
            #expect(await code { try await Self.open(folder, clock) { _ in } } == "state.rolled-back")
        }
    }

    /// Folder and database are both restored; only a root that is kept elsewhere detects it.
    @Test func restoredDatabaseAndFolderAreDetectedByACopyOfTheRoot() async throws {
        try await withInstallation { folder, clock in
            let old = folder.deletingLastPathComponent().appending(path: folder.lastPathComponent + "-old")
            try FileManager.default.copyItem(at: folder, to: old)
            defer { try? FileManager.default.removeItem(at: old) }
            let root = try await Self.open(folder, clock) { installation in
                try await installation.addHours()
                clock.pass(days: 1)
                return try await installation.renewRoot().text
            }
            try await Self.open(old, clock) { installation in
                #expect(try await installation.check().broken == 0)
                let elsewhere = try SignedRoot(reading: root, installation.people.keys)
                let check = try await installation.check(since: elsewhere)
                #expect(check.differences.contains(.rows("entry", known: 3, found: 2)))
            }
        }
    }

    @Test func aRootOfOtherKeysOrAnAlteredOneIsRefused() async throws {
        try await withInstallation { folder, clock in
            let text = try await Self.open(folder, clock) { try required($0.roots.read()?.root).text }
            try await withFolder { other in
                let keys = try KeyFile.create(at: other.appending(path: "keys.json").path, system: clock.system)
                #expect(await code { _ = try SignedRoot(reading: text, keys) } == "ledger.root")
            }
            let head = folder.appending(path: "ledger/state-head.json")
            let json = try String(contentsOf: head, encoding: .utf8)
            try json.replacing("\"number\" : ", with: "\"number\" : 9").write(
                to: head, atomically: true, encoding: .utf8)
            #expect(await code { try await Self.open(folder, clock) { _ in } } == "state.head")
        }
    }

    @Test func anUnwritableStateHeadIsReported() async throws {
        try await withFolder { folder in
            let keys = try KeyFile.create(at: folder.appending(path: "keys.json").path, system: .real)
            try await withDatabase(.sqlite, StateLog.migrations) { database in
                let log = StateLog(StateHead(keys, folder: "/proc/nowhere"), now: SystemInputs.real.now)
                #expect(await code { try await log.renewHead(database) } == "state.head-unwritten")
            }
        }
    }
}

extension Installation {
    /// Adds two people with their first hours.
    fileprivate func addPeople() async throws {
        let (people, registry) = (people, registry)
        let known = try await database.read { try PersonStore($0, people).last() }
        if known == 0 { try await addPlaces() }
        for index in known + 1...known + 2 {
            let person = try await database.write { transaction in
                let unit = try required(OrganisationStore(transaction).find(ID(1)))
                let person = try PersonStore(transaction, people).add("某\(index)", Cast.number(index), phone: nil)
                _ = try EmploymentStore(transaction, people).put(
                    Employment(
                        organisation: unit.number, relation: "labour", during: Period(from: .first, to: .last)),
                    of: person)
                return person
            }
            _ = try await registry.recognise(
                Submission(person: person, source: .platform("test"), evidence: SampleEvidence.course("甲", 10)))
        }
    }

    fileprivate func addHours() async throws {
        _ = try await registry.recognise(
            Submission(person: ID(1), source: .operator, evidence: SampleEvidence.course("乙", 20)))
    }

    private func addPlaces() async throws {
        try await database.write { transaction in
            let region = try required(RegionCode("370902"))
            _ = try RegionStore(transaction).put(Region(code: region, name: "泰山区"))
            _ = try OrganisationStore(transaction).add(
                "泰安示例机械有限公司", .employer, uscc: nil, nature: "enterprise", region: region, upstream: nil)
        }
        _ = try await registry.publishForTests("taian/2022")
    }
}
