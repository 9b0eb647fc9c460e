import Kernel
import People
import Policy
import Registry
import Web

/// The standing under one policy: bars, shortfalls and ledger lines.
struct StandingPart: PageValue {
    let title: String
    let period: String
    let outcome: String
    let isShort: Bool
    let bars: [Bar]
    let ways: [ShortfallPart]
    let notes: [Sentence]
    let lines: [LedgerPart]
    let unit: String

    init(_ item: ComputedStanding, _ reading: YearOverview, _ links: YearLinks) {
        let policy = item.version.policy
        title = policy.title
        period = "\(item.standing.period)"
        isShort = item.standing.outcome == .short
        let words = policy.words(forOutcomeOf: item.standing)
        outcome = words == Outcome.short.name ? Outcome.short.words(isSettled: reading.state.isSettled) : words
        bars = item.standing.lines.enumerated().map { Bar($0.element, policy, turn: $0.offset) }
        ways = reading.standingInput.ways(of: item, reading.book, today: reading.today).map(ShortfallPart.init)
        notes =
            (policy.partialExemptions(of: item.standing)
            + item.standing.waivers.map { policy.words(for: policy.waivers[$0]) }
            + [item.carriedWords, item.endedWords, reading.difference(of: item)].compactMap { $0 }).map(Sentence.init)
        lines = reading.explained(item).map { LedgerPart($0, links) }
        unit = reading.standingInput.history.unit(on: item.standing.period.to)?.name ?? "无单位"
    }

    private init(_ bar: Bar, _ line: LedgerPart) {
        (title, period, outcome, isShort) = ("泰安市 2022 年度专业技术人员继续教育", "2022 年", "不合格", true)
        (bars, ways, notes, lines) = ([bar], [.sample], [.sample], [line])
        unit = "泰安示例机械有限公司"
    }

    static var fields: [String: Field<StandingPart>] {
        [
            "title": .text { $0.title }, "period": .text { $0.period }, "outcome": .text { $0.outcome },
            "isShort": .flag { $0.isShort }, "bars": .list { $0.bars },
            "ways": .list { $0.ways }, "isMissing": .flag { !$0.ways.isEmpty }, "notes": .list { $0.notes },
            "isNoted": .flag { !$0.notes.isEmpty }, "lines": .list { $0.lines },
            "hasLines": .flag { !$0.lines.isEmpty }, "count": .text { "\($0.lines.count)" },
            "unit": .text { $0.unit },
        ]
    }

    static var sample: StandingPart { holding(.sample) }
    static func holding(_ line: LedgerPart) -> StandingPart { StandingPart(.sample, line) }
}

extension Outcome {
    /// Before settlement a short standing is called 尚未达到, because it may still change.
    func words(isSettled: Bool) -> String { self == .short && !isSettled ? "尚未达到" : name }
}

/// A shortfall, and what would meet it.
struct ShortfallPart: PageValue {
    let way: Shortfall

    init(_ way: Shortfall) { self.way = way }

    static var fields: [String: Field<ShortfallPart>] {
        [
            "name": .text { $0.way.hoursRequirement }, "short": .text { "\($0.way.hours)" },
            "options": .list { $0.way.options.map(Sentence.init) }, "hasOptions": .flag { !$0.way.options.isEmpty },
        ]
    }

    static var sample: ShortfallPart {
        ShortfallPart(
            Shortfall(hoursRequirement: "公需科目", hours: CreditHours(10), options: ["线上课程满 10 学时（二(二)），2022-12-31 及以前取得"])
        )
    }
}

/// One requirement: the required and the counted hours.
struct Bar: PageValue {
    let name: String
    let counted: CreditHours
    let required: CreditHours
    let clause: String
    /// The index of the requirement, which determines the colour.
    let turn: Int

    init(_ line: Standing.RequirementResult, _ policy: Policy, turn: Int) {
        name = policy.name(of: line)
        (counted, required) = (line.counted, line.required)
        (clause, self.turn) = (policy.hoursRequirements[line.hoursRequirement].clause.short, turn)
    }

    private init() {
        (name, counted, required) = ("公需科目", CreditHours(hundredths: 2999), CreditHours(30))
        (clause, turn) = ("二(一)", 0)
    }

    var isShort: Bool { counted < required }

    /// In hundredths of the whole bar; at most 97 if anything is missing, so that it is visible.
    private var width: Int {
        guard isShort else { return 100 }
        return min(97, counted.hundredths * 100 / max(1, required.hundredths))
    }

    private var short: CreditHours { max(.zero, required - counted) }
    private var surplus: CreditHours { max(.zero, counted - required) }

    static var fields: [String: Field<Bar>] {
        [
            "name": .text { $0.name }, "counted": .text { "\($0.counted)" }, "required": .text { "\($0.required)" },
            "clause": .text { $0.clause }, "isShort": .flag { $0.isShort }, "short": .text { "\($0.short)" },
            "isOver": .flag { $0.surplus > .zero }, "surplus": .text { "\($0.surplus)" },
            "width": .text { "\($0.width)" }, "fill": .text { $0.turn == 1 ? "second" : "fill" },
        ]
    }

    static var sample: Bar { Bar() }
}
