import Kernel

extension PeriodRule {
    /// `{ year: 2022 }`, `{ from: …, to: … }`, `{ every: 1, from: 2016-01-01 }`,
    /// `{ every: 3, start: qualified-on, counts-from: next-year }` or `{ term: appointment }`.
    init(_ tree: YAMLTree, _ scope: SymbolTable) {
        self = .once(Year(2000).period)
        guard let section = YAMLSection(tree, "period", scope.findings) else { return }
        defer { section.close() }
        if let year = section.value("year", LocalizedText("年度，如 2022", en: "a year like 2022"), { Year($0) }) {
            self = .once(year.period)
        } else if let years = section.integer("every") {
            if !(1...10 ~= years) {
                scope.findings.error(section.place(of: "every"), "every is 1 to 10 years", "every 为 1 至 10 年")
            }
            self = .cycle(years: min(max(years, 1), 10), start: CycleStart(section, scope))
        } else if let term = section.text("term") {
            if !scope.person.contains(where: { $0.key == term }) {
                scope.findings.error(
                    section.place(of: "term"), unknown(term, among: scope.person.map(\.key), "", "个人情况中"))
            }
            self = .term(term)
        } else if let from = section.day("from"), let to = section.day("to"), let period = Period(checking: from, to) {
            self = .once(period)
        } else {
            scope.findings.error(
                section.place, "period is one of: year; from and to; every with from or start; term",
                "period 应写其一：year；from 和 to（先后不能颠倒）；every 加 from 或 start；term")
        }
    }
}

extension CycleStart {
    fileprivate init(_ section: YAMLSection, _ scope: SymbolTable) {
        if let day = section.day("from") {
            self = .day(day)
            return
        }
        let fact = section.required("start")
        let shape = scope.person.first { $0.key == fact }
        if case .day? = shape?.form {
        } else {
            scope.findings.error(
                section.place(of: "start"), "start is a person's fact that is a date", "start 应是个人情况中的一个日期")
        }
        let next = section.value("counts-from", "that-day or next-year") { ["that-day": false, "next-year": true][$0] }
        self = .fact(fact, nextYear: next ?? false)
    }
}

extension Window.Edge {
    /// `2022-01-01`, `05-31`, `next 04-30` or `previous 12-31`.
    init?(_ text: String) {
        if let day = Day(text) {
            self = .day(day)
            return
        }
        let (word, rest) = text.firstWord
        let years = ["next": 1, "previous": -1][word] ?? 0
        let parts = (years == 0 ? text : rest).split(separator: "-").map(String.init)
        guard parts.count == 2, parts.allSatisfy({ $0.utf8.count == 2 }), let month = Int(parts[0]),
            let day = Int(parts[1]),
            Day(2000, month, day) != nil
        else { return nil }
        self = .yearly(month: month, day: day, years: years)
    }
}

extension YAMLSection {
    func edge(_ key: String) -> Window.Edge? {
        value(
            key,
            LocalizedText(
                "日期，如 2022-01-01、05-31、next 04-30（次年）或 previous 12-31（上年）",
                en: "a day like 2022-01-01, 05-31, next 04-30 or previous 12-31")
        ) { Window.Edge($0) }
    }
}

extension Window {
    /// Reads a window of `windows:`, with its filter, or `make-up:`, with its subjects and kinds.
    init?(_ tree: YAMLTree, _ scope: SymbolTable, _ draft: PolicyDraft, isMakeUp: Bool) {
        guard let section = YAMLSection(tree, isMakeUp ? "make-up" : "a window", scope.findings) else { return nil }
        defer { section.close() }
        (self.isMakeUp, place) = (isMakeUp, section.place)
        opens = section.edge(isMakeUp ? "opens" : "from")
        closes = section.edge(isMakeUp ? "closes" : "to")
        clause = section.clause(scope)
        filter = section.tree("count").map { Filter($0, draft, scope.findings) } ?? .everything
        if opens == nil, closes == nil {
            scope.findings.error(section.place, "a window has at least one end", "时间段至少写一头")
        }
        if case .day(let from)? = opens, case .day(let to)? = closes, to < from {
            scope.findings.error(section.place, "the window closes before it opens", "时间段的截止在开始之前")
        }
    }
}

extension Deadline {
    init?(_ pair: YAMLTree.Pair, _ scope: SymbolTable) {
        guard let section = YAMLSection(pair.value, "the deadline \(pair.key)", scope.findings) else { return nil }
        defer { section.close() }
        (key, place) = (pair.key, pair.place)
        name = section.required("name", or: pair.key)
        clause = section.clause(scope)
        guard let by = section.edge("by") else {
            if !section.has("by") { scope.findings.error(section.place, "by is missing: the last day", "缺少 by：最后一天") }
            return nil
        }
        self.by = by
    }
}
