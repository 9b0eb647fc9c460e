import Database
import Kernel
import Signing

struct LoginBatchStore {
    let transaction: Transaction
    let people: People

    init(_ transaction: Transaction, _ people: People) { (self.transaction, self.people) = (transaction, people) }

    private static let columns: SQL = "SELECT \(LoginBatchSchema.batch.selection("b")) FROM login_batch b"

    // MARK: Batches

    func find(_ number: Int) throws -> LoginBatch? {
        try transaction.first("\(Self.columns) WHERE b.number = \(number)", Self.batch) ?? nil
    }

    /// The newest batches of an office.
    func all(of submitter: Submitter, limit: Int) throws -> [LoginBatch] {
        try transaction.rows(
            """
            \(Self.columns) WHERE coalesce(b.organisation, 0) = \(submitter.organisation?.number ?? 0)
              AND b.bureau = \(submitter.isBureau) AND b.scope = \(submitter.scope.text)
            ORDER BY b.number DESC LIMIT \(limit)
            """, Self.batch
        ).compactMap { $0 }
    }

    /// Stores a batch with the people that it already has.
    func put(_ batch: LoginBatch) throws {
        try transaction.put(
            [
                batch.number, batch.account, batch.organisation, batch.isBureau, batch.scope.text, batch.reason,
                batch.made, batch.expires, batch.opened, batch.fetched, batch.ended,
            ], into: LoginBatchSchema.batch)
    }

    private static func batch(_ row: Row) throws -> LoginBatch? {
        try row.check(LoginBatchSchema.batch)
        guard let scope = Scope(text: try row.text(4)) else { return nil }
        let account: ID<Account> = try row.id(1)
        let submitter = Submitter(
            scope: scope, account: account, organisation: try row.optionalInt(2).map { ID($0) },
            isBureau: try row.flag(3))
        var batch = LoginBatch(
            try row.int(0), by: submitter, account: account, reason: try row.text(5), made: try row.int(6),
            expires: try row.int(7))
        (batch.opened, batch.fetched, batch.ended) = (
            try row.int(8), try row.optionalInt(9), try row.optionalInt(10)
        )
        return batch
    }

    /// How many codes of a batch were not used.
    func unused(of batch: Int) throws -> Int {
        try transaction.first("SELECT count(*) FROM login_code WHERE batch = \(batch)") { try $0.int(0) } ?? 0
    }

    // MARK: Codes

    /// The batch of an account's unused code; `nil` if it has none.
    func batch(of account: ID<Account>) throws -> LoginBatch? {
        let number = try transaction.first(
            "SELECT \(LoginBatchSchema.code.selection("c")) FROM login_code c WHERE c.account = \(account)"
        ) { row in
            try row.check(LoginBatchSchema.code)
            return try row.int(1)
        }
        return try number.flatMap(find)
    }

    /// Checks that the code of an account may be used now: the person must still be in the scope of the office that
    /// gave it. Failure: `account.code-over`.
    func admitCode(of account: Account) throws {
        guard let batch = try batch(of: account.number), batch.isValid(at: people.system.now()),
            let person = account.person, try WriteScope(transaction, people, batch.submitter).holds(person)
        else { throw Failure.codeOver }
    }

    /// Stores that an account has a code of this batch, and the code itself for the download.
    func put(_ code: LoginCode, of account: ID<Account>, _ batch: Int) throws {
        let sealed = try people.keys.seal(Array(code.text.utf8), context: Self.context(account, batch))
        try transaction.put([account, batch], into: LoginBatchSchema.code)
        try transaction.execute(
            """
            INSERT INTO login_slip (account, batch, sealed) VALUES (\(account), \(batch), \(sealed))
            ON CONFLICT (account) DO UPDATE SET batch = excluded.batch, sealed = excluded.sealed
            """)
    }

    /// Forgets the code of an account, which has a password now.
    func dropCode(of account: ID<Account>) throws {
        try transaction.execute("DELETE FROM login_code WHERE account = \(account)")
        try transaction.execute("DELETE FROM login_slip WHERE account = \(account)")
    }

    private static func context(_ account: ID<Account>, _ batch: Int) -> String { "login_slip/\(account)/\(batch)" }

    // MARK: Slips

    /// The codes of a batch that can be handed out, with the accounts, by account. A slip whose code was used or
    /// replaced is gone.
    func codes(of batch: Int) throws -> [(account: ID<Account>, code: String)] {
        let rows = try transaction.rows(
            "SELECT account, sealed FROM login_slip WHERE batch = \(batch) ORDER BY account"
        ) { (account: try $0.id(0) as ID<Account>, sealed: try $0.bytes(1)) }
        return try rows.map { row in
            let code = try people.keys.open(row.sealed, context: Self.context(row.account, batch))
            return (row.account, String(decoding: code, as: UTF8.self))
        }
    }

    func dropSlips(of batch: Int) throws {
        try transaction.execute("DELETE FROM login_slip WHERE batch = \(batch)")
    }

    /// The batches that have slips.
    func withSlips() throws -> [LoginBatch] {
        try transaction.rows(
            "\(Self.columns) WHERE b.number IN (SELECT batch FROM login_slip)", Self.batch
        ).compactMap { $0 }
    }
}
