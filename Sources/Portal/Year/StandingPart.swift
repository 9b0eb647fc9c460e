import Kernel
import People
import Policy
import Registry
import Web

/// The standing under one policy: what is missing, bars, and the list of everything that was submitted.
struct StandingPart: PageValue {
    let title: String
    let period: String
    let outcome: String
    let state: StandingState
    let isExempt: Bool
    /// The hours that are missing in all, or zero.
    let missing: CreditHours
    let bars: [Bar]
    let ways: [ShortfallPart]
    /// Why nothing is enforced.
    let waivers: [CitedSentence]
    let notes: [CitedSentence]
    let ledger: Ledger
    let unit: String
    /// Whether the page has other standings too.
    let isOneOfSeveral: Bool
    let clauses: ClauseLinks

    init(
        _ item: ComputedStanding, _ reading: YearOverview, _ links: YearLinks, refusals: [ExplainedRefusal] = [],
        isOneOfSeveral: Bool = false
    ) {
        let policy = item.version.policy
        let clauses = ClauseLinks(item.version, in: reading.book)
        title = policy.title
        period = "\(item.standing.period)"
        state = StandingState(item.standing.outcome, isWaived: item.isWaived)
        let words = policy.words(forOutcomeOf: item.standing).chinese
        isExempt = item.standing.outcome == .exempt
        outcome = isExempt ? words : state.words(isSettled: reading.state.isSettled)
        let carried = item.standing.carriedHours
        let isWaived = item.isWaived
        bars = item.standing.lines.enumerated().map { index, line in
            let more = carried.reduce(CreditHours.zero) { $1.lines.contains(index) ? $0 + $1.hours : $0 }
            return Bar(line, policy, clauses, turn: index, carried: more, isWaived: isWaived)
        }
        let ways = reading.standingInput.ways(of: item, reading.book, today: reading.today)
        missing = ways.reduce(.zero) { $0 + $1.hours }
        self.ways = ways.map { ShortfallPart($0, clauses) }
        waivers = item.standing.waivers.map { clauses.cited(policy.words(for: policy.waivers[$0]).chinese) }
        notes =
            (policy.partialExemptions(of: item.standing)
            + [item.carriedWords, item.endedWords, reading.difference(of: item)].compactMap { $0 })
            .map { clauses.cited($0.chinese) }
        ledger = Ledger(item, reading, refusals: refusals, links)
        unit = reading.standingInput.history.unit(on: item.standing.period.to)?.name ?? "无单位"
        (self.isOneOfSeveral, self.clauses) = (isOneOfSeveral, clauses)
    }

    private init(_ bar: Bar, _ row: LedgerRow) {
        (title, period, outcome) = ("泰安市 2022 年度专业技术人员继续教育", "2022 年", "不合格")
        (state, isExempt, missing) = (.short, false, CreditHours(10))
        (bars, ways, waivers, notes) = ([bar], [.sample], [.sample], [.sample])
        ledger = Ledger(rows: [row], totals: [LedgerTotal("总学时", [row], counted: nil)])
        (unit, isOneOfSeveral, clauses) = ("泰安示例机械有限公司", true, .none)
    }

    static var fields: [String: Field<StandingPart>] {
        [
            "title": .text { $0.title }, "period": .text { $0.period }, "outcome": .text { $0.outcome },
            "isOneOfSeveral": .flag { $0.isOneOfSeveral },
            "isShort": .flag { $0.state == .short }, "isMet": .flag { $0.state == .met },
            "isWaived": .flag { $0.state == .waived }, "waivers": .list { $0.waivers }, "bars": .list { $0.bars },
            "ways": .list { $0.ways }, "isMissing": .flag { !$0.ways.isEmpty }, "notes": .list { $0.notes },
            "isNoted": .flag { !$0.notes.isEmpty }, "rows": .list { $0.ledger.rows },
            "hasRows": .flag { !$0.ledger.rows.isEmpty }, "count": .text { "\($0.ledger.rows.count)" },
            "totals": .list { $0.ledger.totals }, "unit": .text { $0.unit },
            "isCited": .flag { $0.bars.contains { $0.cited != nil } },
        ]
    }

