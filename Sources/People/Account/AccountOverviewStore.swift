import Database
import Kernel
import Signing
import Web

extension Password {
    /// In the place of the password of a locked account. Nothing matches it.
    static let locked = Password(bytes: [1, 1])
}

extension AccountStore {
    /// Whether the administrator locked the account.
    func isLocked(_ number: ID<Account>) throws -> Bool {
        try storedPassword(of: number)?.bytes == Password.locked.bytes
    }

    /// How many sessions began, and how many tokens have not ended.
    func openCounts(of number: ID<Account>) throws -> (sessions: Int, tokens: Int) {
        let sessions = try transaction.first("SELECT count(*) FROM account_session WHERE account = \(number)") {
            try $0.int(0)
        }
        let tokens = try transaction.first(
            """
            SELECT count(*) FROM api_token
            WHERE account = \(number) AND ended IS NULL AND expires > \(people.system.now())
            """
        ) { try $0.int(0) }
        return (sessions ?? 0, tokens ?? 0)
    }

    /// The accounts with a role other than that of a person, the newest first.
    func withOffices(limit: Int) throws -> [ID<Account>] {
        try transaction.rows(
            """
            SELECT DISTINCT account FROM account_role WHERE role <> 'professional' ORDER BY account DESC
            LIMIT \(limit)
            """
        ) { try $0.id(0) }
    }

    /// Checks that another account can administer if this one no longer does. Failure: `account.last-administrator`.
    func keepAdministrator(without number: ID<Account>) throws {
        let administrator = Role.administrator.rawValue
        let holders = try transaction.rows("SELECT account FROM account_role WHERE role = \(administrator)") {
            try $0.id(0) as ID<Account>
        }
        guard holders.contains(number) else { return }
        guard try holders.contains(where: { try $0 != number && !isLocked($0) }) else {
            throw Failure.lastAdministrator
        }
    }
}
