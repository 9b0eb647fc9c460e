import Kernel
import People
import Policy

/// The input of a person's standings: histories and unreversed entries of the person and of those merged into it.
package struct StandingInput: Sendable {
    /// The person first, then those merged into it.
    package let family: [ID<Person>]
    package let history: History
    /// All entries, or those that an ``EntryFilter`` selected.
    package let entries: [LedgerEntry]

    package var root: ID<Person> { family[0] }

    /// The years of the entries.
    package var years: Set<Year> { Set(entries.map(\.year)) }

    /// The person's standings in the periods that touch a year: under the policies that apply in the year, or that it
    /// was settled under, and under those of its entries. Empty where there are neither policies nor entries.
    package func standings(touching year: Year, _ book: PolicyBook, _ settledPeriods: SettledPeriods)
        -> [ComputedStanding]
    {
        let facts = history.dated
        let settled = settledPeriods.keys(touching: year)
        var versions = settled.isEmpty ? policies(in: year, book, facts) : settled.compactMap(book.current)
        for entry in entries where entry.year == year && !versions.contains(where: { $0.key == entry.policyKey }) {
            if let version = book.current(entry.policyKey) { versions.append(version) }
        }
        return versions.flatMap { newest in
            newest.policy.period.periods(touching: year, facts).map { period in
                personYear(settledPeriods.version(newest.key, from: period.from) ?? newest, period, facts, book)
            }
        }
    }

    /// The years among these in which a policy applies to this person.
    func asked(_ years: [Year], _ book: PolicyBook) -> [Year] {
        let facts = history.dated
        return years.filter { !policies(in: $0, book, facts).isEmpty }
    }

    private func policies(in year: Year, _ book: PolicyBook, _ facts: [DatedFact]) -> [PolicyVersion] {
        book.policies(in: year, region: history.unit(on: year.period.to)?.region, facts)
    }

    private func personYear(
        _ version: PolicyVersion, _ period: Period, _ facts: [DatedFact], _ book: PolicyBook
    ) -> ComputedStanding {
        let mine = entries.keeping { $0.policyKey == version.key }
        let (policy, folded) = (version.policy, fold(mine))
        let beside = mine.count == entries.count ? [] : beside(policy, book)
        let standing = policy.standing(in: period, facts: facts, entries: folded, beside: beside)
        let membership = policy.membership(of: period, facts)
        let inside = mine.keeping { membership.holds($0.line) }
        return ComputedStanding(person: root, version: version, standing: standing, entries: inside, facts: facts)
    }

    /// The entries under other policies of the same line that may count once together with entries under this policy.
    private func beside(_ policy: Policy, _ book: PolicyBook) -> [Entry] {
        let line = book.line(of: policy)
        guard line.count > 1 else { return [] }
        return fold(
            entries.filter {
                $0.policyKey != policy.key && policy.lifelongKinds.contains($0.kind) && line.contains($0.policyKey)
            })
    }

    /// The shortest ways to meet the unmet requirements of a standing.
    package func ways(of item: ComputedStanding, _ book: PolicyBook, today: Day) -> [Shortfall] {
        let (policy, period) = (item.version.policy, item.standing.period)
        guard item.standing.outcome == .short else { return [] }
        let folded = fold(entries.keeping { $0.policyKey == item.version.key })
        return policy.ways(
            in: period, facts: item.facts, entries: folded, beside: beside(policy, book), today: today)
    }

    /// The entries as ``EntryFold`` reads them.
    private func fold(_ entries: [LedgerEntry]) -> [Entry] { entries.map(\.line) }
}

extension [LedgerEntry] {
    /// Like `filter`, without a copy where all elements are kept.
    fileprivate func keeping(_ isKept: (LedgerEntry) -> Bool) -> [LedgerEntry] {
        allSatisfy(isKept) ? self : filter(isKept)
    }
}
