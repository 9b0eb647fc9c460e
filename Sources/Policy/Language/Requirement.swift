import Kernel

/// What a person must reach: a filter and a number of hours, or one of several sets of them.
package indirect enum Requirement: Sendable {
    case one(HoursRequirement)
    /// One of these sets must be met whole, of those that apply.
    case anyOf([[Requirement]], clause: Clause)

    var hoursRequirements: [HoursRequirement] {
        switch self {
        case .one(let hoursRequirement): [hoursRequirement]
        case .anyOf(let sets, _): sets.flatMap { $0 }.flatMap(\.hoursRequirements)
        }
    }
}

extension Requirement {
    /// Whether it asks something of this person; one of several sets, where any of them does.
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

/// So many hours of what a filter finds.
///
/// A class, for every fold goes through them and it has much to copy.
package final class HoursRequirement: Sendable {
    /// Its number among all wants of the policy.
    let index: Int
    package let key: String
    package let name: String
    let filter: Filter
    let amount: RequiredAmount
    /// In every year of the period instead of over the whole of it.
    let each: EachYear?
    let when: Condition?
    package let clause: Clause
    let place: FileLocation
    /// The ways of an `any-of` that it stands in, the outermost first.
    let ways: [Int]

    /// It counts all hours.
    package var isTotal: Bool { if case .everything = filter { true } else { false } }

    init(
        index: Int, key: String, name: String, filter: Filter, amount: RequiredAmount, each: EachYear?,
        when: Condition?, clause: Clause, place: FileLocation, ways: [Int]
    ) {
        (self.index, self.key, self.name, self.filter, self.amount) = (index, key, name, filter, amount)
        (self.each, self.when, self.clause, self.place, self.ways) = (each, when, clause, place, ways)
    }
}

/// Which years a number is wanted in.
enum EachYear: String, Hashable, CaseIterable {
    /// The period's own: twelve months each from its first day.
    case year
    /// Those that the period touches.
    case calendarYear = "calendar-year"

    /// Before what is asked in each.
    var words: String { self == .year ? "每年" : "每个自然年" }
}

/// How many hours are wanted.
indirect enum RequiredAmount: Sendable {
    /// A number, or a table by the person's facts.
    case amount(Amount)
    /// A share of another amount.
    case share(Rational, of: RequiredAmount)
    /// What another requirement wants.
    case named(String)
    /// So many hours for each of the period's own years.
    case perYear(Amount)
    /// So many hours for each month of the period in which the condition holds on its first day, at most so many.
    case perMonth(Amount, Condition)
}

/// Who owes nothing, or not all of it.
struct Exemption: Sendable {
    let when: Condition
    /// Requirements by key; empty: all of them, and the outcome is 免修.
    let from: [String]
    let says: String
    let clause: Clause
    let place: FileLocation
}

/// For one purpose the requirement is not asked: 不作硬性要求. The standing stays what it is.
package struct Waiver: Sendable {
    package let purpose: String
    let when: Condition
    package let says: String
    package let clause: Clause
    let place: FileLocation
}

/// Something that standings are read for, and what its asker must say: 职称评审, by which board.
package struct Purpose: Sendable {
    package let key: String
    package let name: String
    package let asks: [FactShape]
    /// How many years are looked back on, by the person's facts.
    let years: Amount?
    package let clause: Clause?
}

/// Surplus that counts in later years.
struct CarryOver: Sendable {
    let filter: Filter
    /// How many years after the end of the period that they were earned in a period may begin in which they count.
    let years: Int
    /// So many of one period at most.
    let atMost: CreditHours?
    let clause: Clause
}

/// Who the policy asks: the region is the jurisdiction's, the rest is here.
struct Applicability: Sendable {
    let when: Condition
    let clause: Clause
}
