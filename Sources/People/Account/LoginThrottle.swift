import Kernel
import Signing

/// One try to sign in: by which login, on which device, from which network. Hashes, so that none of it is kept.
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

/// How often passwords may be guessed.
///
/// 1. What one is told, `account.locked`, is counted for the login as it was typed and the device that is known, or the
///    network of one that is not. So nobody holds up a person elsewhere, and nothing is learned of another login.
/// 2. On unknown devices an account takes no more than so many guesses a day from all networks together, under whatever
///    login. Beyond that a password is not looked at, and the answer is that of a wrong one, so that nobody learns
///    whose logins belong together, nor whether there is an account. Half of them are kept for networks that have
///    hardly guessed; networks from which the account signed in before have some of their own.
struct LoginThrottle {
    private let store: AccountStore
    private let now: Int

    init(_ store: AccountStore) { (self.store, now) = (store, store.people.system.now()) }

    static let day = 24 * 3_600_000
    /// So many wrong passwords in a row hold a device or a network up.
    static let allowedFailures = 5
    /// On all unknown devices together, in a day.
    static let mostOfAccount = 100
    /// A network that has guessed so often in vain is no newcomer, and gets but half of them.
    static let mostOfNewcomer = 3
    /// From each network that the account signed in from in the last thirty days.
    static let mostOfFamiliar = 20

    /// What was found when a try was counted.
    struct AttemptCount: Sendable {
        let account: Account?
        /// `nil` where there is none, or where no more may be guessed.
        let password: Password?
        let isKnown: Bool
        /// Whether it was counted among the guesses of all unknown devices.
        let isOfStranger: Bool
    }

    private static func key(_ account: Account?, _ attempt: LoginAttempt) -> [UInt8] {
        account.map { key($0.number) } ?? sha256(Array("nobody ".utf8) + attempt.lookup)
    }

    private static func key(_ account: ID<Account>) -> [UInt8] { sha256("account \(account)".utf8) }

    /// Whether the device is known. Failure: `account.locked`.
    func admit(_ attempt: LoginAttempt) throws -> Bool {
        let account = try store.find(attempt.lookup)
        let isKnown = try isKnown(attempt, account)
        try mayTry(attempt.lookup, isKnown ? attempt.device : attempt.network)
        return isKnown
    }

    /// Counts a try as wrong. Failure: `account.locked`.
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

    /// The password was right.
    func forgive(_ attempt: LoginAttempt, _ counted: AttemptCount) throws {
        try store.forgive(attempt.lookup, counted.isKnown ? attempt.device : attempt.network)
        guard !counted.isKnown else { return }
        let key = Self.key(counted.account, attempt)
        try store.takeBack(key, attempt.network)
        if counted.isOfStranger { try store.takeBack(key, []) }
    }

    /// Everything, under whatever login: the password is another one.
    func forgive(_ account: ID<Account>) throws {
        try store.forgive(Self.key(account))
        try store.forgive(loginsOf: account)
    }

    /// Counts a try to change the password within a session. Failure: `account.locked`.
    func count(changeIn session: [UInt8]) throws {
        try mayTry(session, [])
        try store.miss(session, [])
    }

    func forgive(changeIn session: [UInt8]) throws { try store.forgive(session, []) }

    private func isKnown(_ attempt: LoginAttempt, _ account: Account?) throws -> Bool {
        try account.map { try store.knows(attempt.device, of: $0.number) } ?? false
    }

    /// After five misses a quarter of an hour, after ten half an hour, and so on up to four hours.
    private func mayTry(_ lookup: [UInt8], _ slot: [UInt8]) throws {
        let misses = try store.misses(lookup, slot)
        guard misses.count >= Self.allowedFailures else { return }
        let steps = min(misses.count / Self.allowedFailures - 1, 4)
        let left = misses.last + (15 * 60_000 << steps) - now
        let isDue = misses.count.isMultiple(of: Self.allowedFailures)
        if isDue, left > 0 { throw Failure.locked(minutes: (left + 59_999) / 60_000) }
    }

    /// Takes one of the day's guesses; `false` where there are no more.
    private func take(_ key: [UInt8], _ network: [UInt8], _ isFamiliar: Bool) throws -> Bool {
        let all = try level(key, [], of: Self.mostOfAccount)
        let own = try level(key, network, of: Self.mostOfFamiliar)
        let most = own.count < Self.mostOfNewcomer ? Self.mostOfAccount : Self.mostOfAccount / 2
        guard isFamiliar ? own.count < Self.mostOfFamiliar : all.count < most else { return false }
        try store.put(own.count + 1, at: own.since, key, network)
        if !isFamiliar { try store.put(all.count + 1, at: all.since, key, []) }
        return true
    }

    /// How many of a day's guesses are used, when one comes back after each part of the day.
    private func level(_ key: [UInt8], _ slot: [UInt8], of most: Int) throws -> (count: Int, since: Int) {
        let held = try store.misses(key, slot)
        let part = Self.day / most
        let back = max(0, now - held.last) / part
        return back >= held.count ? (0, now) : (held.count - back, held.last + back * part)
    }
}
