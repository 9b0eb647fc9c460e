import Kernel

/// The spans over which a policy asks for hours.
package enum PeriodRule: Sendable {
    case once(Period)
    /// Spans of so many years, one after the other, from a day or from a person's own day on.
    case cycle(years: Int, start: CycleStart)
    /// As long as a person's fact lasts: a term of appointment.
    case term(String)
}

package enum CycleStart: Sendable {
    case day(Day)
    /// A person's fact that is a day; or the first of January after it.
    case fact(String, nextYear: Bool)
}

/// From when to when study or evidence may be dated for a period.
struct Window: Sendable {
    /// A day, or a day of the year counted from the period's own.
    enum Edge: Sendable {
        case day(Day)
        /// `05-31` of the period's first year (opening) or last year (closing), moved by so many years.
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
    /// Made-up study is shown as such.
    let isMakeUp: Bool
    let clause: Clause
    let place: Place

    func contains(_ day: Day, for period: Period) -> Bool {
        let from = opens?.day(in: period.from.year) ?? .first
        let to = closes?.day(in: period.to.year) ?? .last
        return from <= day && day <= to
    }
}

extension PeriodRule {
    /// The period that a day falls in for a person with these facts; `nil` where there is none.
    func period(containing day: Day, _ facts: [DatedFact]) -> Period? {
        switch self {
        case .once(let period): return period.contains(day) ? period : nil
        case .cycle(let years, .day(let start)): return Self.cycle(years, from: start, containing: day)
        case .cycle(let years, .fact(let name, let nextYear)):
            let starts = facts.compactMap { fact -> Day? in
                guard fact.name == name, case .day(let start) = fact.value else { return nil }
                return nextYear ? start.year.adding(1).period.from : start
            }
            return starts.filter { $0 <= day }.max().flatMap { Self.cycle(years, from: $0, containing: day) }
        case .term(let name): return facts.first { $0.name == name && $0.during.contains(day) }?.during
        }
    }

    private static func cycle(_ years: Int, from start: Day, containing day: Day) -> Period? {
        guard start <= day else { return nil }
        var turns = (day.civil.year - start.civil.year) / years
        if start.adding(years: turns * years) > day { turns -= 1 }
        let from = start.adding(years: turns * years)
        return Period(from: from, to: start.adding(years: (turns + 1) * years).adding(days: -1))
    }

    /// Whether anybody's period may have a day of this span; for one fixed period that is known without the person.
    package func mayTouch(_ span: Period) -> Bool {
        if case .once(let only) = self { only.overlaps(span) } else { true }
    }

    /// The periods that touch a calendar year, first to last.
    package func periods(touching year: Year, _ facts: [DatedFact]) -> [Period] {
        var found: [Period] = []
        var day = year.period.from
        while day <= year.period.to {
            guard let period = period(containing: day, facts) else {
                guard found.isEmpty, let later = period(containing: year.period.to, facts) else { return found }
                return [later]
            }
            found.append(period)
            day = period.to.adding(days: 1)
        }
        return found
    }
}

extension Policy {
    /// The first year that it may ask for something: a rule for make-up study is younger than its year.
    package var firstYear: Year {
        if case .once(let period) = period { period.from.year } else { inForce.year }
    }
}
