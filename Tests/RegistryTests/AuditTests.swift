import Database
import Foundation
import Kernel
import People
import Registry
import Signing
import Testbed
import Testing

/// Tampering with the database is detected.
@Suite struct AuditTests {
    private func withLedger(_ engine: Engine, _ body: (City, [ID<Person>], ChainHeads) async throws -> Void)
        async throws
    {
        try await withCity(engine) { city in
            let people = [try await city.add("甲"), try await city.add("乙"), try await city.add("丙")]
            for person in people {
                for index in 1...3 { _ = try await city.recognise(person, SampleEvidence.course("课 \(index)", index)) }
            }
            try await city.registry.writeRoot(to: city.folder.path, over: Registry.tables)
            let heads = try #require(try RootFolder(city.folder.path, city.people.keys).read()).heads
            #expect(heads.count == 3)
            let audit = try await city.registry.audit(heads)
            #expect(figures(audit.chains, audit.entries, audit.broken) == figures(3, 9, 0))
            for trigger in Self.triggers(engine) { try await city.database.write { _ = try $0.execute(trigger) } }
            try await body(city, people, heads)
        }
    }

    private static func triggers(_ engine: Engine) -> [SQL] {
        switch engine {
        case .sqlite: ["DROP TRIGGER entry_no_update", "DROP TRIGGER entry_no_delete"]
        case .postgres: ["DROP TRIGGER entry_append ON entry"]
        }
    }

    @Test(arguments: Engine.allCases) func anAlteredEntryIsReported(_ engine: Engine) async throws {
        try await withLedger(engine) { city, people, heads in
            for change in [
                "UPDATE entry SET hours = 9000 WHERE person = \(people[1]) AND number = 2",
                "UPDATE entry SET day = '2022-06-02' WHERE person = \(people[1]) AND number = 2",
                "UPDATE entry SET policy_key = 'taian-2021' WHERE person = \(people[1]) AND number = 2",
            ] as [SQL] {
                try await city.database.write { _ = try $0.execute(change) }
                let audit = try await city.registry.audit(heads)
                #expect(audit.faults.first == .broken(person: people[1].number, number: 2))
                #expect(audit.broken == 1)
            }
        }
    }

    @Test(arguments: Engine.allCases) func aChainWithoutEntriesIsDetected(_ engine: Engine) async throws {
        try await withLedger(engine) { city, people, heads in
            try await city.database.write { try $0.execute("DELETE FROM entry WHERE person = \(people[1])") }
            let known = try await city.registry.audit(heads).faults
            #expect(known.contains(.vanished(person: people[1].number)))
            #expect(known.allSatisfy { $0.person == people[1].number })
            #expect(try await city.registry.audit(ChainHeads()).faults == [.cut(person: people[1].number, after: 0)])
        }
    }

