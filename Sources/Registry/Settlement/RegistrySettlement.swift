import Database
import Foundation
import Integrity
import Kernel
import People
import Policy

extension Registry {
    /// The most people in one transaction.
    static let batchSize = 1000

    /// Settles a year. It can be repeated: a settled standing that is the same stays; one that differs is reported and
    /// not rewritten.
    ///
    /// `signRoot` is called after the last batch and before the year counts as settled. `progress` gets the highest
    /// number that is done, after each transaction. Failures: `settlement.no-policy`, `settlement.future`.
    package func settle(
        _ year: Year, signRoot: () async throws -> Void = {}, progress: @Sendable (Int) -> Void = { _ in }
    ) async throws -> SettlementReport {
        let isFresh = try await database.read { transaction in
            try mayBeSettled(year, transaction)
            let years = try SettlementStore(transaction, people).years()
            _ = try people.organisations(transaction)
            return years.isReopened(year)
        }
        try await database.write { transaction in
            try AuditStore(transaction, people).record(.beginYear, .year(year))
            _ = try put(.closing, year, "settle", from: [.open], transaction)
        }
        let report = try await settleBatches(year, isFresh: isFresh, progress)
        try await signRoot()
        try await database.write { transaction in
            try AuditStore(transaction, people).record(.settleYear, .year(year), report.detail)
            _ = try put(.settled, year, "settle", from: [.closing], transaction)
        }
        return report
    }

    func mayBeSettled(_ year: Year, _ transaction: Transaction) throws {
        let today = people.system.today
        guard year.period.from <= today else {
            throw Failure(
                .refused, "settlement.future", "\(year)年度还没有开始（今天是 \(today)），不能结算。",
                en: "\(year) has not begun (today is \(today)), so it cannot be settled.")
        }
        try hasPolicy(year, transaction)
    }

    private func hasPolicy(_ year: Year, _ transaction: Transaction) throws {
        guard try book(transaction).current.contains(where: { $0.policy.period.mayTouch(year.period) }) else {
            throw Failure(
                .refused, "settlement.no-policy", "没有要求\(year)年度学时的政策。请核对年度，或先发布该年度的政策。",
                en: "No published policy asks for hours in \(year). Check the year, or publish its policy first.")
        }
    }

    /// Compares stored and settled standings with recomputed ones; writes nothing. Failure: `settlement.no-policy`.
    package func check(
        _ year: Year, person: ID<Person>? = nil, progress: @Sendable (Int) -> Void = { _ in }
    ) async throws -> SettlementReport {
        try await database.read { try hasPolicy(year, $0) }
        var report = SettlementReport()
        try await inOrder(
            try await batches(person),
            ahead: { batch -> SettlementReport in
                try await database.read { transaction in
                    var report = SettlementReport()
                    try settler(transaction, year, .check).settle(try roots(batch, transaction), [:], &report)
                    return report
                }
            },
            then: { batch, part in
                report.add(part)
                progress(batch.upperBound)
            })
        return report
    }

    /// Settles batch by batch, each in one transaction. Readers compute the standings ahead. The writing transaction
    /// compares them with the stored ones.
    private func settleBatches(
        _ year: Year, isFresh: Bool, _ progress: @Sendable (Int) -> Void
    ) async throws -> SettlementReport {
        let act = Settler.Act.settle(fresh: isFresh)
        var report = SettlementReport()
        try await inOrder(
            try await batches(nil),
            ahead: { batch -> PreparedStandings in
                try await database.read { transaction in
                    let settler = try settler(transaction, year, act)
                    let made = isFresh ? [:] : try settler.prepare(try roots(batch, transaction))
                    return PreparedStandings(policies: Set(settler.book.all.keys), made: made)
                }
            },
            then: { batch, prepared in
                let part = try await database.write { transaction in
                    var report = SettlementReport()
                    let settler = try settler(transaction, year, act)
                    let made = prepared.policies == Set(settler.book.all.keys) ? prepared.made : [:]
                    try settler.settle(try roots(batch, transaction), made, &report)
                    return report
                }
                report.add(part)
                progress(batch.upperBound)
            })
        return report
    }

