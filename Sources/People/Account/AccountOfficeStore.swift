import Database
import Kernel

extension AccountStore {
    /// The organisation for which an account looks after people, or had last: outer `nil` where it never did. For what
    /// an account had brought before organisations were named.
    package static func office(of account: Int, _ transaction: Transaction) throws -> ID<Organisation>?? {
        try transaction.first(
            """
            SELECT organisation FROM account_role
            WHERE account = \(account) AND role IN ('bureau', 'authority', 'employer') ORDER BY granted DESC LIMIT 1
            """
        ) { try $0.optionalInt(0).map { ID($0) } }
    }
}
