import Database
import Integrity
import Kernel
import Signing
import Web

/// A token as the administrator sees it, without its text.
package struct ListedToken: Sendable {
    /// Identifies it: the hash of its text, in hexadecimal.
    package let hash: String
    package let name: String
    package let account: ID<Account>
    package let accountName: String
    package let role: Role
    package let permissions: Set<Tokens.Permission>
    /// In milliseconds since 1970.
    package let made: Int
    package let expires: Int

    package init(
        hash: String, name: String, account: ID<Account>, accountName: String, role: Role,
        permissions: Set<Tokens.Permission>, made: Int, expires: Int
    ) {
        (self.hash, self.name, self.account, self.accountName) = (hash, name, account, accountName)
        (self.role, self.permissions, self.made, self.expires) = (role, permissions, made, expires)
    }
}

extension Tokens {
    /// The most tokens listed.
    package static let shown = 200

    /// The tokens that are not ended or expired, the newest first.
    package func all() async throws -> [ListedToken] {
        try await database.read { transaction in
            let (accounts, now) = (AccountStore(transaction, people), people.system.now())
            return try TokenStore(transaction).all(at: now, limit: Self.shown).compactMap { hash, name, token in
                guard let account = try accounts.find(token.account),
                    try token.made >= accounts.access(of: account.number)?.tokens ?? 0,
                    try !isEnded(hash, transaction)
                else { return nil }
                // A list of offices' programs does not name people.
                let owner = account.person == nil ? account.name : "账号 \(account.number)"
                return ListedToken(
                    hash: hash.hexadecimal, name: name, account: account.number, accountName: owner,
                    role: token.role, permissions: Set(token.permissions.compactMap(Permission.init(rawValue:))),
                    made: token.made, expires: token.expires)
            }
        }
    }

    /// A listed token. Failure: `token.unknown`.
    package func find(_ hash: String) async throws -> ListedToken {
        guard let found = try await all().first(where: { $0.hash == hash }) else { throw Failure.noToken }
        return found
    }

    /// Ends one token. Failure: `token.unknown` if there is no such token or it has ended.
    package func end(hash: String) async throws {
        try await database.write { transaction in
            let (store, now) = (TokenStore(transaction), people.system.now())
            let found = try store.all(at: now, limit: Self.shown).first { $0.hash.hexadecimal == hash }
            guard let (bytes, _, token) = found, try !isEnded(bytes, transaction) else { throw Failure.noToken }
            try store.end(bytes, at: now)
            // Also in the state log, because the row before this change could be restored.
            try people.states.record(StateChange(.access, Self.subject(bytes), "ended"), transaction)
            try AccountStore(transaction, people).record(.endToken, on: token.account, ["tokens": "1"])
        }
    }

    /// Whether the state log says that a token was ended alone.
    func isEnded(_ hash: [UInt8], _ transaction: Transaction) throws -> Bool {
        try people.states.states(transaction).value(.access, Self.subject(hash)) == "ended"
    }

    private static func subject(_ hash: [UInt8]) -> String { "token \(hash.hexadecimal.prefix(32))" }
}

extension Failure {
    static let noToken = Failure(
        .notFound, "token.unknown", "没有这个令牌，或者它已经停用、到期。请刷新令牌列表。",
        en: "There is no such token, or it has ended. Reload the list.")
}
