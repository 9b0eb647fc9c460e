import Database
import Kernel
import Web

/// An act on an account, as its owner sees it, to notice acts by others.
struct AccountActivity: PageValue {
    let act: String
    let time: ClockTime
    let from: String
    let isDone: Bool

    private static let shown = 20

    init(_ record: AuditRecord, now: Int) {
        (act, isDone) = (record.actWords, record.isDone)
        time = ClockTime(record.time, now: now)
        from = record.address
    }

    static func newest(of account: Int, _ database: Database, _ people: People) async throws -> [AccountActivity] {
        var query = AuditQuery()
        query.chain = Actor.chain(of: account)
        let found = try await AuditLog(database, people).find(query, limit: shown)
        let now = people.system.now()
        return found.map { AccountActivity($0, now: now) }
    }

    static var fields: [String: Field<AccountActivity>] {
        [
            "act": .text { $0.act }, "time": .item { $0.time }, "from": .text { $0.from.isEmpty ? "—" : $0.from },
            "state": .text { $0.isDone ? "完成" : "失败" }, "isDone": .flag { $0.isDone },
            "isRefused": .flag { !$0.isDone },
        ]
    }

    static var sample: AccountActivity { AccountActivity(.sample, now: AuditRecord.sample.time + 7_200_000) }
}