    @Test(arguments: Engine.allCases) func aTailCutWithItsHeadIsDetected(_ engine: Engine) async throws {
        try await withLedger(engine) { city, people, heads in
            try await city.database.write { transaction in
                try transaction.execute("DELETE FROM entry WHERE person = \(people[0]) AND number = 3")
            }
            #expect(try await city.registry.audit(ChainHeads()).faults == [.cut(person: people[0].number, after: 2)])
            let failure = await #expect(throws: Failure.self) {
                try await city.recognise(people[0], SampleEvidence.course("又一课", 3))
            }
            #expect(failure?.code == "ledger.cut")
            let replay = try await city.registry.replay(nil)
            #expect(replay.differing == 1)
            #expect(replay.examples == ["人员 \(people[0])：账本缺少记录。请运行 ledger verify 查看"])
            try await city.database.write { transaction in
                try transaction.execute(
                    """
                    UPDATE chain
                    SET entries = 2, head = (SELECT hash FROM entry WHERE person = \(people[0]) AND number = 2)
                    WHERE person = \(people[0])
                    """)
            }
            #expect(try await city.registry.audit(ChainHeads()).broken == 0)
            #expect(try await city.registry.audit(heads).faults == [.cut(person: people[0].number, after: 2)])
        }
    }

    @Test(arguments: Engine.allCases) func aPersonWithoutChainIsDetectedByTheRoot(_ engine: Engine) async throws {
        try await withLedger(engine) { city, people, heads in
            for person in [people[0], people[2]] {
                try await city.database.write { transaction in
                    try transaction.execute("DELETE FROM entry WHERE person = \(person)")
                    try transaction.execute("DELETE FROM chain WHERE person = \(person)")
                }
            }
            #expect(try await city.registry.audit(ChainHeads()).broken == 0)
            let faults = try await city.registry.audit(heads).faults
            #expect(faults == [.vanished(person: people[0].number), .vanished(person: people[2].number)])
        }
    }

    @Test(arguments: Engine.allCases) func anAlteredRootIsRefused(_ engine: Engine) async throws {
        try await withLedger(engine) { city, _, _ in
            let folder = city.folder.appending(path: "ledger")
            let roots = RootFolder(folder.path, city.people.keys)
            try await city.registry.writeRoot(to: folder.path, over: Registry.tables)
            #expect(try roots.read()?.heads.count == 3)
            let file = folder.appending(path: "ledger-root.txt")
            let text = try String(contentsOf: file, encoding: .utf8)
            var changed = Array(text)
            changed[80] = changed[80] == "A" ? "B" : "A"
            try String(changed).write(to: file, atomically: true, encoding: .utf8)
            let failure = #expect(throws: Failure.self) { try roots.read() }
            #expect(failure?.code == "ledger.root")
            let unwritten = await #expect(throws: Failure.self) {
                try await city.registry.writeRoot(to: "/proc/nowhere", over: [])
            }
            #expect(unwritten?.code == "ledger.root-unwritten")
        }
    }

    /// The bytes of an entry and its hash must never change: these were computed once and stay the reference.
    @Test(arguments: Engine.allCases) func hashesOfEntriesNeverChange(_ engine: Engine) async throws {
        try await withCity(engine, policies: [], tick: 0) { city in
            _ = try await city.registry.publish("sample", PublishTests.policy(10), dryRun: false)
            let person = try await city.add("甲")
            let evidence = Evidence("talk", ["name": .text("一"), "held-on": .day(Day(2022, 6, 1) ?? .first)])
            _ = try await city.recognise(person, evidence)
            let hashed = try await city.database.read { transaction in
                try transaction.first("SELECT hash FROM entry WHERE entered > 0") { try $0.bytes(0) } ?? []
            }
            let entry = try await city.registry.ledger(of: person).entries[0]
            let flat = try await city.database.read {
                try $0.first("SELECT hash FROM policy_version") { try $0.bytes(0) } ?? []
            }
            #expect(hashed == sha256(Self.bytes(entry, policy: flat)))
            #expect(hashed.hexadecimal == "68d9f9e8ad838c2c3f7197960d1868b1b242ca0acad82660fd18715d4e9b7015")
        }
    }

    /// The canonical bytes of a first entry, built independently from their specification.
    private static func bytes(_ entry: LedgerEntry, policy: [UInt8]) -> [UInt8] {
        let number = { (value: Int) -> [UInt8] in
            (0..<8).reversed().map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) }
        }
        let text = { (value: String) -> [UInt8] in
            let length = value.utf8.count
            return (0..<4).reversed().map { UInt8(truncatingIfNeeded: length >> ($0 * 8)) } + Array(value.utf8)
        }
        let start: [UInt8] = [1, 1] + [UInt8](repeating: 0, count: 32)
        let numbers = [1, 1, 0, 0, 1, 1].flatMap(number)
        let words =
            text("2022-06-01") + number(2022) + text("professional") + number(1000) + text("talk") + text("") + text("")
        return start + numbers + policy + words + number(entry.entered)
    }
}
