import Database
import Kernel

struct PasswordResetStore {
    let transaction: Transaction

    init(_ transaction: Transaction) { self.transaction = transaction }

    func add(of account: ID<Account>, by resetter: PasswordResetter, reason: String, at now: Int) throws {
        guard let officer = resetter.submitter.account else { return }
        let turn = try transaction.first(
            "SELECT coalesce(max(turn), 0) + 1 FROM password_reset WHERE account = \(account)"
        ) { try $0.int(0) }
        try transaction.insert(
            [account, turn ?? 1, officer, resetter.submitter.organisation, reason, now], into: PasswordResetSchema.table
        )
    }

    /// The newest first.
    func all(of account: ID<Account>, limit: Int) throws -> [PasswordReset] {
        let (reset, resetter, unit) = (PasswordResetSchema.table, AccountSchema.account, OrganisationSchema.table)
        return try transaction.rows(
            """
            SELECT \(reset.selection("r")), \(resetter.selection("a")), \(unit.selection("o"))
            FROM password_reset r JOIN account a ON a.number = r.by_account
            LEFT JOIN organisation o ON o.number = r.organisation
            WHERE r.account = \(account) ORDER BY r.turn DESC LIMIT \(limit)
            """
        ) { row in
            let (account, organisation) = (reset.width, reset.width + resetter.width)
            try row.check(reset)
            try row.check(resetter, at: account)
            var office = try row.text(account + 1)
            if try row.optionalInt(organisation) != nil {
                try row.check(unit, at: organisation)
                office = try row.text(organisation + 1)
            }
            return PasswordReset(office: office, reason: try row.text(4), given: try row.int(5))
        }
    }
}
