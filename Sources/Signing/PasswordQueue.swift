import Kernel
import Synchronization

/// The client for whom a password is hashed. The queue shares its turns between clients.
package struct PasswordClient: Sendable {
    enum Priority: Int, CaseIterable {
        /// Devices that signed in before, and signed-in accounts.
        case known
        case stranger
    }

    let lane: Priority
    /// The unit that gets one turn in each round: a network, a device or an account.
    let share: String
    let login: [UInt8]

    /// A client that signs in from a network on an unknown device.
    package static func stranger(from network: String, login: [UInt8]) -> PasswordClient {
        PasswordClient(lane: .stranger, share: network, login: login)
    }

    /// A device on which the account signed in before. The caller must have verified this, since a cookie alone proves
    /// nothing.
    package static func device(_ device: [UInt8], login: [UInt8]) -> PasswordClient {
        PasswordClient(lane: .known, share: "device " + device.hexadecimal, login: login)
    }

    /// A signed-in account, or one that is being opened or reset.
    package static func account(_ number: String) -> PasswordClient {
        PasswordClient(lane: .known, share: "account " + number, login: Array(number.utf8))
    }
}

/// Lets few passwords be hashed at once, because each takes time and memory, and shares the turns fairly.
///
/// While both kinds wait, three of four turns are for known clients and one is for strangers. Within each, shares take
/// turns, so a client that floods the queue delays only itself. The number of waiting clients is limited, in each share
/// and in total; further ones are refused at once. If the queue is full, a client of an empty share takes the place of
/// the last one in the longest share.
package final class PasswordQueue: Sendable {
    /// Permits one hashing with scrypt.
    package struct Permit: Sendable {
        fileprivate init() {}
    }

    /// The most waiting clients.
    package struct Limits: Sendable {
        var inLane = 100
        /// A school may have one address for all its users.
        var inShare = 20
        var ofLogin = 8
        /// One login in one share.
        var ofLoginInShare = 2

        package init() {}

        package init(inLane: Int, inShare: Int, ofLogin: Int, ofLoginInShare: Int) {
            (self.inLane, self.inShare) = (inLane, inShare)
            (self.ofLogin, self.ofLoginInShare) = (ofLogin, ofLoginInShare)
        }
    }

    fileprivate struct State {
        var free: Int
        var lanes: [FairQueue]
        /// The turns given while both lanes were waiting.
        var contested = 0
    }

    private let state: Mutex<State>

    package init(width: Int = 2, _ limits: Limits = Limits()) {
        state = Mutex(
            State(free: width, lanes: PasswordClient.Priority.allCases.map { _ in FairQueue(limits: limits) }))
    }

    /// Runs the body in the client's turn. Failure: `password.busy` if too many are waiting.
    package func turn<T: Sendable>(
        _ client: PasswordClient, _ body: (Permit) async throws -> T
    ) async throws -> T {
        try await enter(client)
        defer { leave() }
        return try await body(Permit())
    }

    /// The number of waiting clients.
    package var waiting: Int { state.withLock { $0.lanes.reduce(0) { $0 + $1.count } } }

    private func enter(_ client: PasswordClient) async throws {
        try await withCheckedThrowingContinuation { (waiter: CheckedContinuation<Void, any Error>) in
            let entry = Waiter(client: client, waiter: waiter)
            let (came, refused) = state.withLock { state -> (Waiter?, Waiter?) in
                guard state.free == 0 else {
                    state.free -= 1
                    return (entry, nil)
                }
                return (nil, state.lanes[client.lane.rawValue].add(entry))
            }
            came?.waiter.resume()
            refused?.waiter.resume(throwing: Failure.passwordsBusy)
        }
    }

    private func leave() {
        let next = state.withLock { state in
            let next = state.next()
            if next == nil { state.free += 1 }
            return next
        }
        next?.waiter.resume()
    }
}

extension PasswordQueue.State {
    fileprivate mutating func next() -> PasswordQueue.Waiter? {
        let (known, stranger) = (PasswordClient.Priority.known.rawValue, PasswordClient.Priority.stranger.rawValue)
        guard lanes[known].count > 0, lanes[stranger].count > 0 else {
            return lanes[known].next() ?? lanes[stranger].next()
        }
        contested += 1
        return lanes[contested.isMultiple(of: 4) ? stranger : known].next()
    }
}

// MARK: - A lane

extension PasswordQueue {
    fileprivate struct Waiter {
        let client: PasswordClient
        let waiter: CheckedContinuation<Void, any Error>
    }

    /// Waiting clients, by share in order of arrival, and the shares in the order of their turns.
    fileprivate struct FairQueue {
        let limits: Limits
        var count = 0
        private var shares: [String: [Waiter]] = [:]
        private var order: [String] = []
        private var logins: [[UInt8]: Int] = [:]

        init(limits: Limits) { self.limits = limits }

        /// Adds a client. Returns the one that is refused: the new one, or another whose place it takes.
        mutating func add(_ entry: Waiter) -> Waiter? {
            let (share, login) = (entry.client.share, entry.client.login)
            let own = shares[share] ?? []
            guard own.count < limits.inShare, logins[login, default: 0] < limits.ofLogin,
                own.count(where: { $0.client.login == login }) < limits.ofLoginInShare
            else { return entry }
            var refused: Waiter?
            if count >= limits.inLane {
                guard let last = dropLast(ofMoreThan: own.count + 1) else { return entry }
                refused = last
            }
            if own.isEmpty { order.append(share) }
            shares[share, default: []].append(entry)
            logins[login, default: 0] += 1
            count += 1
            return refused
        }

        mutating func next() -> Waiter? {
            guard let share = order.first, let entry = shares[share]?.first else { return nil }
            order.removeFirst()
            shares[share]?.removeFirst()
            if shares[share]?.isEmpty == true { shares[share] = nil } else { order.append(share) }
            forget(entry)
            return entry
        }

        private mutating func dropLast(ofMoreThan least: Int) -> Waiter? {
            guard let longest = shares.max(by: { $0.value.count < $1.value.count }), longest.value.count > least,
                let last = shares[longest.key]?.popLast()
            else { return nil }
            forget(last)
            return last
        }

        private mutating func forget(_ entry: Waiter) {
            count -= 1
            let left = (logins[entry.client.login] ?? 1) - 1
            logins[entry.client.login] = left > 0 ? left : nil
        }
    }
}

extension Failure {
    fileprivate static let passwordsBusy = Failure(
        .tooMany, "password.busy", "现在登录的人很多，请过几秒再试。", en: "Many users are signing in. Try again in a few seconds.",
        retryAfter: 5)
}
