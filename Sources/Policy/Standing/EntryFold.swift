import Kernel

/// Applies once-rules, highest-only and caps, in the order of ``Policy/precedes(_:_:)``.
///
/// For rules with a lifetime span, the earlier periods and the entries under other policies of the line are folded too:
/// only hours that counted there use up a limit.
struct EntryFold {
    let policy: Policy
    let period: Period
    /// The entries of earlier periods if the policy looks back, then those of the period; each part in order.
    let entries: [Entry]
    /// The index of the period's first entry.
    let first: Int
    /// Hundredths of each entry that count.
    private(set) var counted: [Int]
    private(set) var uncounted: [Standing.Uncounted] = []
    /// The period of each earlier entry.
    private let periods: [Period]
    let years: OwnYears
    /// For each entry of the period, whether it was entered under another policy; empty if none was.
    let besides: [Bool]

    init(policy: Policy, period: Period, facts: [DatedFact], entries: [Entry], beside: [Entry]) {
        (self.policy, self.period) = (policy, period)
        let membership = policy.membership(of: period, facts)
        years = OwnYears(period)
        let mine = entries.allSatisfy(membership.holds) ? entries : entries.filter(membership.holds)
        if !policy.looksBack || (beside.isEmpty && mine.count == entries.count) {
            (self.entries, first, periods, besides) = (policy.inOrder(mine), 0, [], [])
        } else {
            let around = beside.filter(membership.holds)
            let inside = policy.inOrder(
                mine.map { EntryInPeriod($0, in: period) } + around.map { EntryInPeriod($0, in: period, isMine: false) }
            )
            let before = (entries + beside).filter(membership.isBefore)
            let earlier = policy.inOrder(before.map { EntryInPeriod($0, in: membership.period(of: $0)) })
            self.entries = earlier.map(\.entry) + inside.map(\.entry)
            (first, periods) = (earlier.count, earlier.map(\.period))
            besides = around.isEmpty ? [] : inside.map { !$0.isMine }
        }
        counted = self.entries.map(\.hours.hundredths)
    }

    /// Whether an entry belongs to this policy and this period.
    func isMine(_ index: Int) -> Bool { index >= first && (besides.isEmpty || !besides[index - first]) }

    /// Applies the once-rules, and the highest level of each work.
    mutating func countOnce() {
        for kind in policy.foldedKinds {
            guard entries.contains(where: { $0.kind == kind.key }) else { continue }
            let mine = entries.indices.filter { entries[$0].kind == kind.key }
            guard mine.count > 1 else { continue }
            if let once = kind.once { keepOnce(mine, once, kind) }
            if let work = kind.work { keepHighest(mine, work, kind) }
        }
    }

    /// Applies the caps that hold for the person, in this order.
    mutating func cap(_ order: [Int], _ context: EvaluationContext) {
        for index in order where policy.caps[index].binding.when?.holds(in: context) ?? true {
            apply(policy.caps[index], index)
        }
    }

    private func start(_ index: Int) -> Day { index < first ? periods[index].from : period.from }

    /// The part of a period. Entries in the same part share a cap and a once-rule.
    private func part(_ span: Span, _ index: Int) -> Int {
        let entry = entries[index]
        switch span {
        case .day: return entry.day.number
        case .month: return entry.day.civil.year * 12 + entry.day.civil.month
        case .year: return (index < first ? OwnYears(periods[index]) : years).year(of: entry).number
        case .period, .lifetime: return 0
        }
    }

    private mutating func drop(_ index: Int, _ hundredths: Int, _ reason: Standing.Reason) {
        guard hundredths > 0 else { return }
        counted[index] -= hundredths
        guard isMine(index) else { return }
        let hours = CreditHours(hundredths: hundredths)
        uncounted.append(Standing.Uncounted(entry: entries[index].id, hours: hours, reason: reason))
    }

    /// Entries with the same value share the span: the period's start, and the part of the period. In a span shorter
    /// than a lifetime, entries under other policies are separate.
    private func words(_ span: Span, _ index: Int) -> SpanText {
        if span == .lifetime { return SpanText(start: 0, part: 0, isMine: true) }
        let isMine = index < first || isMine(index)
        return SpanText(start: start(index).number, part: part(span, index), isMine: isMine)
    }

    /// Each entry is compared with those kept before it, by the normal form of the first key value: a person has few
    /// entries of a kind, and most differ there. An entry that lacks a fact of the key is never a duplicate. Among
    /// duplicates of a period the one with the most hours counts, so that a later and smaller one removes nothing.
    private mutating func keepOnce(_ mine: [Int], _ rule: OnceRule, _ kind: EvidenceKind) {
        guard let leading = rule.key.first else { return }
        var kept: [(index: Int, digest: UInt64)] = []
        kept.reserveCapacity(mine.count)
        var dropped: [(index: Int, place: Int)] = []
        for index in mine {
            guard let value = entries[index].tags[leading] else { continue }
            let digest = PlainName.digest(value)
            let known = kept.firstIndex { $0.digest == digest && isTwin($0.index, index, rule, kind) }
            guard let place = known else { kept.append((index, digest)); continue }
            let other = kept[place].index
            let isLarger = entries[index].hours > entries[other].hours && start(index) == start(other)
            dropped.append((isLarger ? other : index, place))
            if isLarger { kept[place].index = index }
        }
        for (index, place) in dropped.sorted(by: { $0.index < $1.index }) {
            let first = entries[kept[place].index].id
            if first != entries[index].id { drop(index, counted[index], .twice(of: first)) }
        }
    }

