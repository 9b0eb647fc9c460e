import Kernel

extension Example {
    /// Reads `{ name:, given:, person:, asked:, year:, expect: }`.
    init?(_ tree: YAMLTree, _ scope: SymbolTable, _ draft: PolicyDraft) {
        guard let section = YAMLSection(tree, "an example", scope.findings) else { return nil }
        defer { section.close() }
        place = tree.place
        name = section.text("name") ?? "第 \(tree.place.line) 行"
        year =
            section.value("year", LocalizedText("年度，如 2022", en: "a year like 2022")) { Year($0) } ?? draft.period
            .firstYear
            ?? draft.inForce.year
        person = YAMLSection.named(section.tree("person"), "person", scope.findings).flatMap { Self.facts($0, scope) }
        asked = YAMLSection.named(section.tree("asked"), "asked", scope.findings).reduce(into: [:]) {
            $0[$1.key] = $1.value.scalar ?? ""
        }
        var items: [Item] = []
        for tree in section.many("given") {
            for pair in YAMLSection.named(tree, "given", scope.findings) {
                if let item = Self.item(pair, number: items.count + 1, year, scope, draft) { items.append(item) }
            }
        }
        self.items = items
        expected = YAMLSection.named(section.tree("expect"), "expect", scope.findings).flatMap {
            Expectation.read($0, scope, draft)
        }
        if section.tree("expect")?.pairs?.isEmpty ?? true {
            scope.findings.error(
                tree.place, "expect is missing or empty: state the result", "示例没有写明应有的结果（expect）")
        }
    }

    /// `employer: enterprise`, or `leave: { is: yes, from: 2022-03-01, to: 2022-09-30 }`, or a list of these.
    private static func facts(_ pair: YAMLTree.Pair, _ scope: SymbolTable) -> [DatedFact] {
        guard let shape = scope.person.first(where: { $0.key == pair.key }) else {
            scope.findings.error(pair.place, unknown(pair.key, among: scope.person.map(\.key)))
            return []
        }
        let trees = if case .list(let list) = pair.value.content { list } else { [pair.value] }
        return trees.compactMap { tree in
            if tree.scalar != nil {
                return read(tree, shape.key, shape.accepted, { shape.value($0) }, scope.findings)
                    .map { DatedFact(shape.key, $0) }
            }
            guard let section = YAMLSection(tree, shape.key, scope.findings) else { return nil }
            defer { section.close() }
            let during = Period(checking: section.day("from") ?? .first, section.day("to") ?? .last)
            if during == nil {
                scope.findings.error(section.place(of: "to"), "to is before from", "to（止）早于 from（起），请改正日期")
            }
            return section.value("is", shape.accepted) { shape.value($0) }
                .flatMap { value in during.map { DatedFact(shape.key, value, $0) } }
        }
    }

    private static func item(
        _ pair: YAMLTree.Pair, number: Int, _ year: Year, _ scope: SymbolTable, _ draft: PolicyDraft
    ) -> Item? {
        if draft.subjects.contains(where: { $0.key == pair.key }), pair.value.scalar != nil {
            let hours =
                read(
                    pair.value, pair.key, LocalizedText("学时数，如 29.99", en: "hours like 29.99"), { CreditHours($0) },
                    scope.findings) ?? .zero
            let day = draft.period.firstDay(of: year)
            return .entry(Entry(number: number, day: day, year: year, hours: hours, subject: pair.key, kind: ""))
        }
        if pair.key == "carried" { return carried(pair.value, year, scope, draft) }
        if pair.key == "entry" { return entry(pair.value, number: number, year, scope, draft) }
        guard let kind = draft.kinds.first(where: { $0.key == pair.key }) else {
            let known = draft.kinds.map(\.key) + draft.subjects.map(\.key) + ["entry", "carried"]
            scope.findings.error(pair.place, unknown(pair.key, among: known))
            return nil
        }
        return .evidence(Evidence(kind.key, facts(of: kind, pair.value, year, scope)))
    }

    /// The kind's sample, overridden by the example; `fact: removed` deletes a fact.
    private static func facts(of kind: EvidenceKind, _ tree: YAMLTree, _ year: Year, _ scope: SymbolTable) -> [String:
        Fact]
    {
        var facts = kind.sample(in: year)
        for pair in tree.pairs ?? [] {
            guard let shape = kind.shape(pair.key) else {
                scope.findings.error(pair.place, unknown(pair.key, among: kind.facts.map(\.key)))
                continue
            }
            facts[pair.key] =
                pair.value.isNothing ? nil : pair.value.scalar.map { shape.value($0, in: year) ?? .text($0) }
        }
        return facts
    }

    /// `carried: { from: 2021, subject: professional, hours: 20 }`: surplus of an earlier year.
    private static func carried(_ tree: YAMLTree, _ year: Year, _ scope: SymbolTable, _ draft: PolicyDraft) -> Item? {
        guard let section = YAMLSection(tree, "carried", scope.findings) else { return nil }
        defer { section.close() }
        let known = draft.subjects.map(\.key)
        let subject = section.value("subject", known.joined(separator: ", ")) { known.contains($0) ? $0 : nil }
        let from = section.value("from", LocalizedText("年度，如 2022", en: "a year like 2022")) { Year($0) }
        let hours = section.hours("hours") ?? .zero
        return .carried(Example.Leftover(from: from ?? year.adding(-1), subject: subject ?? "", hours: hours))
    }

