/// The calendar year that hours are credited to.
package struct Year: Sendable, Hashable, Comparable, CustomStringConvertible {
    package let number: Int

    package init(_ number: Int) { self.number = number }

    /// Parses `2022`; `nil` outside 1800…9999.
    package init?(_ text: some StringProtocol) {
        guard text.utf8.count == 4, let number = Int(text) else { return nil }
        self.init(checking: number)
    }

    /// A number from outside, such as a fact or a column; `nil` outside 1800…9999.
    package init?(checking number: Int) {
        guard 1800...9999 ~= number else { return nil }
        self.number = number
    }

    package static func < (a: Year, b: Year) -> Bool { a.number < b.number }
    package var description: String { String(number) }
    package func adding(_ years: Int) -> Year { Year(number + years) }
    /// From 1 January to 31 December, also for years that cannot be parsed.
    package var period: Period {
        precondition(number > 0, "a year that is none")
        return Period(from: Day(year: number, month: 1, day: 1), to: Day(year: number, month: 12, day: 31))
    }
}

/// Days from one to another, both included.
package struct Period: Sendable, Hashable, CustomStringConvertible {
    package let from: Day
    package let to: Day

    /// From a day to a later or the same day, both included.
    package init(from: Day, to: Day) {
        precondition(from <= to, "a period that ends before it begins")
        (self.from, self.to) = (from, to)
    }

    /// The same for days from outside; `nil` if the second is before the first.
    package init?(checking from: Day, _ to: Day) {
        guard from <= to else { return nil }
        (self.from, self.to) = (from, to)
    }

    package func contains(_ day: Day) -> Bool { from <= day && day <= to }
    package func contains(_ year: Year) -> Bool { from.year <= year && year <= to.year }
    package func overlaps(_ other: Period) -> Bool { from <= other.to && other.from <= to }

    /// The common days; `nil` if there are none.
    package func intersection(_ other: Period) -> Period? {
        overlaps(other) ? Period(from: max(from, other.from), to: min(to, other.to)) : nil
    }

    /// The number of days, both ends included.
    package var days: Int { to.number - from.number + 1 }
    /// The calendar years that the period touches, first to last.
    package var years: [Year] { (from.civil.year...to.civil.year).map { Year($0) } }
    /// `2022` for a calendar year, else `2021-05-31/2022-04-30`.
    package var description: String { self == from.year.period ? from.year.description : "\(from)/\(to)" }
}
