import Kernel

/// Texts for people. A decision contains no texts; they are made on demand.
extension Policy {
    /// One sentence per step, then the result: 国内国家级刊物 125 学时。3 名作者均分。计 41.66 学时。
    package func explanation(of credited: Credited, _ evidence: Evidence) -> [LocalizedText] {
        guard let kind = kind(credited.kind) else { return [] }
        let explainer = StepExplainer(policy: self, kind: kind, evidence: evidence)
        var sentences = zip(credited.steps, [nil] + credited.steps).map { taken, before in
            explainer.sentence(taken, after: before?.value ?? Rational(0))
        }
        if let window = credited.window { sentences.append(windowSentence(windows[window])) }
        if case .text(let key)? = evidence.facts["theme"], let theme = themes.first(where: { $0.key == key }),
            let subject = theme.subject.flatMap(subject)
        {
            sentences.append(
                LocalizedText(
                    "\(theme.name)专题的学时计入\(subject.name)", en: "theme “\(theme.name)”: hours of \(subject.name)")
                    + theme.clause.bracketed)
        }
        let results = kind.creditRules.indices.compactMap { creditRule in
            credited.steps.last { $0.creditRule == creditRule }?.value
        }
        for line in credited.lines {
            let name = subject(line.subject)?.name ?? line.subject
            let isCut = !results.contains(Rational(line.hours.hundredths))
            let cut = isCut ? hourClause.map { LocalizedText.comma + roundingText + $0.bracketed } : nil
            sentences.append(
                LocalizedText(
                    "\(line.year)年度\(name)计 \(line.hours) 学时", en: "\(line.year): \(name) \(line.hours) hours")
                    + (cut ?? .empty))
        }
        return sentences
    }

    private func windowSentence(_ window: Window) -> LocalizedText {
        let sentence =
            window.isMakeUp
            ? LocalizedText("属补学，补登当年学时", en: "learned later, entered for the year")
            : LocalizedText("在规定的学习时间内", en: "within the time for learning")
        return sentence + window.clause.bracketed
    }

    /// Why evidence is refused, and what would be accepted. The text of a precondition is the policy's.
    package func words(for refusal: Refusal) -> LocalizedText {
        guard let kind = kind(refusal.kind) else {
            return LocalizedText(
                "本政策没有“\(refusal.kind)”这一认定形式。可认定的形式：", en: "The policy has no kind “\(refusal.kind)”. Its kinds: ")
                + .list(kinds.map(\.name))
        }
        let name = { (fact: String) in kind.shape(fact)?.name ?? self.person.first { $0.key == fact }?.name ?? fact }
        let accepted = { (fact: String) in
            LocalizedText("。应为：", en: ". Accepted: ") + (kind.shape(fact)?.accepted ?? .empty)
        }
        switch refusal.reason {
        case .unknownKind: return LocalizedText("没有这一认定形式", en: "There is no such kind")
        case .missing(let fact):
            return LocalizedText("缺少\(name(fact))", en: "\(name(fact)) is missing") + accepted(fact)
        case .notAccepted(let fact):
            return LocalizedText("\(name(fact))不符", en: "\(name(fact)) is not accepted") + accepted(fact)
        case .precondition(let index): return LocalizedText.quoted(kind.preconditions[index].says)
        case .noRow(let facts): return noRow(facts, kind)
        case .notChosen(let bounds):
            return LocalizedText(
                "此项由审核人在 \(bounds.hours.chinese) 学时之间核定，尚未核定或超出范围",
                en: "A reviewer chooses the hours (\(bounds.hours.english)): not chosen yet, or outside of the range")
        case .outsidePeriod(let day):
            let times = registrable(kind).map { LocalizedText.colon + $0.joined(by: .semicolon) } ?? .empty
            return LocalizedText(
                "\(name(kind.dated)) \(day) 不在可登记的时间内", en: "\(name(kind.dated)) \(day) is outside of the accepted time"
            )
                + times
        case .outsideYears(let first, let last):
            let years =
                LocalizedText(first == last ? "\(first)年度" : "\(first)—\(last)年度", en: "\(first)")
                + (first == last ? .empty : LocalizedText("", en: " to \(last)"))
            return LocalizedText(
                "所属年度为\(years.chinese)，不在本政策要求学时的年度内",
                en: "It is of \(years.english), in which the policy requires no hours")
                + (spanWords.map { LocalizedText("（\($0.chinese)）", en: " (\($0.english))") } ?? .empty)
        case .worthNothing: return LocalizedText("折算后不足 0.01 学时，不予登记", en: "Worth less than 0.01 hours")
        case .tooLarge: return LocalizedText("数值过大，无法折算。请核对", en: "A value is too large. Check it")
        }
    }

