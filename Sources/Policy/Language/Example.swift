import Kernel

/// A case with its expected result, in the policy file beside the rules. `policy check` runs it.
package struct Example: Sendable {
    package enum Item: Sendable {
        case evidence(Evidence)
        case entry(Entry)
        /// Surplus of an earlier year.
        case carried(Leftover)
    }

    /// Surplus hours of a subject from an earlier year.
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
    /// The year of the standing.
    let year: Year
    let expected: [Expectation]
}

/// One expected result of an example.
struct Expectation: Sendable {
    enum What: Sendable {
        /// The hours that the items give in a subject.
        case credited(String, CreditHours)
        /// The hours that the items give in a year.
        case inYear(Year, CreditHours)
        case outcome(Outcome)
        /// There is no period in the year: 不要求.
        case notAsked
        /// The policy does not apply to the person: 不适用.
        case notApplied
        /// A figure of a requirement; of one year of the period if the requirement holds for each year.
        case figure(Figure, requirement: String, Year?, CreditHours)
        /// Hours of earlier years that count.
        case carried(CreditHours)
        /// Hours that do not count.
        case uncounted(CreditHours)
        case waived(String, Bool)
        /// A refusal whose text contains this string.
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
