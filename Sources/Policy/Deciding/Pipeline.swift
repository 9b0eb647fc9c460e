import Kernel

/// Runs the steps of a credit rule in exact fractions of hundredths, and keeps the result of each.
struct Pipeline {
    let kind: EvidenceKind
    let creditRule: Int
    let context: EvaluationContext
    private(set) var value = Rational(0)
    private(set) var steps: [StepTrace] = []
    /// Other people share the item, so hours are rounded down whatever the policy's rounding.
    private(set) var shared = false
    private(set) var years: (first: Year, count: Int)?

    init(kind: EvidenceKind, creditRule: Int, context: EvaluationContext) {
        (self.kind, self.creditRule, self.context) = (kind, creditRule, context)
    }

    mutating func run(_ list: [ConditionedStep]) throws(Refusal) {
        steps.reserveCapacity(list.count)
        for (index, item) in list.enumerated() {
            if let when = item.when, !when.holds(in: context) { continue }
            let input = try take(item.step)
            steps.append(StepTrace(creditRule: creditRule, index: index, input: input, value: value))
        }
    }

    /// Takes one step; returns the number that the step used.
    private mutating func take(_ step: CalculationStep) throws(Refusal) -> Int {
        switch step {
        case .start(let amount):
            let hundredths = try self.hundredths(amount)
            value = Rational(hundredths)
            return hundredths
        case .per(let fact, let each, let amount, let partial):
            return try takePer(fact, each, amount, partial)
        case .times(let factor): return try takeTimes(factor)
        case .share(let fact): return try takeShare(fact)
        case .ranked(let rank, let count, let parts): return try takeRanked(rank, count, parts)
        case .cap(let amount):
            let most = try hundredths(amount)
            if Rational(most) < value { value = Rational(most) }
            return most
        case .floor(let amount):
            let least = try hundredths(amount)
            if value < Rational(least), Rational(0) < value { value = Rational(least) }
            return least
        case .eachYear(let from, let count): return try takeYears(from, count)
        case .spread(let from, let count):
            let number = try takeYears(from, count)
            value = try checked(value.divided(by: number), from)
            return number
        }
    }

    /// A fact in hours is stored in hundredths, so it is divided by 100.
    private mutating func takePer(
        _ fact: String, _ each: Int, _ amount: Amount, _ partial: Bool
    ) throws(Refusal) -> Int {
        let (count, scale) = try counted(fact)
        guard let units = Rational(count, over: scale)?.divided(by: each) else { throw kind.refusal(.tooLarge) }
        let whole = partial ? units : Rational(units.numerator / units.denominator)
        guard let product = whole.times(Rational(try hundredths(amount))) else { throw kind.refusal(.tooLarge) }
        value = product
        return count
    }

    /// Divides the hours by the number of authors.
    private mutating func takeShare(_ fact: String) throws(Refusal) -> Int {
        let count = try number(fact)
        value = try checked(value.divided(by: count), fact)
        shared = shared || count > 1
        return count
    }

    private mutating func takeTimes(_ factor: Factor) throws(Refusal) -> Int {
        let by: Rational
        switch factor {
        case .fixed(let fixed): by = fixed
        case .table(let fact, let origin, let rows):
            guard case .text(let key)? = context.value(fact, origin), let row = rows[key] else {
                throw kind.refusal(.noRow([fact]))
            }
            by = row
        }
        guard let product = value.times(by) else { throw kind.refusal(.tooLarge) }
        value = product
        return by.numerator
    }

    /// The first people get their listed parts; the others share the rest equally.
    private mutating func takeRanked(_ rank: String, _ count: String, _ parts: [Rational]) throws(Refusal) -> Int {
        let (place, all) = (try number(rank), try number(count))
        guard place <= all else { throw kind.refusal(.notAccepted(rank)) }
        shared = true
        if place <= parts.count {
            value = try checked(value.times(parts[place - 1]), rank)
            return place
        }
        guard let taken = sum(parts), let rest = Rational(taken.denominator - taken.numerator, over: taken.denominator),
            let share = value.times(rest)?.divided(by: all - parts.count)
        else { throw kind.refusal(.tooLarge) }
        value = share
        return place
    }

    private mutating func takeYears(_ from: String, _ count: YearCount) throws(Refusal) -> Int {
        guard let first = context.evidence[from]?.asDay?.year else { throw kind.refusal(.missing(from)) }
        let number =
            switch count {
            case .fixed(let number): number
            case .fact(let fact): try self.number(fact)
            }
        guard 1...50 ~= number else { throw kind.refusal(.tooLarge) }
        years = (first, number)
        return number
    }

    private func checked(_ value: Rational?, _ fact: String) throws(Refusal) -> Rational {
        guard let value else { throw kind.refusal(.notAccepted(fact)) }
        return value
    }

    private func number(_ fact: String) throws(Refusal) -> Int {
        let (count, scale) = try counted(fact)
        return count / scale
    }

    private func counted(_ fact: String) throws(Refusal) -> (count: Int, scale: Int) {
        switch context.evidence[fact] {
        case .integer(let number)?: return (number, 1)
        case .hours(let hours)?: return (hours.hundredths, 100)
        default: throw kind.refusal(.missing(fact))
        }
    }

    private func hundredths(_ amount: Amount) throws(Refusal) -> Int {
        if let hundredths = amount.hundredths(in: context) { return hundredths }
        throw kind.refusal(amount.lack(in: context))
    }
}

extension Amount {
    /// Why no number was found: facts without a row, or a choice that was not made.
    func lack(in context: EvaluationContext) -> Refusal.Reason {
        switch self {
        case .fixed: .worthNothing
        case .chosen(let bounds): .notChosen(bounds)
        case .table(let table):
            switch table.amount(in: context)?.lack(in: context) {
            case .noRow(let facts)?: .noRow([table.fact] + facts)
            case let lack?: lack
            case nil: .noRow([table.fact])
            }
        }
    }
}
