import Kernel

/// Reads requirements; a requirement that has only a cap becomes a cap.
struct RequirementReader {
    let scope: SymbolTable
    private(set) var caps: [Cap] = []
    private var keys: Set<String> = []
    private var hoursRequirements = 0
    /// The ways of `any-of` that are being read, the outermost first, and the number of ways so far.
    private var ways: [Int] = []
    private var wayCount = 0

    init(_ scope: SymbolTable) { self.scope = scope }

    /// A requirement without a clause takes the clause of the `any-of` around it.
    mutating func read(_ trees: [YAMLTree], _ draft: PolicyDraft, or inherited: Clause? = nil) -> [Requirement] {
        trees.compactMap { read($0, draft, inherited) }
    }

    private mutating func read(_ tree: YAMLTree, _ draft: PolicyDraft, _ inherited: Clause?) -> Requirement? {
        guard let section = YAMLSection(tree, "a requirement", scope.findings) else { return nil }
        defer { section.close() }
        let sets = section.many("any-of")
        if !sets.isEmpty {
            let clause = section.clause(scope, or: inherited)
            return .anyOf(sets.map { readWay($0, draft, clause) }, clause: clause)
        }
        guard let count = section.tree("count") else {
            scope.findings.error(section.place, "count is missing: which hours are meant", "缺少 count：计哪些学时")
            return nil
        }
        let filter = Filter(count, draft, scope.findings)
        let clause = section.clause(scope, or: inherited)
        let when = section.tree("when").map { Condition($0, scope) }
        for limit in section.many("at-most") {
            guard var cap = Cap(limit: limit, filter, scope, clause) else { continue }
            cap.binding = Cap.Binding(when: when, way: ways.last)
            caps.append(cap)
        }
        guard let least = section.tree("at-least") else {
            if !section.has("at-most") {
                scope.findings.error(
                    section.place, "a requirement says at-least or at-most", "学时要求须写 at-least（至少）或 at-most（至多）")
            }
            return nil
        }
        let asked = (filter: filter, count: count, least: least, when: when)
        return .one(hoursRequirement(section, asked, clause, draft))
    }

    /// One of the sets of an `any-of`: a requirement, or a list of requirements that must all be met.
    private mutating func readWay(_ tree: YAMLTree, _ draft: PolicyDraft, _ clause: Clause) -> [Requirement] {
        wayCount += 1
        ways.append(wayCount)
        defer { ways.removeLast() }
        let trees = if case .list(let trees) = tree.content { trees } else { [tree] }
        let set = read(trees, draft, or: clause)
        if set.isEmpty {
            scope.findings.warning(
                tree.place, "a set of any-of requires nothing: at-least is missing", "any-of 的这一方式没有要求：缺少 at-least")
        }
        return set
    }

    private mutating func hoursRequirement(
        _ section: YAMLSection, _ asked: (filter: Filter, count: YAMLTree, least: YAMLTree, when: Condition?),
        _ clause: Clause,
        _ draft: PolicyDraft
    ) -> HoursRequirement {
        let subject = asked.count["subject"]?.scalar
        let plain = asked.count.scalar == "all" ? "total" : asked.count.pairs?.count == 1 ? subject : nil
        let key = section.text("key") ?? plain ?? "requirement-\(keys.count + 1)"
        if !keys.insert(key).inserted {
            scope.findings.error(
                section.place, "two requirements have the key \(key): give one another key",
                "有两项学时要求都叫 \(key)：请给其中一项另写 key")
        }
        let name = section.text("name") ?? (key == "total" ? "总学时" : draft.subjects.first { $0.key == key }?.name)
        if name == nil {
            scope.findings.error(
                section.place, "name is missing: what people call this requirement", "缺少 name：这项要求叫什么")
        }
        let each = section.value("each", "year、calendar-year") { EachYear(rawValue: $0) }
        defer { hoursRequirements += 1 }
        return HoursRequirement(
            index: hoursRequirements, key: key, name: name ?? key, filter: asked.filter,
            amount: RequiredAmount(asked.least, scope), each: each, when: asked.when, clause: clause,
            place: section.place, ways: ways)
    }
}

