import Kernel

extension Amount {
    /// The meaning of the amounts under a key, for messages to the author: hours, hours chosen by a reviewer, or years.
    struct Meaning: Sendable {
        let key: String
        let accepted: LocalizedText

        /// The amount of a step, which a reviewer may choose.
        static func step(_ key: String) -> Self {
            Self(
                key: key,
                accepted: LocalizedText(
                    "学时数如 25、核定范围如 10..20，或一张表", en: "hours like 25, a choice like 10..20, or a table"))
        }

        static func required(_ key: String) -> Self {
            Self(key: key, accepted: LocalizedText("学时数如 25，或一张表", en: "hours like 25, or a table"))
        }

        static let lookBack = Self(
            key: "look-back", accepted: LocalizedText("年数如 5，或一张表", en: "years like 5, or a table"))
    }

    /// Reads `150`, `10..20` (the reviewer chooses) or `{ fact: { value: amount } }`.
    init(_ tree: YAMLTree, _ meaning: Meaning, _ scope: SymbolTable) {
        if tree.pairs != nil {
            self = AmountTable(tree, meaning, scope).map { .table($0) } ?? .fixed(0)
            return
        }
        let parse = { (text: String) -> Amount? in
            if let hours = CreditHours(text) { return .fixed(hours.hundredths) }
            guard let bounds = Bounds(text, hoursNumber), bounds.low != nil, bounds.high != nil else { return nil }
            return .chosen(bounds)
        }
        self = read(tree, meaning.key, meaning.accepted, parse, scope.findings) ?? .fixed(0)
    }
}

extension AmountTable {
    /// Reads `{ journal: { national: 125, provincial: 50 } }`: one fact, and one row for each of its values.
    fileprivate init?(_ tree: YAMLTree, _ meaning: Amount.Meaning, _ scope: SymbolTable) {
        let pairs = YAMLSection.named(tree, "a table", scope.findings)
        guard let pair = pairs.first, pairs.count == 1 else {
            scope.findings.error(
                tree.place, "a table has one fact, and under it a row for each value", "一张表只按一项查，其下每个取值一行")
            return nil
        }
        guard let (shape, origin) = scope.shape(pair.key) else {
            scope.findings.error(pair.place, unknown(pair.key, among: scope.names))
            return nil
        }
        let rows = YAMLSection.named(pair.value, "the rows of \(pair.key)", scope.findings)
        if rows.isEmpty { scope.findings.error(pair.value.place, "a table needs rows", "表中没有一行") }
        let amount = { Amount($0, meaning, scope) }
        switch shape.form {
        case .oneOf(let choices): self.init(keyed: rows, choices.map(\.key), shape, origin, scope, amount)
        case .integer: self.init(ranged: rows, shape, origin, scope, amount) { wholeNumber($0) }
        case .hours: self.init(ranged: rows, shape, origin, scope, amount, hoursNumber)
        case .day, .text:
            scope.findings.error(
                pair.place, "a table looks up a choice or a number; \(pair.key) is neither",
                "表只能按选项或数查，\(pair.key) 都不是")
            return nil
        }
    }

    private init(
        keyed rows: [YAMLTree.Pair], _ known: [String], _ shape: FactShape, _ origin: FactOrigin, _ scope: SymbolTable,
        _ amount: (YAMLTree) -> Amount
    ) {
        for row in rows where !known.contains(row.key) {
            scope.findings.error(
                row.place, unknown(row.key, among: known, "value of \(shape.key): ", "\(shape.key) 的取值："))
        }
        let amounts = rows.map { ($0.key, amount($0.value)) }
        let keyed = Dictionary(amounts, uniquingKeysWith: { first, _ in first })
        self.init(fact: shape.key, origin: origin, rows: .keyed(keyed, order: rows.map(\.key)))
    }

