import Database
import Kernel
import Policy

extension StandingStore {
    /// Adds the column of waivers, and the text in the current version, to standings that were stored before.
    ///
    /// Failures: `database.forged`, `standing.unreadable`.
    static func addWaivers(_ transaction: Transaction) throws {
        var last: [Value]?
        while true {
            let rows = try batch(after: last, transaction)
            for row in rows {
                guard case .text(let body) = row[6], let record = StandingCodec.decode(body) else {
                    throw Failure.standingUnreadable
                }
                let waivers = record.waivers.map { "\($0)" }.joined(separator: " ")
                // Version 1 named uncounted entries by number alone. Without merged people, all of them are the
                // person's own.
                let own = record.owned(by: row[0]).map(StandingCodec.encode)
                try transaction.put(row[..<6] + [.text(own ?? body), .text(waivers)], into: StandingSchema.table)
            }
            guard let end = rows.last else { return }
            last = Array(end.prefix(3))
        }
    }

    private static func batch(after last: [Value]?, _ transaction: Transaction) throws -> [[Value]] {
        let after: SQL = last.map { "WHERE (s.person, s.policy_key, s.period_from) > \(.list($0))" } ?? ""
        return try transaction.rows(
            """
            SELECT \(StandingSchema.table.selection("s")) FROM standing s \(after)
            ORDER BY s.person, s.policy_key, s.period_from LIMIT 2000
            """
        ) { row in
            try row.check(StandingSchema.table)
            return row.values(0..<7)
        }
    }
}

extension StandingRecord {
    /// The same with this person as the owner of all uncounted entries; `nil` where other people have entries in it.
    fileprivate func owned(by person: Value) -> StandingRecord? {
        guard case .integer(let number) = person, entries.allSatisfy({ $0.person == number }) else { return nil }
        let own = { (id: EntryID) in EntryID(person: number, number: id.number) }
        var record = self
        record.uncounted = uncounted.map { item in
            let reason: Standing.Reason =
                switch item.reason {
                case .twice(let other): .twice(of: own(other))
                case .lowerLevel(let other): .lowerLevel(than: own(other))
                default: item.reason
                }
            return Standing.Uncounted(entry: own(item.entry), hours: item.hours, reason: reason)
        }
        return record
    }
}

extension Failure {
    fileprivate static let standingUnreadable = Failure(
        .damaged, "standing.unreadable", "升级时发现保存的年度结果无法读取，没有改动。请从备份恢复后再升级。",
        en: "A stored standing cannot be read. Nothing was changed; restore a backup before the upgrade.")
}
