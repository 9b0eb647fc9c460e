import Kernel

/// Turns a step into a sentence.
struct StepExplainer {
    let policy: Policy
    let kind: EvidenceKind
    let evidence: Evidence

    /// `国内国家级 125 学时（二(三)3）`, `按 3 名作者均分，每份 41.666…`; `before` is the value before the step.
    func sentence(_ taken: StepTrace, after before: Rational) -> LocalizedText {
        let item = kind.creditRules[taken.creditRule].steps[taken.index]
        let (input, value) = (hours(taken.input), exact(taken.value))
        switch item.step {
        case .start(let amount):
            let labels = labels(amount)
            return LocalizedText("\(kind.name)\(labels)计 \(input) 学时", en: "\(kind.name)\(labels): \(input) hours")
                + clause
        case .per(let fact, let each, let amount, let partial): return per(fact, each, amount, partial, taken)
        case .times:
            let factor = Rational(before.denominator).times(taken.value)?.divided(by: before.numerator)?.decimal
            return LocalizedText(
                "乘以系数\(factor.map { " \($0)" } ?? "")，得 \(value) 学时",
                en: "times \(factor ?? "a factor"): \(value) hours")
        case .share(let fact):
            return taken.input == 1
                ? LocalizedText("\(name(fact)) 1，不分摊", en: "\(name(fact)) 1: not shared")
                : LocalizedText(
                    "按\(name(fact)) \(taken.input) 均分，每人 \(value) 学时",
                    en: "shared, \(name(fact)) \(taken.input): \(value) hours each")
        case .ranked(let rank, _, _):
            return LocalizedText(
                "\(name(rank))第 \(taken.input)，分得 \(value) 学时",
                en: "\(name(rank)) \(taken.input): a share of \(value) hours")
        case .cap: return LocalizedText("每项不超过 \(input) 学时，计 \(value) 学时", en: "at most \(input) hours: \(value) hours")
        case .floor:
            return LocalizedText("每项不少于 \(input) 学时，计 \(value) 学时", en: "at least \(input) hours: \(value) hours")
        case .eachYear:
            return LocalizedText("在规定的 \(taken.input) 年内每年计，不超出", en: "in each of the \(taken.input) years of the rule")
        case .spread:
            return LocalizedText(
                "分 \(taken.input) 年均计，每年 \(value) 学时", en: "spread over \(taken.input) years: \(value) hours a year")
        }
    }

    private var clause: LocalizedText { kind.clause.bracketed }

    private func per(
        _ fact: String, _ each: Int, _ amount: Amount, _ partial: Bool, _ taken: StepTrace
    ) -> LocalizedText {
        let (name, value, result) = (name(fact), value(fact), exact(taken.value))
        let counted = LocalizedText("\(kind.name)：\(name) \(value)，", en: "\(kind.name): \(name) \(value), ")
        if each == 1, case .fixed(100) = amount {
            return counted + LocalizedText("计 \(result) 学时", en: "\(result) hours") + clause
        }
        guard let rate = rate(fact, each, partial, taken).map(exact) else {
            return counted + LocalizedText("不足 \(each)，计 \(result) 学时", en: "less than \(each): \(result) hours")
        }
        let labels = labels(amount)
        return counted
            + LocalizedText(
                "\(labels)每 \(each) 计 \(rate) 学时，得 \(result) 学时",
                en: "\(labels)\(rate) hours for \(each): \(result) hours")
            + clause
    }

    /// Hours per unit, calculated back from the result of the step, because the amount may depend on the person's
    /// facts. `nil` if no unit counted.
    private func rate(_ fact: String, _ each: Int, _ partial: Bool, _ taken: StepTrace) -> Rational? {
        let scale = if case .hours? = kind.shape(fact)?.form { 100 } else { 1 }
        guard let units = Rational(taken.input, over: scale * each) else { return nil }
        let whole = partial ? units : Rational(units.numerator / units.denominator)
        return Rational(whole.denominator).times(taken.value)?.divided(by: whole.numerator)
    }

    /// The names of the values by which a table found its row: `国内国家级`.
    private func labels(_ amount: Amount) -> String {
        amount.facts.reduce(into: [String]()) { labels, fact in
            guard let shape = kind.shape(fact.fact), let value = evidence.facts[fact.fact] else { return }
            let label = shape.name(of: value)
            if !labels.contains(label) { labels.append(label) }
        }.map { "“\($0)”" }.joined()
    }

    private func name(_ fact: String) -> String { kind.shape(fact)?.name ?? fact }
    private func value(_ fact: String) -> String { evidence.facts[fact]?.description ?? "" }
    private func hours(_ hundredths: Int) -> String { CreditHours(hundredths: hundredths).description }

    /// Exact if two decimals are enough, otherwise cut with an ellipsis: `41.66…`.
    private func exact(_ value: Rational) -> String {
        let whole = value.numerator / value.denominator
        return hours(whole) + (value.denominator == 1 ? "" : "…")
    }
}
