/// One value of evidence or of a person.
package enum Fact: Sendable, Hashable {
    case text(String)
    case integer(Int)
    case hours(CreditHours)
    case day(Day)
}

extension Fact: CustomStringConvertible {
    package var description: String {
        switch self {
        case .text(let text): text
        case .integer(let number): String(number)
        case .hours(let hours): hours.description
        case .day(let day): day.description
        }
    }
}

/// What is submitted to be credited: the key of a kind in a policy, and its facts.
///
/// The kind is a string and not an enumeration, so new kinds in policies need no new build.
package struct Evidence: Sendable, Hashable {
    /// The kind's key in the policy, such as `paper`.
    package let kind: String
    package let facts: [String: Fact]

    package init(_ kind: String, _ facts: [String: Fact]) {
        self.kind = kind
        self.facts = facts
    }
}

/// A fact of a person that holds for some days, such as a title or a kind of employer.
package struct DatedFact: Sendable, Hashable {
    package let name: String
    package let value: Fact
    package let during: Period

    package init(_ name: String, _ value: Fact, _ during: Period = Period(from: .first, to: .last)) {
        self.name = name
        self.value = value
        self.during = during
    }
}
