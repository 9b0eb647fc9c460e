import Database
import Kernel
import Signing
import Web

/// An account as the administrator sees it.
package struct AccountOverview: Sendable {
    package let number: ID<Account>
    package let name: String
    package let person: ID<Person>?
    package let isFirst: Bool
    package let isDemo: Bool
    package let isLocked: Bool
    /// Each with the name of its unit, which is empty if it has none.
    package let roles: [(role: AccountRole, unit: String)]
    package let sessions: Int
    package let tokens: Int
    /// A value that changes with the password: an act is refused if the account changed meanwhile.
    package let mark: String

    package init(
        number: ID<Account>, name: String, person: ID<Person>? = nil, isFirst: Bool = false, isDemo: Bool = false,
        isLocked: Bool = false, roles: [(role: AccountRole, unit: String)], sessions: Int = 0, tokens: Int = 0,
        mark: String = ""
    ) {
        (self.number, self.name, self.person) = (number, name, person)
        (self.isFirst, self.isDemo, self.isLocked) = (isFirst, isDemo, isLocked)
        (self.roles, self.sessions, self.tokens, self.mark) = (roles, sessions, tokens, mark)
    }
}

extension Accounts {
    /// The most accounts listed.
    package static let shown = 200

    /// The accounts with a role other than that of a person, the newest first.
    package func offices() async throws -> [AccountOverview] {
        try await database.read { transaction in
            let store = store(transaction)
            return try store.withOffices(limit: Self.shown).map { try store.overview($0) }
        }
    }

    /// Failure: `account.unknown`.
    package func overview(_ number: ID<Account>) async throws -> AccountOverview {
        try await database.read { try store($0).overview(number) }
    }

    /// Locks an account: its password is removed, all sessions and tokens end. A new first password opens it again.
    ///
    /// Failures: `account.unknown`, `account.last-administrator`; `account.changed` if it is locked already.
    package func lock(_ number: ID<Account>) async throws {
        try await database.write { transaction in
            let store = store(transaction)
            _ = try store.known(number)
            guard try !store.isLocked(number) else { throw Failure.loginChanged }
            try store.keepAdministrator(without: number)
            try store.change(.locked, of: number, isFirst: true)
            try store.forget(devicesOf: number)
            try store.record(.lockAccount, on: number)
        }
    }

    /// Ends all sessions and tokens of an account. Failure: `account.unknown`.
    package func endAccess(_ number: ID<Account>) async throws {
        try await database.write { transaction in
            let store = store(transaction)
            _ = try store.known(number)
            try store.endAccess(of: number)
            try store.record(.endAccess, on: number)
        }
    }

    /// A new first password by the administrator, which also opens a locked account. The owner sees the reason.
    ///
    /// Failures: `account.unknown`; `account.changed` if the mark is outdated.
    package func reset(
        _ number: ID<Account>, mark: String, reason: String, by administrator: ID<Account>
    ) async throws -> String {
        let submitter = Submitter(scope: .everybody, account: administrator, organisation: nil, isBureau: false)
        let people = people
        return try await reset(number) { store in
            guard try store.mark(of: number) == mark else { throw Failure.loginChanged }
            try PasswordResetStore(store.transaction).add(
                of: number, by: PasswordResetter(submitter, reason: reason), reason: reason, at: people.system.now())
        }
    }
}

extension AccountStore {
    /// Failures: `account.unknown`, `account.role-altered`.
    fileprivate func overview(_ number: ID<Account>) throws -> AccountOverview {
        let account = try known(number)
        let roles = try roles(of: number).map { role in
            (role, try role.organisation.flatMap { try OrganisationStore(transaction).find($0)?.name } ?? "")
        }
        let open = try openCounts(of: number)
        return AccountOverview(
            number: number, name: account.name, person: account.person, isFirst: account.isFirst,
            isDemo: account.isDemo, isLocked: try isLocked(number), roles: roles, sessions: open.sessions,
            tokens: open.tokens, mark: try mark(of: number))
    }
}

extension Failure {
    static let accountDisabled = Failure(
        .refused, "account.disabled", "这个账号已由系统管理员停用，密码不能在这里重设。请联系系统管理员。",
        en: "The administrator locked this account. Only the administrator opens it again.")

    static let lastAdministrator = Failure(
        .refused, "account.last-administrator", "这是最后一个系统管理员，不能取消身份或停用。请先给另一个账号授予系统管理员身份。",
        en: "This is the last administrator. Grant the role to another account first.")
}
