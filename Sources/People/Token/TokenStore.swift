import Database
import Kernel
import Web

struct TokenStore {
    let transaction: Transaction

    init(_ transaction: Transaction) { self.transaction = transaction }

    func add(_ hash: [UInt8], _ name: String, _ token: Token, at now: Int) throws {
        try transaction.execute(
            """
            INSERT INTO api_token (hash, name, account, role, permissions, created, expires)
            VALUES (\(hash), \(name), \(token.account), \(token.role.rawValue),
                    \(token.permissions.sorted().joined(separator: " ")), \(now), \(token.expires))
            """)
    }

    func find(_ hash: [UInt8]) throws -> Token? {
        try transaction.first(
            "SELECT account, role, permissions, expires FROM api_token WHERE hash = \(hash) AND ended IS NULL"
        ) { row in
            guard let role = Role(rawValue: try row.text(1)) else { return nil }
            return Token(
                account: try row.id(0), role: role,
                permissions: Set(try row.text(2).split(separator: " ").map { String($0) }), expires: try row.int(3))
        } ?? nil
    }

    func end(of account: ID<Account>, at now: Int) throws -> Int {
        try transaction.execute("UPDATE api_token SET ended = \(now) WHERE account = \(account) AND ended IS NULL")
    }
}
