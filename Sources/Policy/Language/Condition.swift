import Kernel

/// What must hold of a person, of evidence, or of what the asker says: `when: { employer: enterprise, board: city }`.
package indirect enum Condition: Sendable, Hashable {
    case test(FactTest)
    case all([Condition])
    case any([Condition])
    case none([Condition])

    static let always = Condition.all([])

    /// The tests in it, outermost first.
    var tests: [FactTest] {
        switch self {
        case .test(let test): [test]
        case .all(let parts), .any(let parts), .none(let parts): parts.flatMap(\.tests)
        }
    }
}

/// One fact compared with what is accepted of it.
package struct FactTest: Sendable, Hashable {
    package enum Match: Sendable, Hashable {
        case oneOf([String])
        case number(Bounds)
        /// A day from one edge to another.
        case day(from: DayEdge?, to: DayEdge?)
        case withinPeriod
        /// Whole years from the fact's day to the day of judgement.
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
    /// On how many days of the period it must hold; absent: on the day of judgement.
    package let days: Bounds?
}

/// The facts against which conditions are tested, on a day and in a period.
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
        // The latest to begin wins where two overlap: a promotion within an employment.
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

    /// On how many days of the period some dated fact of that name matches; overlapping facts count a day once.
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