    /// `entry: { subject: professional, hours: 20, mode: online }`: a ledger entry as given.
    private static func entry(
        _ tree: YAMLTree, number: Int, _ year: Year, _ scope: SymbolTable, _ draft: PolicyDraft
    ) -> Item? {
        guard let section = YAMLSection(tree, "entry", scope.findings) else { return nil }
        defer { section.close() }
        let known = draft.subjects.map(\.key)
        let subject = section.value("subject", known.joined(separator: ", ")) { known.contains($0) ? $0 : nil }
        let own = section.value("year", LocalizedText("年度，如 2022", en: "a year like 2022")) { Year($0) } ?? year
        let names = Set(draft.kinds.flatMap(\.facts).map(\.key))
        let tags = names.reduce(into: [String: String]()) { $0[$1] = section.text($1) }
        return .entry(
            Entry(
                number: section.integer("number") ?? number,
                day: section.edge("day")?.day(in: own) ?? draft.period.firstDay(of: own),
                year: own, hours: section.hours("hours") ?? .zero, subject: subject ?? "",
                kind: section.text("kind") ?? "", tags: tags, work: section.text("work")))
    }
}

extension Expectation {
    /// One key of `expect:` gives one expectation, or several if it lists requirements or years.
    fileprivate static func read(_ pair: YAMLTree.Pair, _ scope: SymbolTable, _ draft: PolicyDraft) -> [Expectation] {
        let findings = scope.findings
        let hours = { (tree: YAMLTree) in expectedHours(tree, findings) }
        let one = { (what: What?) in what.map { [Expectation(what: $0, place: pair.place)] } ?? [] }
        if draft.subjects.contains(where: { $0.key == pair.key }) {
            return one(hours(pair.value).map { .credited(pair.key, $0) })
        }
        if let figure = Figure(rawValue: pair.key) {
            return figures(figure, pair, draft, findings)
        }
        switch pair.key {
        case "outcome":
            return one(expectedOutcome(pair.value, findings))
        case "carried": return one(hours(pair.value).map { .carried($0) })
        case "years":
            return YAMLSection.named(pair.value, "years", findings).compactMap { row in
                guard let year = Year(row.key), let hours = hours(row.value) else { return nil }
                return Expectation(what: .inYear(year, hours), place: row.place)
            }
        case "uncounted": return one(hours(pair.value).map { .uncounted($0) })
        case "refused": return one(.refused(pair.value.scalar ?? ""))
        case "clause": return one(.clause(pair.value.scalar ?? ""))
        case "waived", "not-waived":
            return one(pair.value.scalar.map { .waived($0, pair.key == "waived") })
        default:
            let known =
                draft.subjects.map(\.key) + Figure.allCases.map(\.rawValue)
                + ["outcome", "years", "uncounted", "carried", "refused", "clause", "waived", "not-waived"]
            findings.error(pair.place, unknown(pair.key, among: known))
            return []
        }
    }

    private static func figures(
        _ figure: Figure, _ pair: YAMLTree.Pair, _ draft: PolicyDraft, _ findings: Findings
    ) -> [Expectation] {
        let known = draft.requirements.flatMap(\.hoursRequirements).map(\.key)
        return YAMLSection.named(pair.value, pair.key, findings).flatMap { row -> [Expectation] in
            if !known.contains(row.key) {
                findings.error(row.place, unknown(row.key, among: known, "requirement: ", "学时要求："))
            }
            guard row.value.pairs != nil else {
                return expectedHours(row.value, findings).map {
                    [Expectation(what: .figure(figure, requirement: row.key, nil, $0), place: row.place)]
                } ?? []
            }
            return YAMLSection.named(row.value, row.key, findings).compactMap { part in
                guard let year = Year(part.key) else {
                    findings.error(part.place, "a year like 2022 is missing here", "这里应是年度，如 2022")
                    return nil
                }
                return expectedHours(part.value, findings).map {
                    Expectation(what: .figure(figure, requirement: row.key, year, $0), place: part.place)
                }
            }
        }
    }
}

private func expectedHours(_ tree: YAMLTree, _ findings: Findings) -> CreditHours? {
    read(tree, "an expectation", LocalizedText("学时数，如 41.66", en: "hours like 41.66"), { CreditHours($0) }, findings)
}

/// 合格 and other outcomes; 不要求 if there is no period in the year; 不适用 if the policy does not apply to the person.
private func expectedOutcome(_ tree: YAMLTree, _ findings: Findings) -> Expectation.What? {
    var known = Dictionary(uniqueKeysWithValues: Outcome.allCases.map { ($0.name, Expectation.What.outcome($0)) })
    (known["不要求"], known["不适用"]) = (.notAsked, .notApplied)
    let names = Outcome.allCases.map(\.name) + ["不要求", "不适用"]
    return read(tree, "outcome", names.joined(separator: ", "), { known[$0] }, findings)
}

extension PeriodRule {
    /// The year of an example that names none.
    var firstYear: Year? {
        switch self {
        case .once(let period): period.from.year
        case .cycle(_, .day(let day)): day.year
        case .cycle, .term: nil
        }
    }

    func firstDay(of year: Year) -> Day {
        if case .once(let period) = self, period.from.year == year { return period.from }
        return year.period.from
    }
}
