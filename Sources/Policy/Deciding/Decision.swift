import Kernel

/// What a policy says to one piece of evidence.
package enum Decision: Sendable, Hashable {
    case credited(Credited)
    case refused(Refusal)
}

/// Hours for one item, with the way to them.
package struct Credited: Sendable, Hashable {
    /// Hours of one year in one subject.
    package struct Allocation: Sendable, Hashable {
        package let year: Year
        package let subject: String
        package let hours: CreditHours

        package init(year: Year, subject: String, hours: CreditHours) {
            (self.year, self.subject, self.hours) = (year, subject, hours)
        }
    }

    package let kind: String
    /// The evidence's day: the order of caps goes by it.
    package let day: Day
    package let lines: [Allocation]
    package let steps: [StepTrace]
    package let clause: Clause
    /// The window that let a day outside the period in, by its place in the policy.
    let window: Int?
    package let isMadeUp: Bool
}

/// One step taken: which, on what number, and what it came to. Words are made of it when they are asked for.
package struct StepTrace: Sendable, Hashable {
    /// Which of the kind's gifts, and which of its steps.
    let creditRule: Int
    let index: Int
    /// The number that the step worked with: authors, days, a rank; hundredths of a table's row.
    let input: Int
    /// Hundredths after the step.
    let value: Rational
}

/// Why nothing is credited, and under which clause.
package struct Refusal: Sendable, Hashable, Error {
    package enum Reason: Sendable, Hashable {
        case unknownKind(String)
        case missing(String)
        case notAccepted(String)
        /// The kind's demand of that number is not met.
        case precondition(Int)
        /// The table has no row for these facts.
        case noRow([String])
        /// The reviewer has not chosen within the range.
        case notChosen(Bounds)
        case outsidePeriod(Day)
        case outsideYears(first: Year, last: Year)
        /// The windows are open for other subjects or kinds only.
        case worthNothing
        case tooLarge
    }

    package let reason: Reason
    package let kind: String
    package let clause: Clause?
}

extension Policy {
    /// The entry that a line of a decision becomes in the ledger.
    package func entry(_ line: Credited.Allocation, of credited: Credited, _ evidence: Evidence, number: Int) -> Entry {
        Entry(
            number: number, day: credited.day, year: line.year, hours: line.hours, subject: line.subject,
            kind: credited.kind, tags: tags(of: evidence), work: work(of: evidence))
    }
}
