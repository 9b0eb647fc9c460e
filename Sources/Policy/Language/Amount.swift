import Kernel

/// A number of hours, or a table that finds it by facts.
package indirect enum Amount: Sendable {
    /// Hundredths.
    case fixed(Int)
    /// The reviewer chooses an amount within these bounds, in hundredths; the choice is stored as a fact.
    case chosen(Bounds)
    case table(AmountTable)

    /// The fact that holds the reviewer's choice.
    static let choice = "granted"
}

/// Rows selected by one fact: by its key, or by bounds that contain its number.
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
    /// The amount in hundredths for these facts; `nil` if no row of a table fits or the reviewer has not chosen.
    func hundredths(in context: EvaluationContext) -> Int? {
        switch self {
        case .fixed(let hundredths): return hundredths
        case .chosen(let bounds):
            guard case .hours(let hours)? = context.evidence[Self.choice] else { return nil }
            return bounds.contains(hours.hundredths) ? hours.hundredths : nil
        case .table(let table): return table.amount(in: context)?.hundredths(in: context)
        }
    }

    /// Every fixed number in the amount, for checks that need the smallest and the largest.
    var all: [Int] {
        switch self {
        case .fixed(let hundredths): [hundredths]
        case .chosen(let bounds): [bounds.low, bounds.high].compactMap { $0 }
        case .table(let table): table.amounts.flatMap(\.all)
        }
    }

    /// The facts that the amount depends on.
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

/// One step of the calculation from evidence to hours.
package enum CalculationStep: Sendable {
    /// Start from a number or a table.
    case start(Amount)
    /// `amount` hours for each unit that a fact counts. With `partial`, parts of a unit count.
    case per(fact: String, each: Int, amount: Amount, partial: Bool)
    case times(Factor)
    /// Divided equally by the number in a fact.
    case share(fact: String)
    /// Divided by rank: the first people get `parts`; the others share the rest equally.
    case ranked(rank: String, count: String, parts: [Rational])
    case cap(Amount)
    /// At least this amount, if there are any hours.
    case floor(Amount)
    /// The whole amount in each of `count` years from the year in a fact, and in no later year.
    case eachYear(from: String, count: YearCount)
    /// The amount divided equally over `count` years.
    case spread(from: String, count: YearCount)
}

/// A number of years: fixed, or taken from a fact.
package enum YearCount: Sendable {
    case fixed(Int)
    case fact(String)
}

/// A factor: a fraction, or one selected by a fact.
package enum Factor: Sendable {
    case fixed(Rational)
    case table(fact: String, origin: FactOrigin, [String: Rational])
}

/// A step, with the condition under which it applies.
package struct ConditionedStep: Sendable {
    package let step: CalculationStep
    package let when: Condition?
    let place: FileLocation
}
