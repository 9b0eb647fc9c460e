import Kernel
import People
import Policy

/// All that a person's standings are made of: the histories and un-reversed entries of the person and of those who
/// were merged into this one.
package struct StandingInput: Sendable {
    /// The person first, then those merged into this one.
    package let family: [ID<Person>]
    package let history: History
    /// All of them, or those under the policies that were asked for.
    package let entries: [LedgerEntry]

    package var root: ID<Person> { family[0] }

    /// The years that something was entered in.
    package var years: Set<Year> { Set(entries.map(\.year)) }

    /// How this person stands in the periods that touch a year: under the year's policies, and under any that hours
    /// were entered under in it. Empty where no policy is found and nothing was entered.
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

    /// Those of these years in which a policy asks something of this person.
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

    /// What was entered under other policies of the line and may count once with what is under this one.
    private func beside(_ policy: Policy, _ book: PolicyBook) -> [Entry] {
        let line = book.line(of: policy)
        guard line.count > 1 else { return [] }
        return fold(
            entries.filter {
                $0.policyKey != policy.key && policy.lifelongKinds.contains($0.kind) && line.contains($0.policyKey)
            })
    }

    /// The shortest way to what a standing is short of.
    package func ways(of item: ComputedStanding, _ book: PolicyBook, today: Day) -> [Shortfall] {
        let (policy, period) = (item.version.policy, item.standing.period)
        guard item.standing.outcome == .short else { return [] }
        let folded = fold(entries.keeping { $0.policyKey == item.version.key })
        return policy.ways(
            in: period, facts: item.facts, entries: folded, beside: beside(policy, book), today: today)
    }

    /// Entries as the fold wants them.
    private func fold(_ entries: [LedgerEntry]) -> [Entry] { entries.map(\.line) }
}

extension [LedgerEntry] {
    /// The same as `filter`, and no copy where all are kept.
    fileprivate func keeping(_ isKept: (LedgerEntry) -> Bool) -> [LedgerEntry] {
        allSatisfy(isKept) ? self : filter(isKept)
    }
}
