import Database
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

    private static let columns: SQL = "SELECT a.number, a.name, a.person, a.first, a.demo FROM account a"

    func find(_ lookup: [UInt8]) throws -> Account? {
        try account(
            "\(Self.columns) JOIN account_login l ON l.account = a.number WHERE l.lookup = \(lookup)")
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

    /// Whom a login belongs to. Failure: `account.unknown`.
    func known(_ login: String) throws -> Account {
        guard let found = try find(people.loginHash(login)) else { throw Failure.noAccount }
        return found
    }

    func password(of number: ID<Account>) throws -> Password? {
        try transaction.first("SELECT password FROM account WHERE number = \(number)") {
            Password(bytes: try $0.bytes(0))
        }
    }

    /// Failure: `account.taken`.
    func add(
        _ name: String, person: ID<Person>?, logins: [String], _ password: Password, isDemo: Bool
    ) throws -> ID<Account> {
        let number = ID<Account>(try NumberStore(transaction).take(of: "account"))
        do {
            try transaction.execute(
                """
                INSERT INTO account (number, name, person, password, first, demo, created)
                VALUES (\(number), \(name), \(person), \(password.bytes), \(isDemo ? 0 : 1), \(isDemo ? 1 : 0),
                        \(people.outside.now()))
                """)
            for login in logins {
                try transaction.execute(
                    "INSERT INTO account_login (lookup, account) VALUES (\(people.loginHash(login)), \(number))")
            }
        } catch let violation as Violation where violation.rule == .unique {
            throw Failure.loginTaken
        }
        return number
    }

    func grant(_ role: AccountRole, to number: ID<Account>) throws {
        try transaction.execute(
            """
            INSERT INTO account_role (account, role, organisation, granted)
            VALUES (\(number), \(role.role.rawValue), \(role.organisation), \(people.outside.now()))
            ON CONFLICT DO NOTHING
            """)
    }

    /// Whether there was such a role.
    func revoke(_ role: AccountRole, from number: ID<Account>) throws -> Bool {
        let place: SQL =
            """
            account = \(number) AND role = \(role.role.rawValue)
            AND coalesce(organisation, 0) = \(role.organisation?.number ?? 0)
            """
        try transaction.execute("DELETE FROM account_session WHERE \(place)")
        return try transaction.execute("DELETE FROM account_role WHERE \(place)") > 0
    }

    /// A person's mobile as a login beside the ID number; one that somebody else signs in with stays theirs.
    func put(mobile: String, of number: ID<Account>) throws {
        try transaction.execute(
            """
            INSERT INTO account_login (lookup, account) VALUES (\(people.loginHash(mobile)), \(number))
            ON CONFLICT DO NOTHING
            """)
    }

    func drop(mobile: String, of number: ID<Account>) throws {
        try transaction.execute(
            "DELETE FROM account_login WHERE lookup = \(people.loginHash(mobile)) AND account = \(number)")
    }

    /// In the order of granting.
    package func roles(of number: ID<Account>) throws -> [AccountRole] {
        try transaction.rows(
            "SELECT role, organisation FROM account_role WHERE account = \(number) ORDER BY granted, role, organisation"
        ) { row in
            let organisation = try row.optionalInt(1).map { ID<Organisation>($0) }
            return Role(rawValue: try row.text(0)).map { AccountRole($0, at: organisation) }
        }.compactMap { $0 }
    }

    /// The account of a person, or of one who was merged into this one.
    func account(ofFamilyOf person: ID<Person>) throws -> Account? {
        for member in try PersonStore(transaction, people).family(of: person) {
            if let found = try find(person: member) { return found }
        }
        return nil
    }

    /// Whether it is a person's and nothing more.
    func isOwnOnly(_ account: Account) throws -> Bool {
        try !account.isDemo && roles(of: account.number).map(\.role) == [.professional]
    }

    /// What another password changes.
    func mark(of number: ID<Account>) throws -> String {
        String(try password(of: number).map { sha256($0.bytes).hexadecimal }?.prefix(16) ?? "")
    }

    /// Sets a password, and ends every session that was begun with another one.
    func change(_ password: Password, of number: ID<Account>, isFirst: Bool) throws {
        try transaction.execute(
            """
            UPDATE account SET password = \(password.bytes), first = \(isFirst ? 1 : 0) WHERE number = \(number)
            """)
        try transaction.execute("DELETE FROM account_session WHERE account = \(number)")
    }

    package func count() throws -> Int { try transaction.first("SELECT count(*) FROM account") { try $0.int(0) } ?? 0 }

    private func account(_ sql: SQL) throws -> Account? {
        try transaction.first(sql) { try Self.account($0) }
    }

    /// From a row that begins with the columns of accounts.
    private static func account(_ row: Row) throws -> Account {
        Account(
            number: try row.id(0), name: try row.text(1), person: try row.optionalInt(2).map { ID($0) },
            isFirst: try row.int(3) == 1, isDemo: try row.int(4) == 1)
    }
}

