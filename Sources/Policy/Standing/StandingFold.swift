import Kernel

extension Policy {
    /// Folds a person's entries into a standing.
    ///
    /// `entries` are those under this policy that are not reversed, of any year and in any order: the answer is the
    /// same for every order. `facts` are judged on the policy's date; there is no today in it.
    package func standing(
        in period: Period, facts: [DatedFact] = [], entries: [Entry], carried: [Carried] = []
    ) -> Standing {
        let judged = judgedOn?.day(in: period.to.year) ?? period.to
        let situation = Situation(person: facts, day: judged, period: period)
        var fold = Fold(policy: self, period: period, entries: entries)
        fold.run()
        let carry = carriedEntries(carried, period)
        let counted = carry + fold.counted
        let exempt = exemptions.indices.filter { exemptions[$0].when.holds(in: situation) }
        let spared = Set(exempt.flatMap { exemptions[$0].from })
        var lines: [Standing.Line] = []
        var index = 0
        var met = true
        for requirement in requirements {
            let folder = WantFolder(
                policy: self, situation: situation, spared: spared, counted: counted, earned: fold.entries)
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

/// Once, highest-only and caps, in the order evidence date, then number.
private struct Fold {
    let policy: Policy
    let period: Period
    /// Those of the period, in order.
    private(set) var entries: [Entry] = []
    private(set) var counted: [Counted] = []
    private(set) var uncounted: [Standing.Uncounted] = []
    private let earlier: [Entry]

    init(policy: Policy, period: Period, entries: [Entry]) {
        (self.policy, self.period) = (policy, period)
        let wholeYears = period.from == period.from.year.period.from && period.to == period.to.year.period.to
        let isInside = { (entry: Entry) in
            wholeYears ? period.contains(entry.year) : period.contains(entry.day) || period == policy.only
        }
        self.entries = entries.filter(isInside)
        if !self.entries.isInOrder { self.entries.sort(by: Entry.inOrder) }
        earlier =
            policy.looksBack
            ? entries.filter { !isInside($0) && $0.year < period.from.year }.sorted(by: Entry.inOrder) : []
        counted = self.entries.map { Counted(entry: $0, counted: $0.hours) }
    }

    mutating func run() {
        for kind in policy.kinds {
            if let once = kind.once { keepOnce(kind.key, once) }
            if let level = kind.work?.level { keepHighest(kind.key, level) }
        }
        for (index, cap) in policy.caps.enumerated() { apply(cap, index) }
    }

    private mutating func drop(_ index: Int, _ hours: CreditHours, _ reason: Standing.Reason) {
        guard hours > .zero else { return }
        counted[index].counted -= hours
        uncounted.append(Standing.Uncounted(entry: counted[index].entry.number, hours: hours, reason: reason))
    }

    private mutating func keepOnce(_ kind: String, _ rule: OnceRule) {
        var first: [String: Int] = [:]
        let key = { (entry: Entry) in ([entry.subject] + rule.key.map { entry.tags[$0] ?? "" }).joined(separator: "|") }
        if rule.span == .lifetime {
            for entry in earlier where entry.kind == kind { first[key(entry)] = first[key(entry)] ?? entry.number }
        }
        for index in counted.indices where counted[index].entry.kind == kind {
            let entry = counted[index].entry
            let place = rule.span.window(of: entry) + "|" + key(entry)
            let known = first[key(entry)] ?? first[place]
            if let known, known != entry.number { drop(index, counted[index].counted, .twice(of: known)) }
            first[place] = first[place] ?? entry.number
        }
    }

    /// Of one work the highest level counts, by what it exceeds what earlier periods counted of it.
    private mutating func keepHighest(_ kind: String, _ level: String) {
        var highest: [String: Int] = [:]
        for index in counted.indices {
            guard counted[index].entry.kind == kind, let claimed = counted[index].entry.work else { continue }
            let work = counted[index].entry.subject + "|" + claimed
            guard let best = highest[work] else { highest[work] = index; continue }
            let (lower, higher) = counted[index].entry.hours > counted[best].entry.hours ? (best, index) : (index, best)
            drop(lower, counted[lower].counted, .lowerLevel(than: counted[higher].entry.number))
            highest[work] = higher
        }
        for (work, index) in highest {
            let before =
                earlier.filter { $0.kind == kind && $0.subject + "|" + ($0.work ?? "") == work }.map(\.hours).max()
                ?? .zero
            drop(index, min(before, counted[index].counted), .countedEarlier)
        }
    }

    private mutating func apply(_ cap: Cap, _ index: Int) {
        var used: [String: (hours: CreditHours, items: Int)] = [:]
        if cap.span == .lifetime {
            let before = earlier.filter(cap.filter.matches)
            used[""] = (before.reduce(.zero) { $0 + $1.hours }, before.count)
        }
        for place in counted.indices where counted[place].counted > .zero && cap.filter.matches(counted[place].entry) {
            let window = cap.span.window(of: counted[place].entry)
            let (hours, items) = used[window] ?? (.zero, 0)
            let allowed: CreditHours =
                switch cap.most {
                case .hours(let most): min(max(.zero, most - hours), counted[place].counted)
                case .items(let most): items < most ? counted[place].counted : .zero
                }
            drop(place, counted[place].counted - allowed, .cap(index))
            used[window] = (hours + allowed, items + (allowed > .zero ? 1 : 0))
        }
    }
}

extension Policy {
    fileprivate var only: Period? { if case .once(let period) = period { period } else { nil } }
}

extension [Entry] {
    fileprivate var isInOrder: Bool {
        indices.dropFirst().allSatisfy { Entry.inOrder(self[$0 - 1], self[$0]) }
    }
}

extension Span {
    /// Entries with the same word share the cap.
    fileprivate func window(of entry: Entry) -> String {
        switch self {
        case .day: entry.day.description
        case .month: String(entry.day.description.prefix(7))
        case .year: entry.year.description
        case .period, .lifetime: ""
        }
    }
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
