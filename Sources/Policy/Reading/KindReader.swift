import Kernel

extension EvidenceKind {
    /// Reads one evidence kind.
    convenience init?(_ pair: YAMLTree.Pair, _ outer: SymbolTable) {
        guard let section = YAMLSection(pair.value, "the kind \(pair.key)", outer.findings) else { return nil }
        var scope = outer
        // Whether a fact is needed may depend on facts before it.
        for pair in YAMLSection.named(section.tree("facts"), "facts", scope.findings) {
            scope.evidence.append(FactShape(pair.key, pair.value, scope))
        }
        let facts = scope.evidence
        for shape in facts where outer.person.contains(where: { $0.key == shape.key }) {
            scope.findings.error(
                section.place(of: "facts"), "\(shape.key) is a fact of the person too: use another key",
                "\(shape.key) 已是个人情况中的一项，请换个名字")
        }
        let clause = section.clause(scope)
        let rules = scope
        let name = section.required("name", or: pair.key)
        let creditedTo = section.dateFact("credited-to", scope) ?? ""
        let written = section.tree("sample")
        self.init(
            key: pair.key, name: name, clause: clause, place: pair.place, facts: facts,
            proofs: section.words("evidence"), creditedTo: creditedTo,
            dated: section.has("dated") ? section.dateFact("dated", scope) ?? creditedTo : creditedTo,
            preconditions: section.many("requires").compactMap { Precondition($0, rules, clause) },
            creditRules: CreditRule.list(section, scope),
            work: section.tree("work").flatMap { WorkRule($0, rules, clause) },
            once: section.tree("once").flatMap { OnceRule($0, rules, clause) },
            caps: section.many("at-most").compactMap { Cap(limit: $0, .kind([pair.key]), rules, clause) },
            sample: Self.sample(written, facts, scope),
            sampleWords: (written?.pairs ?? []).reduce(into: [:]) { $0[$1.key] = $1.value.scalar })
        section.close()
    }

    private static func sample(_ tree: YAMLTree?, _ facts: [FactShape], _ scope: SymbolTable) -> [String: Fact] {
        for pair in tree?.pairs ?? [] where !facts.contains(where: { $0.key == pair.key }) {
            scope.findings.error(pair.place, unknown(pair.key, among: facts.map(\.key), "sample: ", "sample 中"))
        }
        return facts.reduce(into: [:]) { sample, shape in
            guard let value = tree?[shape.key] else { return }
            sample[shape.key] = read(
                value, shape.key, shape.accepted, { shape.value($0, in: scope.year) }, scope.findings)
        }
    }
}

extension YAMLSection {
    /// Reads a key that names a fact; the fact must be a date or a year.
    fileprivate func dateFact(_ key: String, _ scope: SymbolTable) -> String? {
        let name = required(key)
        guard let shape = scope.evidence.first(where: { $0.key == name }) else {
            findings.error(place(of: key), unknown(name, among: scope.evidence.map(\.key), "\(key): ", "\(key)："))
            return nil
        }
        guard shape.countsYears else {
            findings.error(
                place(of: key), "\(key) must be a date or a year, and \(name) is neither",
                "\(key) 应是日期或年度，\(name) 都不是")
            return nil
        }
        return name
    }
}

extension Precondition {
    fileprivate init?(_ tree: YAMLTree, _ scope: SymbolTable, _ inherited: Clause) {
        guard let section = YAMLSection(tree, "a precondition", scope.findings) else { return nil }
        defer { section.close() }
        says = section.required("says")
        clause = section.clause(scope, or: inherited)
        guard let tree = section.tree("if") else {
            scope.findings.error(section.place, "if is missing: what must hold", "缺少 if：须符合什么")
            return nil
        }
        condition = Condition(tree, scope)
    }
}

extension CreditRule {
    /// Reads `subject` and `hours` of the kind itself, or a list `gives` of them.
    fileprivate static func list(_ section: YAMLSection, _ scope: SymbolTable) -> [CreditRule] {
        let own = CreditRule(section, scope)
        let listed = section.many("gives").compactMap { tree -> CreditRule? in
            guard let section = YAMLSection(tree, "a credit rule", scope.findings) else { return nil }
            defer { section.close() }
            return CreditRule(section, scope)
        }
        let creditRules = [own].compactMap { $0 } + listed
        if creditRules.isEmpty {
            scope.findings.error(
                section.place, "subject and hours are missing: the hours it gives", "缺少 subject 和 hours：计入哪一科目、计多少学时")
        }
        return creditRules
    }

    private init?(_ section: YAMLSection, _ scope: SymbolTable) {
        let (hours, subject) = (section.many("hours"), section.tree("subject"))
        guard let subject, !hours.isEmpty else {
            if subject != nil || !hours.isEmpty {
                scope.findings.error(section.place, "subject and hours belong together", "subject 和 hours 须一起写")
            }
            return nil
        }
        self.subject = SubjectRule(subject, scope)
        steps = hours.compactMap { ConditionedStep($0, scope) }
        if case .start? = steps.first?.step {
        } else if case .per? = steps.first?.step {
        } else if !steps.isEmpty {
            scope.findings.error(hours[0].place, "hours begin with fixed, by or per", "hours 的第一步应是 fixed、by 或 per")
        }
    }
}

