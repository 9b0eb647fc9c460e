import Database
import Integrity
import Kernel
import Signing
import Web

package struct AccountStore {
    let transaction: Transaction
    let people: People

    package init(_ transaction: Transaction, _ people: People) {
        (self.transaction, self.people) = (transaction, people)
    }

    // MARK: Accounts

    private static let columns: SQL = "SELECT \(AccountSchema.account.selection("a")) FROM account a"

    func find(_ lookup: [UInt8]) throws -> Account? {
        try transaction.first(
            """
            SELECT \(AccountSchema.account.selection("a")), \(AccountSchema.login.selection("l"))
            FROM account a JOIN account_login l ON l.account = a.number WHERE l.lookup = \(lookup)
            """
        ) { row in
            try row.check(AccountSchema.login, at: AccountSchema.account.width)
            return try Self.account(row)
        }
    }

    package func find(_ number: ID<Account>) throws -> Account? {
        try account("\(Self.columns) WHERE a.number = \(number)")
    }

    package func find(person: ID<Person>) throws -> Account? {
        try account("\(Self.columns) WHERE a.person = \(person)")
    }

    /// Failure: `account.unknown`.
    func known(_ number: ID<Account>) throws -> Account {
        guard let found = try find(number) else { throw Failure.noAccount }
        return found
    }

    /// The account of a login. Failure: `account.unknown`.
    func known(_ login: String) throws -> Account {
        guard let found = try find(people.loginHash(login)) else { throw Failure.noAccount }
        return found
    }

    /// Failure: `account.access-altered` if an account with an office has an older password than the state log says.
    func password(of number: ID<Account>) throws -> Password? {
        let found = try storedPassword(of: number)
        if let found, let access = try access(of: number), access.mark != Self.mark(found) {
            throw Failure.accessAltered(number)
        }
        return found
    }

    func storedPassword(of number: ID<Account>) throws -> Password? {
        try transaction.first("\(Self.columns) WHERE a.number = \(number)") { row in
            try row.check(AccountSchema.account)
            return Password(bytes: try row.bytes(3))
        }
    }

    /// Failure: `account.taken`.
    func add(
        _ name: String, person: ID<Person>?, logins: [String], _ password: Password, isDemo: Bool
    ) throws -> ID<Account> {
        let number = ID<Account>(try NumberStore(transaction).take(of: "account"))
        do {
            try transaction.insert(
                [number, name, person, password.bytes, !isDemo, isDemo, people.system.now()],
                into: AccountSchema.account)
            for login in logins {
                try transaction.insert([people.loginHash(login), number], into: AccountSchema.login)
            }
        } catch let violation as Violation where violation.rule == .unique {
            throw Failure.loginTaken
        }
        return number
    }

    /// Opens an account in a role. A mobile number that is known and not yet registered is a login too.
    ///
    /// Failures: `account.taken`, and those of ``grant(_:to:)``.
    func open(
        _ name: String, person: ID<Person>?, logins: [String], _ role: AccountRole, _ password: Password, isDemo: Bool
    ) throws -> ID<Account> {
        let number = try add(name, person: person, logins: logins, password, isDemo: isDemo)
        try grant(role, to: number)
        let mobile = try person.flatMap { try PersonStore(transaction, people).phone(of: $0) }
        if let mobile { try put(mobile: mobile, of: number) }
        try record(.openAccount, on: number, role.detail)
        return number
    }

    /// Adds an ID number without its kind, if it is not taken: a passport and a permit may have the same number.
    func putBare(_ id: IDNumber, of number: ID<Account>) throws {
        if id.kind != .resident { try put(login: id.text, of: number) }
    }

    /// Failures: `account.auditor-alone`, `account.unit-unknown`, `account.unit-kind`.
    func grant(_ role: AccountRole, to number: ID<Account>) throws {
        try keepApart(role, number)
        try checkPlace(of: role)
        let added = try transaction.insert(
            [number, role.role.rawValue, role.organisation, people.system.now()], into: AccountSchema.role,
            "ON CONFLICT DO NOTHING")
        guard added > 0 else { return }
        try log(role, of: number, "granted")
        try logAccess(of: number, ends: [])
    }

    /// Records a change of a role with a scope in the state log, so that it cannot be undone unnoticed.
    private func log(_ role: AccountRole, of number: ID<Account>, _ value: String) throws {
        guard role.role != .professional else { return }
        try people.states.record(StateChange(.role, Self.subject(role, of: number), value), transaction)
    }

    private static func subject(_ role: AccountRole, of number: ID<Account>) -> String {
        "\(number) \(role.role.rawValue) \(role.organisation?.description ?? "-")"
    }

    /// Records the roles that were granted before there was a state log.
    static func logRoles(_ transaction: Transaction) throws {
        let roles = try transaction.rows(
            """
            SELECT account, role, organisation, granted FROM account_role WHERE role <> 'professional'
            ORDER BY granted, account, role, organisation
            """
        ) { row -> (subject: String, at: Int) in
            let unit = try row.optionalInt(2).map(String.init) ?? "-"
            return ("\(try row.int(0)) \(try row.text(1)) \(unit)", try row.int(3))
        }
        for role in roles {
            try StateLog.record(StateChange(.role, role.subject, "granted"), at: role.at, transaction)
        }
    }

    /// Whether the state log says that the account has this role.
    private func isLogged(_ role: AccountRole, of number: ID<Account>) throws -> Bool {
        guard role.role != .professional else { return true }
        return try people.states.states(transaction).value(.role, Self.subject(role, of: number)) == "granted"
    }

    /// Returns whether the account had the role.
    func revoke(_ role: AccountRole, from number: ID<Account>) throws -> Bool {
        let place: SQL =
            """
            account = \(number) AND role = \(role.role.rawValue)
            AND coalesce(organisation, 0) = \(role.organisation?.number ?? 0)
            """
        try transaction.execute("DELETE FROM account_session WHERE \(place)")
        let had = try transaction.execute("DELETE FROM account_role WHERE \(place)") > 0
        if had { try log(role, of: number, "taken") }
        return had
    }

    /// Adds a login. A login of another account stays with that account.
    func put(login: String, of number: ID<Account>) throws {
        try transaction.insert(
            [people.loginHash(login), number], into: AccountSchema.login, "ON CONFLICT DO NOTHING")
    }

    /// Registers a mobile number of the account's person, as a login if `isLogin`. It becomes no login of another
    /// account, even if it is none of this one: another unit may register the number for somebody else later.
    func put(mobile: String, of number: ID<Account>, isLogin: Bool = true) throws {
        let hash = people.mobileHash(mobile)
        try transaction.insert([hash, number], into: AccountSchema.login, "ON CONFLICT DO NOTHING")
        if isLogin, try find(hash)?.number == number { try put(login: mobile, of: number) }
    }

    /// Removes the registration of a mobile number, and the login if `isLogin`.
    func drop(mobile: String, of number: ID<Account>, isLogin: Bool) throws {
        let hashes: [[UInt8]] = [people.mobileHash(mobile)] + (isLogin ? [people.loginHash(mobile)] : [])
        for hash in hashes {
            try transaction.execute("DELETE FROM account_login WHERE lookup = \(hash) AND account = \(number)")
        }
    }

    /// In the order of granting. Failure: `account.role-altered` if a role was not granted or was revoked by the state
    /// log.
    package func roles(of number: ID<Account>) throws -> [AccountRole] {
        let roles = try transaction.rows(
            """
            SELECT \(AccountSchema.role.selection("r")) FROM account_role r WHERE r.account = \(number)
            ORDER BY r.granted, r.role, r.organisation
            """
        ) { row in
            try row.check(AccountSchema.role)
            let organisation = try row.optionalInt(2).map { ID<Organisation>($0) }
            return Role(rawValue: try row.text(1)).map { AccountRole($0, at: organisation) }
        }.compactMap { $0 }
        for role in roles where try !isLogged(role, of: number) { throw Failure.roleAltered(number) }
        return roles
    }

    /// The account of a person, or of a person who was merged into this one.
    func account(ofFamilyOf person: ID<Person>) throws -> Account? {
        for member in try PersonStore(transaction, people).family(of: person) {
            if let found = try find(person: member) { return found }
        }
        return nil
    }

    /// Whether the account has only the role of a person.
    func isOwnOnly(_ account: Account) throws -> Bool {
        try !account.isDemo && roles(of: account.number).map(\.role) == [.professional]
    }

    /// A value that changes with the password.
    func mark(of number: ID<Account>) throws -> String { try storedPassword(of: number).map(Self.mark) ?? "" }

    private static func mark(_ password: Password) -> String {
        String(sha256(password.bytes).hexadecimal.prefix(16))
    }

    /// The access state of an account with an office; `nil` for other accounts, and before its first change.
    func access(of number: ID<Account>) throws -> AccountAccess? {
        try people.states.states(transaction).value(.access, "\(number)").flatMap(AccountAccess.init)
    }

    /// What becomes invalid with a change of access.
    enum Ending {
        case sessions
        case tokens
    }

    /// Records the access state of an account with an office.
    func logAccess(of number: ID<Account>, ends: Set<Ending>) throws {
        guard try roles(of: number).contains(where: { $0.role != .professional }) else { return }
        let (now, before) = (people.system.now(), try access(of: number))
        let access = AccountAccess(
            mark: try mark(of: number), sessions: ends.contains(.sessions) ? now : before?.sessions ?? 0,
            tokens: ends.contains(.tokens) ? now : before?.tokens ?? 0)
        try people.states.record(StateChange(.access, "\(number)", access.text), transaction)
    }

    /// Sets a password, and ends all sessions and tokens of the account.
    func change(_ password: Password, of number: ID<Account>, isFirst: Bool) throws {
        try transaction.update(
            AccountSchema.account, key: [number], [("password", password.bytes), ("first", isFirst)])
        try LoginBatchStore(transaction, people).dropCode(of: number)
        try endAccess(of: number)
    }

    /// Ends all sessions and tokens.
    func endAccess(of number: ID<Account>) throws {
        try transaction.execute("DELETE FROM account_session WHERE account = \(number)")
        _ = try TokenStore(transaction).end(of: number, at: people.system.now())
        try logAccess(of: number, ends: [.sessions, .tokens])
    }

    package func count() throws -> Int { try transaction.first("SELECT count(*) FROM account") { try $0.int(0) } ?? 0 }

    private func account(_ sql: SQL) throws -> Account? {
        try transaction.first(sql) { try Self.account($0) }
    }

    /// From a row in which the columns of accounts begin at `first`.
    private static func account(_ row: Row, at first: Int = 0) throws -> Account {
        try row.check(AccountSchema.account, at: first)
        return Account(
            number: try row.id(first), name: try row.text(first + 1),
            person: try row.optionalInt(first + 2).map { ID($0) }, isFirst: try row.flag(first + 4),
            isDemo: try row.flag(first + 5))
    }
}

