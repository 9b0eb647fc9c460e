import Database
import Kernel
import Signing
import Web

/// Tokens for programs that act for an account, with permissions and an expiry.
package struct Tokens: Sendable {
    let database: Database
    let people: People
    private let used = UsedTokens()
    /// Whether tokens of demo accounts are valid.
    private let allowsDemo: Bool

    package init(_ database: Database, _ people: People, allowsDemo: Bool = false) {
        (self.database, self.people, self.allowsDemo) = (database, people, allowsDemo)
    }

    /// The permissions of tokens.
    package enum Permission: String, CaseIterable, Sendable {
        /// Lists of people with their standings, and each person's year.
        case people = "people:read"
        /// Submitting evidence, as a list of hours does.
        case hours = "hours:write"
    }

    /// Makes a token for the account's first role. Its text is shown once and not stored.
    ///
    /// Failures: `account.unknown`, `token.days` if the duration is outside 1 to 731 days.
    package func make(_ name: String, for login: String, _ permissions: Set<Permission>, days: Int) async throws
        -> String
    {
        guard 1...731 ~= days else { throw Failure.tokenDays }
        let text = "xt_" + people.system.random(32).hexadecimal
        try await database.write { transaction in
            let accounts = AccountStore(transaction, people)
            let account = try accounts.known(login)
            guard let role = try accounts.roles(of: account.number).first else { throw Failure.noAccount }
            let now = max(people.system.now(), try accounts.access(of: account.number)?.tokens ?? 0)
            let token = Token(
                account: account.number, role: role.role, permissions: Set(permissions.map(\.rawValue)),
                made: now, expires: now + days * 86_400_000)
            try TokenStore(transaction).add(sha256(text.utf8), name, token)
            try accounts.record(.makeToken, on: account.number, ["days": "\(days)"])
        }
        return text
    }

    /// The principal of a token; `nil` if the token is unknown, expired or ended.
    package func tokenPrincipal(_ text: String) async throws -> APIAuthenticator.TokenPrincipal? {
        let now = people.system.now()
        let hash = sha256(text.utf8)
        let found: (principal: Principal, permissions: Set<String>)? = try await database.read { transaction in
            guard let token = try TokenStore(transaction).find(hash), now < token.expires else {
                return nil
            }
            let accounts = AccountStore(transaction, people)
            guard let account = try accounts.find(token.account), allowsDemo || !account.isDemo,
                try !isEnded(hash, transaction),
                let role = try accounts.roles(of: account.number).first(where: { $0.role == token.role }),
                try token.made >= accounts.access(of: account.number)?.tokens ?? 0
            else { return nil }
            let principal = try Principal(
                account.number, in: role, name: account.name, person: account.person, transaction)
            return (principal, token.permissions)
        }
        if let found, used.isFirst(hash, on: people.system.today) { try await recordUse(hash, by: found.principal) }
        return found.map {
            APIAuthenticator.TokenPrincipal($0.principal, token: hash.hexadecimal, $0.permissions)
        }
    }

    /// Records the first use of a day. If the clock is behind, reading continues and a later use is recorded.
    private func recordUse(_ hash: [UInt8], by principal: Principal) async throws {
        let actor = Actor.account(
            principal.account.number, role: principal.role, organisation: principal.organisation?.number, from: "")
        do {
            try await AuditLog(database, people.acting(as: actor)).record(.useToken)
        } catch {
            used.forget(hash)
            guard let failure = error as? Failure, failure.isSame(as: .clockBehind(0, 0)) else { throw error }
        }
    }

    /// Ends every token of an account. Returns their number.
    package func end(of login: String) async throws -> Int {
        let now = people.system.now()
        return try await database.write { transaction in
            let accounts = AccountStore(transaction, people)
            let account = try accounts.known(login).number
            let ended = try TokenStore(transaction).end(of: account, at: now)
            if ended > 0 {
                try accounts.logAccess(of: account, ends: [.tokens])
                try accounts.record(.endToken, on: account, ["tokens": "\(ended)"])
            }
            return ended
        }
    }
}

/// A stored token.
struct Token {
    let account: ID<Account>
    let role: Role
    let permissions: Set<String>
    /// Milliseconds since 1970.
    let made: Int
    let expires: Int
}

extension Failure {
    static let tokenDays = Failure(
        .badInput, "token.days", "令牌的有效期为 1 至 731 天。", en: "A token lasts from 1 to 731 days.")

    static let noAccount = Failure(
        .notFound, "account.unknown", "没有这个登录名的账号。请核对，或先用 account add 开通。",
        en: "There is no account with this login. Check it, or open one with account add.")
}
