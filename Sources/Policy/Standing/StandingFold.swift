import Kernel

extension Policy {
    /// Folds a person's entries into a standing.
    ///
    /// `entries` are those under this policy that are not reversed, of any year and in any order: the answer is the
    /// same for every order. `beside` are those under other policies of the line, of the kinds of which something
    /// counts once for life. `facts` are judged on the policy's date; there is no today in it.
    package func standing(
        in period: Period, facts: [DatedFact] = [], entries: [Entry], beside: [Entry] = [], carried: [Carried] = []
    ) -> Standing {
        let judged = judgedOn?.day(in: period.to.year) ?? period.to
        let situation = Situation(person: facts, day: judged, period: period)
        var fold = Fold(policy: self, period: period, facts: facts, entries: entries, beside: beside)
        fold.run()
        let carry = carried.isEmpty ? [] : carriedEntries(carried, period)
        let exempt = exemptions.indices.filter { exemptions[$0].when.holds(in: situation) }
        let spared = Set(exempt.flatMap { exemptions[$0].from })
        var lines: [Standing.Line] = []
        var index = 0
        var met = true
        let folder = WantFolder(policy: self, situation: situation, spared: spared, carried: carry, fold: fold)
        for requirement in requirements {
            met = folder.fold(requirement, &index, &lines) && met
        }
        let wholly = exempt.contains { exemptions[$0].from.isEmpty }
        let outcome: Outcome = wholly ? .exempt : met ? .qualified : .short
        return Standing(
            policy: key, period: period, outcome: outcome, lines: lines, uncounted: fold.uncounted, exemptions: exempt,
            waivers: outcome == .short ? possibleWaivers(situation) : [],
            carried: carry.reduce(.zero) { $0 + $1.counted })
    }

    /// The waivers that hold for this person and some answer of the asker.
    private func possibleWaivers(_ situation: Situation) -> [Int] {
        waivers.indices.filter { waivers[$0].when.mayHold(in: situation) }
    }

    /// Whether the requirement is waived for who asks: 不作硬性要求 by a board formed by the city and by no other.
    package func waiver(
        for purpose: String, asked: [String: String], facts: [DatedFact], in period: Period
    ) -> Waiver? {
        let judged = judgedOn?.day(in: period.to.year) ?? period.to
        let situation = Situation(person: facts, asked: asked, day: judged, period: period)
        return waivers.first { $0.purpose == purpose && $0.when.holds(in: situation) }
    }

    /// Surplus that came from earlier years, the oldest first, as if it were entries of this period's first day.
    private func carriedEntries(_ carried: [Carried], _ period: Period) -> [Counted] {
        carried.sorted { ($0.from, $0.subject) < ($1.from, $1.subject) }.compactMap { item in
            let entry = Entry(
                number: 0, day: period.from, year: item.from, hours: item.hours, subject: item.subject, kind: "")
            let rule = carryOver.first { $0.filter.matches(entry) }
            guard let rule, period.from.year.number - item.from.number <= rule.years else { return nil }
            return Counted(entry: entry, counted: rule.atMost.map { min($0, item.hours) } ?? item.hours)
        }
    }

    /// What this standing leaves for the next period, by subject; none where the policy carries nothing over.
    package func surplus(of standing: Standing) -> [Carried] {
        guard !carryOver.isEmpty else { return [] }
        let wants = requirements.flatMap(\.wants)
        return standing.lines.compactMap { line in
            guard case .subject(let subjects) = wants[line.want].filter, line.surplus > .zero,
                let subject = subjects.sorted().first
            else { return nil }
            return Carried(from: standing.period.to.year, subject: subject, hours: line.surplus)
        }
    }
}

/// An entry and how much of it counts.
struct Counted {
    let entry: Entry
    var counted: CreditHours
}

extension Condition {
    /// Whether it holds for some answer of the asker.
    fileprivate func mayHold(in situation: Situation) -> Bool {
        switch self {
        case .test(let test): test.origin == .asked || test.holds(in: situation)
        case .all(let parts): parts.allSatisfy { $0.mayHold(in: situation) }
        case .any(let parts): parts.contains { $0.mayHold(in: situation) }
        case .none(let parts):
            !parts.contains { part in part.tests.allSatisfy { $0.origin != .asked } && part.holds(in: situation) }
        }
    }
}
