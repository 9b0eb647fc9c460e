import Database
import Foundation
import Integrity
import Kernel
import Signing
import Web

/// The cookies' values of a signed-in user.
package struct SessionCredentials: Sendable {
    /// The session token, in hexadecimal.
    package let token: String
    /// Identifies the browser, which is limited separately when others guess passwords.
    package let device: String
    package let account: Account
}

extension Accounts {
    /// Begins a session, and ends the previous one of the browser.
    ///
    /// Wrong passwords are counted by ``LoginThrottle``. A person without an own password signs in with a login code.
    /// Failures: `account.wrong`, `account.locked`, `account.demo`, `account.code-over`, `password.busy`.
    package func signIn(
        _ login: String, _ password: String, device: String, from network: String = "", instead old: String = ""
    ) async throws -> SessionCredentials {
        let attempt = LoginAttempt(people, login: login, device: device, network: network)
        let isKnown = try await database.inlineRead { try LoginThrottle(store($0)).admit(attempt) }
        let client: PasswordClient =
            isKnown
            ? .device(attempt.device, login: attempt.lookup) : .stranger(from: network, login: attempt.lookup)
        return try await line.turn(client) { turn in
            // Counted before it is checked, so that parallel guesses are counted; forgiven if right.
            let counted = try await database.write { try LoginThrottle(store($0)).count(attempt) }
            guard try await matches(password, counted.password, turn), let account = counted.account else {
                try await recordWrong(counted.account)
                throw Failure.wrongLogin
            }
            guard allowsDemo || !account.isDemo else { throw Failure.demoElsewhere }
            let device = counted.isKnown ? device : people.system.random(16).hexadecimal
            do {
                return try await begin(account, counted, attempt, device, instead: old)
            } catch let failure as Failure where failure == .codeOver {
                try await recordWrong(account, failure)
                throw failure
            }
        }
    }

    /// Whether a typed password or login code is right. It takes the same time in both cases, so that unused accounts
    /// are not revealed.
    private func matches(
        _ typed: String, _ known: Password?, _ turn: PasswordQueue.Permit
    ) async throws -> Bool {
        let isPassword = try await Password.matches(typed, known, turn)
        return isPassword || known.map { LoginCode.matches(typed, $0, people.keys) } ?? false
    }

    private func begin(
        _ account: Account, _ counted: LoginThrottle.AttemptCount, _ attempt: LoginAttempt, _ device: String,
        instead old: String
    ) async throws -> SessionCredentials {
        let token = people.system.random(32).hexadecimal
        let hash = sha256(device.utf8)
        try await database.write { transaction in
            let store = store(transaction)
            // The password or role may have changed while it was checked.
            guard try store.password(of: account.number)?.bytes == counted.password?.bytes,
                let role = try store.roles(of: account.number).first
            else { throw Failure.wrongLogin }
            try admitCode(of: account, counted.password, transaction)
            try LoginThrottle(store).forgive(attempt, counted)
            try store.remember(hash, attempt.network, of: account.number)
            try store.end(sha256(old.utf8))
            try store.end(sessionsOn: hash)
            try store.begin(sha256(token.utf8), account.number, role, on: hash)
            try store.record(.signIn, by: account, in: role)
            let now = people.system.now()
            try store.sweep(sessionsBefore: now - Self.longest, missesBefore: now - LoginThrottle.day)
        }
        return SessionCredentials(token: token, device: device, account: account)
    }

    /// Checks that a code may still be used. Failure: `account.code-over`.
    private func admitCode(of account: Account, _ password: Password?, _ transaction: Transaction) throws {
        guard let password, LoginCode.isCode(password) else { return }
        try LoginBatchStore(transaction, people).admitCode(of: account)
    }

    /// The user of a session in the chosen role; `nil` if the session has ended.
    package func principal(_ token: String) async throws -> Principal? {
        let hash = sha256(token.utf8)
        let now = people.system.now()
        let (principal, isStale) = try await database.inlineRead { transaction -> (Principal?, Bool) in
            let store = store(transaction)
            guard let held = try store.session(hash), now - held.seen < Self.idle, now - held.begun < Self.longest,
                allowsDemo || !held.account.isDemo
            else { return (nil, false) }
            let account = held.account
            let principal = try Principal(
                account.number, in: held.role, name: account.name, person: account.person, isNew: account.isFirst,
                transaction)
            return (principal, now - held.seen > 60_000)
        }
        if isStale { try await see(hash, at: now) }
        return principal
    }

