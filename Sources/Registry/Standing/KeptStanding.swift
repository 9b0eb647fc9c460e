import Database
import Kernel
import People
import Policy

/// A standing as it is kept, read back from its text: for lists, which recompute nothing.
package struct KeptStanding: Sendable {
    /// What one requirement came to.
    package struct Line: Sendable, Hashable {
        package let want: String
        package let name: String
        package let wanted: CreditHours
        package let counted: CreditHours
        package var short: CreditHours { max(.zero, wanted - counted) }
    }

    package let person: ID<Person>
    package let policy: Policy
    package let outcome: Outcome
    package let lines: [Line]
    /// Short, and not asked to be otherwise by somebody: 不作硬性要求.
    package let isWaived: Bool
}

extension KeptStanding {
    /// `nil` where the text is not one of ``PersonYear/body``.
    init?(_ person: ID<Person>, _ policy: Policy, _ outcome: String, body: String) {
        guard let outcome = Outcome(rawValue: outcome) else { return nil }
        (self.person, self.policy, self.outcome) = (person, policy, outcome)
        let rows = body.split(separator: "\n").map { $0.split(separator: " ") }
        let waivers = rows.first { $0.first == "outcome" }.map { $0.count > 3 } ?? false
        isWaived = outcome == .short && waivers
        let wants = policy.wants
        lines = rows.filter { $0.first == "line" }.compactMap { words in
            guard words.count == 6, let want = Int(words[1]), wants.indices.contains(want),
                let wanted = Int(words[3]), let counted = Int(words[5])
            else { return nil }
            return Line(
                want: wants[want].key, name: wants[want].name, wanted: CreditHours(hundredths: wanted),
                counted: CreditHours(hundredths: counted))
        }
    }
}

extension Registry {
    /// What is kept of these people's standings of a year; nothing of those for whom nothing was entered or settled.
    package func kept(
        _ year: Year, of people: [ID<Person>], _ transaction: Transaction
    ) throws -> [ID<Person>: [KeptStanding]] {
        let book = try book(transaction)
        let rows = try StandingStore(transaction, self.people).kept(year, of: people)
        return rows.reduce(into: [:]) { kept, row in
            guard let policy = book.all[row.policy]?.policy,
                let standing = KeptStanding(row.person, policy, row.outcome, body: row.body)
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
