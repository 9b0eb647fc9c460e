import Kernel
import Synchronization

/// For whom a password is looked at. The turns of the line are shared out by it.
package struct PasswordClient: Sendable {
    enum Priority: Int, CaseIterable {
        /// Devices that signed in before, and accounts that are signed in.
        case known
        case stranger
    }

    let lane: Priority
    /// What has one turn in each round: an address, a device, an account.
    let share: String
    let login: [UInt8]

    /// Somebody who signs in from a network on a device that never did.
    package static func stranger(from network: String, login: [UInt8]) -> PasswordClient {
        PasswordClient(lane: .stranger, share: network, login: login)
    }

    /// A device that the account signed in with before. It was looked up: a cookie alone makes nobody known.
    package static func device(_ device: [UInt8], login: [UInt8]) -> PasswordClient {
        PasswordClient(lane: .known, share: "device " + device.hexadecimal, login: login)
    }

    /// An account that is signed in, or that somebody opens or resets by right.
    package static func account(_ number: String) -> PasswordClient {
        PasswordClient(lane: .known, share: "account " + number, login: Array(number.utf8))
    }
}

/// Lets few passwords be looked at a time, since each takes its time and memory, and shares the turns out fairly.
///
/// Of four turns three are for those who are known and one for strangers, while both wait. Within each, shares take
/// turns one after the other, so whoever floods waits behind himself. What waits is bounded, in each share and in all;
/// whoever comes beyond it is told so at once. Where all is full, somebody whose share has nobody waiting takes the
/// place of the last of the longest share.
package final class PasswordQueue: Sendable {
    /// Shows that one's turn has come: scrypt is reckoned for no one without.
    package struct Permit: Sendable {
        fileprivate init() {}
    }

    /// How many may wait.
    package struct Limits: Sendable {
        var inLane = 100
        /// A school may have one address for all who work there.
        var inShare = 20
        var ofLogin = 8
        /// Of one login in one share: whoever signs in does it once.
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
        /// Of the turns that were given while both lanes waited.
        var contested = 0
    }

    private let state: Mutex<State>

    package init(width: Int = 2, _ limits: Limits = Limits()) {
        state = Mutex(
            State(free: width, lanes: PasswordClient.Priority.allCases.map { _ in FairQueue(limits: limits) }))
    }

    /// Runs the body when it is the client's turn. Failure: `password.busy` where too many wait.
    package func turn<T: Sendable>(
        _ client: PasswordClient, _ body: (Permit) async throws -> T
    ) async throws -> T {
        try await enter(client)
        defer { leave() }
        return try await body(Permit())
    }

    /// How many wait.
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

    /// Those who wait, each share in the order of arrival, and the shares in the order of their turns.
    fileprivate struct FairQueue {
        let limits: Limits
        var count = 0
        private var shares: [String: [Waiter]] = [:]
        private var order: [String] = []
        private var logins: [[UInt8]: Int] = [:]

        init(limits: Limits) { self.limits = limits }

        /// Whoever has to go: the newcomer, or another for whom there is no place any more.
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
        .tooMany, "password.busy", "现在登录的人很多，请过几秒再试。", en: "Many sign in at the moment. Try again in a few seconds.")
}
