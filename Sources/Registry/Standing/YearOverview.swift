import Database
import Kernel
import People
import Policy

/// A person's year as pages show it.
package struct YearOverview: Sendable {
    package let person: Person
    package let standingInput: StandingInput
    package let standings: [ComputedStanding]
    package let state: PersonState
    /// The decisions of the year's entries.
    let decided: [DecisionKey: RecordedDecision]
    /// The submitters, by the source that the evidence names.
    let sourceNames: [String: EvidenceSourceName]
    /// Evidence that is credited nowhere, of all years.
    let refused: [Refused]
    /// The settled versions of this year.
    package let settled: [SettledStanding]
    package let book: PolicyBook
    package let today: Day

    /// Refused evidence with its last decision.
    typealias Refused = (evidence: StoredEvidence, refusal: StoredRefusal)
}

extension YearOverview {
    /// The years with requirements for the person or with entries, the newest first.
    package func years(through last: Year) -> [Year] {
        let first = book.all.values.map(\.policy.firstYear).min() ?? last
        let years = first <= last ? (first.number...last.number).map { Year($0) } : []
        let entered = standingInput.years
        return entered.union(standingInput.asked(years.filter { !entered.contains($0) }, book)).sorted(by: >)
    }

    /// The years that have a page: these, and the years of refused evidence.
    package func pages(through last: Year) -> [Year] {
        refused.isEmpty ? years(through: last) : Set(years(through: last) + refusalYears).sorted(by: >)
    }

    /// A sentence where a standing differs from its settled version; otherwise `nil`.
    package func difference(of item: ComputedStanding) -> LocalizedText? {
        guard state.isSettled, let settled = settled.last(where: { $0.place == item.place }),
            !settled.says(item.body)
        else { return nil }
        return LocalizedText(
            "与已结算的第 \(settled.version) 版不同：以已结算的为准，年度重新开放并结算后更新",
            en: "It differs from settled version \(settled.version), which holds until the year is reopened and settled"
        )
    }

    /// The evidence in the version that was decided; a newer version may exist.
    package func evidence(of entry: LedgerEntry) -> StoredEvidence? { decided[entry.decisionPlace]?.evidence }
}

extension Registry {
    /// Failure: `person.unknown`.
    package func year(_ year: Year, of person: ID<Person>) async throws -> YearOverview {
        try await database.read { try self.year(year, of: person, $0) }
    }

    /// The same in a transaction of the caller.
    package func year(_ year: Year, of person: ID<Person>, _ transaction: Transaction) throws -> YearOverview {
        let persons = PersonStore(transaction, people)
        guard let asked = try persons.find(person), let found = try asked.alias.map(persons.find) ?? asked else {
            throw Failure.noPerson(person)
        }
        let root = found.number
        let book = try book(transaction)
        let family = try persons.family(of: root)
        let standingInput = try StandingStore(transaction, people).standingInput(family)
        let settlements = SettlementStore(transaction, people)
        let (years, settled) = (try settlements.years(), try settlements.versions(root))
        let newest = settled.reduce(into: [:]) { $0[$1.place] = $1 }
        let standings = standingInput.standings(touching: year, book, SettledPeriods(newest, years, book))
        let (decided, refused) = try RecordedDecision.all(of: standings.flatMap(\.entries), family, transaction)
        let submitted = decided.values.map(\.evidence) + refused.map(\.evidence)
        return YearOverview(
            person: found, standingInput: standingInput, standings: standings,
            state: standings.isEmpty
                ? .year(years.state(of: year)) : years.state(of: year, newest.values.filter { $0.year == year }),
            decided: decided, sourceNames: try sourceNames(submitted, transaction), refused: refused,
            settled: settled.filter { $0.year == year }, book: book, today: people.system.today)
    }

    private func sourceNames(
        _ evidence: [StoredEvidence], _ transaction: Transaction
    ) throws -> [String: EvidenceSourceName] {
        let named = Set(evidence.map(\.source))
        guard !named.isEmpty else { return [:] }
        let organisations = try people.organisations(transaction)
        return try named.reduce(into: [:]) { known, name in
            let source = try EvidenceSource(name) ?? LegacySources.read(transaction, people).source(name)
            known[name] = source.map {
                EvidenceSourceName(
                    source: $0, name: $0.name(organisations), holder: ItemHolder($0, organisations))
            }
        }
    }
}
