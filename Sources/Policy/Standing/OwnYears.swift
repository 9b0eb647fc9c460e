import Kernel

/// The years of a period: twelve months each from its first day. One is called by the calendar year that it begins in.
struct OwnYears {
    /// They begin on a first of January.
    let areCalendar: Bool
    private let period: Period
    private let first: Int

    init(_ period: Period) {
        let civil = period.from.civil
        (self.period, first) = (period, civil.year)
        areCalendar = civil.month == 1 && civil.day == 1
    }

    /// A last one that has begun counts too.
    var count: Int {
        let years = period.to.year.number - first
        return max(1, period.from.adding(years: years) <= period.to ? years + 1 : years)
    }

    var all: [Year] { (0..<count).map { Year(first + $0) } }

    /// The one that an entry of the period counts in: the year of its day. What is credited to a year and dated in
    /// another counts in the one that begins in the year, or in the last.
    func year(of entry: Entry) -> Year {
        if areCalendar { return entry.year }
        return entry.day.year == entry.year ? nearest(to: entry.day) : year(at: entry.year.number - first)
    }

    /// The one that a day lies in or is nearest to.
    func nearest(to day: Day) -> Year {
        let years = day.year.number - first
        return year(at: period.from.adding(years: years) <= day ? years : years - 1)
    }

    private func year(at place: Int) -> Year { Year(first + min(max(place, 0), count - 1)) }
}

/// Which entries are a period's.
///
/// An entry belongs to the period of its day. What is credited to a year and dated in another belongs to the period of
/// the year's last day, or to the last that ends in the year. Where periods are whole calendar years, that is the year.
package struct Membership {
    private let period: Period
    private let rule: PeriodRule
    private let facts: [DatedFact]
    private let first: Int
    private let last: Int
    private let isOfYears: Bool
    /// It is the policy's only one.
    private let isOnly: Bool
    /// No later one touches the year that it ends in.
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

    /// Whether it holds what is credited to a year and dated on a day.
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
    /// The day by which it belongs to a period.
    fileprivate var anchor: Day { Self.anchor(year, day) }

    fileprivate static func anchor(_ year: Year, _ day: Day) -> Day { day.year == year ? day : year.period.to }
}

extension Policy {
    /// Which entries under this policy are a period's of a person with these facts.
    ///
    /// Without the facts a period that ends within a year is taken for the last of that year.
    package func membership(of period: Period, _ facts: [DatedFact] = []) -> Membership {
        Membership(period, self.period, facts)
    }
}
