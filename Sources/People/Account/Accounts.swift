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
    /// Whether accounts whose password everybody knows may sign in.
    let allowsDemo: Bool
    /// Where passwords wait to be looked at.
    let line: PasswordQueue

    package init(
        _ database: Database, _ people: People, allowsDemo: Bool = false, line: PasswordQueue = PasswordQueue()
    ) {
        (self.database, self.people, self.allowsDemo, self.line) = (database, people, allowsDemo, line)
    }

    /// The same accounts, for somebody.
    package func acting(as actor: Actor) -> Accounts {
        var accounts = self
        accounts.people = people.acting(as: actor)
        return accounts
    }

    /// The password of every demo account.
    package static let demoPassword = "taishan-sunrise-2022"

    /// So long may a session rest, and so long may it last; in milliseconds.
    static let idle = 60 * 60_000
    static let longest = 12 * 60 * 60_000
    func store(_ transaction: Transaction) -> AccountStore { AccountStore(transaction, people) }
}

extension People {
    /// By which a login is found: a name, an ID number or a mobile, as people type them.
    func loginHash(_ text: String) -> [UInt8] {
        keys.lookup(NormalForm.of(text).lowercased(), context: "account/login")
    }
}

// MARK: - New accounts

extension Accounts {
    /// An account with a password that is good until the first login.
    package struct NewAccount: Sendable {
        package let number: ID<Account>
        package let login: String
        package let password: String
    }

    /// Opens the account of a unit, an authority or an administrator.
    ///
    /// Failures: `account.login`, `account.taken`, `account.no-unit`.
    package func open(
        _ login: String, name: String, _ role: AccountRole, isDemo: Bool = false
    ) async throws -> NewAccount {
        guard login.wholeMatch(of: #/[a-z][a-z0-9._-]{3,31}/#) != nil else { throw Failure.badLogin }
        try role.checked()
        return try await open(name, person: nil, logins: [login], role, isDemo)
    }

    /// Opens a person's own account; the ID number is its login, and the mobile where it is known and nobody's login
    /// yet.
    ///
    /// Failures: `person.unknown`, `account.taken`.
    package func open(for person: ID<Person>, isDemo: Bool = false) async throws -> NewAccount {
        try await open(for: person, isDemo: isDemo) { _, _ in }
    }

    /// `also` is done in the transaction that opens it.
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
            // The number alone too, where it is nobody's yet: a passport and a permit may have one number.
            if id.kind != .resident { try store(transaction).put(login: id.text, of: account) }
            try also(account, transaction)
        }
    }

    /// A new password that is good until the next login; whoever is signed in with the old one is signed out.
    ///
    /// Failure: `account.unknown`.
    package func reset(_ account: ID<Account>) async throws -> String { try await reset(account) { _ in } }

    private func reset(
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

    /// Those who give passwords out take one turn a round together.
    private func firstPassword(_ word: String) async throws -> Password {
        let system = people.system
        return try await line.turn(.account("first passwords")) { try await Password.make(word, system, $0) }
    }

    /// How a person stands with signing in.
    package enum LoginState: Sendable {
        case none
        /// The first password was not yet changed.
        case first
        case own
        /// The account is more than the person's own: whoever could reset it would have its other roles too.
        case ofOthersToo
    }

    /// How a person stands, and a mark of that moment: an act that was decided on by it is done only while it holds.
    package func login(of person: ID<Person>) async throws -> (state: LoginState, mark: String) {
        try await database.read { transaction in
            let store = store(transaction)
            guard let found = try store.account(ofFamilyOf: person) else { return (.none, "") }
            let mark = try store.mark(of: found.number)
            guard try store.isOwnOnly(found) else { return (.ofOthersToo, mark) }
            return (found.isFirst ? .first : .own, mark)
        }
    }

    /// From which day on the resetter may give a first password, as far as is known today; `nil` of somebody who is
    /// elsewhere too.
    package func firstDay(for person: ID<Person>, isOwn: Bool, by resetter: PasswordResetter) async throws -> Day? {
        try await database.read { try resetter.firstDay(for: person, isOwn: isOwn, $0, people) }
    }

    /// A first password for a person, whose account is opened where there is none.
    ///
    /// Failures: `person.unknown`; `account.changed` where the mark is not today's; `account.other-roles` where the
    /// account is more than the person's; `account.not-in-scope` and `account.too-new` where it is not the giver's.
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
            try resetter.admit(person, isOwn: !account.isFirst, store.transaction, people)
            try keep(held, store.transaction)
        }
        return (held, password)
    }

    /// The first passwords that others gave to whoever has this session, the newest first.
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

    /// The account that somebody signs in to. Failure: `account.unknown`.
    package func account(_ login: String) async throws -> ID<Account> {
        try await database.read { try store($0).known(login).number }
    }

    /// Takes a role away, with the sessions that are in it and every token of the account.
    ///
    /// Failures: `account.unknown`, `account.no-role`.
    package func revoke(_ role: AccountRole, from account: ID<Account>) async throws {
        try await database.write { transaction in
            let store = store(transaction)
            _ = try store.known(account)
            guard try store.revoke(role, from: account) else { throw Failure.noRole }
            try store.record(.revokeRole, on: account, role.detail)
            _ = try TokenStore(transaction).end(of: account, at: people.system.now())
            try store.logAccess(of: account, ends: [.tokens])
        }
    }

    /// Another role beside those that an account has. A person has to have a password of their own for it: whoever gave
    /// the first one would have the role too.
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
            let number = try store.add(name, person: person, logins: logins, password, isDemo: isDemo)
            try store.grant(role, to: number)
            let mobile = try person.flatMap { try PersonStore(transaction, people).phone(of: $0) }
            if let mobile { try store.put(login: mobile, of: number) }
            try store.record(.openAccount, on: number, role.detail)
            try also(number, transaction)
            return number
        }
        return NewAccount(number: number, login: logins[0], password: word)
    }

    /// Three groups of four, without what is mistaken for something else; 59 random bits.
    private static func oneTime(_ system: SystemInputs) -> String {
        let letters = Array("abcdefghjkmnpqrstuvwxyz23456789")
        let drawn = system.random(24).map { letters[Int($0) % letters.count] }.prefix(12)
        return [drawn[0..<4], drawn[4..<8], drawn[8..<12]].map { String($0) }.joined(separator: "-")
    }
}