// MARK: - Sessions

extension AccountStore {
    /// A session as stored.
    struct StoredSession {
        let account: Account
        let role: AccountRole
        let begun: Int
        let seen: Int
    }

    func begin(_ token: [UInt8], _ account: ID<Account>, _ role: AccountRole, on device: [UInt8]) throws {
        let now = max(people.system.now(), try access(of: account)?.sessions ?? 0)
        try transaction.insert(
            [token, account, role.role.rawValue, role.organisation, now, now], into: AccountSchema.session)
        try transaction.execute("UPDATE account_session SET device = \(device) WHERE token = \(token)")
    }

    func session(_ token: [UInt8]) throws -> StoredSession? {
        let held =
            try transaction.first(
                """
                SELECT \(AccountSchema.session.selection("s")), \(AccountSchema.account.selection("a"))
                FROM account_session s JOIN account a ON a.number = s.account WHERE s.token = \(token)
                """
            ) { row -> StoredSession? in
                try row.check(AccountSchema.session)
                let organisation = try row.optionalInt(3).map { ID<Organisation>($0) }
                guard let role = Role(rawValue: try row.text(2)) else { return nil }
                return StoredSession(
                    account: try Self.account(row, at: AccountSchema.session.width),
                    role: AccountRole(role, at: organisation), begun: try row.int(4), seen: try row.int(5))
            } ?? nil
        guard let held, try isLogged(held.role, of: held.account.number) else { return nil }
        if held.role.role == .professional { return held }
        return held.begun < (try access(of: held.account.number)?.sessions ?? 0) ? nil : held
    }

