import Database
import Kernel
import People

extension Registry {
    /// At most so many people in one transaction.
    package static let page = 500

    /// Settles a year, or one person's. It can be run again: who is settled with the same bytes stays as is.
    ///
    /// `progress` is told how many people are done, after each transaction.
    package func settle(
        _ year: Year, person: ID<Person>? = nil, progress: @Sendable (Int) -> Void = { _ in }
    ) async throws -> SettlementReport {
        if person == nil { try await put(.closing, year, "settle", from: [.open, .settled]) }
        let report = try await pages(person, progress) { transaction, roots, report in
            try settler(transaction, year).settle(roots, writing: true, &report)
        }
        if person == nil { try await put(.settled, year, "settle", from: [.closing]) }
        return report
    }

    /// Holds what is kept and settled against what comes out now; writes nothing.
    package func check(
        _ year: Year, person: ID<Person>? = nil, progress: @Sendable (Int) -> Void = { _ in }
    ) async throws -> SettlementReport {
        try await pages(person, progress, writing: false) { transaction, roots, report in
            try settler(transaction, year).settle(roots, writing: false, &report)
        }
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

    private func settler(_ transaction: Transaction, _ year: Year) throws -> Settler {
        Settler(
            transaction: transaction, people: people, book: try book(transaction), year: year,
            now: people.outside.now())
    }

    /// Goes through everybody who stands for themselves, a page in each transaction.
    private func pages(
        _ person: ID<Person>?, _ progress: @Sendable (Int) -> Void, writing: Bool = true,
        _ body: @escaping @Sendable (Transaction, [ID<Person>], inout SettlementReport) throws -> Void
    ) async throws -> SettlementReport {
        var report = SettlementReport()
        var (last, done) = (0, 0)
        while true {
            let (after, sofar) = (last, report)
            let turn: @Sendable (Transaction) throws -> (SettlementReport, [ID<Person>]) = { transaction in
                let store = PersonStore(transaction, people)
                var report = sofar
                let roots = try person.map { try [root($0, store)] } ?? store.roots(after: after, limit: Self.page)
                try body(transaction, roots, &report)
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

    private func root(_ person: ID<Person>, _ store: PersonStore) throws -> ID<Person> {
        guard let root = try store.root(of: person) else { throw Failure.noPerson("人员编号 \(person)") }
        return root
    }
}

extension Registry {
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
