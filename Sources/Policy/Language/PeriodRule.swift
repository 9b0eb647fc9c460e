import Kernel

/// The periods in which a policy requires hours. The periods of one person never overlap.
package enum PeriodRule: Sendable {
    case once(Period)
    /// Consecutive spans of a number of years, from a day or from a person's own day.
    case cycle(years: Int, start: CycleStart)
    /// As long as a person's fact holds: a term of appointment.
    case term(String)
}

package enum CycleStart: Sendable {
    case day(Day)
    /// A person's fact that is a day; with `nextYear`, the first of January after it.
    case fact(String, nextYear: Bool)
}

/// The days between which study or evidence may be dated for a period.
struct Window: Sendable {
    /// A fixed day, or a day relative to the period's years.
    enum Edge: Sendable {
        case day(Day)
        /// `05-31` of the period's first year (opening) or last year (closing), moved by `years`.
        case yearly(month: Int, day: Int, years: Int)

        func day(in year: Year) -> Day? {
            switch self {
            case .day(let day): day
            case .yearly(let month, let day, let years): Day(year.number + years, month, day)
            }
        }
    }

    let filter: Filter
    let opens: Edge?
    let closes: Edge?
    /// Whether the window is for made-up study, which is shown as such.
    let isMakeUp: Bool
    let clause: Clause
    let place: FileLocation

    func contains(_ day: Day, for period: Period) -> Bool {
        let from = opens?.day(in: period.from.year) ?? .first
        let to = closes?.day(in: period.to.year) ?? .last
        return from <= day && day <= to
    }
}

extension PeriodRule {
    /// The period that contains a day, for a person with these facts; `nil` if there is none.
    func period(containing day: Day, _ facts: [DatedFact]) -> Period? {
        switch self {
        case .once(let period): return period.contains(day) ? period : nil
        case .cycle(let years, .day(let start)): return Self.cycle(years, from: start, containing: day)
        case .cycle(let years, .fact(let name, let nextYear)):
            let starts = Self.starts(name, nextYear, facts)
            guard let start = starts.lazy.filter({ $0 <= day }).max(),
                let cycle = Self.cycle(years, from: start, containing: day)
            else { return nil }
            guard let again = starts.lazy.filter({ $0 > day }).min(), again <= cycle.to else { return cycle }
            return Period(from: cycle.from, to: again.adding(days: -1))
        case .term(let name): return Self.term(facts.lazy.filter { $0.name == name }.map(\.during), containing: day)
        }
    }

    private static func starts(_ name: String, _ nextYear: Bool, _ facts: [DatedFact]) -> [Day] {
        facts.compactMap { fact in
            guard fact.name == name, case .day(let start) = fact.value else { return nil }
            return nextYear ? start.year.adding(1).period.from : start
        }
    }

    /// If terms overlap, the one that began last counts while it lasts.
    private static func term(_ terms: some Collection<Period>, containing day: Day) -> Period? {
        let held = terms.lazy.filter { $0.contains(day) }
        guard let term = held.max(by: { ($0.from, $0.to) < ($1.from, $1.to) }) else { return nil }
        let later = terms.lazy.filter { $0.from > term.from }
        let before = later.filter { $0.to < day }.map(\.to).max()?.adding(days: 1)
        let after = later.filter { $0.from > day }.map(\.from).min()?.adding(days: -1)
        return Period(from: max(term.from, before ?? .first), to: min(term.to, after ?? .last))
    }

    private static func cycle(_ years: Int, from start: Day, containing day: Day) -> Period? {
        guard start <= day else { return nil }
        var turns = (day.civil.year - start.civil.year) / years
        if start.adding(years: turns * years) > day { turns -= 1 }
        let from = start.adding(years: turns * years)
        return Period(from: from, to: start.adding(years: (turns + 1) * years).adding(days: -1))
    }

    /// Whether somebody's period may contain a day of this span. For one fixed period the answer is exact.
    package func mayTouch(_ span: Period) -> Bool {
        if case .once(let only) = self { only.overlaps(span) } else { true }
    }

    /// The periods that touch a calendar year, in order.
    package func periods(touching year: Year, _ facts: [DatedFact]) -> [Period] {
        var found: [Period] = []
        var day = year.period.from
        let last = year.period.to
        while day <= last {
            if let period = period(containing: day, facts) {
                found.append(period)
                day = period.to.adding(days: 1)
            } else {
                guard let start = start(after: day, facts) else { return found }
                day = start
            }
        }
        return found
    }

    /// The next day after `day` on which a period begins.
    private func start(after day: Day, _ facts: [DatedFact]) -> Day? {
        let starts =
            switch self {
            case .once(let period): [period.from]
            case .cycle(_, .day(let start)): [start]
            case .cycle(_, .fact(let name, let nextYear)): Self.starts(name, nextYear, facts)
            case .term(let name): facts.filter { $0.name == name }.map(\.during.from)
            }
        return starts.filter { $0 > day }.min()
    }

    /// Whether every period begins on a first of January.
    var isOfCalendarYears: Bool {
        switch self {
        case .once(let period): OwnYears(period).areCalendar
        case .cycle(_, .day(let start)): OwnYears(Period(from: start, to: start)).areCalendar
        case .cycle(_, .fact(_, let nextYear)): nextYear
        case .term: false
        }
    }
}

extension Policy {
    /// The first year that the policy may require hours for. A rule for make-up study may be issued after its year.
    package var firstYear: Year {
        if case .once(let period) = period { period.from.year } else { inForce.year }
    }
}
