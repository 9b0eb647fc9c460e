import Kernel

/// A requirement that is not met, and what would meet it.
package struct Way: Sendable, Hashable {
    /// The requirement's name: 公需科目.
    package let want: String
    package let hours: CreditHours
    /// Kinds of which one is enough: `线上课程满 10 学时（二(二)）`. Empty where no kind alone can.
    package let options: [String]

    package init(want: String, hours: CreditHours, options: [String]) {
        (self.want, self.hours, self.options) = (want, hours, options)
    }
}

extension Policy {
    /// The shortest way from a standing that is short: what is asked most narrowly comes first, since it also fills
    /// what is asked of everything, and nothing more is named once the whole is met.
    ///
    /// Each option was tried: the policy decided on such an item, and the standing was folded with it. So a way never
    /// leads against a cap or a window.
    package func ways(
        in period: Period, facts: [DatedFact], entries: [Entry], carried: [Carried] = []
    ) -> [Way] {
        var search = WaySearch(policy: self, period: period, facts: facts, carried: carried, entries: entries)
        return search.ways()
    }

    /// The last day on which something of a period can still be earned: its own, or its make-up window's.
    package func lastDay(of period: Period) -> Day {
        let madeUp = windows.filter(\.isMakeUp).compactMap { $0.closes?.day(in: period.to.year) }
        return madeUp.max().map { max($0, period.to) } ?? period.to
    }
}

private struct WaySearch {
    let policy: Policy
    let period: Period
    let facts: [DatedFact]
    let carried: [Carried]
    /// What is held, then what was tried and is taken as done.
    var entries: [Entry]
    /// Options beyond these would be a list, and no way.
    private static let most = 4
    /// More items than these of one kind are no short way.
    private static let items = 3

    private struct Trial {
        let words: String
        let items: Int
        let entries: [Entry]
    }

    mutating func ways() -> [Way] {
        var ways: [Way] = []
        var seen: Set<Place> = []
        while let line = next(after: seen) {
            seen.insert(Place(want: line.want, year: line.year))
            let trials = policy.kinds.flatMap { tried($0, line) }.sorted { $0.items < $1.items }.prefix(Self.most)
            let name = policy.wants[line.want].name + (line.year.map { "（\($0) 年）" } ?? "")
            ways.append(Way(want: name, hours: line.short, options: trials.map(\.words)))
            entries += trials.first?.entries ?? []
        }
        return ways
    }

    private struct Place: Hashable {
        let want: Int
        let year: Year?
    }

    private func standing(with more: [Entry] = []) -> Standing {
        policy.standing(in: period, facts: facts, entries: entries + more, carried: carried)
    }

    /// What is missing and was not tried; `nil` once the whole is met.
    private func next(after seen: Set<Place>) -> Standing.Line? {
        let standing = standing()
        guard standing.outcome == .short else { return nil }
        let missing = standing.lines.filter {
            $0.short > .zero && !seen.contains(Place(want: $0.want, year: $0.year))
        }
        return missing.first { !policy.wants[$0.want].filter.isEverything } ?? missing.first
    }

    private func tried(_ kind: Kind, _ line: Standing.Line) -> [Trial] {
        guard kind.gifts.count == 1, let gift = kind.gifts.first, let step = gift.steps.first, step.when == nil else {
            return []
        }
        let subjects: [String?] =
            if case .fact = gift.subject { policy.subjects.map(\.key) } else { [nil] }
        for subject in subjects {
            if let trial = trial(kind, gift, step.step, line, subject) { return [trial] }
        }
        return []
    }

    /// So much of a kind that the line is met; `nil` where it would not be.
    private func trial(
        _ kind: Kind, _ gift: Gift, _ step: Step, _ line: Standing.Line, _ subject: String?
    ) -> Trial? {
        var asked: [String: Fact] = [:]
        if case .fact(let fact) = gift.subject, let subject { asked[fact] = .text(subject) }
        switch step {
        case .per(let fact, 1, .fixed(100), _):
            guard case .hours? = kind.shape(fact)?.form else { return nil }
            asked[fact] = .hours(line.short)
            return met(kind, asked, 1, line, "\(kind.name)满 \(line.short) 学时（\(kind.clause.short)）")
        case .start(.fixed(let each)) where gift.steps.count == 1 && each > 0:
            let items = (line.short.hundredths + each - 1) / each
            guard items <= Self.items else { return nil }
            let hours = CreditHours(hundredths: each)
            return met(
                kind, asked, items, line, "\(kind.name) \(items) 项，每项 \(hours) 学时（\(kind.clause.short)）")
        default: return nil
        }
    }

    private func met(
        _ kind: Kind, _ asked: [String: Fact], _ items: Int, _ line: Standing.Line, _ words: String
    ) -> Trial? {
        let made = (0..<items).flatMap { item(kind, asked, turn: entries.count + $0, line.year ?? period.to.year) }
        guard !made.isEmpty else { return nil }
        let reached = standing(with: made).lines.first { $0.want == line.want && $0.year == line.year }
        // Items of a kind are counted one by one, hours as one.
        return reached?.short == .zero ? Trial(words: words, items: items, entries: made) : nil
    }

    /// The entries of an item as the policy's sample, but of no name that anybody has used.
    private func item(_ kind: Kind, _ asked: [String: Fact], turn: Int, _ year: Year) -> [Entry] {
        var facts: [String: Fact] = [:]
        let sample = kind.sample(in: year)
        for shape in kind.facts where !shape.optional {
            facts[shape.key] = sample[shape.key]
            if case .text = shape.form { facts[shape.key] = .text("way \(turn)") }
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
    fileprivate var isEverything: Bool { if case .everything = self { true } else { false } }
}