    /// Without write access reading continues: the session only ends sooner.
    private func see(_ session: [UInt8], at now: Int) async throws {
        do {
            try await database.write { try store($0).see(session, at: now) }
        } catch let failure as Failure where failure.kind == .unavailable {}
    }

    /// Sets another password, ends the account's sessions and tokens, and begins a new session in the same role.
    ///
    /// Failures: `account.old`, `account.locked`, `account.password`, `account.same`, `account.code-over`,
    /// `password.busy`.
    package func change(
        _ token: String, from old: String, to new: String, device: String = ""
    ) async throws -> String {
        let hash = sha256(token.utf8)
        let (held, own) = try await database.read { transaction in
            let store = store(transaction)
            guard let held = try store.session(hash) else { throw Failure.oldPassword }
            let persons = PersonStore(transaction, people)
            let own = try held.account.person.map { person in
                let number = try persons.idNumber(of: person)?.text
                return [number, number.map { String($0.suffix(6)) }, try persons.phone(of: person)].compactMap { $0 }
            }
            return (held, [held.account.name] + (own ?? []))
        }
        let (known, password) = try await line.turn(.account("\(held.account.number)")) { turn in
            // A stolen session must not allow guessing the password.
            let known = try await database.write { transaction in
                try LoginThrottle(store(transaction)).count(changeIn: hash)
                return try store(transaction).password(of: held.account.number)
            }
            guard try await matches(old, known, turn) else { throw Failure.oldPassword }
            try await database.write { try LoginThrottle(store($0)).forgive(changeIn: hash) }
            guard new != old else { throw Failure.samePassword }
            try PasswordRule.check(new, own: own)
            return (known, try await Password.make(new, people.system, turn))
        }
        let next = people.system.random(32).hexadecimal
        try await database.write { transaction in
            let store = store(transaction)
            // The password or session may have changed meanwhile.
            guard try store.session(hash) != nil, try store.password(of: held.account.number)?.bytes == known?.bytes
            else {
                throw Failure.oldPassword
            }
            try admitCode(of: held.account, known, transaction)
            try store.change(password, of: held.account.number, isFirst: false)
            try store.begin(sha256(next.utf8), held.account.number, held.role, on: sha256(device.utf8))
            try store.record(.changePassword, by: held.account, in: held.role)
        }
        return next
    }

    /// The roles of the session's account, each with its unit or authority and who granted it.
    package func roles(_ token: String) async throws -> [GrantedRole] {
        try await database.read { transaction in
            let store = store(transaction)
            guard let held = try store.session(sha256(token.utf8)) else { return [] }
            let number = held.account.number
            let presenter = try ActPresenter(transaction, people, to: .other)
            let grants = try presenter.newest([.of(.account(number), [.grantRole, .openAccount])], limit: 100)
            return try store.roles(of: number).map { role in
                let unit = try role.organisation.flatMap { try OrganisationStore(transaction).find($0)?.name }
                return GrantedRole(
                    role: role, unit: unit ?? "", isChosen: role == held.role,
                    granted: try grants.first { role.isGranted(by: $0) }.map(presenter.line))
            }
        }
    }

    /// Switches to another role of the account with a new token, so that the old token gives no access to it. Failure:
    /// `account.no-role`.
    package func choose(_ role: AccountRole, _ token: String) async throws -> String {
        let hash = sha256(token.utf8)
        let next = people.system.random(32).hexadecimal
        try await database.write { transaction in
            let store = store(transaction)
            guard let held = try store.session(hash), try store.roles(of: held.account.number).contains(role) else {
                throw Failure.noRole
            }
            try store.choose(role, for: hash, next: sha256(next.utf8))
            try store.record(.chooseRole, by: held.account, in: role)
        }
        return next
    }

    package func signOut(_ token: String) async throws {
        try await database.write { transaction in
            let store = store(transaction)
            if let held = try store.session(sha256(token.utf8)) {
                try store.record(.signOut, by: held.account, in: held.role)
            }
            try store.end(sha256(token.utf8))
        }
    }
}
