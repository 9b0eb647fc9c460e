import Database
import Kernel
import People
import Policy

extension Registry {
    /// A person in the list of a year.
    package typealias Listed = (person: ID<Person>, name: String, unit: Organisation?, items: [ComputedStanding])

    /// The standings in a year of all people who are not merged into others, in batches by number. The next batches are
    /// read while `take` runs.
    package func standings(_ year: Year, _ take: ([Listed]) throws -> Void) async throws {
        let batches = try await database.read { transaction in
            _ = try people.organisations(transaction)
            return ClosedRange.batches(through: try PersonStore(transaction, people).last(), of: Self.batchSize)
        }
        try await inOrder(
            batches, ahead: { batch in try await database.read { try listed(year, batch, $0) } },
            then: { _, batch in try take(batch) })
    }

    /// One batch. Nothing is decided by the list, so its rows are not checked against their MACs.
    private func listed(_ year: Year, _ range: ClosedRange<Int>, _ transaction: Transaction) throws -> [Listed] {
        let (first, last) = (range.lowerBound, range.upperBound)
        let persons = PersonStore(transaction, people)
        let roots = try persons.roots(after: first - 1, through: last)
        let (book, names) = (try book(transaction), try persons.names(from: first, through: last))
        let settledPeriods = try transaction.withoutChecks {
            try SettlementStore(transaction, people).settledPeriods(from: first, through: last, book)
        }
        let standingInputs = try transaction.withoutChecks {
            try StandingStore(transaction, people).standingInputs(roots, under: book.entries(touching: year))
        }
        return standingInputs.map { standingInput in
            let number = standingInput.root.number
            return (
                standingInput.root, names[number] ?? "", standingInput.history.unit(on: year.period.to),
                standingInput.standings(touching: year, book, settledPeriods[number] ?? SettledPeriods())
            )
        }
    }
}
