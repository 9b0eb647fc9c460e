import Database
import Kernel

extension AccountStore {
    /// The organisation in the account's latest role with a scope; the outer `nil` if it never had one. For submissions
    /// from before organisations were stored with them.
    package static func office(of account: Int, _ transaction: Transaction) throws -> ID<Organisation>?? {
        try transaction.first(
            """
            SELECT organisation FROM account_role
            WHERE account = \(account) AND role IN ('bureau', 'authority', 'employer') ORDER BY granted DESC LIMIT 1
            """
        ) { try $0.optionalInt(0).map { ID($0) } }
    }
}
