import Kernel

extension Policy {
    /// Checks the rules without a case: rules that can never apply, requirements that no evidence can fill, overlaps.
    func check(_ findings: Findings) {
        checkRequirements(findings)
        checkConditions(findings)
        checkSteps(findings)
        checkHour(findings)
        checkOverlaps(findings)
        checkSamples(findings)
        checkTimes(findings)
        checkNames(findings)
        checkExamples(findings)
    }

    /// Example names must be unique, because a failure names its example.
    private func checkExamples(_ findings: Findings) {
        var known: Set<String> = []
        for example in examples where !known.insert(example.name).inserted {
            findings.warning(
                example.place, "two examples have the name \"\(example.name)\": give this one another name",
                "有两个示例都叫“\(example.name)”：请给这一个另起名字")
        }
    }

    private func checkRequirements(_ findings: Findings) {
        for hoursRequirement in hoursRequirements where !kinds.contains(where: { canFill(hoursRequirement.filter, $0) })
        {
            findings.error(
                hoursRequirement.place,
                "no recognised kind can fill the requirement \(hoursRequirement.key) (\(hoursRequirement.name))",
                "没有一种认定形式能计入学时要求“\(hoursRequirement.name)”")
        }
        for hoursRequirement in hoursRequirements {
            guard case .named(let key) = hoursRequirement.amount.innermost,
                !hoursRequirements.contains(where: { $0.key == key })
            else {
                continue
            }
            findings.error(
                hoursRequirement.place,
                unknown(
                    key, among: hoursRequirements.map(\.key), "the requirement \(hoursRequirement.key) is a share of ",
                    "学时要求“\(hoursRequirement.name)”所依的要求："))
        }
        for exemption in exemptions {
            for key in exemption.from where !hoursRequirements.contains(where: { $0.key == key }) {
                findings.error(
                    exemption.place, unknown(key, among: hoursRequirements.map(\.key), "an exemption from ", "所免的学时要求：")
                )
            }
        }
        for subject in subjects where !kinds.contains(where: { canFill(.subject([subject.key]), $0) }) {
            if !subjects.contains(where: { $0.within == subject.key }) {
                findings.warning(
                    place, "no recognised kind gives hours of the subject \(subject.key)",
                    "没有一种认定形式能计入科目“\(subject.name)”")
            }
        }
    }

    /// Whether some evidence of the kind can give an entry that the filter matches.
    func canFill(_ filter: Filter, _ kind: EvidenceKind) -> Bool {
        switch filter {
        case .everything, .none: true
        case .kind(let keys): keys.contains(kind.key)
        case .subject(let keys): !Set(keys).isDisjoint(with: kind.reachableSubjects(themes))
        case .tag(let fact, let values): kind.shape(fact)?.canBe(values) ?? false
        case .all(let parts): parts.allSatisfy { canFill($0, kind) }
        case .any(let parts): parts.contains { canFill($0, kind) }
        }
    }

    private func checkConditions(_ findings: Findings) {
        for kind in kinds {
            for (index, item) in kind.creditRules.flatMap(\.steps).enumerated() where item.when?.isImpossible ?? false {
                findings.error(
                    item.place, "step \(index + 1) of \(kind.key) can never apply: its condition contradicts itself",
                    "\(kind.key) 的第 \(index + 1) 步永远用不上：条件自相矛盾")
            }
            if kind.work != nil, kind.creditRules.flatMap(\.steps).contains(where: { $0.step.isOverYears }) {
                findings.error(
                    kind.place,
                    "the work of \(kind.key) counts once, so its hours cannot be of several years: say once, per: year",
                    "\(kind.key) 的成果（work）只计一次，学时却分在几年：请改用 once，per: year")
            }
            for precondition in kind.preconditions where precondition.condition.isImpossible {
                findings.error(
                    kind.place, "a precondition of \(kind.key) can never hold (\(precondition.says))",
                    "\(kind.key) 的一项条件没有人能符合（\(precondition.says)）")
            }
        }
        let named =
            exemptions.map { ("an exemption (\($0.says))", "免修（\($0.says)）", $0.when, $0.place) }
            + waivers.map { ("a waiver (\($0.says))", "放宽（\($0.says)）", $0.when, $0.place) }
            + hoursRequirements.map { ("the requirement \($0.key)", "学时要求“\($0.name)”", $0.when ?? .always, $0.place) }
            + [applies].compactMap { $0 }.map { ("applies-to", "适用对象", $0.when, place) }
        for (name, chinese, when, place) in named where when.isImpossible {
            findings.error(
                place, "\(name) can never apply: its condition contradicts itself", "\(chinese)永远用不上：条件自相矛盾")
        }
    }

