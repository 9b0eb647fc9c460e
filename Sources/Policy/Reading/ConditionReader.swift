import Kernel

extension Condition {
    /// Reads `{ employer: enterprise, title-level: [senior, associate], any-of: [{ … }, { … }] }`.
    init(_ tree: YAMLTree, _ scope: SymbolTable) {
        guard tree.pairs != nil else {
            scope.findings.error(tree.place, "a condition is written as { fact: value }", "条件应写成 { 某项: 取值 }")
            self = .always
            return
        }
        self = .all(YAMLSection.named(tree, "a condition", scope.findings).map { Self.part($0, scope) })
    }

    private static func part(_ pair: YAMLTree.Pair, _ scope: SymbolTable) -> Condition {
        let parts = { () -> [Condition] in
            if case .list(let trees) = pair.value.content { return trees.map { Condition($0, scope) } }
            return [Condition(pair.value, scope)]
        }
        switch pair.key {
        case "any-of": return .any(parts())
        case "all-of": return .all(parts())
        case "none-of": return .none(parts())
        default: return .test(FactTest(pair, scope))
        }
    }
}

extension FactTest {
    fileprivate init(_ pair: YAMLTree.Pair, _ scope: SymbolTable) {
        guard let (shape, origin) = scope.shape(pair.key) else {
            scope.findings.error(pair.place, unknown(pair.key, among: scope.names + ["any-of", "all-of", "none-of"]))
            self.init(fact: pair.key, origin: .person, match: .present, days: nil)
            return
        }
        guard pair.value.pairs != nil, let section = YAMLSection(pair.value, pair.key, scope.findings) else {
            self.init(fact: pair.key, origin: origin, match: Self.match(pair.value, shape, scope), days: nil)
            return
        }
        let match: Match =
            if let bounds = section.value(
                "years-ago", LocalizedText("范围，如 1..5", en: "bounds like 1..5"), { Bounds($0) })
            {
                .yearsAgo(bounds)
            } else {
                section.tree("is").map { Self.match($0, shape, scope) } ?? .present
            }
        let days = section.value("days", LocalizedText("范围，如 183..", en: "bounds like 183.."), { Bounds($0) })
        if days != nil, origin != .person {
            scope.findings.error(
                section.place(of: "days"), "only a person's facts last for days", "只有个人情况才能按天数算（days）")
        }
        section.close()
        self.init(fact: pair.key, origin: origin, match: match, days: days)
    }

    private static func match(_ tree: YAMLTree, _ shape: FactShape, _ scope: SymbolTable) -> Match {
        if tree.scalar == "any" { return .present }
        switch shape.form {
        case .oneOf(let choices): return .oneOf(keys(tree, choices.map(\.key), shape, scope))
        case .text: return .oneOf(words(tree, shape, scope))
        case .integer: return number(tree, shape, scope) { wholeNumber($0) }
        case .hours: return number(tree, shape, scope, hoursNumber)
        case .day: return day(tree, shape, scope)
        }
    }

    private static func words(_ tree: YAMLTree, _ shape: FactShape, _ scope: SymbolTable) -> [String] {
        let trees = if case .list(let list) = tree.content { list } else { [tree] }
        return trees.compactMap { read($0, shape.key, LocalizedText("一个词", en: "a word"), { $0 }, scope.findings) }
    }

    private static func keys(_ tree: YAMLTree, _ known: [String], _ shape: FactShape, _ scope: SymbolTable) -> [String]
    {
        let words = words(tree, shape, scope)
        for word in words where !known.contains(word) {
            scope.findings.error(
                tree.place, unknown(word, among: known, "value of \(shape.key): ", "\(shape.key) 的取值："))
        }
        return words
    }

    private static func number(
        _ tree: YAMLTree, _ shape: FactShape, _ scope: SymbolTable, _ parse: (String) -> Int?
    ) -> Match {
        let bounds = read(
            tree, shape.key, LocalizedText("数或范围，如 1..5", en: "a number or bounds like 1..5"), { Bounds($0, parse) },
            scope.findings)
        return bounds.map { .number($0) } ?? .present
    }

    /// `within-period`, a day, or a span whose ends are days or personal facts: `title-since..`.
    private static func day(_ tree: YAMLTree, _ shape: FactShape, _ scope: SymbolTable) -> Match {
        guard let text = tree.scalar, text != "within-period" else { return .withinPeriod }
        let edge = { (word: String) -> DayEdge? in
            if let day = Day(word) { return .day(day) }
            return scope.person.contains { $0.key == word } ? .fact(word) : nil
        }
        let ends = text.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        if ends.count == 1, let day = edge(text) { return .day(from: day, to: day) }
        guard ends.count == 3, ends[1].isEmpty, ends[0].isEmpty || edge(ends[0]) != nil,
            ends[2].isEmpty || edge(ends[2]) != nil, text != ".."
        else {
            let accepted = "within-period, a day, or a span like 2022-01-01.. whose ends are days or a person's facts"
            scope.findings.error(
                tree.place, "\(shape.key) is \"\(text)\"; accepted: \(accepted)",
                "\(shape.key) 写的是“\(text)”，应为：within-period（本期内）、日期，或两头是日期或个人情况的范围，如 2022-01-01..")
            return .present
        }
        return .day(from: edge(ends[0]), to: edge(ends[2]))
    }
}