    static var sample: StandingPart { holding(.sample) }
    static func holding(_ row: LedgerRow) -> StandingPart { StandingPart(.sample, row) }
}

/// A standing as pages name it: what is not enforced is neither met nor short.
enum StandingState: Sendable, Hashable {
    case met, short, waived

    init(_ outcome: Outcome, isWaived: Bool) {
        self = outcome != .short ? .met : isWaived ? .waived : .short
    }

    func words(isSettled: Bool) -> String {
        switch self {
        case .met: Outcome.qualified.name
        case .short: Outcome.short.words(isSettled: isSettled)
        case .waived: Outcome.waivedName
        }
    }
}

/// A shortfall, and what would meet it.
struct ShortfallPart: PageValue {
    let way: Shortfall
    private let options: [CitedSentence]

    init(_ way: Shortfall, _ clauses: ClauseLinks) { (self.way, options) = (way, way.options.map(clauses.cited)) }

    static var fields: [String: Field<ShortfallPart>] {
        [
            "name": .text { $0.way.hoursRequirement }, "short": .text { "\($0.way.hours)" },
            "options": .list { $0.options }, "hasOptions": .flag { !$0.options.isEmpty },
            "hasChoice": .flag { $0.options.count > 1 },
        ]
    }

    static var sample: ShortfallPart {
        ShortfallPart(
            Shortfall(
                hoursRequirement: "公需科目", hours: CreditHours(10),
                options: ["再学一门公需科目的线上课程即可，10 学时（二(二)），须在 2022-12-31 前（含当天）取得"]),
            .none)
    }
}

/// One requirement: the required, the entered and the counted hours.
struct Bar: PageValue {
    let name: String
    let registered: CreditHours
    let counted: CreditHours
    let required: CreditHours
    /// The counted hours that come from earlier periods.
    let carried: CreditHours
    /// The clause as text, as long as the policy contains no text to open.
    let clause: String
    /// The clause as a link.
    let cited: CitedSentence?
    /// The index of the requirement, which determines the colour.
    let turn: Int
    let isWaived: Bool

    init(
        _ line: Standing.RequirementResult, _ policy: Policy, _ clauses: ClauseLinks, turn: Int, carried: CreditHours,
        isWaived: Bool
    ) {
        name = policy.name(of: line)
        (registered, counted, required) = (line.earned, line.counted, line.required)
        clause = policy.hoursRequirements[line.hoursRequirement].clause.short
        let sentence = clauses.cited("（\(clause)）")
        cited = sentence.parts.contains { $0.link != nil } ? sentence : nil
        (self.turn, self.carried, self.isWaived) = (turn, carried, isWaived)
    }

    private init() {
        (name, counted, required) = ("公需科目", CreditHours(hundredths: 2999), CreditHours(30))
        (registered, carried, isWaived) = (CreditHours(54), CreditHours(5), false)
        (clause, turn, cited) = ("二(一)", 0, CitedSentence([.sample]))
    }

    var isShort: Bool { counted < required }

    /// In hundredths of the whole bar; at most 97 if anything is missing, so that it is visible.
    private var width: Int {
        guard isShort else { return 100 }
        return min(97, counted.hundredths * 100 / max(1, required.hundredths))
    }

    var short: CreditHours { max(.zero, required - counted) }
    private var surplus: CreditHours { max(.zero, counted - required) }

    static var fields: [String: Field<Bar>] {
        [
            "name": .text { $0.name }, "counted": .text { "\($0.counted)" }, "required": .text { "\($0.required)" },
            "registered": .text { "\($0.registered)" }, "isCarried": .flag { $0.carried > .zero },
            "carried": .text { "\($0.carried)" }, "clause": .text { $0.clause }, "cited": .item { $0.cited },
            "isShort": .flag { $0.isShort }, "short": .text { "\($0.short)" },
            "isOver": .flag { $0.surplus > .zero }, "surplus": .text { "\($0.surplus)" },
            "isWaived": .flag { $0.isWaived && $0.isShort }, "isOwed": .flag { $0.isShort && !$0.isWaived },
            "width": .text { "\($0.width)" }, "fill": .text { $0.turn == 1 ? "second" : "fill" },
        ]
    }

    static var sample: Bar { Bar() }
}
