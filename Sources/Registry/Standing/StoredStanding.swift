import Database
import Kernel
import People
import Policy

/// A standing that is read from its stored text, for lists, which recompute nothing.
package struct StoredStanding: Sendable {
    /// The result of one requirement.
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
    /// Short with a waiver: 不作硬性要求.
    package let isWaived: Bool
}

extension StoredStanding {
    /// `nil` where the text has another format.
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
    /// The stored standings of these people in a year. A person without entries or settled standings may have none.
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

    /// The people with a standing of this outcome in a year, by number: at most `limit` after `person`.
    package func people(
        _ year: Year, _ outcome: Outcome, after person: Int, limit: Int, _ transaction: Transaction
    ) throws -> [ID<Person>] {
        try StandingStore(transaction, people).people(year, outcome, after: person, limit: limit)
    }

    /// The outcomes of the stored standings of a range of people.
    package func outcomes(
        _ range: ClosedRange<Int>, _ transaction: Transaction,
        _ body: (_ person: Int, _ year: Year, _ outcome: Outcome, _ isWaived: Bool) -> Void
    ) throws {
        try StandingStore(transaction, people).outcomes(range) { person, year, word, hasWaivers in
            guard let outcome = Outcome(rawValue: word) else { return }
            body(person, year, outcome, outcome == .short && hasWaivers)
        }
    }

    /// The policies with requirements in a year, smaller regions first.
    package func policies(asking year: Year, _ transaction: Transaction) throws -> [Policy] {
        try book(transaction).current.map(\.policy).filter { !$0.period.periods(touching: year, []).isEmpty }
    }

    /// The years through `last` in which some policy has requirements, the newest first.
    package func yearsAsked(through last: Year, _ transaction: Transaction) throws -> [Year] {
        let policies = try book(transaction).current.map(\.policy)
        guard let first = policies.map(\.firstYear).min(), first <= last else { return [] }
        return (first.number...last.number).reversed().map { Year($0) }.filter { year in
            policies.contains { !$0.period.periods(touching: year, []).isEmpty }
        }
    }
}
