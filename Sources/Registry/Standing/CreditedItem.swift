import Database
import Kernel
import People
import Policy

/// A credited item in the words of people: kind, what it calls itself, subject, and the unit of its day.
package struct CreditedItem: Sendable {
    package let entry: LedgerEntry
    package let kind: String
    package let title: String
    package let subject: String
    package let unit: Organisation?
    /// What of its hours counts as things stand.
    package let counted: CreditHours
    /// Why the rest does not.
    package let uncounted: [String]
}

extension Registry {
    /// One entry, if the person has it and it was not taken back; with what of it counts in its standing of now.
    package func creditedItem(
        _ person: ID<Person>, _ number: Int, _ transaction: Transaction
    ) throws -> CreditedItem? {
        let persons = PersonStore(transaction, people)
        let family = try persons.family(of: persons.root(of: person))
        let standingInput = try StandingStore(transaction, people).standingInput(family)
        guard let entry = standingInput.entries.first(where: { $0.person == person && $0.number == number }) else {
            return nil
        }
        let book = try book(transaction)
        let settledPeriods = try SettlementStore(transaction, people).settledPeriods(family[0], book)
        let standings = standingInput.standings(touching: entry.year, book, settledPeriods)
        let uncounted = standings.flatMap { item in
            item.standing.uncounted.filter { $0.entry == entry.id }.map { ($0, item.version.policy) }
        }
        let policy = book.all[entry.policy.number]?.policy
        let held = try EvidenceStore(transaction).find(person, number: entry.evidence)
        let kind = policy?.kind(entry.kind)
        return CreditedItem(
            entry: entry, kind: kind?.name ?? entry.kind, title: held.flatMap { kind?.title(of: $0.evidence) } ?? "",
            subject: policy?.subject(entry.subject)?.name ?? entry.subject,
            unit: standingInput.history.unit(on: entry.day),
            counted: uncounted.reduce(entry.hours) { $0 - $1.0.hours },
            uncounted: uncounted.map { item, policy in
                policy.words(for: item, kind: entry.kind).text { standingInput.name(of: $0, beside: entry) }
            })
    }
}

extension StandingInput {
    /// 第 2 笔; of another year than the entry's,  2021 年度第 2 笔.
    fileprivate func name(of other: EntryID, beside entry: LedgerEntry) -> String {
        let year = entries.first { $0.id == other }?.year ?? entry.year
        let reference = EntryReference(other, in: year, isHere: year == entry.year, for: root)
        return reference.blank + reference.words
    }
}
