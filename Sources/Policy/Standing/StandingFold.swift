import Kernel

extension Policy {
    /// Folds a person's entries into a standing.
    ///
    /// `entries` are the unreversed ones under this policy, of any year and in any order; the order does not affect the
    /// result. `beside` are entries under other policies of the line, of the kinds that count once for life. `facts`
    /// are evaluated on the policy's day; the current date is never used.
    package func standing(
        in period: Period, facts: [DatedFact] = [], entries: [Entry], beside: [Entry] = []
    ) -> Standing {
        var left = carries ? carried(into: period, facts, entries, beside) : []
        return standing(in: period, facts, entries, beside, &left)
    }

    /// The same, with given surplus of earlier periods beside the surplus of the entries.
    func standing(
        in period: Period, facts: [DatedFact], entries: [Entry], carrying more: [CarriedHours]
    ) -> Standing {
        var left = more + (carries ? carried(into: period, facts, entries, []) : [])
        return standing(in: period, facts, entries, [], &left)
    }

    /// `left` holds the surplus of earlier periods, and on return the surplus of this one.
    func standing(
        in period: Period, _ facts: [DatedFact], _ entries: [Entry], _ beside: [Entry], _ left: inout [CarriedHours]
    ) -> Standing {
        let context = context(in: period, facts)
        var fold = EntryFold(policy: self, period: period, facts: facts, entries: entries, beside: beside)
        fold.countOnce()
        let uncapped = capsOfRequirements.isEmpty ? nil : fold
        fold.cap(capOrder, context)
        let exempt = exemptions.indices.filter { exemptions[$0].when.holds(in: context) }
        let spared = Set(exempt.flatMap { exemptions[$0].from })
        let wholly = exempt.contains { exemptions[$0].from.isEmpty }
        var lines: [Standing.RequirementResult] = []
        var (met, carried) = (true, [Standing.Carried]())
        let folder = RequirementEvaluator(
            policy: self, context: context, spared: spared, fold: fold, uncapped: uncapped)
        for requirement in requirements { met = folder.fold(requirement, &lines) && met }
        if carries {
            var use = HoursAllocation(folder, lines, wholly ? [] : left)
            met = use.meet(requirements) == 0
            (lines, carried) = (use.linesWithCarried, use.usedHours)
            left = (wholly ? left : use.carried.filter { $0.left > 0 }) + use.surplus
        }
        let outcome: Outcome = wholly ? .exempt : met ? .qualified : .short
        return Standing(
            policy: key, period: period, outcome: outcome, lines: lines, uncounted: fold.uncounted, exemptions: exempt,
            waivers: outcome == .short ? possibleWaivers(context) : [], carriedHours: carried)
    }

    /// The waivers that hold for this person under some answer of the requester.
    private func possibleWaivers(_ context: EvaluationContext) -> [Int] {
        waivers.indices.filter { waivers[$0].when.mayHold(in: context) }
    }

    /// The waiver that applies to the requester: 不作硬性要求 by a board formed by the city and by no other.
    package func waiver(
        for purpose: String, asked: [String: String], facts: [DatedFact], in period: Period
    ) -> Waiver? {
        let context = context(in: period, facts, asked: asked)
        return waivers.first { $0.purpose == purpose && $0.when.holds(in: context) }
    }
}

extension Condition {
    /// Whether the condition holds under some answer of the requester.
    fileprivate func mayHold(in context: EvaluationContext) -> Bool {
        switch self {
        case .test(let test): test.origin == .asked || test.holds(in: context)
        case .all(let parts): parts.allSatisfy { $0.mayHold(in: context) }
        case .any(let parts): parts.contains { $0.mayHold(in: context) }
        case .none(let parts):
            !parts.contains { part in part.tests.allSatisfy { $0.origin != .asked } && part.holds(in: context) }
        }
    }
}
