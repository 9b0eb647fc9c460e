import Database
import Kernel
import Web

struct TokenStore {
    let transaction: Transaction

    init(_ transaction: Transaction) { self.transaction = transaction }

    func add(_ hash: [UInt8], _ name: String, _ token: Token) throws {
        try transaction.insert(
            [
                hash, name, token.account, token.role.rawValue, token.permissions.sorted().joined(separator: " "),
                token.made, token.expires, Value.null,
            ], into: TokenSchema.table)
    }

    func find(_ hash: [UInt8]) throws -> Token? {
        try transaction.first(
            "SELECT \(TokenSchema.table.selection("t")) FROM api_token t WHERE t.hash = \(hash) AND t.ended IS NULL",
            Self.token) ?? nil
    }

    private static func token(_ row: Row) throws -> Token? {
        try row.check(TokenSchema.table)
        guard let role = Role(rawValue: try row.text(3)) else { return nil }
        return Token(
            account: try row.id(2), role: role,
            permissions: Set(try row.text(4).split(separator: " ").map { String($0) }), made: try row.int(5),
            expires: try row.int(6))
    }

    /// The tokens that are valid by their dates, the newest first.
    func all(at now: Int, limit: Int) throws -> [(hash: [UInt8], name: String, token: Token)] {
        try transaction.rows(
            """
            SELECT \(TokenSchema.table.selection("t")) FROM api_token t WHERE t.ended IS NULL AND t.expires > \(now)
            ORDER BY t.created DESC, t.hash LIMIT \(limit)
            """
        ) { row -> (hash: [UInt8], name: String, token: Token)? in
            try Self.token(row).map { (try row.bytes(0), try row.text(1), $0) }
        }.compactMap { $0 }
    }

    func end(_ hash: [UInt8], at now: Int) throws {
        try transaction.update(TokenSchema.table, key: [hash], [("ended", now)])
    }

    func end(of account: ID<Account>, at now: Int) throws -> Int {
        let open = try transaction.rows("SELECT hash FROM api_token WHERE account = \(account) AND ended IS NULL") {
            try $0.bytes(0)
        }
        for hash in open { try transaction.update(TokenSchema.table, key: [hash], [("ended", now)]) }
        return open.count
    }
}