    private init(
        ranged rows: [YAMLTree.Pair], _ shape: FactShape, _ origin: FactOrigin, _ scope: SymbolTable,
        _ amount: (YAMLTree) -> Amount, _ number: @escaping (String) -> Int?
    ) {
        var ranged: [(bounds: Bounds, amount: Amount)] = []
        for row in rows {
            guard let bounds = Bounds(row.key, number) else {
                scope.findings.error(
                    row.place, "\"\(row.key)\" is no row of \(shape.key); accepted: bounds like 1..9 or 10..",
                    "“\(row.key)”不能作 \(shape.key) 的一行，应写范围，如 1..9 或 10..")
                continue
            }
            if let other = ranged.first(where: { $0.bounds.overlaps(bounds) }) {
                let (first, second) = (shape.written(other.bounds), shape.written(bounds))
                scope.findings.error(
                    row.place, "the rows \(first) and \(second) overlap: each value needs one row",
                    "\(first) 和 \(second) 两行有重叠，不知按哪一行")
            }
            ranged.append((bounds, amount(row.value)))
        }
        self.init(fact: shape.key, origin: origin, rows: .ranged(ranged))
    }
}

extension ConditionedStep {
    /// Reads one step: a mapping with the step's key, and `when` if the step is conditional.
    init?(_ tree: YAMLTree, _ scope: SymbolTable) {
        guard let section = YAMLSection(tree, "a step", scope.findings) else { return nil }
        let when = section.tree("when").map { Condition($0, scope) }
        let steps = Self.readers.compactMap { word, reader in section.tree(word).map { reader($0, scope) } }
        section.close()
        guard let step = steps.first, steps.count == 1 else {
            let known = Self.readers.map(\.0)
            scope.findings.error(
                tree.place, "a step is one of: " + known.joined(separator: ", "),
                "一步只写一种：" + known.joined(separator: "、"))
            return nil
        }
        guard let step else { return nil }
        self.init(step: step, when: when, place: tree.place)
    }

    private static let readers: [(String, @Sendable (YAMLTree, SymbolTable) -> CalculationStep?)] = [
        ("fixed", { tree, scope in .start(Amount(tree, .step("fixed"), scope)) }),
        ("by", { tree, scope in .start(Amount(tree, .step("by"), scope)) }),
        ("per", per), ("times", times), ("share", share),
        ("cap", { tree, scope in .cap(Amount(tree, .step("cap"), scope)) }),
        ("floor", { tree, scope in .floor(Amount(tree, .step("floor"), scope)) }),
        ("each-year", { tree, scope in years(tree, scope).map { .eachYear(from: $0, count: $1) } }),
        ("spread", { tree, scope in years(tree, scope).map { .spread(from: $0, count: $1) } }),
    ]

    /// `{ count: words, each: 1000, hours: 2, partial: no }`, or `{ minutes: length }`, which uses the length of an
    /// hour.
    private static func per(_ tree: YAMLTree, _ scope: SymbolTable) -> CalculationStep? {
        guard let section = YAMLSection(tree, "per", scope.findings) else { return nil }
        defer { section.close() }
        if section.has("minutes") {
            guard let fact = section.number("minutes", scope) else { return nil }
            if scope.minutes == nil {
                scope.findings.error(
                    section.place(of: "minutes"), "per minutes needs hour: { minutes: … }: how long an hour is",
                    "按分钟折算须在 hour 中写明 minutes：每学时多少分钟")
            }
            return .per(fact: fact, each: max(1, scope.minutes ?? 1), amount: .fixed(100), partial: true)
        }
        let each = section.integer("each") ?? 1
        if each < 1 { scope.findings.error(section.place(of: "each"), "each is at least 1", "each 至少为 1") }
        let partial = section.flag("partial") ?? false
        guard let fact = section.number("count", scope), let hours = section.tree("hours") else {
            if !section.has("hours") {
                scope.findings.error(section.place, "per needs hours: how many for each", "per 缺少 hours：每一个计多少学时")
            }
            return nil
        }
        return .per(fact: fact, each: max(1, each), amount: Amount(hours, .step("hours"), scope), partial: partial)
    }