extension RequiredAmount {
    /// `90`, `{ share: 2/3, of: total }`, `{ per-year: 90 }`, `{ per-month: 7.5, while: { … } }`, or a table.
    fileprivate init(_ tree: YAMLTree, _ scope: SymbolTable) {
        let keys = tree.pairs?.map(\.key) ?? []
        guard keys.contains(where: ["share", "per-year", "per-month"].contains),
            let section = YAMLSection(tree, "at-least", scope.findings)
        else {
            self = .amount(Amount(tree, .required("at-least"), scope))
            return
        }
        defer { section.close() }
        if let year = section.tree("per-year") {
            self = .perYear(Amount(year, .required("per-year"), scope))
        } else if let month = section.tree("per-month") {
            let condition = section.tree("while").map { Condition($0, scope) } ?? .always
            self = .perMonth(Amount(month, .required("per-month"), scope), condition)
        } else {
            let share =
                section.value("share", LocalizedText("比例，如 2/3 或 50%", en: "a share like 2/3 or 50%")) { Rational($0) }
                ?? Rational(1)
            let of = section.required("of", or: "0")
            self = .share(share, of: CreditHours(of).map { .amount(.fixed($0.hundredths)) } ?? .named(of))
        }
    }
}

extension Exemption {
    init?(_ tree: YAMLTree, _ scope: SymbolTable) {
        guard let section = YAMLSection(tree, "an exemption", scope.findings) else { return nil }
        defer { section.close() }
        when = section.tree("when").map { Condition($0, scope) } ?? .always
        from = section.words("from").filter { $0 != "all" }
        says = section.required("says", or: "免修")
        place = section.place
        clause = section.clause(scope)
        if !section.has("when") {
            scope.findings.error(section.place, "when is missing: who is exempt", "缺少 when：哪些人免修")
        }
    }
}

extension Waiver {
    init?(_ tree: YAMLTree, _ scope: SymbolTable, _ purposes: [Purpose]) {
        guard let section = YAMLSection(tree, "a waiver", scope.findings) else { return nil }
        defer { section.close() }
        let purpose = section.required("for")
        let asks = purposes.first { $0.key == purpose }?.asks
        self.purpose = purpose
        if asks == nil {
            scope.findings.error(section.place(of: "for"), unknown(purpose, among: purposes.map(\.key), "for: ", "用途："))
        }
        var asking = scope
        asking.asked = asks ?? []
        let rules = asking
        when = section.tree("when").map { Condition($0, rules) } ?? .always
        says = section.required("says")
        place = section.place
        clause = section.clause(scope)
    }
}

extension Purpose {
    init?(_ pair: YAMLTree.Pair, _ scope: SymbolTable) {
        guard let section = YAMLSection(pair.value, "the purpose \(pair.key)", scope.findings) else { return nil }
        defer { section.close() }
        key = pair.key
        name = section.required("name", or: pair.key)
        asks = YAMLSection.named(section.tree("asks"), "asks", scope.findings).map {
            FactShape($0.key, $0.value, scope)
        }
        years = section.tree("look-back").map { Amount($0, .lookBack, scope) }
        clause = section.has("clause") || section.has("assumed") ? section.clause(scope) : nil
        if years != nil, clause == nil {
            scope.findings.error(section.place, "look-back needs its clause", "look-back 须写依据（clause 或 assumed）")
        }
    }
}

extension CarryOver {
    init?(_ tree: YAMLTree, _ scope: SymbolTable, _ draft: PolicyDraft) {
        guard let section = YAMLSection(tree, "carry-over", scope.findings) else { return nil }
        defer { section.close() }
        filter = section.tree("count").map { Filter($0, draft, scope.findings) } ?? .everything
        years = section.integer("years") ?? 1
        atMost = section.hours("at-most")
        clause = section.clause(scope)
    }
}
