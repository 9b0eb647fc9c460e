import Database
import Foundation
import Kernel
import People
import Policy

extension Registry {
    /// At most so many people in one transaction.
    package static let page = 2000

    /// Settles a year, or one person's. It can be run again: who is settled with the same bytes stays as is, and in a
    /// year that is settled whoever differs is told and not rewritten.
    ///
    /// `seal` is called when everybody is done and before the year counts as settled; `progress` is told how many are
    /// done, after each transaction. Failures: `settlement.no-policy`, `settlement.future`.
    package func settle(
        _ year: Year, person: ID<Person>? = nil, seal: () async throws -> Void = {},
        progress: @Sendable (Int) -> Void = { _ in }
    ) async throws -> SettlementReport {
        let (state, wasReopened) = try await database.read { transaction in
            try mayBeSettled(year, transaction)
            let store = SettlementStore(transaction)
            _ = try people.organisations(transaction)
            return (try store.state(of: year), try store.wasReopened(year))
        }
        if person == nil { try await put(.closing, year, "settle", from: [.open]) }
        let act: Settler.Act = state == .settled ? .complete : .settle(fresh: wasReopened)
        let report = try await pages(person, progress, act, year)
        try await seal()
        if person == nil { try await put(.settled, year, "settle", from: [.closing]) }
        return report
    }

    private func mayBeSettled(_ year: Year, _ transaction: Transaction) throws {
        let today = people.outside.today
        guard year.period.from <= today else {
            throw Failure(
                .refused, "settlement.future", "\(year) 年度还没有开始（今天是 \(today)），不能结算。",
                en: "\(year) has not begun (today is \(today)), so it cannot be settled.")
        }
        let asks = try book(transaction).current.contains { version in
            switch version.policy.period {
            case .once(let period): period.overlaps(year.period)
            default: true
            }
        }
        guard asks else {
            throw Failure(
                .refused, "settlement.no-policy", "没有要求 \(year) 年度学时的政策。请核对年度，或先发布该年度的政策。",
                en: "No published policy asks for hours in \(year). Check the year, or publish its policy first.")
        }
    }

    /// Holds what is kept and settled against what comes out now; writes nothing.
    package func check(
        _ year: Year, person: ID<Person>? = nil, progress: @Sendable (Int) -> Void = { _ in }
    ) async throws -> SettlementReport {
        guard person == nil else { return try await pages(person, progress, .check, year) }
        let last = try await database.read { try PersonStore($0, people).last() }
        let starts = Array(stride(from: 0, through: last, by: Self.checked))
        let readers = max(2, ProcessInfo.processInfo.activeProcessorCount)
        var reports: [Int: SettlementReport] = [:]
        try await withThrowingTaskGroup(of: (start: Int, report: SettlementReport).self) { group in
            for (turn, start) in starts.enumerated() {
                if turn >= readers, let done = try await group.next() {
                    reports[done.start] = done.report
                    progress(reports.count * Self.checked)
                }
                group.addTask { (start, try await checkPage(start, year)) }
            }
            for try await done in group { reports[done.start] = done.report }
        }
        return starts.reduce(into: SettlementReport()) { $0.add(reports[$1] ?? SettlementReport()) }
    }

    /// The people of a page that is checked: reading holds up nobody.
    private static let checked = 2500

    private func checkPage(_ start: Int, _ year: Year) async throws -> SettlementReport {
        try await database.read { transaction in
            var report = SettlementReport()
            let roots = try PersonStore(transaction, people).roots(after: start, through: start + Self.checked)
            try settler(transaction, year, .check).settle(roots, &report)
            return report
        }
    }

    private func settler(_ transaction: Transaction, _ year: Year, _ act: Settler.Act) throws -> Settler {
        Settler(
            transaction: transaction, people: people, book: try book(transaction), year: year, act: act,
            now: people.outside.now())
    }

    /// Opens a settled year again. What was settled stays as it was; the next settling adds versions where it differs.
    ///
    /// Failure: `settlement.open` where it is not settled.
    package func reopen(_ year: Year, reason: String) async throws {
        let changed = try await put(.open, year, reason, from: [.settled, .closing])
        guard changed else {
            throw Failure(
                .refused, "settlement.open", "\(year) 年度尚未结算，不需要重新开放。",
                en: "\(year) is not settled, so there is nothing to open again.")
        }
    }

    @discardableResult
    private func put(_ state: YearState, _ year: Year, _ reason: String, from: [YearState]) async throws -> Bool {
        try await database.write { transaction in
            let store = SettlementStore(transaction)
            guard from.contains(try store.state(of: year)) else { return false }
            try store.put(state, of: year, reason: reason, at: people.outside.now())
            return true
        }
    }

    /// Goes through everybody who stands for themselves, a page in each transaction.
    private func pages(
        _ person: ID<Person>?, _ progress: @Sendable (Int) -> Void, _ act: Settler.Act, _ year: Year
    ) async throws -> SettlementReport {
        let writing = if case .check = act { false } else { true }
        var report = SettlementReport()
        var (last, done) = (0, 0)
        while true {
            let (after, sofar) = (last, report)
            let turn: @Sendable (Transaction) throws -> (SettlementReport, [ID<Person>]) = { transaction in
                let store = PersonStore(transaction, people)
                var report = sofar
                let roots = try person.map { try [store.root(of: $0)] } ?? store.roots(after: after, limit: Self.page)
                try settler(transaction, year, act).settle(roots, &report)
                return (report, roots)
            }
            let (next, roots) = try await writing ? database.write(turn) : database.read(turn)
            report = next
            done += roots.count
            progress(done)
            guard person == nil, let end = roots.last?.number else { return report }
            last = end
        }
    }
}

extension Registry {
    /// Whether anything was ever settled whole: from then on a signed root must be there.
    package func hasSettled(_ transaction: Transaction) throws -> Bool {
        try SettlementStore(transaction).states().contains { $0.state != .closing }
    }

    /// The years that were ever settled, and where each stands.
    package func years(_ transaction: Transaction) throws -> [(year: Year, state: YearState)] {
        try SettlementStore(transaction).states()
    }
}

extension YearState {
    package var name: String {
        switch self {
        case .open: "未结算"
        case .closing: "结算中"
        case .settled: "已结算"
        }
    }
}
