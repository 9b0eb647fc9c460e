import Kernel

/// The result of deciding one piece of evidence.
package enum Decision: Sendable, Hashable {
    case credited(Credited)
    case refused(Refusal)
}

/// The hours of one item, with the steps that led to them.
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
    /// The evidence's day; caps apply in this order.
    package let day: Day
    package let lines: [Allocation]
    package let steps: [StepTrace]
    package let clause: Clause
    /// The index in the policy of the window that admitted a day outside the period.
    let window: Int?
    package let isMadeUp: Bool
}

/// One step as it was taken: its place, its input and its result. Texts are made on demand.
package struct StepTrace: Sendable, Hashable {
    /// Index of the credit rule in its kind, and of the step in its rule.
    let creditRule: Int
    let index: Int
    /// The number that the step used: authors, days, a rank, or hundredths of a table's row.
    let input: Int
    /// Hundredths after the step.
    let value: Rational
}

/// Why nothing is credited, and the clause.
package struct Refusal: Sendable, Hashable, Error {
    package enum Reason: Sendable, Hashable {
        case unknownKind(String)
        case missing(String)
        case notAccepted(String)
        /// The kind's precondition with this index is not met.
        case precondition(Int)
        /// The table has no row for these facts.
        case noRow([String])
        /// The reviewer has not chosen within the range.
        case notChosen(Bounds)
        case outsidePeriod(Day)
        case outsideYears(first: Year, last: Year)
        /// No hours are left: the amount is below 0.01, or the windows are open for other subjects or kinds only.
        case worthNothing
        case tooLarge
    }

    package let reason: Reason
    package let kind: String
    package let clause: Clause?
}

extension Policy {
    /// The ledger entry for one line of a decision.
    package func entry(_ line: Credited.Allocation, of credited: Credited, _ evidence: Evidence, number: Int) -> Entry {
        Entry(
            number: number, day: credited.day, year: line.year, hours: line.hours, subject: line.subject,
            kind: credited.kind, tags: tags(of: evidence), work: work(of: evidence))
    }
}
