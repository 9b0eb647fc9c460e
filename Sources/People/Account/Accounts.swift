import Database
import Foundation
import Integrity
import Kernel
import Signing
import Web

/// The entry point of this feature: logins and sessions.
package struct Accounts: Sendable {
    let database: Database
    private(set) var people: People
    let tries = UnknownLoginAttempts()
    /// Whether demo accounts, whose password is public, may sign in.
    let allowsDemo: Bool
    /// The queue for hashing passwords.
    let line: PasswordQueue

    package init(
        _ database: Database, _ people: People, allowsDemo: Bool = false, line: PasswordQueue = PasswordQueue()
    ) {
        (self.database, self.people, self.allowsDemo, self.line) = (database, people, allowsDemo, line)
    }

    /// The same accounts, with another actor.
    package func acting(as actor: Actor) -> Accounts {
        var accounts = self
        accounts.people = people.acting(as: actor)
        return accounts
    }

    /// The password of every demo account.
    package static let demoPassword = "taishan-sunrise-2022"

    /// The longest idle time and the longest duration of a session, in milliseconds.
    static let idle = 60 * 60_000
    static let longest = 12 * 60 * 60_000
    func store(_ transaction: Transaction) -> AccountStore { AccountStore(transaction, people) }
}

extension People {
    /// The keyed hash of a login: a name, an ID number or a mobile number, as typed.
    func loginHash(_ text: String) -> [UInt8] {
        keys.lookup(NormalForm.caseless(text), context: "account/login")
    }

    /// The keyed hash of a mobile number that is registered for an account's person. It is no login.
    func mobileHash(_ text: String) -> [UInt8] { keys.lookup(NormalForm.of(text), context: "account/mobile") }
}

// MARK: - New accounts

extension Accounts {
    /// An account with a first password.
    package struct NewAccount: Sendable {
        package let number: ID<Account>
        package let login: String
        package let password: String
    }

