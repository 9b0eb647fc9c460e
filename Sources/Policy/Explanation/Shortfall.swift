import Kernel

/// A requirement that is not met, and evidence that would meet it.
package struct Shortfall: Sendable, Hashable {
    /// The requirement's name: 公需科目.
    package let hoursRequirement: String
    package let hours: CreditHours
    /// What to do; any one of them is enough: `再学一门线上课程即可，10 学时（二(二)），须在 2022-12-31 前（含当天）取得`. Kinds that can
    /// no longer be earned come last and say so. Empty if the search found none.
    package let options: [String]

    package init(hoursRequirement: String, hours: CreditHours, options: [String]) {
        (self.hoursRequirement, self.hours, self.options) = (hoursRequirement, hours, options)
    }
}

extension Policy {
    /// A short list of ways to meet what a standing lacks. The narrowest requirement comes first, because its hours
    /// also count for wider ones. The search ends once the whole is met.
    ///
    /// Each option was tried: the policy decided on such an item, and the standing was folded with it. So no option
    /// conflicts with a cap, a window or entries that count already. The search covers hours that the evidence states
    /// and items of fixed hours. It leaves out amounts that depend on levels and ranks.
    package func ways(
        in period: Period, facts: [DatedFact], entries: [Entry], beside: [Entry] = [], today: Day
    ) -> [Shortfall] {
        var search = ShortfallSearch(
            policy: self, period: period, facts: facts, beside: beside, today: today, entries: entries)
        return search.ways()
    }
}

private struct ShortfallSearch {
    let policy: Policy
    let period: Period
    let facts: [DatedFact]
    let beside: [Entry]
    let today: Day
    /// The person's entries, followed by the tried ones that are assumed to be done.
    var entries: [Entry]
    /// The most options of one shortfall; more would be hard to read.
    private static let most = 4
    /// The most items of one kind in an option.
    private static let items = 3

    private struct Trial {
        let words: String
        let items: Int
        let entries: [Entry]
        /// The time for earning it is over: it can only be declared.
        let isOver: Bool

        var hours: Int { entries.reduce(0) { $0 + $1.hours.hundredths } }
    }

    /// Identifies a line of a standing.
    private struct LineKey: Hashable {
        let hoursRequirement: Int
        let year: Year?

        init(_ line: Standing.RequirementResult) { (hoursRequirement, year) = (line.hoursRequirement, line.year) }
    }

    mutating func ways() -> [Shortfall] {
        var ways: [Shortfall] = []
        var seen: Set<LineKey> = []
        while true {
            let before = standing()
            guard let line = next(in: before, after: seen) else { return ways }
            seen.insert(LineKey(line))
            let trials = policy.kinds.flatMap { tried($0, line, before) }
            let options = trials.sorted { ($0.isOver ? 1 : 0, $0.items) < ($1.isOver ? 1 : 0, $1.items) }.prefix(
                Self.most
            ).map(\.words)
            ways.append(Shortfall(hoursRequirement: policy.name(of: line), hours: line.short, options: options))
            // Every option gives at least as many hours as the smallest one.
            entries += trials.min { $0.hours < $1.hours }?.entries ?? []
        }
    }

    private func standing(with more: [Entry] = []) -> Standing {
        policy.standing(in: period, facts: facts, entries: entries + more, beside: beside)
    }

    /// The narrowest unmet line that was not tried; `nil` once the whole is met.
    private func next(in standing: Standing, after seen: Set<LineKey>) -> Standing.RequirementResult? {
        guard standing.outcome == .short else { return nil }
        let elsewhere = policy.waysNotNeeded(in: standing, facts)
        return standing.lines.filter {
            $0.short > .zero && !seen.contains(LineKey($0)) && !elsewhere.contains($0.hoursRequirement)
        }
        .min {
            policy.hoursRequirements[$0.hoursRequirement].filter.breadth
                < policy.hoursRequirements[$1.hoursRequirement].filter.breadth
        }
    }
}

// MARK: - Trying a kind

extension ShortfallSearch {
    private func tried(_ kind: EvidenceKind, _ line: Standing.RequirementResult, _ before: Standing) -> [Trial] {
        guard kind.creditRules.count == 1, let creditRule = kind.creditRules.first, let step = creditRule.steps.first,
            step.when == nil
        else {
            return []
        }
        var asked: [String: Fact] = [:]
        for (tag, values) in policy.hoursRequirements[line.hoursRequirement].filter.named {
            let value = values.sorted().first { kind.shape(tag)?.accepts(.text($0)) ?? false }
            if let value { asked[tag] = .text(value) }
        }
        guard case .fact(let fact) = creditRule.subject else { return trial(kind, step.step, line, before, asked) }
        for subject in policy.subjects {
            let found = trial(kind, step.step, line, before, asked.merging([fact: .text(subject.key)]) { $1 })
            if !found.isEmpty { return found }
        }
        return []
    }

