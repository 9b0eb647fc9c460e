import Database
import Kernel

struct NoticeStore {
    let transaction: Transaction

    init(_ transaction: Transaction) { self.transaction = transaction }

    func add(_ title: String, _ body: String, by account: Int, at now: Int) throws -> ID<Notice> {
        let number = ID<Notice>(try NumberStore(transaction).take(of: "notice"))
        try transaction.execute(
            """
            INSERT INTO notice (number, title, body, published, account)
            VALUES (\(number), \(title), \(body), \(now), \(account))
            """)
        return number
    }

    /// Does nothing where it was withdrawn already.
    func withdraw(_ notice: ID<Notice>, because reason: String, by account: Int, at now: Int) throws {
        try transaction.execute(
            """
            INSERT INTO notice_withdrawal (notice, reason, withdrawn, account)
            VALUES (\(notice), \(reason), \(now), \(account)) ON CONFLICT (notice) DO NOTHING
            """)
    }

    func find(_ notice: ID<Notice>) throws -> Notice? {
        try notices("n.number = \(notice)", limit: 1).first
    }

    /// Those that stand, the newest first, from below a number on.
    func standing(before number: Int, limit: Int) throws -> [Notice] {
        try notices("n.number < \(number) AND w.notice IS NULL", limit: limit)
    }

    private func notices(_ condition: SQL, limit: Int) throws -> [Notice] {
        try transaction.rows(
            """
            SELECT n.number, n.title, n.body, n.published, coalesce(w.reason, ''), coalesce(w.withdrawn, 0)
            FROM notice n LEFT JOIN notice_withdrawal w ON w.notice = n.number
            WHERE \(condition) ORDER BY n.number DESC LIMIT \(limit)
            """
        ) { row in
            let reason = try row.text(4)
            return Notice(
                number: try row.id(0), title: try row.text(1), body: try row.text(2), published: try row.int(3),
                withdrawal: reason.isEmpty ? nil : Notice.Withdrawal(reason: reason, day: try row.int(5)))
        }
    }
}