    /// `2`, `1/2`, `150%`, or `{ mode: { online: 1/2, face-to-face: 1 } }`
    private static func times(_ tree: YAMLTree, _ scope: SymbolTable) -> CalculationStep? {
        guard tree.pairs != nil else {
            return read(
                tree, "times", LocalizedText("系数，如 2、0.5、1/2 或 50%", en: "a factor like 2, 0.5, 1/2 or 50%"),
                { Rational($0) },
                scope.findings
            )
            .map { .times(.fixed($0)) }
        }
        let pairs = YAMLSection.named(tree, "times", scope.findings)
        guard let pair = pairs.first, pairs.count == 1, let (shape, origin) = scope.shape(pair.key),
            case .oneOf(let choices) = shape.form
        else {
            scope.findings.error(tree.place, "times looks up one fact that is a choice", "times 只能按一个有选项的项查")
            return nil
        }
        var factors: [String: Rational] = [:]
        for row in YAMLSection.named(pair.value, "the rows of \(pair.key)", scope.findings) {
            if !choices.contains(where: { $0.key == row.key }) {
                scope.findings.error(
                    row.place,
                    unknown(row.key, among: choices.map(\.key), "value of \(pair.key): ", "\(pair.key) 的取值："))
            }
            factors[row.key] = read(
                row.value, row.key, LocalizedText("系数，如 2、0.5 或 1/2", en: "a factor like 2, 0.5 or 1/2"),
                { Rational($0) },
                scope.findings)
        }
        return .times(.table(fact: pair.key, origin: origin, factors))
    }

    /// `{ among: authors }`, or `{ among: authors, rank: rank, parts: [1/2, 30%] }`
    private static func share(_ tree: YAMLTree, _ scope: SymbolTable) -> CalculationStep? {
        guard let section = YAMLSection(tree, "share", scope.findings) else { return nil }
        defer { section.close() }
        let count = section.number("among", scope)
        let parts = section.many("parts").compactMap { part in
            read(
                part, "a part", LocalizedText("分数，如 1/2、0.5 或 50%", en: "a fraction like 1/2, 0.5 or 50%"),
                { Rational($0) },
                scope.findings)
        }
        let rank = section.has("rank") || !parts.isEmpty ? section.number("rank", scope) : nil
        if sum(parts).map({ Rational(1) < $0 }) ?? true {
            scope.findings.error(section.place(of: "parts"), "the parts add up to more than the whole", "各份加起来超过了全部")
        }
        guard let count else { return nil }
        return rank.map { .ranked(rank: $0, count: count, parts: parts) } ?? .share(fact: count)
    }

    /// `{ from: entry-date, count: length }`; count is a number or a fact.
    private static func years(_ tree: YAMLTree, _ scope: SymbolTable) -> (String, YearCount)? {
        guard let section = YAMLSection(tree, "years", scope.findings) else { return nil }
        defer { section.close() }
        let from = section.required("from")
        if scope.evidence.first(where: { $0.key == from })?.countsYears != true {
            scope.findings.error(
                section.place(of: "from"), "from is a fact of the kind that is a date or a year",
                "from 应是本认定形式中的一个日期或年度")
        }
        if let number = section.text("count").flatMap(wholeNumber) { return (from, .fixed(number)) }
        return section.number("count", scope).map { (from, .fact($0)) }
    }
}

/// The sum of fractions; `nil` on overflow.
func sum(_ parts: [Rational]) -> Rational? {
    parts.reduce(Rational(0)) { total, part in
        guard let total else { return nil }
        let (a, overA) = total.numerator.multipliedReportingOverflow(by: part.denominator)
        let (b, overB) = part.numerator.multipliedReportingOverflow(by: total.denominator)
        let (c, overC) = total.denominator.multipliedReportingOverflow(by: part.denominator)
        let (d, overD) = a.addingReportingOverflow(b)
        return overA || overB || overC || overD ? nil : Rational(d, over: c)
    }
}

extension FactShape {
    var countsYears: Bool {
        switch form {
        case .day, .integer: true
        default: false
        }
    }
}

extension YAMLSection {
    /// Reads a key that names a fact of the kind; the fact must be a whole number or hours.
    func number(_ key: String, _ scope: SymbolTable) -> String? {
        let name = required(key)
        guard let shape = scope.evidence.first(where: { $0.key == name }) else {
            findings.error(place(of: key), unknown(name, among: scope.evidence.map(\.key), "\(key): ", "\(key)："))
            return nil
        }
        switch shape.form {
        case .integer, .hours: return name
        default:
            findings.error(
                place(of: key), "\(key) must be a number, and \(name) is none", "\(key) 应是一个数，\(name) 不是数")
            return nil
        }
    }
}
