import Kernel

extension Policy {
    /// The version of the decision rules. Raise it when the code decides the same evidence and facts of the same policy
    /// differently; a replay then recognises older decisions.
    package static let engine = 2

    /// Decides one item: hours, subject, years, clause and steps, or a refusal with its reason.
    ///
    /// The result depends on the arguments alone. `facts` are the person's; they are evaluated on the evidence's day.
    package func decide(_ evidence: Evidence, _ facts: [DatedFact] = []) -> Decision {
        do {
            return .credited(try credit(evidence, facts))
        } catch {
            return .refused(error)
        }
    }

    private func credit(_ evidence: Evidence, _ facts: [DatedFact]) throws(Refusal) -> Credited {
        guard let kind = kind(evidence.kind) else {
            throw Refusal(reason: .unknownKind(evidence.kind), kind: evidence.kind, clause: nil)
        }
        try kind.examine(evidence)
        guard let credited = evidence.facts[kind.creditedTo],
            let day = kind.isDatedApart ? evidence.facts[kind.dated]?.asDay : credited.asDay
        else { throw kind.undated(evidence, facts) }
        let period = period(for: credited, dated: day, facts) ?? day.year.period
        let context = EvaluationContext(evidence: evidence.facts, person: facts, day: day, period: period)
        try kind.checkPreconditions(context)
        return try give(kind, evidence, credited, context)
    }

    private func give(
        _ kind: EvidenceKind, _ evidence: Evidence, _ credited: Fact, _ context: EvaluationContext
    ) throws(Refusal) -> Credited {
        var lines: [Credited.Allocation] = []
        var steps: [StepTrace] = []
        var window: Int?
        for (index, creditRule) in kind.creditRules.enumerated() {
            let subject = try subject(of: creditRule, kind, context)
            var pipeline = Pipeline(kind: kind, creditRule: index, context: context)
            try pipeline.run(creditRule.steps)
            if index == 0 { steps = pipeline.steps } else { steps += pipeline.steps }
            let years: [Year]
            if let spread = pipeline.years {
                years = try spreadYears(spread, kind, context.person)
            } else {
                let entry = Entry(
                    number: 0, day: context.day, year: context.day.year, hours: .zero, subject: subject,
                    kind: kind.key, tags: windowsLookAtTags ? tags(of: evidence) : [:])
                let (year, through) = try year(credited, entry, kind, context)
                window = window ?? through
                years = [year]
            }
            let hours = rounding.round(pipeline.value, shared: pipeline.shared)
            guard hours > .zero else { continue }
            for year in years { lines.append(Credited.Allocation(year: year, subject: subject, hours: hours)) }
        }
        guard !lines.isEmpty else { throw kind.refusal(.worthNothing) }
        return Credited(
            kind: kind.key, day: context.day, lines: lines, steps: steps, clause: kind.clause, window: window,
            isMadeUp: window.map { windows[$0].isMakeUp } ?? false)
    }

    /// The facts of the evidence that a rule of the fold uses, as text.
    package func tags(of evidence: Evidence) -> [String: String] {
        if tagged.isEmpty { return [:] }
        return evidence.facts.reduce(into: [:]) { tags, fact in
            if tagged.contains(fact.key) { tags[fact.key] = fact.value.description }
        }
    }

    /// The work that the evidence claims: its kind and the normal forms of the facts that name it. `nil` for kinds
    /// without works, and where one of these facts is missing. A journal is named without the class behind its number,
    /// because people leave the class out.
    package func work(of evidence: Evidence) -> String? {
        work(of: evidence) { shape, name in PlainName.form(shape?.textFormat?.identity(name) ?? name) }
    }

    /// The names of the same work under the earlier normal forms.
    package func formerWorks(of evidence: Evidence) -> [String] {
        [
            work(of: evidence) { PlainName.markedForm($0?.textFormat?.identity($1) ?? $1) },
            work(of: evidence) { PlainName.formerForm($0?.textFormat?.identity($1) ?? $1) },
            work(of: evidence) { _, name in name.filter { !$0.isWhitespace }.lowercased() },
        ].compactMap { $0 }
    }

    private func work(of evidence: Evidence, named: (FactShape?, String) -> String) -> String? {
        guard let kind = kind(evidence.kind), let rule = kind.work else { return nil }
        var names: [String] = []
        for key in rule.key {
            guard let name = evidence.facts[key] else { return nil }
            names.append(named(kind.shape(key), name.description))
        }
        return ([evidence.kind] + names).joined(separator: "|")
    }

    /// The year that the evidence states for itself; `nil` where it states none or its kind is not in this policy.
    package func year(of evidence: Evidence) -> Year? {
        kind(evidence.kind).flatMap { evidence.facts[$0.creditedTo]?.asDay?.year }
    }

    /// The number of years between the evidence's year and the period: 0 within the period, and where the period
    /// differs between people.
    package func distance(to evidence: Evidence) -> Int {
        guard case .once(let span) = period, let year = year(of: evidence)?.number else { return 0 }
        return max(0, span.from.year.number - year, year - span.to.year.number)
    }