    /// Two claims of one work are not duplicates; the highest of them counts.
    private func isTwin(_ a: Int, _ b: Int, _ rule: OnceRule, _ kind: EvidenceKind) -> Bool {
        let (one, other) = (entries[a], entries[b])
        return (kind.creditRules.count == 1 || one.subject == other.subject)
            && words(rule.span, a) == words(rule.span, b)
            && rule.key.allSatisfy { isSame($0, one, other, kind) }
            && (one.work == nil || workName(a, kind) != workName(b, kind))
    }

    private func isSame(_ key: String, _ one: Entry, _ other: Entry, _ kind: EvidenceKind) -> Bool {
        guard let value = one.tags[key], let second = other.tags[key] else { return false }
        return kind.isSame(key, value, second)
    }

    /// The claimed work. If a kind gives hours to several subjects, each subject is separate.
    private func workName(_ index: Int, _ kind: EvidenceKind) -> String? {
        let entry = entries[index]
        return entry.work.map { (kind.creditRules.count == 1 ? "" : entry.subject + "|") + PlainName.work($0) }
    }

    /// A work counts once, at its highest level, with the hours that exceed those counted in earlier periods.
    private mutating func keepHighest(_ mine: [Int], _ rule: WorkRule, _ kind: EvidenceKind) {
        var highest: [String: (index: Int, before: Int)] = [:]
        var kept: [(index: Int, before: Int)] = []
        for index in mine where counted[index] > 0 {
            guard let work = workName(index, kind) else { continue }
            guard let (best, before) = highest[work] else { highest[work] = (index, 0); continue }
            if start(best) < start(index) {
                kept.append((best, before))
                highest[work] = (index, max(before, entries[best].hours.hundredths))
                continue
            }
            let isHigher = entries[index].hours > entries[best].hours
            let (lower, higher) = isHigher ? (best, index) : (index, best)
            let other = entries[higher].id
            drop(lower, counted[lower], rule.level == nil ? .twice(of: other) : .lowerLevel(than: other))
            highest[work] = (higher, before)
        }
        for (index, before) in (kept + highest.values).sorted(by: { $0.index < $1.index }) {
            drop(index, min(before, counted[index]), .countedEarlier)
        }
    }

    private mutating func apply(_ cap: Cap, _ index: Int) {
        var used: [SpanText: (hundredths: Int, items: Int)] = [:]
        for place in entries.indices where counted[place] > 0 && cap.filter.matches(entries[place]) {
            let words = words(cap.span, place)
            let (sum, items) = used[words] ?? (0, 0)
            let allowed =
                switch cap.most {
                case .hours(let most): min(max(0, most.hundredths - sum), counted[place])
                case .items(let most): items < most ? counted[place] : 0
                }
            drop(place, counted[place] - allowed, .cap(index))
            used[words] = (sum + allowed, items + (allowed > 0 ? 1 : 0))
        }
    }
}

private struct SpanText: Hashable {
    let start: Int
    let part: Int
    let isMine: Bool
}

/// An entry and its period.
private struct EntryInPeriod {
    let entry: Entry
    let period: Period
    let isMine: Bool

    init(_ entry: Entry, in period: Period, isMine: Bool = true) {
        (self.entry, self.period, self.isMine) = (entry, period, isMine)
    }
}

extension Policy {
    /// Orders by the evidence's day. On one day the content decides, not the order of arrival: more hours first, then
    /// the policy's order of subjects, then year, kind, work and facts in character order.
    package func precedes(_ a: Entry, _ b: Entry) -> Bool {
        if let first = inOrder(a, b) { return first }
        if a.tags != b.tags { return a.tagWords.lexicographicallyPrecedes(b.tagWords) }
        return a.id < b.id
    }

    /// The same order, independent of the spelling of the facts.
    package func precedesHoweverSpelled(_ a: Entry, _ b: Entry) -> Bool {
        inOrder(a, b) ?? a.tagWords.map(PlainName.form).lexicographicallyPrecedes(b.tagWords.map(PlainName.form))
    }

    /// Whether the first entry comes before the second; `nil` if only their facts differ.
    private func inOrder(_ a: Entry, _ b: Entry) -> Bool? {
        if a.day != b.day { return a.day < b.day }
        if a.hours != b.hours { return a.hours > b.hours }
        if a.subject != b.subject { return rank(a) < rank(b) }
        if a.year != b.year { return a.year < b.year }
        if a.kind != b.kind { return a.kind < b.kind }
        if a.work != b.work { return a.work ?? "" < b.work ?? "" }
        return nil
    }

    private func rank(_ entry: Entry) -> Int { subjects.firstIndex { $0.key == entry.subject } ?? subjects.count }

    fileprivate func inOrder(_ entries: [Entry]) -> [Entry] {
        let isSorted = entries.indices.dropFirst().allSatisfy { !precedes(entries[$0], entries[$0 - 1]) }
        return isSorted ? entries : entries.sorted(by: precedes)
    }

    fileprivate func inOrder(_ entries: [EntryInPeriod]) -> [EntryInPeriod] {
        entries.sorted { a, b in
            a.period.from == b.period.from ? precedes(a.entry, b.entry) : a.period.from < b.period.from
        }
    }
}

extension Entry {
    fileprivate var tagWords: [String] { tags.sorted { $0.key < $1.key }.flatMap { [$0.key, $0.value] } }
}