    private func noRow(_ facts: [String], _ kind: EvidenceKind) -> LocalizedText {
        let names = LocalizedText.list(
            facts.map { fact in kind.shape(fact)?.name ?? person.first { $0.key == fact }?.name ?? fact })
        let possible = possible(kind, for: facts).joined(by: .semicolon)
        return LocalizedText(
            "\(kind.name)的\(names.chinese)这样组合没有规定学时。有规定的：\(possible.chinese)",
            en: "\(kind.name): no hours for these values of \(names.english). Hours: \(possible.english)")
    }

    /// The rows of the tables that use these facts, each as text: `国家科学技术进步奖 150`.
    private func possible(_ kind: EvidenceKind, for facts: [String]) -> [LocalizedText] {
        kind.creditRules.flatMap(\.steps).flatMap { item -> [LocalizedText] in
            guard case .start(let amount) = item.step, case .table(let table) = amount, facts.contains(table.fact)
            else {
                return []
            }
            return rows(table, of: kind).map { $0.label + .quoted(" ") + $0.amount.text }
        }
    }

    /// The days that evidence of a kind may be dated on: within the period, unless a window for the kind says
    /// otherwise. `nil` if they depend on the person.
    private func registrable(_ kind: EvidenceKind) -> [LocalizedText]? {
        let open = windows.filter { canFill($0.filter, kind) }
        let own = open.contains { !$0.isMakeUp } ? nil : spanWords
        let times = [own].compactMap { $0 } + open.map(words)
        return times.isEmpty ? nil : times
    }

    /// `2022年度为 2022-01-01 至 2022-12-31`.
    private var spanWords: LocalizedText? {
        guard case .once(let span) = period else { return nil }
        let isYear = span == span.from.year.period
        return LocalizedText(
            (isYear ? "\(span.from.year)年度" : "本期") + "为 \(span.from) 至 \(span.to)",
            en: (isYear ? "\(span.from.year)" : "the period") + " is from \(span.from) to \(span.to)")
    }

    private func words(for window: Window) -> LocalizedText {
        let edge = { (edge: Window.Edge, year: Year?) in
            year.flatMap(edge.day).map { Window.Edge.day($0).text } ?? edge.text
        }
        let span: Period? = if case .once(let span) = period { span } else { nil }
        let from = window.opens.map { edge($0, span?.from.year) }.map {
            LocalizedText("自\($0.chinese)起", en: "from \($0.english)")
        }
        let to = window.closes.map { edge($0, span?.to.year) }.map {
            LocalizedText("至\($0.chinese)止", en: "until \($0.english)")
        }
        let name =
            window.isMakeUp
            ? LocalizedText("补学时间", en: "time for learning later ") : LocalizedText("学习时间", en: "time for learning ")
        return name + [from, to].compactMap { $0 }.joined(by: .comma)
    }
}

extension Amount {
    /// `125`, or `10 至 20`.
    fileprivate var text: LocalizedText {
        switch self {
        case .fixed(let hundredths): .quoted(CreditHours(hundredths: hundredths).description)
        case .chosen(let bounds): bounds.hours
        case .table: .empty
        }
    }
}
