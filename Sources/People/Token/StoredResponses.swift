import Database
import Kernel
import Signing
import Web

/// Stored responses of writes, so that a request repeated with its key is carried out once.
package struct StoredResponses: ResponseStore {
    private let database: Database
    private let people: People

    package init(_ database: Database, _ people: People) { (self.database, self.people) = (database, people) }

    /// How long a response is kept, in milliseconds.
    static let kept = 86_400_000
    /// How long a request without a response counts as in progress after the last renewal, in milliseconds.
    static let lease = 30_000
    package let renewal = Duration.seconds(10)
    private static let swept = 500

    package func begin(_ claim: IdempotencyClaim) async throws -> IdempotencyState {
        let (key, request, turn) = (key(claim), hash(claim.request), people.system.random(16))
        let now = people.system.now()
        let begun = (state: IdempotencyState?.some(.begun(turn: turn)), response: [UInt8]?.none)
        let state = try await database.write(
            certain: { try StoredResponseStore($0).find(key)?.turn == turn ? begun : nil }
        ) { transaction in
            let store = StoredResponseStore(transaction)
            if let held = try store.find(key), held.expires > now {
                if held.request != request { return (.otherRequest, nil) }
                if let response = held.response { return (nil, response) }
                if held.lease > now { return (.running, nil) }
            }
            try store.begin(key, request, turn: turn, lease: now + Self.lease, expires: now + Self.kept)
            return begun
        }
        if let state = state.state { return state }
        return .completed(try people.keys.open(state.response ?? [], context: context(key)))
    }

    package func finish(_ claim: IdempotencyClaim, turn: [UInt8], response: [UInt8]) async throws {
        let key = key(claim)
        let sealed = try people.keys.seal(response, context: context(key))
        let expires = people.system.now() + Self.kept
        try await change { try $0.finish(key, turn: turn, response: sealed, expires: expires) }
    }

    package func renew(_ claim: IdempotencyClaim, turn: [UInt8]) async throws {
        let (key, lease) = (key(claim), people.system.now() + Self.lease)
        try await change { try $0.lease(key, turn: turn, until: lease) }
    }

    package func endLease(_ claim: IdempotencyClaim, turn: [UInt8]) async throws {
        let (key, now) = (key(claim), people.system.now())
        try await change { try $0.lease(key, turn: turn, until: now) }
    }

    package func release(_ claim: IdempotencyClaim, turn: [UInt8]) async throws {
        let key = key(claim)
        try await change { try $0.release(key, turn: turn) }
    }

    /// A change of one attempt's row. It is repeated after a lost COMMIT, since the second time it changes nothing.
    private func change(_ body: @escaping @Sendable (StoredResponseStore) throws -> Void) async throws {
        try await database.write(certain: { _ in nil }) { try body(StoredResponseStore($0)) }
    }

    /// Deletes expired rows in several transactions. Returns their number.
    package func sweep() async throws -> Int {
        let now = people.system.now()
        var count = 0
        while true {
            let some = try await database.write { try StoredResponseStore($0).sweep(Self.swept, at: now) }
            count += some
            if some < Self.swept { return count }
        }
    }

    /// Sweeps every hour until it is cancelled. A failed sweep is repeated the next hour.
    package func keep() async {
        while !Task.isCancelled {
            _ = try? await sweep()
            try? await Task.sleep(for: .seconds(3600))
        }
    }

    /// Tokens contain no space, so different pairs have different texts.
    private func key(_ claim: IdempotencyClaim) -> [UInt8] { hash("\(claim.token) \(claim.key)") }
    private func hash(_ text: String) -> [UInt8] { people.keys.lookup(text, context: "api_answer") }
    private func context(_ key: [UInt8]) -> String { "api_answer/response/\(key.hexadecimal)" }
}
