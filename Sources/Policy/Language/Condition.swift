import Kernel

/// A condition on a person, on evidence or on the requester's answers: `when: { employer: enterprise, board: city }`.
package indirect enum Condition: Sendable, Hashable {
    case test(FactTest)
    case all([Condition])
    case any([Condition])
    case none([Condition])

    static let always = Condition.all([])

    /// The tests in the condition, outermost first.
    var tests: [FactTest] {
        switch self {
        case .test(let test): [test]
        case .all(let parts), .any(let parts), .none(let parts): parts.flatMap(\.tests)
        }
    }
}

/// A test of one fact.
package struct FactTest: Sendable, Hashable {
    package enum Match: Sendable, Hashable {
        case oneOf([String])
        case number(Bounds)
        /// The day lies between two edges.
        case day(from: DayEdge?, to: DayEdge?)
        case withinPeriod
        /// Whole years from the fact's day to the day of evaluation.
        case yearsAgo(Bounds)
        case present
    }

    /// One end of a span of days: a day, or a person's fact that is a day.
    package enum DayEdge: Sendable, Hashable {
        case day(Day)
        case fact(String)
    }

    package let fact: String
    package let origin: FactOrigin
    package let match: Match
    /// The number of days of the period on which the test must hold; without it, the day of evaluation.
    package let days: Bounds?
}

/// The facts, the day and the period that conditions are tested against.
struct EvaluationContext {
    var evidence: [String: Fact] = [:]
    var person: [DatedFact] = []
    var asked: [String: String] = [:]
    var day: Day
    var period: Period

    func value(_ fact: String, _ origin: FactOrigin) -> Fact? {
        switch origin {
        case .evidence: evidence[fact]
        case .asked: asked[fact].map { .text($0) }
        // If two facts overlap, the one that began last is used, such as a promotion within an employment.
        case .person: person.lazy.filter { $0.name == fact && $0.during.contains(day) }.max(by: Self.earlier)?.value
        }
    }

    private static func earlier(_ a: DatedFact, _ b: DatedFact) -> Bool {
        (a.during.from, a.value.description) < (b.during.from, b.value.description)
    }
}

extension Condition {
    func holds(in context: EvaluationContext) -> Bool {
        switch self {
        case .test(let test): test.holds(in: context)
        case .all(let parts): parts.allSatisfy { $0.holds(in: context) }
        case .any(let parts): parts.contains { $0.holds(in: context) }
        case .none(let parts): !parts.contains { $0.holds(in: context) }
        }
    }
}

extension FactTest {
    func holds(in context: EvaluationContext) -> Bool {
        if let days { return days.contains(daysHeld(in: context)) }
        return context.value(fact, origin).map { matches($0, context) } ?? false
    }

    /// The number of days of the period on which some dated fact of that name matches. Overlapping facts count a day
    /// once.
    private func daysHeld(in context: EvaluationContext) -> Int {
        let held = context.person.filter { $0.name == fact && matches($0.value, context) }
            .compactMap { $0.during.intersection(context.period) }.sorted { $0.from < $1.from }
        var (count, next) = (0, context.period.from)
        for period in held where period.to >= next {
            count += Period(from: max(period.from, next), to: period.to).days
            next = period.to.adding(days: 1)
        }
        return count
    }

    private func matches(_ value: Fact, _ context: EvaluationContext) -> Bool {
        switch (match, value) {
        case (.present, _): true
        case (.oneOf(let keys), .text(let key)): keys.contains(key)
        case (.number(let bounds), .integer(let number)): bounds.contains(number)
        case (.number(let bounds), .hours(let hours)): bounds.contains(hours.hundredths)
        case (.withinPeriod, .day(let day)): context.period.contains(day)
        case (.yearsAgo(let bounds), .day(let day)): bounds.contains(Self.years(from: day, to: context.day))
        case (.day(let from, let to), .day(let day)):
            Self.holds(from, context) { $0 <= day } && Self.holds(to, context) { day <= $0 }
        default: false
        }
    }

    private static func holds(_ edge: DayEdge?, _ context: EvaluationContext, _ compare: (Day) -> Bool) -> Bool {
        switch edge {
        case nil: true
        case .day(let day): compare(day)
        case .fact(let name): if case .day(let day)? = context.value(name, .person) { compare(day) } else { false }
        }
    }

    private static func years(from: Day, to: Day) -> Int {
        let years = to.civil.year - from.civil.year
        return from.adding(years: years) <= to ? years : years - 1
    }
}
