import Kernel

/// Turns a step into a sentence.
struct StepExplainer {
    let policy: Policy
    let kind: EvidenceKind
    let evidence: Evidence

    /// `国内国家级 125 学时（二(三)3）`, `按 3 名作者均分，每份 41.666…`; `before` is the value before the step.
    func sentence(_ taken: StepTrace, after before: Rational) -> String {
        let item = kind.creditRules[taken.creditRule].steps[taken.index]
        switch item.step {
        case .start(let amount):
            return "\(kind.name)\(labels(amount))计 \(hours(taken.input)) 学时（\(kind.clause.short)）"
        case .per(let fact, let each, let amount, let partial): return per(fact, each, amount, partial, taken)
        case .times:
            let factor = Rational(before.denominator).times(taken.value)?.divided(by: before.numerator)
            return "乘以系数\(factor.map { " \($0.decimal)" } ?? "")，得 \(exact(taken.value)) 学时"
        case .share(let fact):
            return taken.input == 1
                ? "\(name(fact)) 1，不分摊" : "按\(name(fact)) \(taken.input) 均分，每人 \(exact(taken.value)) 学时"
        case .ranked(let rank, _, _): return "\(name(rank))第 \(taken.input)，分得 \(exact(taken.value)) 学时"
        case .cap: return "每项不超过 \(hours(taken.input)) 学时，计 \(exact(taken.value)) 学时"
        case .floor: return "每项不少于 \(hours(taken.input)) 学时，计 \(exact(taken.value)) 学时"
        case .eachYear: return "在规定的 \(taken.input) 年内每年计，不超出"
        case .spread: return "分 \(taken.input) 年均计，每年 \(exact(taken.value)) 学时"
        }
    }

    private func per(_ fact: String, _ each: Int, _ amount: Amount, _ partial: Bool, _ taken: StepTrace) -> String {
        let (counted, result) = ("\(kind.name)：\(name(fact)) \(value(fact))，", "\(exact(taken.value)) 学时")
        if each == 1, case .fixed(100) = amount { return "\(counted)计 \(result)（\(kind.clause.short)）" }
        guard let rate = rate(fact, each, partial, taken) else { return "\(counted)不足 \(each)，计 \(result)" }
        let unit = each == 1 ? "每 1" : "每 \(each)"
        return "\(counted)\(labels(amount))\(unit) 计 \(exact(rate)) 学时，得 \(result)（\(kind.clause.short)）"
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
