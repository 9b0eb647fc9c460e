import Database
import Foundation
import Kernel
import People
import Policy

/// The result of repeating all decisions.
package struct ReplayReport: Sendable {
    package var people = 0
    /// The number of unreversed entries.
    package var entries = 0
    /// Entries with other hours now, entries whose decision cannot be read, and people with missing entries.
    package var differing = 0
    /// Entries with other hours now that another engine had decided.
    package var differingByEngine = 0
    /// Entries from before the basis was stored. Their decisions are repeated under their own policy alone.
    package var older = 0
    /// The first differing entries, by person and number.
    package var examples: [LocalizedText] = []

    fileprivate mutating func count(_ entry: LedgerEntry, _ replay: Replay, isOlder: Bool) {
        entries += 1
        if isOlder { older += 1 }
        switch replay {
        case .same: return
        case .byEngine: differingByEngine += 1
        case .differing, .unreadable: differing += 1
        }
        guard examples.count < Self.most else { return }
        let words = replay.words ?? LocalizedText("", en: "")
        examples.append(
            LocalizedText(
                "人员 \(entry.person) 第 \(entry.number) 笔，登记 \(entry.hours) 学时：\(words.chinese)",
                en: "Person \(entry.person), entry \(entry.number), \(entry.hours) hours: \(words.english)"))
    }

    fileprivate mutating func count(cut person: ID<Person>) {
        differing += 1
        guard examples.count < Self.most else { return }
        examples.append(
            LocalizedText(
                "人员 \(person)：账本缺少记录。请运行 ledger verify 查看",
                en: "Person \(person): entries are missing from the ledger. Run ledger verify."))
    }

    fileprivate mutating func add(_ other: ReplayReport) {
        people += other.people
        entries += other.entries
        differing += other.differing
        differingByEngine += other.differingByEngine
        older += other.older
        examples += other.examples.prefix(max(0, Self.most - examples.count))
    }

    private static let most = 20

    var detail: AuditDetail {
        ["entries": "\(entries)", "differing": "\(differing)", "by-engine": "\(differingByEngine)"]
    }
}

/// The result of the last replay.
package struct LastReplay: Sendable {
    package let day: Day
    package let entries: Int
    package let differing: Int
    package let differingByEngine: Int
}

extension Registry {
    /// Repeats the decisions of all unreversed entries of a year, or of all years. The memory does not grow with the
    /// number of people. Only an audit record is written.
    package func replay(
        _ year: Year?, progress: @Sendable (Int) -> Void = { _ in }
    ) async throws -> ReplayReport {
        let last = try await database.read { try LedgerStore($0).lastPerson() }
        var report = ReplayReport()
        try await inOrder(
            ClosedRange.batches(through: last, of: Self.replayBatchSize),
            ahead: { batch in try await database.read { try replay(batch, year, $0) } },
            then: { batch, part in
                report.add(part)
                progress(batch.upperBound)
            })
        let detail = report.detail
        try await database.write { transaction in
            try AuditStore(transaction, people).record(.replayLedger, year.map { .year($0) } ?? .none, detail)
        }
        return report
    }

    /// The last replay of all years; `nil` where there was none.
    package func lastReplay(_ transaction: Transaction) throws -> LastReplay? {
        var query = AuditQuery()
        query.act = AuditAct.replayLedger.rawValue
        let records = try AuditStore(transaction, people).find(query, limit: 50)
        guard let record = records.first(where: { $0.object == .none }) else { return nil }
        let figures = try JSONDecoder().decode([String: Int].self, from: Data(record.detail.utf8))
        return LastReplay(
            day: Day(milliseconds: record.time), entries: figures["entries"] ?? 0,
            differing: figures["differing"] ?? 0, differingByEngine: figures["by-engine"] ?? 0)
    }

    /// The number of people that are read at once.
    private static let replayBatchSize = 500

    private func replay(_ batch: ClosedRange<Int>, _ year: Year?, _ transaction: Transaction) throws -> ReplayReport {
        let (first, last) = (batch.lowerBound, batch.upperBound)
        let entries = try LedgerStore(transaction).unreversedByPerson(from: first, through: last)
            .sorted { $0.key < $1.key }.flatMap { $0.value }.filter { year == nil || $0.year == year }
        let items = Set(entries.map(\.decisionPlace))
        let decided = try RecordedDecision.read(from: first, through: last, items, transaction)
        let replayer = Replayer(book: try book(transaction))
        var report = ReplayReport()
        report.people = Set(entries.map(\.person)).count
        for person in try LedgerStore(transaction).cut(from: first, through: last) { report.count(cut: person) }
        for entry in entries {
            let own = decided[entry.decisionPlace]
            report.count(entry, replayer.replay(entry, own), isOlder: own?.decision.basis == nil)
        }
        return report
    }

    /// Decides everything that is not settled again with the current engine. Returns the number of stored standings
    /// that changed. With `dryRun`, everything is rolled back.
    package func decideAgain(
        dryRun: Bool, progress: @Sendable (Int) -> Void = { _ in }
    ) async throws -> Int {
        let changed = try await redecideAll(dryRun: dryRun, progress: progress)
        if !dryRun {
            try await database.write { transaction in
                try AuditStore(transaction, people).record(.decideAgain, .none, ["changed": "\(changed)"])
            }
        }
        return changed
    }
}
