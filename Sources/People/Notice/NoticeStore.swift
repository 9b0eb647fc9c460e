import Database
import Kernel

struct NoticeStore {
    let transaction: Transaction

    init(_ transaction: Transaction) { self.transaction = transaction }

    func add(_ title: String, _ body: String, by account: Int, at now: Int) throws -> ID<Notice> {
        let number = ID<Notice>(try NumberStore(transaction).take(of: "notice"))
        try transaction.insert([number, title, body, now, account], into: NoticeSchema.notice)
        return number
    }

    /// Does nothing if it was withdrawn before.
    func withdraw(_ notice: ID<Notice>, because reason: String, by account: Int, at now: Int) throws {
        try transaction.insert(
            [notice, reason, now, account], into: NoticeSchema.withdrawal, "ON CONFLICT (notice) DO NOTHING")
    }

    func find(_ notice: ID<Notice>) throws -> Notice? {
        try notices("n.number = \(notice)", limit: 1).first
    }

    /// Notices that are not withdrawn, newest first, below a number.
    func published(before number: Int, limit: Int) throws -> [Notice] {
        try notices("n.number < \(number) AND w.notice IS NULL", limit: limit)
    }

    private func notices(_ condition: SQL, limit: Int) throws -> [Notice] {
        let (notice, withdrawal) = (NoticeSchema.notice, NoticeSchema.withdrawal)
        return try transaction.rows(
            """
            SELECT \(notice.selection("n")), \(withdrawal.selection("w"))
            FROM notice n LEFT JOIN notice_withdrawal w ON w.notice = n.number
            WHERE \(condition) ORDER BY n.number DESC LIMIT \(limit)
            """
        ) { row in
            try row.check(notice)
            let first = notice.width
            var withdrawn: Notice.Withdrawal?
            if try row.optionalInt(first) != nil {
                try row.check(withdrawal, at: first)
                withdrawn = Notice.Withdrawal(reason: try row.text(first + 1), day: try row.int(first + 2))
            }
            return Notice(
                number: try row.id(0), title: try row.text(1), body: try row.text(2), published: try row.int(3),
                withdrawal: withdrawn)
        }
    }
}
