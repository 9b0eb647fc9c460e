import Database
import Kernel
import Signing
import Web

/// Tokens by which programs ask in the name of an account: each says what it permits and until when.
package struct Tokens: Sendable {
    let database: Database
    let people: People
    private let used = UsedTokens()
    /// Whether tokens of accounts whose password everybody knows are good.
    private let allowsDemo: Bool

    package init(_ database: Database, _ people: People, allowsDemo: Bool = false) {
        (self.database, self.people, self.allowsDemo) = (database, people, allowsDemo)
    }

    /// What a token may permit.
    package enum Permission: String, CaseIterable, Sendable {
        /// Lists of people with their standings, and each one's year.
        case people = "people:read"
        /// What people did is submitted, as a list of hours is.
        case hours = "hours:write"
    }

    /// A token as its owner keeps it; it is shown once. In the name of the account's first role.
    ///
    /// Failures: `account.unknown`, `token.days` where it would last longer than two years.
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

    /// Who a token stands for; `nil` where it is none, or over, or was ended, by hand or with the password or the role.
    package func tokenPrincipal(_ text: String) async throws -> APIAuthenticator.TokenPrincipal? {
        let now = people.system.now()
        let hash = sha256(text.utf8)
        let found: (principal: Principal, permissions: Set<String>)? = try await database.read { transaction in
            guard let token = try TokenStore(transaction).find(hash), now < token.expires else {
                return nil
            }
            let accounts = AccountStore(transaction, people)
            guard let account = try accounts.find(token.account), allowsDemo || !account.isDemo,
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

    /// The first use of a day. Where the clock is behind, reading goes on, and a later use is recorded.
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

    /// Ends every token of an account; answers how many.
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

/// What a token stands for.
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