    private func subject(of creditRule: CreditRule, _ kind: EvidenceKind, _ context: EvaluationContext) throws(Refusal)
        -> String
    {
        if kind.hasTheme, case .text(let key)? = context.evidence["theme"],
            let theme = themes.first(where: { $0.key == key }),
            let subject = theme.subject
        {
            return subject
        }
        switch creditRule.subject {
        case .fixed(let subject): return subject
        case .fact(let fact):
            if case .text(let subject)? = context.evidence[fact] { return subject }
            throw kind.refusal(.missing(fact))
        case .table(let fact, let origin, let table):
            if case .text(let key)? = context.value(fact, origin), let subject = table[key] { return subject }
            throw kind.refusal(.noRow([fact]))
        }
    }
}

extension Policy {
    /// The period of a credited day or year. For a year it is the period of the evidence's day if that day lies in the
    /// year, otherwise the last period that touches the year.
    private func period(for credited: Fact, dated: Day, _ facts: [DatedFact]) -> Period? {
        switch credited {
        case .integer(let number):
            guard let year = Year(checking: number) else { return nil }
            if let only = onlyPeriod { return only.overlaps(year.period) ? only : nil }
            let own = dated.year == year ? period.period(containing: dated, facts) : nil
            return own ?? period.periods(touching: year, facts).last
        case .day(let day): return period.period(containing: day, facts) ?? onlyPeriod
        default: return nil
        }
    }

    private var onlyPeriod: Period? { if case .once(let period) = period { period } else { nil } }

    /// The year that an item counts in, and the window that admitted it if its day is outside the period.
    private func year(
        _ credited: Fact, _ entry: Entry, _ kind: EvidenceKind, _ context: EvaluationContext
    ) throws(Refusal) -> (Year, window: Int?) {
        guard let period = period(for: credited, dated: context.day, context.person) else {
            if case .integer(let year) = credited {
                throw kind.refusal(.outsideYears(first: Year(year), last: Year(year)))
            }
            throw kind.refusal(.outsidePeriod(context.day))
        }
        var (isBased, through): (Bool, Int?) = (false, nil)
        for (index, window) in windows.enumerated() where window.filter.matches(entry) {
            isBased = isBased || !window.isMakeUp
            if through == nil, window.contains(context.day, for: period) { through = index }
        }
        let inside = period.contains(context.day)
        guard (!isBased && inside) || through != nil else { throw kind.refusal(.outsidePeriod(context.day)) }
        let year =
            switch credited {
            case .integer(let year): Year(year)
            default: inside ? context.day.year : OwnYears(period).nearest(to: context.day)
            }
        return (year, inside ? nil : through)
    }

    /// The years of a spread for which this policy requires hours; a refusal where there are none.
    private func spreadYears(
        _ spread: (first: Year, count: Int), _ kind: EvidenceKind, _ facts: [DatedFact]
    ) throws(Refusal) -> [Year] {
        let years = (0..<max(1, spread.count)).map { spread.first.adding($0) }
        let asked = years.filter { !period.periods(touching: $0, facts).isEmpty }
        guard !asked.isEmpty, let first = years.first, let last = years.last else {
            throw kind.refusal(.outsideYears(first: spread.first, last: spread.first.adding(max(1, spread.count) - 1)))
        }
        return first <= last ? asked : []
    }
}

extension EvidenceKind {
    func refusal(_ reason: Refusal.Reason, _ clause: Clause? = nil) -> Refusal {
        Refusal(reason: reason, kind: key, clause: clause ?? self.clause)
    }

    /// Checks that every required fact is present and every value is accepted.
    fileprivate func examine(_ evidence: Evidence) throws(Refusal) {
        if isWhole(evidence) { return }
        for shape in facts {
            guard let value = evidence.facts[shape.key] else {
                guard shape.isNeeded(in: evidence.facts) else { continue }
                throw refusal(.missing(shape.key))
            }
            guard shape.accepts(value) else { throw refusal(.notAccepted(shape.key)) }
        }
    }

    /// The same check without the reason. Nearly all evidence passes, and a search among a few names is cheaper than
    /// hashing.
    private func isWhole(_ evidence: Evidence) -> Bool {
        var found = 0
        for (key, value) in evidence.facts {
            guard let place = names.firstIndex(of: key) else { continue }
            let shape = facts[place]
            guard shape.accepts(value) else { return false }
            if !shape.optional, shape.neededIf == nil { found += 1 }
        }
        return found == needed
            && conditional.allSatisfy { evidence.facts[$0.key] != nil || !$0.isNeeded(in: evidence.facts) }
    }

    /// The refusal of evidence without its day. An unmet precondition is reported first, such as an exam that was not
    /// passed.
    fileprivate func undated(_ evidence: Evidence, _ facts: [DatedFact]) -> Refusal {
        let day = evidence.facts[creditedTo]?.asDay ?? .first
        do {
            try checkPreconditions(
                EvaluationContext(evidence: evidence.facts, person: facts, day: day, period: day.year.period))
        } catch {
            return error
        }
        return refusal(.missing(dated))
    }

    fileprivate func checkPreconditions(_ context: EvaluationContext) throws(Refusal) {
        for (index, precondition) in preconditions.enumerated() where !precondition.condition.holds(in: context) {
            throw refusal(.precondition(index), precondition.clause)
        }
    }
}

extension Fact {
    /// The day itself, or the first day of a year.
    var asDay: Day? {
        switch self {
        case .day(let day): day
        case .integer(let year): Day(year, 1, 1)
        default: nil
        }
    }
}
