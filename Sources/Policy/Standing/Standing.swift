import Kernel

/// How a person stands under a policy in a period: requirement by requirement, and why hours do not count.
package struct Standing: Sendable, Hashable {
    /// What one requirement came to.
    package struct RequirementResult: Sendable, Hashable {
        /// Which requirement, and in which year where it holds for each.
        package let hoursRequirement: Int
        package let year: Year?
        package let required: CreditHours
        /// All that was credited and fits, before caps, once and highest-only.
        package let earned: CreditHours
        /// What of it counts.
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

    /// Hours of an entry that count for nothing, and why.
    package struct Uncounted: Sendable, Hashable {
        package let entry: EntryID
        package let hours: CreditHours
        package let reason: Reason

        package init(entry: EntryID, hours: CreditHours, reason: Reason) {
            (self.entry, self.hours, self.reason) = (entry, hours, reason)
        }
    }

    package enum Reason: Sendable, Hashable {
        /// Over the cap of that number.
        case cap(Int)
        /// The same was counted before, in that entry.
        case twice(of: EntryID)
        /// Of one work the higher level counts, which is in that entry.
        case lowerLevel(than: EntryID)
        /// What of the work was counted in an earlier period.
        case countedEarlier
    }

    package let policy: String
    package let period: Period
    package let outcome: Outcome
    package let lines: [RequirementResult]
    package let uncounted: [Uncounted]
    /// The exemptions that hold, by their place in the policy.
    let exemptions: [Int]
    /// The waivers that may hold, by their place in the policy: what depends on the asker is left open.
    package let waivers: [Int]
    /// Surplus of earlier periods that fills what is short here.
    package let carried: CreditHours
}

/// What the standing comes to.
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
