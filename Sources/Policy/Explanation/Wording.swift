import Kernel

/// Texts for people. A decision contains no texts; they are made on demand.
extension Policy {
    /// One sentence per step, then the result: 国内国家级刊物 125 学时。3 名作者均分。计 41.66 学时。
    package func explanation(of credited: Credited, _ evidence: Evidence) -> [String] {
        guard let kind = kind(credited.kind) else { return [] }
        let explainer = StepExplainer(policy: self, kind: kind, evidence: evidence)
        var sentences = zip(credited.steps, [nil] + credited.steps).map { taken, before in
            explainer.sentence(taken, after: before?.value ?? Rational(0))
        }
        if let window = credited.window { sentences.append(windowSentence(windows[window])) }
        if case .text(let key)? = evidence.facts["theme"], let theme = themes.first(where: { $0.key == key }),
            let subject = theme.subject.flatMap(subject)
        {
            sentences.append("\(theme.name)专题的学时计入\(subject.name)（\(theme.clause.short)）")
        }
        let results = kind.creditRules.indices.compactMap { creditRule in
            credited.steps.last { $0.creditRule == creditRule }?.value
        }
        for line in credited.lines {
            let name = subject(line.subject)?.name ?? line.subject
            let isCut = !results.contains(Rational(line.hours.hundredths))
            let cut = isCut ? hourClause.map { "，\(roundingWords)（\($0.short)）" } ?? "" : ""
            sentences.append("\(line.year) 年度\(name)计 \(line.hours) 学时\(cut)")
        }
        return sentences
    }

    private func windowSentence(_ window: Window) -> String {
        window.isMakeUp ? "属补学，补登当年学时（\(window.clause.short)）" : "在规定的学习时间内（\(window.clause.short)）"
    }

    /// Why evidence is refused, and what would be accepted.
    package func words(for refusal: Refusal) -> String {
        guard let kind = kind(refusal.kind) else {
            return "本政策没有“\(refusal.kind)”这一认定形式。可认定的形式：\(kinds.map(\.name).joined(separator: "、"))"
        }
        let name = { (fact: String) in kind.shape(fact)?.name ?? self.person.first { $0.key == fact }?.name ?? fact }
        let accepted = { (fact: String) in kind.shape(fact)?.accepted ?? "" }
        switch refusal.reason {
        case .unknownKind: return "没有这一认定形式"
        case .missing(let fact): return "缺少\(name(fact))。应为：\(accepted(fact))"
        case .notAccepted(let fact): return "\(name(fact))不符。应为：\(accepted(fact))"
        case .precondition(let index): return kind.preconditions[index].says
        case .noRow(let facts): return noRow(facts, kind)
        case .notChosen(let bounds):
            return "此项由审核人在 \(bounds.hours) 学时之间核定，尚未核定或超出范围"
        case .outsidePeriod(let day):
            let times = registrable(kind).map { "：" + $0.joined(separator: "；") } ?? ""
            return "\(name(kind.dated)) \(day) 不在可登记的时间内\(times)"
        case .outsideYears(let first, let last):
            let years = first == last ? "\(first) 年度" : "\(first)—\(last) 年度"
            return "所属年度为 \(years)，不在本政策要求学时的年度内" + (spanWords.map { "（\($0)）" } ?? "")
        case .worthNothing: return "折算后不足 0.01 学时，不予登记"
        case .tooLarge: return "数值过大，无法折算。请核对"
        }
    }

    private func noRow(_ facts: [String], _ kind: EvidenceKind) -> String {
        let names = facts.map { fact in kind.shape(fact)?.name ?? person.first { $0.key == fact }?.name ?? fact }
        let possible = possible(kind, for: facts).joined(separator: "；")
        return "\(kind.name)的\(names.joined(separator: "、"))这样组合没有规定学时。有规定的：\(possible)"
    }

    /// The rows of the tables that use these facts, each as text: `国家科学技术进步奖 150`.
    private func possible(_ kind: EvidenceKind, for facts: [String]) -> [String] {
        kind.creditRules.flatMap(\.steps).flatMap { item -> [String] in
            guard case .start(let amount) = item.step, case .table(let table) = amount, facts.contains(table.fact)
            else {
                return []
            }
            return rows(table, of: kind).map { "\($0.label) \($0.amount.text)" }
        }
    }

    /// The days that evidence of a kind may be dated on: within the period, unless a window for the kind says
    /// otherwise. `nil` if they depend on the person.
    private func registrable(_ kind: EvidenceKind) -> [String]? {
        let open = windows.filter { canFill($0.filter, kind) }
        let own = open.contains { !$0.isMakeUp } ? nil : spanWords
        let times = [own].compactMap { $0 } + open.map(words)
        return times.isEmpty ? nil : times
    }

    /// `2022 年度为 2022-01-01 至 2022-12-31`.
    private var spanWords: String? {
        guard case .once(let span) = period else { return nil }
        let isYear = span == span.from.year.period
        return (isYear ? "\(span.from.year) 年度" : "本期") + "为 \(span.from) 至 \(span.to)"
    }

    private func words(for window: Window) -> String {
        let edge = { (edge: Window.Edge, year: Year?) in year.flatMap(edge.day).map { " \($0) " } ?? edge.words }
        let span: Period? = if case .once(let span) = period { span } else { nil }
        let from = window.opens.map { "自\(edge($0, span?.from.year))起" }
        let to = window.closes.map { "至\(edge($0, span?.to.year))止" }
        return (window.isMakeUp ? "补学" : "学习") + "时间" + [from, to].compactMap { $0 }.joined(separator: "，")
    }
}

extension Amount {
    /// `125`, or `10 至 20`.
    fileprivate var text: String {
        switch self {
        case .fixed(let hundredths): CreditHours(hundredths: hundredths).description
        case .chosen(let bounds): bounds.hours
        case .table: ""
        }
    }
}