    /// Opens an account for a unit, an authority or an administrator.
    ///
    /// Failures: `account.login`, `account.taken`, `account.no-unit`.
    package func open(
        _ login: String, name: String, _ role: AccountRole, isDemo: Bool = false
    ) async throws -> NewAccount {
        guard login.wholeMatch(of: #/[a-z][a-z0-9._-]{3,31}/#) != nil else { throw Failure.badLogin }
        try role.checked()
        return try await open(name, person: nil, logins: [login], role, isDemo)
    }

    /// Opens a person's account. Its logins are the ID number, and the mobile number if it is known and not yet
    /// registered for another account.
    ///
    /// Failures: `person.unknown`, `account.taken`.
    package func open(for person: ID<Person>, isDemo: Bool = false) async throws -> NewAccount {
        try await open(for: person, isDemo: isDemo) { _, _ in }
    }

    /// `also` runs in the same transaction.
    private func open(
        for person: ID<Person>, isDemo: Bool = false,
        also: @escaping @Sendable (ID<Account>, Transaction) throws -> Void
    ) async throws -> NewAccount {
        let (name, id) = try await database.read { transaction in
            let persons = PersonStore(transaction, people)
            guard let found = try persons.find(person), let id = try persons.idNumber(of: person) else {
                throw Failure.noPerson(person)
            }
            return (found.name, id)
        }
        let role = AccountRole(.professional, at: nil)
        return try await open(name, person: person, logins: [id.login], role, isDemo) { account, transaction in
            try store(transaction).putBare(id, of: account)
            try also(account, transaction)
        }
    }

    /// A new first password. Ends all sessions of the account.
    ///
    /// Failure: `account.unknown`.
    package func reset(_ account: ID<Account>) async throws -> String { try await reset(account) { _ in } }

    func reset(
        _ account: ID<Account>, if may: @escaping @Sendable (AccountStore) throws -> Void
    ) async throws -> String {
        let word = Self.oneTime(people.system)
        let password = try await firstPassword(word)
        try await database.write { transaction in
            let store = store(transaction)
            _ = try store.known(account)
            try may(store)
            try store.change(password, of: account, isFirst: true)
            try store.forget(devicesOf: account)
            try LoginThrottle(store).forgive(account)
            try store.record(.giveFirstPassword, on: account)
        }
        return word
    }

    /// All hashing of first passwords shares one place in the queue.
    private func firstPassword(_ word: String) async throws -> Password {
        let system = people.system
        return try await line.turn(.account("first passwords")) { try await Password.make(word, system, $0) }
    }

    /// Whether a person can sign in.
    package enum LoginState: Sendable {
        case none
        /// The first password has not been replaced.
        case first
        case own
        /// The administrator locked it.
        case locked
        /// The account has other roles too; a reset of its password would give access to them.
        case ofOthersToo
    }

    /// A person's login state with a mark. An act that was decided on by this state is refused if the mark has changed.
    package func login(of person: ID<Person>) async throws -> (state: LoginState, mark: String) {
        try await database.read { transaction in
            let store = store(transaction)
            guard let found = try store.account(ofFamilyOf: person) else { return (.none, "") }
            let mark = try store.mark(of: found.number)
            guard try store.isOwnOnly(found) else { return (.ofOthersToo, mark) }
            if try store.isLocked(found.number) { return (.locked, mark) }
            return (found.isFirst ? .first : .own, mark)
        }
    }

    /// The first day on which the resetter may give a first password, as far as is known today; `nil` if the person is
    /// also elsewhere.
    package func firstDay(for person: ID<Person>, isOwn: Bool, by resetter: PasswordResetter) async throws -> Day? {
        try await database.read { try resetter.firstDay(for: person, isOwn: isOwn, $0, people) }
    }

    /// Gives a person a first password. Opens an account if there is none.
    ///
    /// Failures: `person.unknown`; `account.changed` if the mark is outdated; `account.other-roles` if the account has
    /// other roles; `account.disabled` if it is locked; `account.not-in-scope` and `account.too-new` if the resetter
    /// may not do it.
    package func resetPassword(
        to person: ID<Person>, mark: String, by resetter: PasswordResetter
    ) async throws -> (number: ID<Account>, password: String) {
        let people = people
        let keep = { @Sendable (account: ID<Account>, transaction: Transaction) in
            let now = people.system.now()
            try PasswordResetStore(transaction).add(of: account, by: resetter, reason: resetter.reason, at: now)
        }
        let held = try await database.read { try store($0).account(ofFamilyOf: person)?.number }
        guard let held else {
            guard mark.isEmpty else { throw Failure.loginChanged }
            do {
                let opened = try await open(for: person) { account, transaction in
                    try resetter.admit(person, isOwn: false, transaction, people)
                    try keep(account, transaction)
                }
                return (opened.number, opened.password)
            } catch let failure as Failure where failure == .loginTaken {
                throw Failure.loginChanged
            }
        }
        let password = try await reset(held) { store in
            guard try store.mark(of: held) == mark else { throw Failure.loginChanged }
            let account = try store.known(held)
            guard try store.isOwnOnly(account) else { throw Failure.otherRoles }
            guard try !store.isLocked(held) else { throw Failure.accountDisabled }
            try resetter.admit(person, isOwn: !account.isFirst, store.transaction, people)
            try keep(held, store.transaction)
        }
        return (held, password)
    }

    /// The first passwords that others gave to the owner of this session, newest first.
    package func resets(_ token: String) async throws -> [PasswordReset] {
        try await database.read { transaction in
            guard let held = try store(transaction).session(sha256(token.utf8)) else { return [] }
            return try PasswordResetStore(transaction).all(of: held.account.number, limit: 5)
        }
    }

    /// A person's account. Failure: `account.unknown`.
    package func account(of person: ID<Person>) async throws -> ID<Account> {
        try await database.read { transaction in
            guard let found = try store(transaction).find(person: person) else { throw Failure.noAccount }
            return found.number
        }
    }

    /// The account of a login. Failure: `account.unknown`.
    package func account(_ login: String) async throws -> ID<Account> {
        try await database.read { try store($0).known(login).number }
    }

    /// Revokes a role, and ends its sessions and all tokens of the account.
    ///
    /// Failures: `account.unknown`, `account.role-not-held`, `account.last-administrator`.
    package func revoke(_ role: AccountRole, from account: ID<Account>) async throws {
        try await database.write { transaction in
            let store = store(transaction)
            _ = try store.known(account)
            if role.role == .administrator { try store.keepAdministrator(without: account) }
            guard try store.revoke(role, from: account) else { throw Failure.roleNotHeld }
            try store.record(.revokeRole, on: account, role.detail)
            _ = try TokenStore(transaction).end(of: account, at: people.system.now())
            try store.logAccess(of: account, ends: [.tokens])
        }
    }

    /// Grants a further role. A person's account must have its own password; otherwise the giver of the first password
    /// could use the role.
    ///
    /// Failures: `account.unknown`, `account.no-unit`, `account.still-first`.
    package func grant(_ role: AccountRole, to account: ID<Account>) async throws {
        try role.checked()
        try await database.write { transaction in
            let store = store(transaction)
            let held = try store.known(account)
            guard held.person == nil || !held.isFirst else { throw Failure.stillFirst }
            try store.grant(role, to: account)
            try store.record(.grantRole, on: account, role.detail)
        }
    }

    private func open(
        _ name: String, person: ID<Person>?, logins: [String], _ role: AccountRole, _ isDemo: Bool,
        also: @escaping @Sendable (ID<Account>, Transaction) throws -> Void = { _, _ in }
    ) async throws -> NewAccount {
        let name = name.visible
        let word = isDemo ? Self.demoPassword : Self.oneTime(people.system)
        let password = try await firstPassword(word)
        let number = try await database.write { transaction in
            let store = store(transaction)
            let number = try store.open(name, person: person, logins: logins, role, password, isDemo: isDemo)
            try also(number, transaction)
            return number
        }
        return NewAccount(number: number, login: logins[0], password: word)
    }

    /// Three groups of four characters without ambiguous ones; 59 random bits.
    private static func oneTime(_ system: SystemInputs) -> String {
        let letters = Array("abcdefghjkmnpqrstuvwxyz23456789")
        let drawn = system.random(24).map { letters[Int($0) % letters.count] }.prefix(12)
        return [drawn[0..<4], drawn[4..<8], drawn[8..<12]].map { String($0) }.joined(separator: "-")
    }
}
