import Kernel

/// Texts of what a kind asks for and gives.
extension Policy {
    /// One text per clause; lines that belong to another are indented under it.
    func describe(_ kind: EvidenceKind) -> [String] {
        var lines = ["\(kind.name)（\(kind.clause.short)）"]
        lines += (rates(of: kind) + dates(of: kind) + preconditions(of: kind) + repeats(of: kind)).map { "  " + $0 }
        if !kind.proofs.isEmpty { lines.append("  所需材料：" + kind.proofs.joined(separator: "、")) }
        if !kind.facts.isEmpty { lines.append("  申报时填写：") }
        return lines + kind.facts.map { "    " + line(for: $0) }
    }

    /// `作者数：整数，至少为 1`
    func line(for shape: FactShape) -> String {
        let need = shape.optional ? "（可不填）" : shape.neededWhen.map { "（\($0.chinese)的填写）" } ?? ""
        return "\(shape.name)\(need)：\(shape.accepted.chinese)"
    }

    /// How the hours of a kind are calculated, one sentence per step.
    private func rates(of kind: EvidenceKind) -> [String] {
        kind.creditRules.flatMap { creditRule in
            [subject(of: creditRule, kind)]
                + creditRule.steps.flatMap { item in
                    let words = rates(item.step, kind)
                    guard let when = item.when else { return words }
                    return words.map { "\(self.words(for: when, of: kind))的，\($0)" }
                }
        }
    }

    private func subject(of creditRule: CreditRule, _ kind: EvidenceKind) -> String {
        let called = { (key: String) in self.subject(key)?.name ?? key }
        switch creditRule.subject {
        case .fixed(let key): return "计入\(called(key))"
        case .fact(let fact): return "按所填“\(name(fact, kind))”计入"
        case .table(let fact, _, let table):
            let shape = shape(fact, kind)
            let rows = table.sorted { $0.key < $1.key }.map { key, subject in
                "\(shape?.name(of: .text(key)) ?? key)计入\(called(subject))"
            }
            return "按\(name(fact, kind))：" + rows.joined(separator: "，")
        }
    }

    /// The facts that give the year and the day.
    private func dates(of kind: EvidenceKind) -> [String] {
        let apart = kind.isDatedApart ? "，取得日期看“\(name(kind.dated, kind))”" : ""
        return ["所属年度看“\(name(kind.creditedTo, kind))”\(apart)"]
    }

    /// The preconditions, each with its refusal.
    private func preconditions(of kind: EvidenceKind) -> [String] {
        kind.preconditions.map { "须\(words(for: $0.condition, of: kind))，否则不予认定：\($0.says)（\($0.clause.short)）" }
    }

    /// The rules about counting once.
    private func repeats(of kind: EvidenceKind) -> [String] {
        let names = { (keys: [String]) in keys.map { self.name($0, kind) }.joined(separator: "、") }
        var words: [String] = []
        if let once = kind.once {
            words.append("\(names(once.key))相同的，\(once.span.name)只计一次（\(once.clause.short)）")
        }
        if let work = kind.work {
            let counts = work.level.map { "按\(names([$0]))计最高的一次" } ?? "每人只计一次"
            let alike = [work.among].compactMap { $0 } + work.same
            let same = alike.isEmpty ? "" : "，各人填写的\(names(alike))须一致"
            let most = work.divided ? work.among.map { "，申报人数不超过\(names([$0]))" } ?? "" : ""
            words.append("\(names(work.key))相同的为同一成果，\(counts)\(same)\(most)（\(work.clause.short)）")
        }
        return words
    }

    private func rates(_ step: CalculationStep, _ kind: EvidenceKind) -> [String] {
        let called = { (fact: String) in "“\(self.name(fact, kind))”" }
        switch step {
        case .start(.table(let table)):
            return rows(table, of: kind).map { "\($0.label.chinese) \(words($0.amount, of: kind))" }
        case .start(let amount): return ["每项 \(words(amount, of: kind))"]
        case .per(let fact, let each, let amount, let partial):
            let isWhole = if case .integer? = kind.shape(fact)?.form { each == 1 } else { false }
            let rest = isWhole ? "" : partial ? "，零头按比例计" : "，零头不计"
            if each == 1, case .fixed(100) = amount { return ["按所填\(called(fact))计\(rest)"] }
            return ["按\(called(fact))，每 \(each) 计 \(words(amount, of: kind))\(rest)"]
        case .times(.fixed(let factor)): return ["乘以 \(factor)"]
        case .times(.table(let fact, _, let rows)):
            let shape = shape(fact, kind)
            let factors = rows.sorted { $0.key < $1.key }.map { "\(shape?.name(of: .text($0)) ?? $0)乘以 \($1)" }
            return ["按\(called(fact))：" + factors.joined(separator: "，")]
        case .share(let fact): return ["按\(called(fact))均分"]
        case .ranked(let rank, let count, let parts):
            let first = parts.enumerated().map { "第 \($0.offset + 1) 得 \($0.element)" }
            return ["按\(called(rank))分配：" + (first + ["其余由\(called(count))中的其他人均分"]).joined(separator: "，")]
        case .cap(let amount): return ["每项不超过 \(words(amount, of: kind))"]
        case .floor(let amount): return ["每项不少于 \(words(amount, of: kind))"]
        case .eachYear(let from, let count): return ["自\(called(from))所在年度起，\(years(count, kind))内每年计，不超出"]
        case .spread(let from, let count): return ["自\(called(from))所在年度起，分\(years(count, kind))平均计入"]
        }
    }

    private func years(_ count: YearCount, _ kind: EvidenceKind) -> String {
        switch count {
        case .fixed(let years): " \(years) 年"
        case .fact(let fact): "“\(name(fact, kind))”"
        }
    }
}
