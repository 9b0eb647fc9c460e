import Kernel

/// Once, highest-only and caps, in the order evidence date, then number.
///
/// What looks at a lifetime folds the earlier periods too, so that hours which did not count then use nothing up.
struct Fold {
    let policy: Policy
    let period: Period
    /// Those of earlier periods, where the policy looks back, then those of the period; each part in order.
    let entries: [Entry]
    /// The first of the period's.
    let first: Int
    /// Hundredths of each entry that count.
    private(set) var counted: [Int]
    private(set) var uncounted: [Standing.Uncounted] = []
    /// The first day of the period of each earlier entry.
    private let starts: [Day]

    init(policy: Policy, period: Period, facts: [DatedFact], entries: [Entry]) {
        (self.policy, self.period) = (policy, period)
        let membership = Membership(period, policy)
        if entries.allSatisfy(membership.holds), entries.isInOrder {
            (self.entries, first, starts) = (entries, 0, [])
        } else {
            let held = entries.filter(membership.holds)
            let inside = held.isInOrder ? held : held.sorted(by: Entry.inOrder)
            let earlier = policy.looksBack ? Self.earlier(entries, membership, policy, facts) : []
            (self.entries, first, starts) = (earlier.map(\.entry) + inside, earlier.count, earlier.map(\.start))
        }
        counted = self.entries.map(\.hours.hundredths)
    }

    private static func earlier(
        _ entries: [Entry], _ membership: Membership, _ policy: Policy, _ facts: [DatedFact]
    ) -> [(entry: Entry, start: Day)] {
        entries.filter(membership.isBefore).map { entry in
            let day = membership.wholeYears ? entry.year.period.from : entry.day
            return (entry, policy.period.period(containing: day, facts)?.from ?? entry.year.period.from)
        }.sorted { $0.1 == $1.1 ? Entry.inOrder($0.0, $1.0) : $0.1 < $1.1 }
    }

    mutating func run() {
        for kind in policy.foldedKinds {
            guard entries.contains(where: { $0.kind == kind.key }) else { continue }
            let mine = entries.indices.filter { entries[$0].kind == kind.key }
            if let once = kind.once { keepOnce(mine, once) }
            if let work = kind.work { keepHighest(mine, work) }
        }
        for (index, cap) in policy.caps.enumerated() { apply(cap, index) }
    }

    private func start(_ index: Int) -> Day { index < first ? starts[index] : period.from }

    private mutating func drop(_ index: Int, _ hundredths: Int, _ reason: Standing.Reason) {
        guard hundredths > 0 else { return }
        counted[index] -= hundredths
        guard index >= first else { return }
        let hours = CreditHours(hundredths: hundredths)
        uncounted.append(Standing.Uncounted(entry: entries[index].number, hours: hours, reason: reason))
    }

    /// Entries with the same words share the span: the period's start, and the part of it.
    private func words(_ span: Span, _ index: Int) -> SpanWords {
        span == .lifetime
            ? SpanWords(start: 0, part: 0) : SpanWords(start: start(index).number, part: span.part(of: entries[index]))
    }

    /// Each is held against those kept before it, the first value first: people bring few of a kind, and hashing all
    /// the texts of a key costs more than looking at the first one.
    private mutating func keepOnce(_ mine: [Int], _ rule: OnceRule) {
        guard mine.count > 1, let leading = rule.key.first else { return }
        let rest = rule.key.dropFirst()
        var kept: [(index: Int, leading: String)] = []
        kept.reserveCapacity(mine.count)
        for index in mine {
            let value = entries[index].tags[leading] ?? ""
            let known = kept.first { $0.leading == value && isTwin($0.index, index, rest, rule.span) }
            guard let known else { kept.append((index, value)); continue }
            let number = entries[known.index].number
            if number != entries[index].number { drop(index, counted[index], .twice(of: number)) }
        }
    }

    private func isTwin(_ a: Int, _ b: Int, _ rest: ArraySlice<String>, _ span: Span) -> Bool {
        entries[a].subject == entries[b].subject
            && rest.allSatisfy { (entries[a].tags[$0] ?? "") == (entries[b].tags[$0] ?? "") }
            && words(span, a) == words(span, b)
    }

    /// A work counts once, at its highest level, by what it exceeds what earlier periods counted of it.
    private mutating func keepHighest(_ mine: [Int], _ rule: WorkRule) {
        var highest: [String: (index: Int, before: Int)] = [:]
        var kept: [(index: Int, before: Int)] = []
        for index in mine {
            guard let claimed = entries[index].work else { continue }
            let work = entries[index].subject + "|" + claimed
            guard let (best, before) = highest[work] else { highest[work] = (index, 0); continue }
            if start(best) < start(index) {
                kept.append((best, before))
                highest[work] = (index, max(before, entries[best].hours.hundredths))
                continue
            }
            let isHigher = entries[index].hours > entries[best].hours
            let (lower, higher) = isHigher ? (best, index) : (index, best)
            let number = entries[higher].number
            drop(lower, counted[lower], rule.level == nil ? .twice(of: number) : .lowerLevel(than: number))
            highest[work] = (higher, before)
        }
        for (index, before) in (kept + highest.values).sorted(by: { $0.index < $1.index }) {
            drop(index, min(before, counted[index]), .countedEarlier)
        }
    }

    private mutating func apply(_ cap: Cap, _ index: Int) {
        var used: [SpanWords: (hundredths: Int, items: Int)] = [:]
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

private struct SpanWords: Hashable {
    let start: Int
    let part: Int
}

/// Which entries are a period's: by year where it is whole years, else by day.
private struct Membership {
    let period: Period
    let wholeYears: Bool
    private let first: Int
    private let last: Int
    private let isOnly: Bool

    init(_ period: Period, _ policy: Policy) {
        self.period = period
        let (from, to) = (period.from.civil, period.to.civil)
        (first, last) = (from.year, to.year)
        wholeYears = from.month == 1 && from.day == 1 && to.month == 12 && to.day == 31
        isOnly = if case .once(let only) = policy.period { only == period } else { false }
    }

    func holds(_ entry: Entry) -> Bool {
        wholeYears ? first <= entry.year.number && entry.year.number <= last : isOnly || period.contains(entry.day)
    }

    func isBefore(_ entry: Entry) -> Bool {
        !holds(entry) && (wholeYears ? entry.year.number < first : entry.day < period.from)
    }
}

extension [Entry] {
    fileprivate var isInOrder: Bool {
        var (day, number) = (Int.min, Int.min)
        for index in indices {
            let (next, order) = (self[index].day.number, self[index].number)
            if next < day || (next == day && order < number) { return false }
            (day, number) = (next, order)
        }
        return true
    }
}

extension Span {
    /// Entries with the same part of a period share the cap.
    fileprivate func part(of entry: Entry) -> Int {
        switch self {
        case .day: entry.day.number
        case .month: entry.day.civil.year * 12 + entry.day.civil.month
        case .year: entry.year.number
        case .period, .lifetime: 0
        }
    }
}