// MARK: - Sessions

extension AccountStore {
    /// A session as it stands in its row.
    struct Held {
        let account: Account
        let role: AccountRole
        let begun: Int
        let seen: Int
    }

    func begin(_ token: [UInt8], _ account: ID<Account>, _ role: AccountRole) throws {
        let now = people.outside.now()
        try transaction.execute(
            """
            INSERT INTO account_session (token, account, role, organisation, begun, seen)
            VALUES (\(token), \(account), \(role.role.rawValue), \(role.organisation), \(now), \(now))
            """)
    }

    func session(_ token: [UInt8]) throws -> Held? {
        try transaction.first(
            """
            SELECT a.number, a.name, a.person, a.first, a.demo, s.role, s.organisation, s.begun, s.seen
            FROM account_session s JOIN account a ON a.number = s.account WHERE s.token = \(token)
            """
        ) { row in
            let organisation = try row.optionalInt(6).map { ID<Organisation>($0) }
            guard let role = Role(rawValue: try row.text(5)) else { return nil }
            return Held(
                account: try Self.account(row), role: AccountRole(role, at: organisation), begun: try row.int(7),
                seen: try row.int(8))
        } ?? nil
    }

    func choose(_ role: AccountRole, for token: [UInt8]) throws {
        try transaction.execute(
            """
            UPDATE account_session SET role = \(role.role.rawValue), organisation = \(role.organisation)
            WHERE token = \(token)
            """)
    }

    func see(_ token: [UInt8], at now: Int) throws {
        try transaction.execute("UPDATE account_session SET seen = \(now) WHERE token = \(token)")
    }

    func end(_ token: [UInt8]) throws { try transaction.execute("DELETE FROM account_session WHERE token = \(token)") }

    /// Drops what nobody uses any more: sessions, and misses that hold nobody up.
    func sweep(sessionsBefore: Int, missesBefore: Int) throws {
        try transaction.execute("DELETE FROM account_session WHERE seen < \(sessionsBefore)")
        try transaction.execute("DELETE FROM account_miss WHERE last < \(missesBefore)")
    }
}

// MARK: - Devices and wrong passwords

extension AccountStore {
    func knows(_ device: [UInt8], of account: ID<Account>) throws -> Bool {
        try transaction.exists(
            "SELECT 1 FROM account_device WHERE account = \(account) AND device = \(device)")
    }

    func remember(_ device: [UInt8], of account: ID<Account>) throws {
        let now = people.outside.now()
        try transaction.execute(
            """
            INSERT INTO account_device (account, device, seen) VALUES (\(account), \(device), \(now))
            ON CONFLICT (account, device) DO UPDATE SET seen = excluded.seen
            """)
    }

    /// How often a login was tried in vain from a device, and when last; all unknown devices are one.
    func misses(_ lookup: [UInt8], _ device: [UInt8]) throws -> (count: Int, last: Int) {
        try transaction.first(
            "SELECT misses, last FROM account_miss WHERE lookup = \(lookup) AND device = \(device)"
        ) { (try $0.int(0), try $0.int(1)) } ?? (0, 0)
    }

    func miss(_ lookup: [UInt8], _ device: [UInt8]) throws {
        let now = people.outside.now()
        try transaction.execute(
            """
            INSERT INTO account_miss (lookup, device, misses, last) VALUES (\(lookup), \(device), 1, \(now))
            ON CONFLICT (lookup, device) DO UPDATE SET misses = account_miss.misses + 1, last = excluded.last
            """)
    }

    /// One miss less.
    func takeBack(_ lookup: [UInt8], _ device: [UInt8]) throws {
        try transaction.execute(
            """
            UPDATE account_miss SET misses = misses - 1
            WHERE lookup = \(lookup) AND device = \(device) AND misses > 0
            """)
    }

    /// Of every device.
    func forgive(_ lookup: [UInt8]) throws {
        try transaction.execute("DELETE FROM account_miss WHERE lookup = \(lookup)")
    }

    func forgive(_ lookup: [UInt8], _ device: [UInt8]) throws {
        try transaction.execute("DELETE FROM account_miss WHERE lookup = \(lookup) AND device = \(device)")
    }
}
