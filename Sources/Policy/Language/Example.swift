import Kernel

/// A case with its answer, in the policy file beside the rules: `policy check` runs it.
package struct Example: Sendable {
    package enum Item: Sendable {
        case evidence(Evidence)
        case entry(Entry)
        /// Surplus of an earlier year.
        case carried(Leftover)
    }

    /// Hours of a subject that an earlier year left over.
    package struct Leftover: Sendable {
        let from: Year
        let subject: String
        let hours: CreditHours
    }

    package let name: String
    package let place: FileLocation
    let items: [Item]
    package let person: [DatedFact]
    let asked: [String: String]
    /// The year that the standing is asked for.
    let year: Year
    let expected: [Expectation]
}

/// One thing that an example expects.
struct Expectation: Sendable {
    enum What: Sendable {
        /// The hours that the given items are worth in a subject.
        case credited(String, CreditHours)
        /// The hours that they are worth in a year.
        case inYear(Year, CreditHours)
        case outcome(Outcome)
        /// There is no period in the year: 不要求.
        case notAsked
        /// Whom the policy asks, the person is not: 不适用.
        case notApplied
        /// Of a requirement; in one year of the period where it holds for each.
        case figure(Figure, requirement: String, Year?, CreditHours)
        /// Hours of earlier years that count.
        case carried(CreditHours)
        /// Hours that count for nothing.
        case uncounted(CreditHours)
        case waived(String, Bool)
        /// A refusal whose words contain these.
        case refused(String)
        case clause(String)
    }

    enum Figure: String, Sendable, CaseIterable {
        case required = "wanted"
        case earned
        case counted
        case short
        case surplus
    }

    let what: What
    let place: FileLocation
}
