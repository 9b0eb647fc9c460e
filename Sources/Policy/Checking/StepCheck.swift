import Kernel

extension Policy {
    /// Checks the steps of all kinds: no step may discard the result of an earlier one, and the choice within a range
    /// must be a fact.
    func checkSteps(_ findings: Findings) {
        for kind in kinds {
            for creditRule in kind.creditRules {
                checkStarts(creditRule, kind, findings)
                for (index, item) in creditRule.steps.enumerated() {
                    for range in item.step.amounts.flatMap(\.choices) {
                        check(range, of: kind, "\(index + 1)", item.place, findings)
                    }
                }
            }
        }
        for hoursRequirement in hoursRequirements where !hoursRequirement.amount.amounts.flatMap(\.choices).isEmpty {
            findings.error(
                hoursRequirement.place,
                "the requirement \(hoursRequirement.key) is a range, from which no value is chosen: write one number",
                "学时要求 \(hoursRequirement.key) 写成了范围，没有人能从中选定：请写一个数")
        }
    }

    /// Checks `hour`: the rounding must be stated, and the length of an hour where a step counts minutes.
    func checkHour(_ findings: Findings) {
        guard hourClause != nil else {
            findings.error(
                place, "hour is missing: how hours are rounded, hour: { round: down, to: 0.01, clause: … }",
                "缺少 hour：除不尽的学时怎样取，如 hour: { round: down, to: 0.01, clause: … }")
            return
        }
        let steps = kinds.flatMap(\.creditRules).flatMap(\.steps).map(\.step)
        if let minutes, !steps.contains(where: { $0.counts(minutes) }) {
            findings.warning(
                place, "no step reads hour.minutes: per: { minutes: FACT } turns minutes into hours",
                "没有一步用到 hour 的 minutes：按分钟折算的写 per: { minutes: 某项 }，不按分钟折算的请删去")
        }
    }

    private func checkStarts(_ creditRule: CreditRule, _ kind: EvidenceKind, _ findings: Findings) {
        let starts = creditRule.steps.enumerated().filter { $0.element.step.isStart }
        for (place, later) in starts.enumerated().dropFirst() {
            let other = starts[..<place].first { earlier in
                !(earlier.element.when ?? .always).excludes(later.element.when ?? .always)
            }
            guard let other else { continue }
            let (first, second) = (other.offset + 1, later.offset + 1)
            findings.error(
                later.element.place,
                "step \(second) of \(kind.key) starts again and discards the hours of step \(first): "
                    + "give both a when, so that both never hold at once",
                "\(kind.key) 的第 \(second) 步重新起算，第 \(first) 步的学时会丢失：两步都要写 when，并且不能同时成立")
        }
    }

    /// A range needs a fact of the evidence that holds the reviewer's choice.
    private func check(
        _ range: Bounds, of kind: EvidenceKind, _ step: String, _ place: FileLocation, _ findings: Findings
    ) {
        let hours = range.written { CreditHours(hundredths: $0).description }
        if case .hours(let taken)? = kind.shape(Amount.choice)?.form {
            guard !taken.overlaps(range) else { return }
            findings.error(
                place, "step \(step) of \(kind.key) is chosen within \(hours), which \(Amount.choice) never is",
                "\(kind.key) 的第 \(step) 步在 \(hours) 内核定，而 \(Amount.choice) 不会在这个范围内")
            return
        }
        findings.error(
            place,
            "step \(step) of \(kind.key) is chosen within \(hours), and no fact holds the choice: "
                + "add \(Amount.choice): { name: 核定学时, hours: \(hours) } to its facts",
            "\(kind.key) 的第 \(step) 步在 \(hours) 内核定，而没有填写核定结果的一项：请在 facts 中加 "
                + "\(Amount.choice): { name: 核定学时, hours: \(hours) }")
    }
}

extension CalculationStep {
    /// Whether the step sets the number without using the number before it.
    fileprivate var isStart: Bool {
        switch self {
        case .start, .per: true
        default: false
        }
    }

    /// Whether the step gives one hour for each `minutes`.
    fileprivate func counts(_ minutes: Int) -> Bool {
        if case .per(_, minutes, .fixed(100), true) = self { true } else { false }
    }

    fileprivate var amounts: [Amount] {
        switch self {
        case .start(let amount), .cap(let amount), .floor(let amount), .per(_, _, let amount, _): [amount]
        default: []
        }
    }
}

extension Amount {
    /// The ranges from which the reviewer chooses.
    fileprivate var choices: [Bounds] {
        switch self {
        case .fixed: []
        case .chosen(let bounds): [bounds]
        case .table(let table): table.amounts.flatMap(\.choices)
        }
    }
}

extension RequiredAmount {
    fileprivate var amounts: [Amount] {
        switch self {
        case .amount(let amount), .perYear(let amount), .perMonth(let amount, _): [amount]
        case .share(_, let of): of.amounts
        case .named: []
        }
    }
}
