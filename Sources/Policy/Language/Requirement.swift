import Kernel

/// What a person must reach: a filter and a number of hours, or one of several sets of them.
package indirect enum Requirement: Sendable {
    case one(Want)
    /// One of these sets must be met whole.
    case anyOf([[Requirement]], clause: Clause)

    var wants: [Want] {
        switch self {
        case .one(let want): [want]
        case .anyOf(let sets, _): sets.flatMap { $0 }.flatMap(\.wants)
        }
    }
}

/// So many hours of what a filter finds.
///
/// A class, for every fold goes through them and it has much to copy.
package final class Want: Sendable {
    package let key: String
    package let name: String
    let filter: Filter
    let amount: WantedAmount
    /// In every calendar year of the period instead of over the whole of it.
    let eachYear: Bool
    let when: Condition?
    package let clause: Clause
    let place: Place

    /// It counts all hours.
    package var isTotal: Bool { if case .everything = filter { true } else { false } }

    init(
        key: String, name: String, filter: Filter, amount: WantedAmount, eachYear: Bool, when: Condition?,
        clause: Clause, place: Place
    ) {
        (self.key, self.name, self.filter, self.amount) = (key, name, filter, amount)
        (self.eachYear, self.when, self.clause, self.place) = (eachYear, when, clause, place)
    }
}

/// How many hours are wanted.
indirect enum WantedAmount: Sendable {
    /// A number, or a table by the person's facts.
    case amount(Amount)
    /// A share of another amount.
    case share(Rational, of: WantedAmount)
    /// What another requirement wants.
    case named(String)
    /// So many hours for each calendar year that the period touches.
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
    let place: Place
}

/// For one purpose the requirement is not asked: 不作硬性要求. The standing stays what it is.
package struct Waiver: Sendable {
    package let purpose: String
    let when: Condition
    package let says: String
    package let clause: Clause
    let place: Place
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
    /// How many years later at most.
    let years: Int
    let atMost: CreditHours?
    let clause: Clause
}

/// Who the policy asks: the region is the jurisdiction's, the rest is here.
struct Applies: Sendable {
    let when: Condition
    let clause: Clause
}
