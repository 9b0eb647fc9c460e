import Database
import Kernel
import People
import Policy

/// A standing as it is kept, read back from its text: for lists, which recompute nothing.
package struct StoredStanding: Sendable {
    /// What one requirement came to.
    package struct RequirementSummary: Sendable, Hashable {
        package let hoursRequirement: String
        package let name: String
        package let required: CreditHours
        package let counted: CreditHours
        package var short: CreditHours { max(.zero, required - counted) }
    }

    package let person: ID<Person>
    package let policy: Policy
    package let outcome: Outcome
    package let lines: [RequirementSummary]
    /// Short, and not asked to be otherwise by somebody: 不作硬性要求.
    package let isWaived: Bool
}

extension StoredStanding {
    /// `nil` where the text is none of ours.
    init?(_ person: ID<Person>, _ policy: Policy, body: String) {
        guard let record = StandingCodec.decode(body) else { return nil }
        (self.person, self.policy, outcome) = (person, policy, record.outcome)
        isWaived = record.outcome == .short && !record.waivers.isEmpty
        let hoursRequirements = policy.hoursRequirements
        lines = record.lines.filter { hoursRequirements.indices.contains($0.hoursRequirement) }.map { line in
            RequirementSummary(
                hoursRequirement: hoursRequirements[line.hoursRequirement].key,
                name: hoursRequirements[line.hoursRequirement].name, required: line.required, counted: line.counted)
        }
    }
}

extension Registry {
    /// What is kept of these people's standings of a year; nothing of those for whom nothing was entered or settled.
    package func kept(
        _ year: Year, of people: [ID<Person>], _ transaction: Transaction
    ) throws -> [ID<Person>: [StoredStanding]] {
        let book = try book(transaction)
        let rows = try StandingStore(transaction, self.people).kept(year, of: people)
        return rows.reduce(into: [:]) { kept, row in
            guard let policy = book.all[row.policy]?.policy,
                let standing = StoredStanding(row.person, policy, body: row.body)
            else { return }
            kept[row.person, default: []].append(standing)
        }
    }

    /// People one of whose standings of a year came to this, by number: at most so many after one.
    package func people(
        _ year: Year, _ outcome: Outcome, after person: Int, limit: Int, _ transaction: Transaction
    ) throws -> [ID<Person>] {
        try StandingStore(transaction, people).people(year, outcome, after: person, limit: limit)
    }

    /// What each kept standing of a range of people came to, by the number of the person.
    package func outcomes(
        _ range: ClosedRange<Int>, _ transaction: Transaction,
        _ body: (_ person: Int, _ year: Year, _ outcome: Outcome, _ isWaived: Bool) -> Void
    ) throws {
        try StandingStore(transaction, people).outcomes(range) { person, year, word, hasWaivers in
            guard let outcome = Outcome(rawValue: word) else { return }
            body(person, year, outcome, outcome == .short && hasWaivers)
        }
    }

    /// The policies that ask for something in a year, those of the smallest regions first.
    package func policies(asking year: Year, _ transaction: Transaction) throws -> [Policy] {
        try book(transaction).current.map(\.policy).filter { !$0.period.periods(touching: year, []).isEmpty }
    }

    /// The years up to one in which some policy asks for something, the newest first.
    package func yearsAsked(through last: Year, _ transaction: Transaction) throws -> [Year] {
        let policies = try book(transaction).current.map(\.policy)
        guard let first = policies.map(\.firstYear).min(), first <= last else { return [] }
        return (first.number...last.number).reversed().map { Year($0) }.filter { year in
            policies.contains { !$0.period.periods(touching: year, []).isEmpty }
        }
    }
}
