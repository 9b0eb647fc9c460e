import Database
import Foundation
import Integrity
import Kernel
import Signing
import Synchronization
import Testbed
import Testing
import Web

@testable import People

/// Each recorded act reaches each subscription once, with concurrent writers, readers and crashes.
@Suite struct ActFeedTests {
    /// The table of handled acts.
    static let schema = Migration(
        "heard-1",
        """
        CREATE TABLE heard (
            turn   INTEGER NOT NULL PRIMARY KEY,
            name   TEXT NOT NULL,
            chain  TEXT NOT NULL,
            number INTEGER NOT NULL
        ) STRICT
        """)

    /// Two nodes with one database.
    struct Nodes: Sendable {
        let databases: [Database]
        let people: People
        /// Where other processes find keys and database.
        var keyPath = ""
        var url = ""

        func record(_ account: Int, _ act: AuditAct = .exportList, dryRun: Bool = false, on node: Int = 0) async throws
        {
            let people = people.acting(as: .account(account, role: .bureau, organisation: 1, from: ""))
            try await databases[node].write(dryRun: dryRun) { transaction in
                try AuditStore(transaction, people).record(act, .list("people"))
            }
        }

        func feed(_ subscriptions: ActSubscription..., on node: Int = 0) -> ActFeed {
            ActFeed(databases[node], people, subscriptions)
        }

        /// The handled acts in order: `account/3 1`.
        func heard(_ name: String = "sink") async throws -> [String] {
            try await databases[0].read { transaction in
                try transaction.rows("SELECT chain, number FROM heard WHERE name = \(name) ORDER BY turn") {
                    "\(try $0.text(0)) \(try $0.int(1))"
                }
            }
        }

        /// The records of an act.
        func recorded(_ act: AuditAct = .exportList) async throws -> [String] {
            try await databases[0].read { transaction in
                try transaction.rows(
                    "SELECT chain, number FROM audit_record WHERE act = \(act.rawValue) ORDER BY chain, number"
                ) { "\(try $0.text(0)) \(try $0.int(1))" }
            }
        }
    }

    static func withNodes(_ engine: Engine, _ body: (Nodes) async throws -> Void) async throws {
        try await withFolder { folder in
            try await withDatabaseURL(engine) { url in
                let clock = TestClock()
                let keys = try KeyFile.create(at: folder.path + "/keys.json", system: clock.system)
                let databases = [try Database.open(DatabaseURL(url)), try Database.open(DatabaseURL(url))]
                defer { databases.forEach { $0.close() } }
                databases.forEach { $0.authenticate(with: keys) }
                try await databases[0].migrate(People.migrations + [schema])
                let people = People(keys: keys, system: clock.system)
                try await body(
                    Nodes(databases: databases, people: people, keyPath: folder.path + "/keys.json", url: url))
            }
        }
    }

    /// A subscription that stores the acts it gets, after calling `first`.
    static func sink(
        _ name: String = "sink", from start: ActSubscription.Start = .first, _ acts: Set<AuditAct> = [.exportList],
        first: @escaping @Sendable (AuditRecord, Transaction) throws -> Void = { _, _ in }
    ) -> ActSubscription {
        ActSubscription(name, acts, from: start) { record, transaction in
            try first(record, transaction)
            try transaction.execute(
                """
                INSERT INTO heard (turn, name, chain, number)
                SELECT coalesce(max(turn), 0) + 1, \(name), \(record.chain), \(record.number) FROM heard
                """)
        }
    }

    // MARK: - Delivery

    @Test(arguments: Engine.allCases) func eachActIsHandledOnce(_ engine: Engine) async throws {
        try await Self.withNodes(engine) { nodes in
            try await nodes.record(3)
            let feed = nodes.feed(Self.sink("all"), Self.sink("new", from: .next), Self.sink("other", [.mergePerson]))
            _ = await feed.readOnce()
            try await nodes.record(3)
            try await nodes.record(3, .signIn)
            try await nodes.record(4, on: 1)
            try await nodes.record(3, dryRun: true)
            // `chains` has the beginning of each chain; `new` gets only the acts after it began.
            #expect(try await feed.unread() == 4 + 4 + 4)
            while await feed.readOnce() > 0 {}
            #expect(try await feed.unread() == 0)
            for node in 0...1 {
                #expect(await nodes.feed(Self.sink("all"), Self.sink("new"), on: node).readOnce() == 0)
            }
            #expect(try await nodes.heard("all").sorted() == ["account/3 1", "account/3 2", "account/4 1"])
            #expect(try await nodes.heard("new").sorted() == ["account/3 2", "account/4 1"])
            #expect(try await nodes.heard("other") == [])
        }
    }

    /// More acts of one actor than fit in one transaction, in order.
    @Test(arguments: Engine.allCases) func actsOfOneActorKeepTheirOrder(_ engine: Engine) async throws {
        try await Self.withNodes(engine) { nodes in
            let people = nodes.people.acting(as: .system("root"))
            try await nodes.databases[0].write { transaction in
                for _ in 0..<250 { try AuditStore(transaction, people).record(.exportList) }
            }
            let feed = nodes.feed(Self.sink())
            while await feed.readOnce() > 0 {}
            #expect(try await nodes.heard() == (1...250).map { "system/root \($0)" })
        }
    }

