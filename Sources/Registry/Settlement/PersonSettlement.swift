import Database
import Kernel
import People
import Policy

/// Settling and reopening the year of one person, independently of the others.
extension Registry {
    /// Settles the year of a person and of those merged into it. The standings are frozen even if the year is open.
    /// Only data of this person is read. `heads`: those of the newest signed root.
    ///
    /// Failures: `person.unknown`, `ledger.broken` where a chain is broken, `settlement.no-policy`,
    /// `settlement.future`.
    package func settle(_ year: Year, only person: ID<Person>, _ heads: ChainHeads) async throws -> SettlementReport {
        try await database.write { transaction in
            try mayBeSettled(year, transaction)
            let root = try PersonStore(transaction, people).root(of: person)
            try auditChains(of: root, heads, transaction)
            let settlements = SettlementStore(transaction, people)
            // Records the year's first turn, because settled versions are read only if some year has a turn.
            if try settlements.years().turns(of: year) == 0 {
                _ = try put(.open, year, "person", from: [.open], transaction)
            }
            var report = SettlementReport()
            let isFresh = try settlements.years().isReopened(year)
            try settler(transaction, year, .settle(fresh: isFresh), reason: "person").settle([root], [:], &report)
            try AuditStore(transaction, people).record(.settleYear, .year(year), about: root, report.detail)
            return report
        }
    }

    /// Opens the settled year of a person again, and decides it by the current facts and policies. The settled versions
    /// stay; a copy that is not frozen is added to each. The next settling adds another version.
    ///
    /// Failures: `person.unknown`, `ledger.broken` where a chain is broken, `settlement.person-open` where nothing of
    /// the person is settled in the year.
    package func reopen(_ year: Year, only person: ID<Person>, _ heads: ChainHeads, reason: String) async throws {
        try await database.write { transaction in
            let root = try PersonStore(transaction, people).root(of: person)
            try auditChains(of: root, heads, transaction)
            let settlements = SettlementStore(transaction, people)
            let years = try settlements.years()
            let newest = try settlements.versions(root).reduce(into: [:]) { $0[$1.place] = $1 }.values
            let settledPeriods = newest.filter { $0.year == year && years.isFrozen(year, $0.turn) }
            guard !settledPeriods.isEmpty else { throw Failure.personOpen(root, year) }
            for standing in settledPeriods.sorted(by: { $0.place < $1.place }) {
                try settlements.reopen(standing, reason: reason, at: people.system.now())
            }
            let recogniser = try recogniser(transaction)
            try recogniser.redecide(root, .published, touching: [year])
            try recogniser.updateStandings()
            try AuditStore(transaction, people).record(.reopenYear, .year(year), about: root)
        }
    }

    /// Failure: `ledger.broken`.
    private func auditChains(of root: ID<Person>, _ heads: ChainHeads, _ transaction: Transaction) throws {
        let policies = try book(transaction).all.mapValues { (hash: $0.hash, key: $0.key) }
        for member in try PersonStore(transaction, people).family(of: root).map(\.number) {
            let head = try heads.part(after: member - 1, through: member)
            let audit = try Self.walk(head, member - 1, member, policies, transaction)
            guard audit.broken == 0 else { throw Failure.ledgerBroken(audit.broken) }
        }
    }
}

extension Failure {
    fileprivate static func personOpen(_ person: ID<Person>, _ year: Year) -> Failure {
        Failure(
            .refused, "settlement.person-open", "人员 \(person) 的\(year)年度没有结算，不需要重新开放。",
            en: "The year \(year) of person \(person) is not settled, so there is nothing to open again.")
    }

    package static func ledgerBroken(_ count: Int) -> Failure {
        Failure(
            .damaged, "ledger.broken", "账本或数据表有 \(count) 处不完整，没有据此结算或签名。请运行 ledger verify 查看，并从备份恢复。",
            en: "The ledger or its tables are broken in \(count) places; nothing was settled or signed."
        )
    }
}