    private func checkOverlaps(_ findings: Findings) {
        for (index, exemption) in exemptions.enumerated() {
            let twin = exemptions[..<index].contains {
                $0.when == exemption.when && Set($0.from) == Set(exemption.from)
            }
            if twin {
                findings.error(
                    exemption.place, "two exemptions overlap: the same condition twice (\(exemption.says))",
                    "两项免修重叠：条件相同（\(exemption.says)）")
            }
        }
        for (index, waiver) in waivers.enumerated() {
            let twin = waivers[..<index].contains { $0.when == waiver.when && $0.purpose == waiver.purpose }
            if twin {
                findings.error(
                    waiver.place, "two waivers overlap: the same condition for \(waiver.purpose) twice",
                    "两项放宽重叠：\(waiver.purpose) 的条件相同")
            }
        }
        for twin in requirements.twins() {
            findings.error(
                twin.place,
                "two requirements overlap: \(twin.key) counts what another counts, under the same condition",
                "两项学时要求重叠：“\(twin.name)”与另一项计的学时和条件都相同")
        }
    }

    private func checkSamples(_ findings: Findings) {
        for kind in kinds where !kind.sample.isEmpty {
            let evidence = Evidence(kind.key, kind.sample)
            if case .refused(let refusal) = decide(evidence, []), !isPersonal(refusal) {
                let why = words(for: refusal)
                findings.error(
                    kind.place, "the sample of \(kind.key) is refused: \(why.english)",
                    "\(kind.key) 的样例（sample）不予认定：\(why.chinese)")
            }
        }
    }

    /// A sample has no person, so the check ignores refusals that depend on a person's facts.
    private func isPersonal(_ refusal: Refusal) -> Bool {
        switch refusal.reason {
        case .noRow(let facts): facts.contains { fact in person.contains { $0.key == fact } }
        case .precondition(let index): kind(refusal.kind)?.preconditions[index].condition.isPersonal ?? false
        case .outsidePeriod, .outsideYears: onlyPersonalPeriods
        default: false
        }
    }

    private var onlyPersonalPeriods: Bool {
        switch period {
        case .cycle(_, .fact), .term: true
        default: false
        }
    }

    private func checkTimes(_ findings: Findings) {
        guard case .once(let span) = period else { return }
        for window in windows {
            let (from, to) = (window.opens?.day(in: span.from.year), window.closes?.day(in: span.to.year))
            if let to, to < span.from {
                findings.error(
                    window.place, "a window closes on \(to), before the period \(span) begins",
                    "时间段 \(to) 截止，早于本期 \(span) 的开始")
            }
            if window.isMakeUp, let from, from <= span.to {
                findings.error(
                    window.place, "make-up opens on \(from), while the period \(span) still runs",
                    "补学 \(from) 开放，而本期 \(span) 还没有结束")
            }
        }
        if windows.isEmpty, inForce > span.to {
            findings.warning(
                place, "the policy is in force from \(inForce), after its period \(span) has ended, and has no window",
                "政策自 \(inForce) 起施行，晚于本期 \(span) 的结束，又没有写学习时间（windows 或 make-up）")
        }
        for kind in kinds {
            guard case .day(let bounds)? = kind.shape(kind.creditedTo)?.form, windows.isEmpty else { continue }
            if !bounds.overlaps(Bounds(low: span.from.number, high: span.to.number)) {
                findings.error(
                    kind.place,
                    "\(kind.creditedTo) of \(kind.key) lies outside the period \(span): it can never be credited",
                    "\(kind.key) 的 \(kind.creditedTo) 不在本期 \(span) 内，永远认定不了")
            }
        }
        for deadline in deadlines {
            guard let day = deadline.day(for: span), !span.contains(day) else { continue }
            findings.error(
                deadline.place, "the deadline \(deadline.key) on \(day) lies outside the period \(span)",
                "期限 \(deadline.key)（\(day)）不在本期 \(span) 内")
        }
    }

    private func checkNames(_ findings: Findings) {
        let conditions =
            exemptions.map(\.when) + waivers.map(\.when) + hoursRequirements.compactMap(\.when)
            + [applies?.when].compactMap { $0 }
        let kindConditions = kinds.flatMap {
            $0.preconditions.map(\.condition) + $0.creditRules.flatMap(\.steps).compactMap(\.when)
        }
        var used = Set((conditions + kindConditions).flatMap(\.tests).flatMap(\.names))
        used.formUnion(hoursRequirements.flatMap { $0.amount.facts })
        used.formUnion(purposes.compactMap(\.years).flatMap { $0.facts.map(\.fact) })
        used.formUnion(kinds.flatMap(\.creditRules).flatMap(\.steps).flatMap { $0.step.facts })
        if case .cycle(_, .fact(let fact, _)) = period { used.insert(fact) }
        if case .term(let fact) = period { used.insert(fact) }
        for shape in person where !used.contains(shape.key) {
            findings.warning(
                place, "no rule reads the person's fact \(shape.key)", "没有一条规则用到个人情况 \(shape.key)")
        }
        if sources.isEmpty {
            findings.error(
                place, "sources are missing: the documents that clauses refer to", "缺少 sources：条款所在的文件")
        }
    }
}
