import Database
import Kernel

struct PasswordResetStore {
    let transaction: Transaction

    init(_ transaction: Transaction) { self.transaction = transaction }

    func add(of account: ID<Account>, by giver: PasswordGiver, reason: String, at now: Int) throws {
        guard let officer = giver.sender.account else { return }
        try transaction.execute(
            """
            INSERT INTO password_reset (account, turn, by_account, organisation, reason, given)
            SELECT \(account), coalesce(max(turn), 0) + 1, CAST(\(officer) AS BIGINT),
                   CAST(\(giver.sender.organisation) AS BIGINT), \(reason), CAST(\(now) AS BIGINT)
            FROM password_reset WHERE account = \(account)
            """)
    }

    /// The newest first.
    func all(of account: ID<Account>, limit: Int) throws -> [PasswordReset] {
        try transaction.rows(
            """
            SELECT coalesce(o.name, a.name), r.reason, r.given
            FROM password_reset r JOIN account a ON a.number = r.by_account
            LEFT JOIN organisation o ON o.number = r.organisation
            WHERE r.account = \(account) ORDER BY r.turn DESC LIMIT \(limit)
            """
        ) { PasswordReset(office: try $0.text(0), reason: try $0.text(1), given: try $0.int(2)) }
    }
}
