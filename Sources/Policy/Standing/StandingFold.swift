import Kernel

extension Policy {
    /// Folds a person's entries into a standing.
    ///
    /// `entries` are those under this policy that are not reversed, of any year and in any order: the answer is the
    /// same for every order. `beside` are those under other policies of the line, of the kinds of which something
    /// counts once for life. `facts` are judged on the policy's date; there is no today in it.
    package func standing(
        in period: Period, facts: [DatedFact] = [], entries: [Entry], beside: [Entry] = []
    ) -> Standing {
        var left = carries ? carried(into: period, facts, entries, beside) : []
        return standing(in: period, facts, entries, beside, &left)
    }

    /// The same with what is said to be left over of earlier periods, beside what the entries leave.
    func standing(
        in period: Period, facts: [DatedFact], entries: [Entry], carrying more: [CarriedHours]
    ) -> Standing {
        var left = more + (carries ? carried(into: period, facts, entries, []) : [])
        return standing(in: period, facts, entries, [], &left)
    }

    /// `left` is what earlier periods left over, and then what this one leaves.
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
        var (met, carried) = (true, CreditHours.zero)
        let folder = RequirementEvaluator(
            policy: self, context: context, spared: spared, fold: fold, uncapped: uncapped)
        for requirement in requirements { met = folder.fold(requirement, &lines) && met }
        if carries {
            var use = HoursAllocation(folder, lines, wholly ? [] : left)
            met = use.meet(requirements) == 0
            (lines, carried) = (use.linesWithCarried, use.carriedHours)
            left = (wholly ? left : use.carried.filter { $0.left > 0 }) + use.surplus
        }
        let outcome: Outcome = wholly ? .exempt : met ? .qualified : .short
        return Standing(
            policy: key, period: period, outcome: outcome, lines: lines, uncounted: fold.uncounted, exemptions: exempt,
            waivers: outcome == .short ? possibleWaivers(context) : [], carried: carried)
    }

    /// The waivers that hold for this person and some answer of the asker.
    private func possibleWaivers(_ context: EvaluationContext) -> [Int] {
        waivers.indices.filter { waivers[$0].when.mayHold(in: context) }
    }

    /// Whether the requirement is waived for who asks: 不作硬性要求 by a board formed by the city and by no other.
    package func waiver(
        for purpose: String, asked: [String: String], facts: [DatedFact], in period: Period
    ) -> Waiver? {
        let context = context(in: period, facts, asked: asked)
        return waivers.first { $0.purpose == purpose && $0.when.holds(in: context) }
    }
}

extension Condition {
    /// Whether it holds for some answer of the asker.
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
