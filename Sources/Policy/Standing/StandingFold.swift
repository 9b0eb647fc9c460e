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
        var fold = Fold(policy: self, period: period, facts: facts, entries: entries)
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
///
/// What looks at a lifetime folds the earlier periods too, so that hours which did not count then use nothing up.
private struct Fold {
    let policy: Policy
    let period: Period
    /// Those of the period, in order.
    private(set) var entries: [Entry] = []
    private(set) var uncounted: [Standing.Uncounted] = []
    /// Those of earlier periods, then those of the period.
    private var lines: [Counted] = []
    /// The first day of the period of each line.
    private var starts: [Day] = []

    init(policy: Policy, period: Period, facts: [DatedFact], entries: [Entry]) {
        (self.policy, self.period) = (policy, period)
        let wholeYears = period.from == period.from.year.period.from && period.to == period.to.year.period.to
        let isInside = { (entry: Entry) in
            wholeYears ? period.contains(entry.year) : period.contains(entry.day) || period == policy.only
        }
        self.entries = entries.filter(isInside)
        if !self.entries.isInOrder { self.entries.sort(by: Entry.inOrder) }
        if policy.looksBack {
            let earlier = entries.filter {
                !isInside($0) && (wholeYears ? $0.year < period.from.year : $0.day < period.from)
            }
            let started = earlier.map { entry in
                let day = wholeYears ? entry.year.period.from : entry.day
                return (entry, policy.period.period(containing: day, facts)?.from ?? entry.year.period.from)
            }.sorted { $0.1 == $1.1 ? Entry.inOrder($0.0, $1.0) : $0.1 < $1.1 }
            starts = started.map(\.1)
            lines = started.map { Counted(entry: $0.0, counted: $0.0.hours) }
        }
        starts += self.entries.map { _ in period.from }
        lines += self.entries.map { Counted(entry: $0, counted: $0.hours) }
    }

    /// Those of the period, with how much of each counts.
    var counted: [Counted] { Array(lines.suffix(entries.count)) }

    mutating func run() {
        for kind in policy.kinds {
            if let once = kind.once { keepOnce(kind.key, once) }
            if let work = kind.work { keepHighest(kind.key, work) }
        }
        for (index, cap) in policy.caps.enumerated() { apply(cap, index) }
    }

    private mutating func drop(_ index: Int, _ hours: CreditHours, _ reason: Standing.Reason) {
        guard hours > .zero else { return }
        lines[index].counted -= hours
        guard index >= lines.count - entries.count else { return }
        uncounted.append(Standing.Uncounted(entry: lines[index].entry.number, hours: hours, reason: reason))
    }

    /// Lines with the same word share the span.
    private func word(_ span: Span, _ index: Int) -> String {
        span == .lifetime ? "" : "\(starts[index].number)|\(span.window(of: lines[index].entry))"
    }

    private mutating func keepOnce(_ kind: String, _ rule: OnceRule) {
        var first: [String: Int] = [:]
        for index in lines.indices where lines[index].entry.kind == kind {
            let entry = lines[index].entry
            let key = [word(rule.span, index), entry.subject] + rule.key.map { entry.tags[$0] ?? "" }
            let place = key.joined(separator: "|")
            if let known = first[place], known != entry.number {
                drop(index, lines[index].counted, .twice(of: known))
            }
            first[place] = first[place] ?? entry.number
        }
    }

    /// A work counts once, at its highest level, by what it exceeds what earlier periods counted of it.
    private mutating func keepHighest(_ kind: String, _ rule: WorkRule) {
        var highest: [String: (index: Int, before: CreditHours)] = [:]
        var kept: [(index: Int, before: CreditHours)] = []
        for index in lines.indices {
            guard lines[index].entry.kind == kind, let claimed = lines[index].entry.work else { continue }
            let work = lines[index].entry.subject + "|" + claimed
            guard let (best, before) = highest[work] else { highest[work] = (index, .zero); continue }
            if starts[best] < starts[index] {
                kept.append((best, before))
                highest[work] = (index, max(before, lines[best].entry.hours))
                continue
            }
            let isHigher = lines[index].entry.hours > lines[best].entry.hours
            let (lower, higher) = isHigher ? (best, index) : (index, best)
            let number = lines[higher].entry.number
            drop(lower, lines[lower].counted, rule.level == nil ? .twice(of: number) : .lowerLevel(than: number))
            highest[work] = (higher, before)
        }
        for (index, before) in (kept + highest.values).sorted(by: { $0.index < $1.index }) {
            drop(index, min(before, lines[index].counted), .countedEarlier)
        }
    }

    private mutating func apply(_ cap: Cap, _ index: Int) {
        var used: [String: (hours: CreditHours, items: Int)] = [:]
        for place in lines.indices where lines[place].counted > .zero && cap.filter.matches(lines[place].entry) {
            let word = word(cap.span, place)
            let (hours, items) = used[word] ?? (.zero, 0)
            let allowed: CreditHours =
                switch cap.most {
                case .hours(let most): min(max(.zero, most - hours), lines[place].counted)
                case .items(let most): items < most ? lines[place].counted : .zero
                }
            drop(place, lines[place].counted - allowed, .cap(index))
            used[word] = (hours + allowed, items + (allowed > .zero ? 1 : 0))
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
