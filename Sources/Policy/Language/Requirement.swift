import Kernel

/// What a person must reach: hours of what a filter matches, or one of several sets of requirements.
package indirect enum Requirement: Sendable {
    case one(HoursRequirement)
    /// One of these sets must be met as a whole, among those that apply.
    case anyOf([[Requirement]], clause: Clause)

    var hoursRequirements: [HoursRequirement] {
        switch self {
        case .one(let hoursRequirement): [hoursRequirement]
        case .anyOf(let sets, _): sets.flatMap { $0 }.flatMap(\.hoursRequirements)
        }
    }
}

extension Requirement {
    /// Whether the requirement applies to this person; an `any-of` applies if any of its sets does.
    func applies(in context: EvaluationContext) -> Bool {
        switch self {
        case .one(let hoursRequirement): hoursRequirement.when?.holds(in: context) ?? true
        case .anyOf(let sets, _): sets.contains { $0.applies(in: context) }
        }
    }
}

extension [Requirement] {
    func applies(in context: EvaluationContext) -> Bool { contains { $0.applies(in: context) } }
}

/// A number of hours of what a filter matches.
///
/// A class, because every fold uses all requirements and one is expensive to copy.
package final class HoursRequirement: Sendable {
    /// The index among all hours requirements of the policy.
    let index: Int
    package let key: String
    package let name: String
    let filter: Filter
    let amount: RequiredAmount
    /// Required in every year of the period instead of over the whole period.
    let each: EachYear?
    let when: Condition?
    package let clause: Clause
    let place: FileLocation
    /// The ways of `any-of` around it, the outermost first.
    let ways: [Int]

    /// Whether it counts all hours.
    package var isTotal: Bool { if case .everything = filter { true } else { false } }

    init(
        index: Int, key: String, name: String, filter: Filter, amount: RequiredAmount, each: EachYear?,
        when: Condition?, clause: Clause, place: FileLocation, ways: [Int]
    ) {
        (self.index, self.key, self.name, self.filter, self.amount) = (index, key, name, filter, amount)
        (self.each, self.when, self.clause, self.place, self.ways) = (each, when, clause, place, ways)
    }
}

/// The years in which hours are required.
enum EachYear: String, Hashable, CaseIterable {
    /// The years of the period: twelve months each from its first day.
    case year
    /// The calendar years that the period touches.
    case calendarYear = "calendar-year"

    /// The text before the amount per year.
    var words: String { self == .year ? "每年" : "每个自然年" }
}

/// The number of required hours.
indirect enum RequiredAmount: Sendable {
    /// A number, or a table selected by the person's facts.
    case amount(Amount)
    /// A share of another amount.
    case share(Rational, of: RequiredAmount)
    /// The amount of another requirement.
    case named(String)
    /// An amount for each of the period's own years.
    case perYear(Amount)
    /// An amount for each month of the period on whose first day the condition holds.
    case perMonth(Amount, Condition)
}

/// The people for whom nothing or less is required.
struct Exemption: Sendable {
    let when: Condition
    /// Requirements by key. If empty, all are exempt and the outcome is 免修.
    let from: [String]
    let says: String
    let clause: Clause
    let place: FileLocation
}

/// The requirement is not enforced for one purpose: 不作硬性要求. The standing itself does not change.
package struct Waiver: Sendable {
    package let purpose: String
    let when: Condition
    package let says: String
    package let clause: Clause
    let place: FileLocation
}

/// A purpose that standings are read for, and what the requester must state: 职称评审, by which board.
package struct Purpose: Sendable {
    package let key: String
    package let name: String
    package let asks: [FactShape]
    /// The number of past years to read, by the person's facts.
    let years: Amount?
    package let clause: Clause?
}

/// Surplus that counts in later years.
struct CarryOver: Sendable {
    let filter: Filter
    /// Surplus hours count in periods that begin within this number of years after the end of the period in which they
    /// were earned.
    let years: Int
    /// The most hours of one period that are carried over.
    let atMost: CreditHours?
    let clause: Clause
}

/// The people that the policy applies to, apart from the region, which is the jurisdiction.
struct Applicability: Sendable {
    let when: Condition
    let clause: Clause
}
