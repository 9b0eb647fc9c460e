import Database
import Foundation
import Kernel
import Signing
import Synchronization
import Testbed
import Testing
import Web

@testable import People

/// Idempotency keys of writes and their stored responses.
@Suite struct StoredResponsesTests {
    private static let claim = IdempotencyClaim(token: "t1", key: "k", request: "POST /x\n999999198503120018")
    private static let response = Array(#"{"name":"岳明远"}"#.utf8)

    /// Two nodes with one database and one clock.
    private func withNodes(
        _ engine: Engine, _ body: (StoredResponses, StoredResponses, Database, TestClock) async throws -> Void
    ) async throws {
        try await withFolder { folder in
            try await withDatabaseURL(engine) { url in
                let (first, second) = (try Database.open(DatabaseURL(url)), try Database.open(DatabaseURL(url)))
                defer {
                    first.close()
                    second.close()
                }
                try await first.migrate(People.migrations)
                let clock = TestClock()
                let keys = try KeyFile.create(at: folder.path + "/keys.json", system: clock.system)
                let people = People(keys: keys, system: clock.system)
                try await body(StoredResponses(first, people), StoredResponses(second, people), first, clock)
            }
        }
    }

    private func turn(_ state: IdempotencyState) throws -> [UInt8] {
        guard case .begun(let turn) = state else { throw Failure.tokenDays }
        return turn
    }

    @Test(arguments: Engine.allCases) func aKeyHasOneResponse(_ engine: Engine) async throws {
        try await withNodes(engine) { one, other, _, _ in
            let turn = try turn(try await one.begin(Self.claim))
            #expect(try await other.begin(Self.claim) == .running)
            let another = IdempotencyClaim(token: "t1", key: "k", request: "POST /y\n")
            #expect(try await other.begin(another) == .otherRequest)
            try await one.finish(Self.claim, turn: turn, response: Self.response)
            #expect(try await other.begin(Self.claim) == .completed(Self.response))
            #expect(try await one.begin(another) == .otherRequest)
            // Keys of different tokens are independent, even if token and key concatenate to the same text.
            for (token, key) in [("t2", "k"), ("t1", "k2"), ("t", "1 k"), ("t1 k", "")] {
                let claim = IdempotencyClaim(token: token, key: key, request: Self.claim.request)
                _ = try self.turn(try await other.begin(claim))
            }
        }
    }

    /// No plain text of requests or responses is in the table.
    @Test(arguments: Engine.allCases) func theRowIsEncrypted(_ engine: Engine) async throws {
        try await withNodes(engine) { one, _, database, _ in
            let turn = try turn(try await one.begin(Self.claim))
            try await one.finish(Self.claim, turn: turn, response: Self.response)
            let rows = try await database.allRows(of: "api_answer")
            #expect(rows.count == 1)
            for case .blob(let bytes) in rows.joined() {
                for plain in ["岳明远", "999999198503120018", "POST"] { #expect(!bytes.contains(Array(plain.utf8))) }
            }
            // Bytes copied from the row of another key do not decrypt.
            let other = IdempotencyClaim(token: "t1", key: "k2", request: Self.claim.request)
            _ = try await one.begin(other)
            try await database.write {
                try $0.execute(
                    """
                    UPDATE api_answer SET answer = (SELECT answer FROM api_answer WHERE answer IS NOT NULL)
                    WHERE answer IS NULL
                    """)
            }
            let moved = await #expect(throws: Failure.self) { _ = try await one.begin(other) }
            #expect(moved?.code == "sealed.damaged")
        }
    }

    @Test(arguments: Engine.allCases) func aFailedAttemptReleasesTheKey(_ engine: Engine) async throws {
        try await withNodes(engine) { one, other, _, _ in
            let first = try turn(try await one.begin(Self.claim))
            try await one.release(Self.claim, turn: first)
            let second = try turn(try await other.begin(Self.claim))
            // An attempt that lost the key changes nothing.
            try await one.release(Self.claim, turn: first)
            try await one.finish(Self.claim, turn: first, response: [])
            #expect(try await one.begin(Self.claim) == .running)
            try await other.finish(Self.claim, turn: second, response: Self.response)
            try await other.release(Self.claim, turn: second)
            #expect(try await one.begin(Self.claim) == .completed(Self.response))
        }
    }

    /// After kill -9 the key becomes free when the lease expires.
    @Test(arguments: Engine.allCases) func theKeyOfALostNodeIsReleased(_ engine: Engine) async throws {
        try await withNodes(engine) { one, other, _, clock in
            let lost = try turn(try await one.begin(Self.claim))
            clock.pass(seconds: StoredResponses.lease / 1000 - 1)
            #expect(try await other.begin(Self.claim) == .running)
            clock.pass(seconds: 1)
            let turn = try turn(try await other.begin(Self.claim))
            try await one.finish(Self.claim, turn: lost, response: [])
            #expect(try await one.begin(Self.claim) == .running)
            try await other.finish(Self.claim, turn: turn, response: Self.response)
            #expect(try await one.begin(Self.claim) == .completed(Self.response))
        }
    }

    /// A lease begins anew at each renewal, but not for an attempt that lost the key.
    @Test(arguments: Engine.allCases) func aLeaseIsRenewed(_ engine: Engine) async throws {
        try await withNodes(engine) { one, other, _, clock in
            let first = try turn(try await one.begin(Self.claim))
            for _ in 1...3 {
                clock.pass(seconds: StoredResponses.lease / 1000 - 1)
                try await one.renew(Self.claim, turn: first)
            }
            #expect(one.renewal < .milliseconds(StoredResponses.lease / 2))
            #expect(try await other.begin(Self.claim) == .running)
            clock.pass(seconds: StoredResponses.lease / 1000)
            let second = try turn(try await other.begin(Self.claim))
            clock.pass(seconds: StoredResponses.lease / 1000 - 1)
            try await one.renew(Self.claim, turn: first)
            clock.pass(seconds: 1)
            let third = try turn(try await one.begin(Self.claim))
            try await other.endLease(Self.claim, turn: second)
            #expect(try await other.begin(Self.claim) == .running)
            try await one.finish(Self.claim, turn: third, response: Self.response)
            try await one.endLease(Self.claim, turn: third)
            #expect(try await other.begin(Self.claim) == .completed(Self.response))
        }
    }

    /// Work of which a part is committed: only the same request may use the key, and at once.
    @Test(arguments: Engine.allCases) func aKeyStaysBoundToItsRequest(_ engine: Engine) async throws {
        try await withNodes(engine) { one, other, _, _ in
            let broken = try turn(try await one.begin(Self.claim))
            try await one.endLease(Self.claim, turn: broken)
            let another = IdempotencyClaim(token: "t1", key: "k", request: "POST /y\n")
            #expect(try await other.begin(another) == .otherRequest)
            #expect(try turn(try await other.begin(Self.claim)) != broken)
        }
    }

    /// The connection is lost between a COMMIT and its result: nobody else may seem to hold the key, and a response is
    /// stored.
    @Test func aLostCommitIsMadeCertain() async throws {
        try await withDatabaseURL(.postgres) { url in
            try await withLossyURL(url) { proxy, lossy in
                let database = try Database.open(DatabaseURL(lossy), connections: 1)
                defer { database.close() }
                try await database.migrate(People.migrations)
                try await withFolder { folder in
                    let clock = TestClock()
                    let keys = try KeyFile.create(at: folder.path + "/keys.json", system: clock.system)
                    let responses = StoredResponses(database, People(keys: keys, system: clock.system))
                    proxy.loseNextResponse()
                    let first = try turn(try await responses.begin(Self.claim))
                    proxy.loseNextResponse()
                    try await responses.release(Self.claim, turn: first)
                    let second = try turn(try await responses.begin(Self.claim))
                    proxy.loseNextResponse()
                    try await responses.finish(Self.claim, turn: second, response: Self.response)
                    #expect(try await responses.begin(Self.claim) == .completed(Self.response))
                }
            }
        }
    }

    /// A response is kept for a day after it was given.
    @Test(arguments: Engine.allCases) func answersAreSwept(_ engine: Engine) async throws {
        try await withNodes(engine) { one, other, database, clock in
            for number in 1...600 {
                let claim = IdempotencyClaim(token: "t1", key: "\(number)", request: "x")
                try await one.finish(claim, turn: turn(try await one.begin(claim)), response: Self.response)
            }
            clock.pass(minutes: 1)
            try await one.finish(Self.claim, turn: turn(try await one.begin(Self.claim)), response: Self.response)
            clock.pass(days: 1, minutes: -1)
            #expect(try await other.sweep() == 0)
            clock.pass(seconds: 1)
            #expect(try await other.sweep() == 600)
            #expect(try await database.allRows(of: "api_answer").count == 1)
            #expect(try await other.begin(Self.claim) == .completed(Self.response))
            // It has expired, whether it was swept or not.
            clock.pass(minutes: 1)
            _ = try turn(try await other.begin(Self.claim))
        }
    }

    /// Two nodes use a key at once: one does the work, and both return its response.
    @Test(.timeLimit(.minutes(2)), arguments: Engine.allCases)
    func ofConcurrentRequestsOneDoesTheWork(_ engine: Engine) async throws {
        try await withNodes(engine) { one, other, _, _ in
            let works = Works()
            for race in 1...100 {
                let claim = IdempotencyClaim(token: "t1", key: "race \(race)", request: "x")
                async let first = works.response(to: claim, at: one)
                async let second = works.response(to: claim, at: other)
                let responses = try await [first, second]
                #expect(responses[0] == responses[1] && !responses[0].isEmpty, "race \(race)")
            }
            #expect(works.done.withLock { $0.count == 100 && $0.values.allSatisfy { $0 == 1 } })
        }
    }

    /// Counts how often each work was done.
    private final class Works: Sendable {
        let done = Mutex<[String: Int]>([:])

        /// Repeats until there is a response; the node that gets the key does the work.
        func response(to claim: IdempotencyClaim, at node: StoredResponses) async throws -> [UInt8] {
            while true {
                switch try await node.begin(claim) {
                case .completed(let response): return response
                case .running: try await nextTurn()
                case .otherRequest: return []
                case .begun(let turn):
                    done.withLock { $0[claim.key, default: 0] += 1 }
                    try await node.finish(claim, turn: turn, response: turn)
                    return turn
                }
            }
        }
    }
}