    /// The number of items or hours of a kind that meets the line; empty if the kind cannot meet it.
    private func trial(
        _ kind: EvidenceKind, _ step: CalculationStep, _ line: Standing.RequirementResult, _ before: Standing,
        _ asked: [String: Fact]
    ) -> [Trial] {
        var asked = asked
        switch step {
        case .per(let fact, 1, .fixed(100), _):
            guard case .hours? = kind.shape(fact)?.form else { return [] }
            asked[fact] = .hours(line.short)
            let usual: CreditHours? = if case .hours(let hours)? = kind.sample[fact] { hours } else { nil }
            let subject = subjectWords(kind, line)
            return met(kind, asked, 1, line, before) { name in
                NextStep(kind: kind.key, name: subject + name, usual: usual ?? .zero).words(toEarn: line.short)
            }
        case .start(.fixed(let each)) where kind.creditRules[0].steps.count == 1 && each > 0:
            let items = (line.short.hundredths + each - 1) / each
            guard items <= Self.items else { return [] }
            let hours = CreditHours(hundredths: each)
            return met(kind, asked, items, line, before) { "\($0) \(items) 项，每项 \(hours) 学时" }
        default: return []
        }
    }

    /// Tries each year of the period, because a term may begin in the middle of a year.
    private func met(
        _ kind: EvidenceKind, _ asked: [String: Fact], _ items: Int, _ line: Standing.RequirementResult,
        _ before: Standing,
        _ words: (String) -> String
    ) -> [Trial] {
        let own = policy.hoursRequirements[line.hoursRequirement].each == .year && !OwnYears(period).areCalendar
        for year in line.year.map({ own ? [$0, $0.adding(1)] : [$0] }) ?? period.years.reversed() {
            var made: [Entry] = []
            for turn in 0..<items { made += item(kind, asked, turn: entries.count + turn, year) }
            guard let first = made.first else { continue }
            let after = standing(with: made).lines
            let old = Dictionary(before.lines.map { (LineKey($0), $0.counted) }, uniquingKeysWith: { $1 })
            guard after.contains(where: { LineKey($0) == LineKey(line) && $0.short == .zero }),
                after.allSatisfy({ $0.counted >= old[LineKey($0)] ?? .zero })
            else { continue }
            let last = lastDay(of: first)
            let text = "\(words(kind.name + choices(kind, asked)))（\(kind.clause.short)），\(until(last))"
            return [Trial(words: text, items: items, entries: made, isOver: last < today)]
        }
        return []
    }

    /// The facts of the item that the policy uses, except its subject: `（面授）`.
    private func choices(_ kind: EvidenceKind, _ asked: [String: Fact]) -> String {
        let subject: String? = if case .fact(let fact) = kind.creditRules[0].subject { fact } else { nil }
        let names = kind.facts.compactMap { shape -> String? in
            guard policy.tagged.contains(shape.key), shape.key != subject, case .oneOf = shape.form,
                let value = asked[shape.key] ?? (shape.optional ? nil : kind.sample[shape.key])
            else { return nil }
            return shape.name(of: value)
        }
        return names.isEmpty ? "" : "（\(names.joined(separator: "、"))）"
    }

    /// `公需科目的`, where the kind may count for several subjects and the requirement is one of a subject.
    private func subjectWords(_ kind: EvidenceKind, _ line: Standing.RequirementResult) -> String {
        let filter = policy.hoursRequirements[line.hoursRequirement].filter
        guard case .fact = kind.creditRules[0].subject, case .subject = filter else { return "" }
        return policy.words(for: filter) + "的"
    }

    /// The last day on which such an item may be earned.
    private func lastDay(of entry: Entry) -> Day {
        let windows = policy.windows.filter { $0.filter.matches(entry) }
        return windows.map { $0.closes?.day(in: period.to.year) ?? .last }.reduce(period.to) { max($0, $1) }
    }

    private func until(_ last: Day) -> String {
        if last == .last { return "时间不限" }
        return last < today ? "限 \(last) 前（含当天）已取得、尚未登记的" : "须在 \(last) 前（含当天）取得"
    }

    /// The entries of an item like the policy's sample, under a name that no entry uses.
    private func item(_ kind: EvidenceKind, _ asked: [String: Fact], turn: Int, _ year: Year) -> [Entry] {
        var facts: [String: Fact] = [:]
        let sample = kind.sample(in: year)
        for shape in kind.facts where !shape.optional {
            facts[shape.key] = sample[shape.key]
            if case .text(let format) = shape.form { facts[shape.key] = .text(format.tried(turn)) }
        }
        let evidence = Evidence(kind.key, facts.merging(asked) { $1 })
        guard case .credited(let credited) = policy.decide(evidence, self.facts) else { return [] }
        return credited.lines.map { line in
            Entry(
                number: 1_000_000 + turn, day: credited.day, year: line.year, hours: line.hours, subject: line.subject,
                kind: kind.key, tags: policy.tags(of: evidence), work: policy.work(of: evidence))
        }
    }
}

extension Filter {
    /// A larger number for filters that match more entries.
    fileprivate var breadth: Int {
        switch self {
        case .tag, .all, .none: 0
        case .kind: 1
        case .subject(let subjects): 1 + subjects.count
        case .any: 1000
        case .everything: Int.max
        }
    }

    /// The facts that the filter tests, with the values that it accepts.
    fileprivate var named: [(tag: String, values: Set<String>)] {
        switch self {
        case .tag(let tag, let values): [(tag, values)]
        case .all(let parts): parts.flatMap(\.named)
        case .any(let parts): parts.first?.named ?? []
        case .everything, .subject, .kind, .none: []
        }
    }
}