extension SubjectRule {
    /// `professional`, `{ from: fact }`, or `{ fact: { value: subject } }`.
    fileprivate init(_ tree: YAMLTree, _ scope: SymbolTable) {
        let known = scope.subjects.map(\.key)
        if let word = tree.scalar {
            if !known.contains(word) { scope.findings.error(tree.place, unknown(word, among: known)) }
            self = .fixed(word)
            return
        }
        guard let pair = tree.pairs?.first, tree.pairs?.count == 1 else {
            scope.findings.error(
                tree.place, "subject is a name, { from: FACT } or { FACT: { VALUE: SUBJECT } }",
                "subject 应写科目名、{ from: 某项 } 或 { 某项: { 取值: 科目 } }")
            self = .fixed("")
            return
        }
        let fact = pair.key == "from" ? pair.value.scalar ?? "" : pair.key
        guard let (_, origin) = scope.shape(fact) else {
            scope.findings.error(pair.place, unknown(fact, among: scope.names))
            self = .fixed("")
            return
        }
        if pair.key == "from" {
            self = .fact(fact)
            return
        }
        var table: [String: String] = [:]
        for row in YAMLSection.named(pair.value, fact, scope.findings) {
            table[row.key] = read(
                row.value, row.key, known.joined(separator: ", "), { known.contains($0) ? $0 : nil },
                scope.findings)
        }
        self = .table(fact: fact, origin: origin, table)
    }

    /// The subjects that the rule can give, as far as they are known.
    func reachable(_ kind: [FactShape]) -> [String] {
        switch self {
        case .fixed(let subject): return [subject]
        case .table(_, _, let table): return Array(table.values)
        case .fact(let name):
            guard case .oneOf(let choices)? = kind.first(where: { $0.key == name })?.form else { return [] }
            return choices.map(\.key)
        }
    }
}

extension WorkRule {
    fileprivate init?(_ tree: YAMLTree, _ scope: SymbolTable, _ inherited: Clause) {
        guard let section = YAMLSection(tree, "work", scope.findings) else { return nil }
        defer { section.close() }
        key = section.words("key")
        among = section.text("among")
        divided = section.flag("divided") ?? (among != nil)
        level = section.text("level")
        same = section.words("same")
        clause = section.clause(scope, or: inherited)
        if key.isEmpty {
            scope.findings.error(
                section.place, "key is missing: the facts that name the work", "缺少 key：哪几项相同算同一成果")
        }
        let named = key + same + [among, level].compactMap { $0 }
        for name in named where !scope.evidence.contains(where: { $0.key == name }) {
            scope.findings.error(section.place, unknown(name, among: scope.evidence.map(\.key), "work: ", "work 中"))
        }
        if divided, among == nil {
            scope.findings.error(
                section.place, "a divided work says among: which fact is the number of claimants",
                "分摊的成果须写 among：哪一项是人数")
        }
    }
}

extension OnceRule {
    fileprivate init?(_ tree: YAMLTree, _ scope: SymbolTable, _ inherited: Clause) {
        guard let section = YAMLSection(tree, "once", scope.findings) else { return nil }
        defer { section.close() }
        key = section.words("key")
        span = section.span("per") ?? .lifetime
        clause = section.clause(scope, or: inherited)
        for name in key where !scope.evidence.contains(where: { $0.key == name }) {
            scope.findings.error(
                section.place(of: "key"), unknown(name, among: scope.evidence.map(\.key), "once: ", "once 中"))
        }
    }
}

extension YAMLSection {
    func span(_ key: String) -> Span? {
        value(key, Span.allCases.map(\.rawValue).joined(separator: ", ")) { Span(rawValue: $0) }
    }
}

extension Cap {
    /// Reads `40`, or `{ hours: 40, per: year }`, or `{ items: 2, per: period }`.
    init?(limit tree: YAMLTree, _ filter: Filter, _ scope: SymbolTable, _ inherited: Clause) {
        if tree.scalar != nil {
            guard
                let hours = read(
                    tree, "at-most", LocalizedText("学时数，如 40", en: "hours like 40"), { CreditHours($0) }, scope.findings
                )
            else {
                return nil
            }
            self.init(filter: filter, most: .hours(hours), span: .period, clause: inherited)
            return
        }
        guard let section = YAMLSection(tree, "at-most", scope.findings) else { return nil }
        defer { section.close() }
        let span = section.span("per") ?? .period
        let clause = section.clause(scope, or: inherited)
        switch (section.hours("hours"), section.integer("items")) {
        case (let hours?, nil): self.init(filter: filter, most: .hours(hours), span: span, clause: clause)
        case (nil, let items?): self.init(filter: filter, most: .items(items), span: span, clause: clause)
        default:
            scope.findings.error(section.place, "at-most says either hours or items", "at-most 只写 hours 或 items 其中之一")
            return nil
        }
    }
}