    /// Continues in another role with a new token; the session's time limit stays.
    func choose(_ role: AccountRole, for token: [UInt8], next: [UInt8]) throws {
        let held = try transaction.first(
            "SELECT account, begun, seen, device FROM account_session WHERE token = \(token)"
        ) { row -> (ID<Account>, Int, Int, [UInt8]) in
            (try row.id(0), try row.int(1), try row.int(2), try row.optionalBytes(3) ?? [])
        }
        guard let (account, begun, seen, device) = held else { return }
        try end(token)
        try transaction.insert(
            [next, account, role.role.rawValue, role.organisation, begun, seen], into: AccountSchema.session)
        try transaction.execute("UPDATE account_session SET device = \(device) WHERE token = \(next)")
    }

    func see(_ token: [UInt8], at now: Int) throws {
        try transaction.update(AccountSchema.session, key: [token], [("seen", now)])
    }

    func end(_ token: [UInt8]) throws { try transaction.execute("DELETE FROM account_session WHERE token = \(token)") }

    /// Ends the sessions of a device, whose browser has only the newest one.
    func end(sessionsOn device: [UInt8]) throws {
        try transaction.execute("DELETE FROM account_session WHERE device = \(device)")
    }

    /// Deletes expired sessions and outdated counts of failed attempts.
    func sweep(sessionsBefore: Int, missesBefore: Int) throws {
        try transaction.execute("DELETE FROM account_session WHERE seen < \(sessionsBefore)")
        try transaction.execute("DELETE FROM account_miss WHERE last < \(missesBefore)")
    }
}
