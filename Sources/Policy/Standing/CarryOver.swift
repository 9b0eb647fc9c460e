import Kernel

/// The surplus hours of an entry. They count in periods that begin on `until` or before.
struct CarriedHours {
    let entry: Entry
    let until: Day
    /// Hundredths.
    var left: Int
}

extension Policy {
    /// The surplus of earlier periods, the oldest first, calculated period by period from the first one with an entry.
    func carried(
        into period: Period, _ facts: [DatedFact], _ entries: [Entry], _ beside: [Entry]
    ) -> [CarriedHours] {
        guard var year = entries.map(\.year).min() else { return [] }
        var left: [CarriedHours] = []
        var next = Day.first
        while year <= period.from.year {
            for earlier in self.period.periods(touching: year, facts)
            where earlier.to < period.from && earlier.from >= next {
                _ = standing(in: earlier, facts, entries, beside, &left)
                next = earlier.to.adding(days: 1)
            }
            year = year.adding(1)
        }
        return left
    }
}

/// The hours of a period that are needed to meet its requirements: its own hours first, then carried hours, the oldest
/// first. The narrowest requirement takes its hours first; they also count for wider requirements.
struct HoursAllocation {
    private let folder: RequirementEvaluator
    private let lines: [Standing.RequirementResult]
    private let hoursRequirements: [HoursRequirement]
    /// Hundredths of each entry that are not used yet.
    private var free: [Int]
    private(set) var carried: [CarriedHours]
    /// The carried hours that are used, with the year of the line that uses them.
    private var taken: [(entry: Entry, year: Year?, hundredths: Int)] = []

    init(_ folder: RequirementEvaluator, _ lines: [Standing.RequirementResult], _ carried: [CarriedHours]) {
        (self.folder, self.lines, self.carried) = (folder, lines, carried)
        hoursRequirements = folder.policy.hoursRequirements
        let fold = folder.fold
        free = fold.entries.indices.map { fold.isMine($0) ? fold.counted[$0] : 0 }
    }

    private var fold: EntryFold { folder.fold }
    private var policy: Policy { folder.policy }

    /// The carried hours that are used, each with the lines that count them.
    var usedHours: [Standing.Carried] {
        taken.map { item in
            Standing.Carried(
                entry: item.entry.id, year: item.entry.year, subject: item.entry.subject,
                hours: CreditHours(hundredths: item.hundredths),
                lines: lines.indices.filter { counts(item.entry, usedIn: item.year, lines[$0]) })
        }
    }

    /// The lines with the carried hours that they use.
    var linesWithCarried: [Standing.RequirementResult] {
        lines.map { line in
            Standing.RequirementResult(
                hoursRequirement: line.hoursRequirement, year: line.year, required: line.required, earned: line.earned,
                counted: line.counted + CreditHours(hundredths: carried(to: line)))
        }
    }

    private func carried(to line: Standing.RequirementResult) -> Int {
        taken.reduce(0) { counts($1.entry, usedIn: $1.year, line) ? $0 + $1.hundredths : $0 }
    }

    /// Whether a line counts carried hours that the line of a year, or of the whole period, uses.
    private func counts(_ entry: Entry, usedIn year: Year?, _ line: Standing.RequirementResult) -> Bool {
        (line.year == nil || year == line.year) && hoursRequirements[line.hoursRequirement].filter.matches(entry)
    }

    /// Uses the hours that the requirements need; returns the hundredths that are missing.
    mutating func meet(_ requirements: [Requirement]) -> Int {
        let plain = Set(
            requirements.compactMap { if case .one(let hoursRequirement) = $0 { hoursRequirement.index } else { nil } })
        var missing = 0
        for place in policy.requirementOrder where plain.contains(place) {
            for line in lines where line.hoursRequirement == place { missing += meet(line) }
        }
        for case .anyOf(let sets, _) in requirements { missing += meetOne(of: sets) }
        return missing
    }

    /// Uses the first set that can be met, otherwise the one with the smallest shortfall.
    private mutating func meetOne(of sets: [[Requirement]]) -> Int {
        let ways = policy.ways(of: sets, folder.context)
        guard ways.oneIsEnough else { return meet(ways.sets.flatMap { $0 }) }
        let trials = ways.sets.map { set in
            var trial = self
            let missing = trial.meet(set)
            return (missing, trial)
        }
        guard let best = trials.min(by: { $0.0 < $1.0 }) else { return 0 }
        self = best.1
        return best.0
    }

    private mutating func meet(_ line: Standing.RequirementResult) -> Int {
        let hoursRequirement = hoursRequirements[line.hoursRequirement]
        let counted = folder.counted(for: hoursRequirement)
        let mine = fold.entries.indices.filter { place in
            fold.isMine(place) && hoursRequirement.filter.matches(fold.entries[place])
                && (line.year == nil || fold.year(fold.entries[place], hoursRequirement.each) == line.year)
        }
        let used = mine.reduce(0) { $0 + min(counted[$1], fold.counted[$1] - free[$1]) }
        var short = max(0, line.required.hundredths - used - carried(to: line))
        // Hours that cannot be carried over are used first.
        let staying = mine.filter { policy.carryRule(for: fold.entries[$0]) == nil }
        for place in staying + mine.filter({ policy.carryRule(for: fold.entries[$0]) != nil }) where short > 0 {
            let used = fold.counted[place] - free[place]
            let more = min(short, free[place], max(0, counted[place] - used))
            (free[place], short) = (free[place] - more, short - more)
        }
        for place in carried.indices where short > 0 && carried[place].until >= fold.period.from {
            guard carried[place].left > 0, hoursRequirement.filter.matches(carried[place].entry) else { continue }
            let more = min(short, carried[place].left)
            carried[place].left -= more
            taken.append((carried[place].entry, line.year, more))
            short -= more
        }
        return short
    }

    /// The surplus of this period, by the first rule that matches.
    var surplus: [CarriedHours] {
        var room = policy.carryOver.map { $0.atMost?.hundredths ?? Int.max }
        return fold.entries.indices.compactMap { place in
            guard free[place] > 0, let rule = policy.carryRule(for: fold.entries[place]), room[rule] > 0 else {
                return nil
            }
            let left = min(room[rule], free[place])
            room[rule] -= left
            let until = fold.period.to.adding(years: policy.carryOver[rule].years)
            return CarriedHours(entry: fold.entries[place], until: until, left: left)
        }
    }
}

extension Policy {
    /// The surplus of an earlier year as the fold of its period would give it; `nil` if no rule carries it over.
    func carried(_ leftover: Example.Leftover, _ facts: [DatedFact]) -> CarriedHours? {
        let last = period.periods(touching: leftover.from, facts).first?.to ?? leftover.from.period.to
        let entry = Entry(
            number: 0, day: last, year: leftover.from, hours: leftover.hours, subject: leftover.subject, kind: "",
            tags: [:])
        guard let rule = carryRule(for: entry).map({ carryOver[$0] }) else { return nil }
        let left = min(rule.atMost?.hundredths ?? Int.max, leftover.hours.hundredths)
        return CarriedHours(entry: entry, until: last.adding(years: rule.years), left: left)
    }

    /// The first rule that allows hours of an entry to be carried over.
    fileprivate func carryRule(for entry: Entry) -> Int? { carryOver.firstIndex { $0.filter.matches(entry) } }
}