    /// Standings that were computed ahead, and the policy versions at that time.
    private struct PreparedStandings: Sendable {
        let policies: Set<Int>
        let made: [Int: Settler.ComputedStandings]
    }

    /// The numbers of all people, or of one person, in batches.
    private func batches(_ person: ID<Person>?) async throws -> [ClosedRange<Int>] {
        try await database.read { transaction in
            let store = PersonStore(transaction, people)
            if let person { return [try store.root(of: person)].map { $0.number...$0.number } }
            return ClosedRange.batches(through: try store.last(), of: Self.batchSize)
        }
    }

    /// The people of a batch who are not merged into others.
    private func roots(_ batch: ClosedRange<Int>, _ transaction: Transaction) throws -> [ID<Person>] {
        try PersonStore(transaction, people).roots(after: batch.lowerBound - 1, through: batch.upperBound)
    }

    func settler(
        _ transaction: Transaction, _ year: Year, _ act: Settler.Act, reason: String = "settle"
    ) throws -> Settler {
        Settler(
            transaction: transaction, people: people, book: try book(transaction), year: year, act: act,
            reason: reason, now: people.system.now())
    }

    /// Opens a settled year again and decides the evidence by the current policies. Returns the number of stored
    /// standings that changed. The settled versions stay; the next settling adds new ones. If this is interrupted, the
    /// next settling decides the rest first.
    ///
    /// Failure: `settlement.open` where it is not settled.
    @discardableResult
    package func reopen(
        _ year: Year, reason: String, progress: @Sendable (Int) -> Void = { _ in }
    ) async throws -> Int {
        let changed = try await database.write { transaction in
            guard try put(.open, year, reason, from: [.settled, .closing], transaction) else { return false }
            try AuditStore(transaction, people).record(.reopenYear, .year(year))
            return true
        }
        guard changed else {
            throw Failure(
                .refused, "settlement.open", "\(year)年度尚未结算，不需要重新开放。",
                en: "\(year) is not settled, so there is nothing to open again.")
        }
        return try await redecideAll(dryRun: false, progress: progress)
    }

    func put(
        _ state: YearState, _ year: Year, _ reason: String, from: [YearState], _ transaction: Transaction
    ) throws -> Bool {
        let store = SettlementStore(transaction, people)
        guard from.contains(try store.years().state(of: year)) else { return false }
        try store.put(state, of: year, reason: reason, at: people.system.now())
        return true
    }
}

extension SettlementReport {
    /// The detail of its audit record.
    var detail: AuditDetail {
        [
            "people": "\(people)", "qualified": "\(qualified)", "short": "\(short)", "waived": "\(waived)",
            "exempt": "\(exempt)", "written": "\(written)", "differing": "\(differing)",
        ]
    }
}

extension Registry {
    /// Whether any year was ever settled as a whole. From then on there must be a signed root.
    package func hasSettled(_ transaction: Transaction) throws -> Bool {
        try SettlementStore(transaction, people).years().hasSettled
    }

    package func isSettled(_ year: Year, _ transaction: Transaction) throws -> Bool {
        try SettlementStore(transaction, people).years().state(of: year) == .settled
    }

    /// The people for whom alone a settled year was opened again and who are not settled since.
    package func openedAlone(_ transaction: Transaction) throws -> [(year: Year, people: [ID<Person>])] {
        let store = SettlementStore(transaction, people)
        return try store.years().all.filter { $0.state == .settled }.map { year, _ in
            (year, try store.openedAlone(in: year))
        }
    }

    /// The years with a recorded state, and their states.
    package func years() async throws -> [(year: Year, state: YearState)] {
        try await database.read { try years($0) }
    }

    /// The same within a transaction.
    package func years(_ transaction: Transaction) throws -> [(year: Year, state: YearState)] {
        try SettlementStore(transaction, people).years().all
    }
}

extension PersonState {
    package var name: String {
        switch self {
        case .year(let state): state.name
        case .alone: "已为本人单独结算"
        case .openedAlone: "已为本人重新开放，还没有再次结算"
        case .missed: "本年度已结算，本人尚未结算"
        }
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
