import Kernel
import Signing

/// An attempt to sign in: login, device and network, all as hashes.
struct LoginAttempt: Sendable {
    let lookup: [UInt8]
    let device: [UInt8]
    let network: [UInt8]

    init(_ people: People, login: String, device: String, network: String) {
        lookup = people.loginHash(login)
        self.device = sha256(device.utf8)
        self.network = people.keys.lookup(network, context: "account/network")
    }
}

/// Limits how often passwords can be guessed.
///
/// 1. `account.locked` depends on the typed login, and on the device if it is known, else on the network. So an
/// attacker cannot lock out a user elsewhere, and learns nothing about other logins. 2. For each account, guesses from
/// all unknown devices are limited to a number a day, whatever the login. Beyond the limit the password is not checked
/// and the result is that of a wrong one, so it does not reveal which logins share an account, or whether there is one.
/// Half of the guesses are kept for networks with few wrong guesses; networks from which the account signed in before
/// have guesses of their own.
struct LoginThrottle {
    private let store: AccountStore
    private let now: Int

    init(_ store: AccountStore) { (self.store, now) = (store, store.people.system.now()) }

    static let day = 24 * 3_600_000
    /// Wrong passwords in a row before a device or network must wait.
    static let allowedFailures = 5
    /// Guesses from all unknown devices together, a day.
    static let mostOfAccount = 100
    /// A network with this many wrong guesses may use only half of them.
    static let mostOfNewcomer = 3
    /// Guesses from each network from which the account signed in during the last thirty days.
    static let mostOfFamiliar = 20

    /// The state found when an attempt was counted.
    struct AttemptCount: Sendable {
        let account: Account?
        /// `nil` if there is no account, or no more guesses are allowed.
        let password: Password?
        let isKnown: Bool
        /// Whether it was counted among the guesses of all unknown devices.
        let isOfStranger: Bool
    }

    private static func key(_ account: Account?, _ attempt: LoginAttempt) -> [UInt8] {
        account.map { key($0.number) } ?? sha256(Array("nobody ".utf8) + attempt.lookup)
    }

    private static func key(_ account: ID<Account>) -> [UInt8] { sha256("account \(account)".utf8) }

    /// Returns whether the device is known. Failure: `account.locked`.
    func admit(_ attempt: LoginAttempt) throws -> Bool {
        let account = try store.find(attempt.lookup)
        let isKnown = try isKnown(attempt, account)
        try mayTry(attempt.lookup, isKnown ? attempt.device : attempt.network)
        return isKnown
    }

    /// Counts an attempt as wrong until it is forgiven. Failure: `account.locked`.
    func count(_ attempt: LoginAttempt) throws -> AttemptCount {
        let account = try store.find(attempt.lookup)
        let isKnown = try isKnown(attempt, account)
        let slot = isKnown ? attempt.device : attempt.network
        try mayTry(attempt.lookup, slot)
        try store.miss(attempt.lookup, slot)
        let isFamiliar =
            try account.map {
                try store.knows(network: attempt.network, of: $0.number, since: now - 30 * Self.day)
            } ?? false
        let isLookedAt = try isKnown || take(Self.key(account, attempt), attempt.network, isFamiliar)
        return AttemptCount(
            account: account, password: isLookedAt ? try account.flatMap { try store.password(of: $0.number) } : nil,
            isKnown: isKnown, isOfStranger: !isKnown && !isFamiliar)
    }

    /// Takes back the count after a right password.
    func forgive(_ attempt: LoginAttempt, _ counted: AttemptCount) throws {
        try store.forgive(attempt.lookup, counted.isKnown ? attempt.device : attempt.network)
        guard !counted.isKnown else { return }
        let key = Self.key(counted.account, attempt)
        try store.takeBack(key, attempt.network)
        if counted.isOfStranger { try store.takeBack(key, []) }
    }

    /// Forgets all failed attempts of an account after its password changed.
    func forgive(_ account: ID<Account>) throws {
        try store.forgive(Self.key(account))
        try store.forgive(loginsOf: account)
    }

    /// Counts an attempt to change the password within a session. Failure: `account.locked`.
    func count(changeIn session: [UInt8]) throws {
        try mayTry(session, [])
        try store.miss(session, [])
    }

    func forgive(changeIn session: [UInt8]) throws { try store.forgive(session, []) }

    private func isKnown(_ attempt: LoginAttempt, _ account: Account?) throws -> Bool {
        try account.map { try store.knows(attempt.device, of: $0.number) } ?? false
    }

    /// A quarter of an hour after five failures, half an hour after ten, doubling to four hours.
    private func mayTry(_ lookup: [UInt8], _ slot: [UInt8]) throws {
        let misses = try store.misses(lookup, slot)
        guard misses.count >= Self.allowedFailures else { return }
        let steps = min(misses.count / Self.allowedFailures - 1, 4)
        let left = misses.last + (15 * 60_000 << steps) - now
        let isDue = misses.count.isMultiple(of: Self.allowedFailures)
        if isDue, left > 0 { throw Failure.locked(minutes: (left + 59_999) / 60_000) }
    }

    /// Uses one of the day's guesses; `false` if there are none left.
    private func take(_ key: [UInt8], _ network: [UInt8], _ isFamiliar: Bool) throws -> Bool {
        let all = try level(key, [], of: Self.mostOfAccount)
        let own = try level(key, network, of: Self.mostOfFamiliar)
        let most = own.count < Self.mostOfNewcomer ? Self.mostOfAccount : Self.mostOfAccount / 2
        guard isFamiliar ? own.count < Self.mostOfFamiliar : all.count < most else { return false }
        try store.put(own.count + 1, at: own.since, key, network)
        if !isFamiliar { try store.put(all.count + 1, at: all.since, key, []) }
        return true
    }

    /// How many of a day's guesses are used. They become available again one by one during the day.
    private func level(_ key: [UInt8], _ slot: [UInt8], of most: Int) throws -> (count: Int, since: Int) {
        let held = try store.misses(key, slot)
        let part = Self.day / most
        let back = max(0, now - held.last) / part
        return back >= held.count ? (0, now) : (held.count - back, held.last + back * part)
    }
}
