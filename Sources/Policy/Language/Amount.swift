import Kernel

/// A number of hours, or a table that finds it by facts.
package indirect enum Amount: Sendable {
    /// Hundredths.
    case fixed(Int)
    /// The reviewer chooses from one to another, in hundredths, and the choice is a fact on record.
    case chosen(Bounds)
    case table(AmountTable)

    /// The fact in which the reviewer's choice is given.
    static let choice = "granted"
}

/// Rows found by one fact: by its key, or by bounds that its number lies in.
package struct AmountTable: Sendable {
    package enum Rows: Sendable {
        case keyed([String: Amount], order: [String])
        case ranged([(bounds: Bounds, amount: Amount)])
    }

    package let fact: String
    package let origin: FactOrigin
    package let rows: Rows
}

extension Amount {
    /// The hundredths for these facts; `nil` where no row of a table fits or the reviewer has not chosen.
    func hundredths(in context: EvaluationContext) -> Int? {
        switch self {
        case .fixed(let hundredths): return hundredths
        case .chosen(let bounds):
            guard case .hours(let hours)? = context.evidence[Self.choice] else { return nil }
            return bounds.contains(hours.hundredths) ? hours.hundredths : nil
        case .table(let table): return table.amount(in: context)?.hundredths(in: context)
        }
    }

    /// Every fixed number in it: for checks that need the least and the greatest.
    var all: [Int] {
        switch self {
        case .fixed(let hundredths): [hundredths]
        case .chosen(let bounds): [bounds.low, bounds.high].compactMap { $0 }
        case .table(let table): table.amounts.flatMap(\.all)
        }
    }

    /// The facts that it looks at.
    var facts: [(fact: String, origin: FactOrigin)] {
        guard case .table(let table) = self else { return [] }
        return [(table.fact, table.origin)] + table.amounts.flatMap(\.facts)
    }
}

extension AmountTable {
    var amounts: [Amount] {
        switch rows {
        case .keyed(let amounts, let order): order.compactMap { amounts[$0] }
        case .ranged(let rows): rows.map(\.amount)
        }
    }

    func amount(in context: EvaluationContext) -> Amount? {
        switch (rows, context.value(fact, origin)) {
        case (.keyed(let amounts, _), .text(let key)?): amounts[key]
        case (.ranged(let rows), .integer(let number)?): rows.first { $0.bounds.contains(number) }?.amount
        case (.ranged(let rows), .hours(let hours)?): rows.first { $0.bounds.contains(hours.hundredths) }?.amount
        default: nil
        }
    }
}

/// One step of the way from evidence to hours.
package enum CalculationStep: Sendable {
    /// Start from a number or a table.
    case start(Amount)
    /// So many hours for each unit that a fact counts; parts of a unit count where `partial`.
    case per(fact: String, each: Int, amount: Amount, partial: Bool)
    case times(Factor)
    /// Divided equally among as many as a fact says.
    case share(fact: String)
    /// Divided by rank: the parts of the first ones, the rest equally among the others.
    case ranked(rank: String, count: String, parts: [Rational])
    case cap(Amount)
    /// At least so much, once there is anything.
    case floor(Amount)
    /// The whole amount in each of so many years from the one in a fact, never beyond.
    case eachYear(from: String, count: YearCount)
    /// The amount divided equally over so many years.
    case spread(from: String, count: YearCount)
}

/// How many years: a number, or a fact that says it.
package enum YearCount: Sendable {
    case fixed(Int)
    case fact(String)
}

/// What a pipeline multiplies by: a fraction, or one found by a fact.
package enum Factor: Sendable {
    case fixed(Rational)
    case table(fact: String, origin: FactOrigin, [String: Rational])
}

/// A step with the condition under which it is taken.
package struct ConditionedStep: Sendable {
    package let step: CalculationStep
    package let when: Condition?
    let place: FileLocation
}
