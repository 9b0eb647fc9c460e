import Kernel

/// The years of a period: twelve months each from its first day. Each is named by the calendar year that it begins in.
struct OwnYears {
    /// Whether the years begin on a first of January.
    let areCalendar: Bool
    private let period: Period
    private let first: Int

    init(_ period: Period) {
        let civil = period.from.civil
        (self.period, first) = (period, civil.year)
        areCalendar = civil.month == 1 && civil.day == 1
    }

    /// A last, incomplete year counts too.
    var count: Int {
        let years = period.to.year.number - first
        return max(1, period.from.adding(years: years) <= period.to ? years + 1 : years)
    }

    var all: [Year] { (0..<count).map { Year(first + $0) } }

    /// The year that an entry of the period counts in: the year that contains its day. If the entry is credited to one
    /// year and dated in another, it counts in the year of the period that begins in the credited year, or in the last
    /// one.
    func year(of entry: Entry) -> Year {
        if areCalendar { return entry.year }
        return entry.day.year == entry.year ? nearest(to: entry.day) : year(at: entry.year.number - first)
    }

    /// The year that contains a day or is closest to it.
    func nearest(to day: Day) -> Year {
        let years = day.year.number - first
        return year(at: period.from.adding(years: years) <= day ? years : years - 1)
    }

    private func year(at place: Int) -> Year { Year(first + min(max(place, 0), count - 1)) }
}

/// Decides which entries belong to a period.
///
/// An entry belongs to the period that contains its day. If it is credited to one year and dated in another, it belongs
/// to the period that contains the credited year's last day, or to the last period that ends in that year. If periods
/// are whole calendar years, only the credited year matters.
package struct Membership {
    private let period: Period
    private let rule: PeriodRule
    private let facts: [DatedFact]
    private let first: Int
    private let last: Int
    private let isOfYears: Bool
    /// Whether it is the policy's only period.
    private let isOnly: Bool
    /// Whether no later period touches the year in which this one ends.
    private let endsItsYear: Bool

    init(_ period: Period, _ rule: PeriodRule, _ facts: [DatedFact]) {
        (self.period, self.rule, self.facts) = (period, rule, facts)
        let (from, to) = (period.from.civil, period.to.civil)
        (first, last) = (from.year, to.year)
        isOfYears = from.month == 1 && from.day == 1 && to.month == 12 && to.day == 31
        isOnly = if case .once(let only) = rule { only == period } else { false }
        endsItsYear =
            !isOfYears && !isOnly && rule.periods(touching: period.to.year, facts).last.map { $0 == period } ?? true
    }

    package func holds(_ entry: Entry) -> Bool { holds(entry.year, entry.day) }

    /// Whether the period holds an entry that is credited to a year and dated on a day.
    package func holds(_ year: Year, _ day: Day) -> Bool {
        if isOfYears { return first <= year.number && year.number <= last }
        if isOnly || period.contains(Entry.anchor(year, day)) { return true }
        return endsItsYear && year.number == last && day.year != year
    }

    func isBefore(_ entry: Entry) -> Bool {
        !holds(entry) && (isOfYears ? entry.year.number < first : entry.anchor < period.from)
    }

    /// The period of an earlier entry.
    func period(of entry: Entry) -> Period {
        rule.period(containing: entry.anchor, facts) ?? rule.periods(touching: entry.year, facts).last
            ?? entry.year.period
    }
}

extension Entry {
    /// The day that determines the entry's period.
    fileprivate var anchor: Day { Self.anchor(year, day) }

    fileprivate static func anchor(_ year: Year, _ day: Day) -> Day { day.year == year ? day : year.period.to }
}

extension Policy {
    /// The membership of entries in a period, for a person with these facts.
    ///
    /// Without the facts, a period that ends within a year is assumed to be the last of that year.
    package func membership(of period: Period, _ facts: [DatedFact] = []) -> Membership {
        Membership(period, self.period, facts)
    }
}