    /// Between two full passes only chains with recent acts are read.
    @Test(arguments: Engine.allCases) func recentActsAreHandledFirst(_ engine: Engine) async throws {
        try await Self.withNodes(engine) { nodes in
            let feed = nodes.feed(Self.sink())
            try await nodes.record(3)
            let later = nodes.people.system.now() + 60_000
            #expect(await feed.readOnce(since: later) == 0)
            #expect(await feed.readOnce(since: later - 60_000) == 2)
            #expect(try await nodes.heard() == ["account/3 1"])
        }
    }

    // MARK: - Faults

    private struct Refused: Error {}

    /// A failed handler is rolled back and repeated; acts of other actors continue.
    @Test(arguments: Engine.allCases) func aFailedHandlerIsRepeated(_ engine: Engine) async throws {
        try await Self.withNodes(engine) { nodes in
            for account in [3, 3, 4] { try await nodes.record(account) }
            let isBroken = Mutex(true)
            let feed = nodes.feed(
                Self.sink { record, _ in
                    if record.chain == "account/3", record.number == 2, isBroken.withLock({ $0 }) { throw Refused() }
                })
            for _ in 0..<2 { _ = await feed.readOnce() }
            #expect(try await nodes.heard() == ["account/4 1"])
            isBroken.withLock { $0 = false }
            _ = await feed.readOnce()
            #expect(try await nodes.heard() == ["account/4 1", "account/3 1", "account/3 2"])
        }
    }

    /// More failing chains than are read at once do not hold up the newest one.
    @Test(arguments: Engine.allCases) func manyFailedChainsHoldUpNone(_ engine: Engine) async throws {
        try await Self.withNodes(engine) { nodes in
            try await nodes.databases[0].write { transaction in
                for account in 1000...(1000 + ActFeed.pageSize) {
                    let people = nodes.people.acting(as: .account(account, role: .bureau, organisation: 1, from: ""))
                    try AuditStore(transaction, people).record(.exportList, .list("people"))
                }
            }
            // Of the same time, so the last one by name.
            let last = "account/\(1000 + ActFeed.pageSize)"
            let feed = nodes.feed(Self.sink { record, _ in if record.chain != last { throw Refused() } })
            _ = await feed.readOnce()
            #expect(try await nodes.heard() == ["\(last) 1"])
        }
    }

    /// Altered and missing records are not handled; other chains continue.
    @Test(arguments: Engine.allCases) func alteredActsAreNotHandled(_ engine: Engine) async throws {
        let spoils: [(damage: SQL, before: [String])] = [
            ("UPDATE audit_record SET object = 'x' WHERE chain = 'account/3' AND number = 2", []),
            ("DELETE FROM audit_record WHERE chain = 'account/3' AND number = 3", []),
            ("DELETE FROM audit_record WHERE chain = 'account/3' AND number = 1", ["account/3 1"]),
            ("UPDATE audit_chain SET records = 2 WHERE chain = 'account/3'", ["account/3 1"]),
        ]
        for (damage, before) in spoils {
            try await Self.withNodes(engine) { nodes in
                let feed = nodes.feed(Self.sink())
                try await nodes.record(3)
                if !before.isEmpty { _ = await feed.readOnce() }
                for account in [3, 3, 4] { try await nodes.record(account) }
                try await nodes.databases[0].write { transaction in
                    switch engine {
                    case .sqlite:
                        try transaction.execute("DROP TRIGGER audit_record_no_update")
                        try transaction.execute("DROP TRIGGER audit_record_no_delete")
                    case .postgres: try transaction.execute("DROP TRIGGER audit_record_append ON audit_record")
                    }
                    try transaction.execute(damage)
                }
                _ = await feed.readOnce()
                #expect(try await nodes.heard() == before + ["account/4 1"], "\(damage)")
                let failure = await #expect(throws: Failure.self) {
                    try await nodes.databases[0].read {
                        try ActPositionStore($0, nodes.people).unread("sink", "account/3", limit: 100)
                    }
                }
                #expect(failure?.code == "audit.damaged")
            }
        }
    }

    /// The server drops the connection once for each act during its handling.
    @Test func aLostConnectionLosesAndRepeatsNothing() async throws {
        try await Self.withNodes(.postgres) { nodes in
            let dropped = Mutex<Set<AuditRecord>>([])
            let feed = nodes.feed(
                Self.sink { record, transaction in
                    guard dropped.withLock({ $0.insert(record).inserted }) else { return }
                    _ = try transaction.rows("SELECT pg_terminate_backend(pg_backend_pid())") { _ in }
                })
            for turn in 0..<12 { try await nodes.record(turn % 3) }
            while try await feed.unread() > 0 { _ = await feed.readOnce() }
            #expect(try await nodes.heard().sorted() == nodes.recorded())
            #expect(dropped.withLock { $0.count } == 12)
        }
    }
}
