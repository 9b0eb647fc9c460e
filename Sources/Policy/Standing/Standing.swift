import Kernel

/// How a person stands under a policy in a period: the result of each requirement, and why hours do not count.
package struct Standing: Sendable, Hashable {
    /// The result of one requirement.
    package struct RequirementResult: Sendable, Hashable {
        /// The requirement's index, and the year if it holds for each year.
        package let hoursRequirement: Int
        package let year: Year?
        package let required: CreditHours
        /// All credited hours that match, before caps, once-rules and highest-only.
        package let earned: CreditHours
        /// The hours that count.
        package let counted: CreditHours
        package var short: CreditHours { max(.zero, required - counted) }
        package var surplus: CreditHours { max(.zero, counted - required) }

        package init(
            hoursRequirement: Int, year: Year?, required: CreditHours, earned: CreditHours, counted: CreditHours
        ) {
            (self.hoursRequirement, self.year) = (hoursRequirement, year)
            (self.required, self.earned, self.counted) = (required, earned, counted)
        }
    }

    /// Hours of an entry that do not count, and why.
    package struct Uncounted: Sendable, Hashable {
        package let entry: EntryID
        package let hours: CreditHours
        package let reason: Reason

        package init(entry: EntryID, hours: CreditHours, reason: Reason) {
            (self.entry, self.hours, self.reason) = (entry, hours, reason)
        }
    }

    /// Hours of an entry of an earlier period that fill a shortfall of this one.
    package struct Carried: Sendable, Hashable {
        package let entry: EntryID
        /// The year and the subject that they were credited to.
        package let year: Year
        package let subject: String
        package let hours: CreditHours
        /// The indices of the lines that count them.
        package let lines: [Int]
    }

    package enum Reason: Sendable, Hashable {
        /// Over the cap with this index.
        case cap(Int)
        /// The same item counted already, in that entry.
        case twice(of: EntryID)
        /// Another entry claims the same work at a higher level.
        case lowerLevel(than: EntryID)
        /// Hours of the work that counted in an earlier period.
        case countedEarlier
    }

    package let policy: String
    package let period: Period
    package let outcome: Outcome
    package let lines: [RequirementResult]
    package let uncounted: [Uncounted]
    /// The indices of the exemptions that hold.
    let exemptions: [Int]
    /// The indices of the waivers that may hold, whatever the requester's answers.
    package let waivers: [Int]
    /// Surplus of earlier periods that fills a shortfall in this period, in the order of use.
    package let carriedHours: [Carried]

    package var carried: CreditHours { carriedHours.reduce(.zero) { $0 + $1.hours } }
}

/// The outcome of a standing.
package enum Outcome: String, Sendable, Hashable, CaseIterable, Codable {
    case qualified
    case short
    case exempt

    package var name: String {
        switch self {
        case .qualified: "合格"
        case .short: "不合格"
        case .exempt: "免修"
        }
    }
}
