import Database
import Kernel
import People
import Policy

extension Registry {
    /// One entry as its person reads it, without its steps, and the year and unit of its day; `nil` where the person
    /// has no such entry, or it was reversed. The title is that of the latest evidence.
    ///
    /// It reads only what it returns, so that the state of a certificate does not depend on damaged rows elsewhere.
    package func entry(
        _ number: Int, of person: ID<Person>, _ transaction: Transaction
    ) throws -> (explained: ExplainedEntry, year: Year, unit: Organisation?)? {
        let persons = PersonStore(transaction, people)
        let family = try persons.family(of: persons.root(of: person))
        let standingInput = try StandingStore(transaction, people).standingInput(family)
        guard let entry = standingInput.entries.first(where: { $0.person == person && $0.number == number }) else {
            return nil
        }
        let book = try book(transaction)
        let settledPeriods = try SettlementStore(transaction, people).settledPeriods(family[0], book)
        let standings = standingInput.standings(touching: entry.year, book, settledPeriods)
        let policy = book.all[entry.policy.number]?.policy
        var explained = ExplainedEntry(entry, policy)
        let held = try EvidenceStore(transaction).find(person, number: entry.evidence)
        explained.title = held.flatMap { policy?.kind(entry.kind)?.title(of: $0.evidence) } ?? ""
        if let item = standings.first(where: { $0.entries.contains { $0.id == entry.id } }) {
            explained.count(entry, in: item) { other in
                let year = standingInput.entries.first { $0.id == other }?.year ?? entry.year
                return EntryReference(other, in: year, isHere: year == entry.year, for: standingInput.root)
            }
        }
        return (explained, entry.year, standingInput.history.unit(on: entry.day))
    }
}
