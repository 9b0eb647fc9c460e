import Database
import Kernel
import People
import Policy

/// The result of settling or checking a year.
package struct SettlementReport: Sendable {
    package var people = 0
    package var qualified = 0
    package var short = 0
    package var exempt = 0
    /// Short with a waiver (不作硬性要求); included in `short`.
    package var waived = 0
    /// Stored or settled standings that differ from the recomputed ones, and later settled years that a carry-over
    /// changes.
    package var differing = 0
    /// New settled versions.
    package var written = 0
    /// People for whom no policy was found in the year.
    package var unplaced = 0
    /// The first differences, at most 20.
    package var differences: [SettlementDifference] = []
    package var examples: [LocalizedText] { differences.map(\.words) }

    fileprivate mutating func count(_ item: Settler.Item) {
        switch item.text.outcome {
        case .qualified: qualified += 1
        case .short: short += 1
        case .exempt: exempt += 1
        }
        if item.isWaived { waived += 1 }
    }

    /// Adds the result of a later batch.
    mutating func add(_ other: SettlementReport) {
        people += other.people
        qualified += other.qualified
        short += other.short
        exempt += other.exempt
        waived += other.waived
        differing += other.differing
        written += other.written
        unplaced += other.unplaced
        differences += other.differences.prefix(max(0, 20 - differences.count))
    }

    mutating func differ(_ words: LocalizedText, _ kind: SettlementDifference.Kind = .other) {
        differing += 1
        if differences.count < 20 { differences.append(SettlementDifference(kind: kind, words: words)) }
    }
}

/// One difference of a report.
package struct SettlementDifference: Sendable {
    package enum Kind: Sendable {
        /// The year is settled and this person is not. Settling the year again is enough.
        case missing
        case other
    }

    package let kind: Kind
    package let words: LocalizedText
}

/// Settles or checks one batch of people in one transaction.
struct Settler {
    enum Act {
        /// Compares only.
        case check
        /// Freezes the standings. A frozen one that differs is reported and stays. `fresh`: the year was opened again,
        /// so all evidence is decided again first.
        case settle(fresh: Bool)
    }

    let transaction: Transaction
    let people: People
    let book: PolicyBook
    let year: Year
    let act: Act
    /// The reason of the new versions: see ``SettledStanding/reason``.
    let reason: String
    let now: Int

    private var store: StandingStore { StandingStore(transaction, people) }
    private var settlements: SettlementStore { SettlementStore(transaction, people) }

    /// One person's standings of the year, reduced to what is compared and written: many of them are in memory between
    /// the reading and the writing transaction.
    struct ComputedStandings: Sendable {
        fileprivate let items: [Item]
        /// The settled versions that were read.
        fileprivate let versions: [StandingKey: Int]
        /// Later settled years that this year's surplus would change. They are reported, not rewritten.
        fileprivate let later: [LocalizedText]

        var bodies: [String] { items.map(\.text.body) }
    }

    fileprivate struct Item: Sendable {
        let text: StandingText
        let isWaived: Bool
        /// Whether nothing was entered in its period.
        let isEmpty: Bool
    }

    /// Computes the standings of these people, to be compared or written later. The MACs of rows are not checked: a
    /// result is used only where it equals the stored standing, whose MAC is checked.
    func prepare(_ roots: [ID<Person>]) throws -> [Int: ComputedStandings] {
        guard let first = roots.first?.number, let last = roots.last?.number else { return [:] }
        let years = try settlements.years()
        return try transaction.withoutChecks {
            try make(roots, try settlements.latest(from: first, through: last), years)
        }
    }

    /// `prepared`: what an earlier reading transaction computed for the same people with this book. A result is used
    /// where it equals the stored standings. The others are computed here.
    func settle(_ roots: [ID<Person>], _ prepared: [Int: ComputedStandings], _ report: inout SettlementReport) throws {
        guard let first = roots.first?.number, let last = roots.last?.number else { return }
        if case .settle(fresh: true) = act {
            let recogniser = Recogniser(transaction: transaction, people: people, book: book, now: now)
            for root in roots { try recogniser.redecide(root, .published) }
            try recogniser.updateStandings()
        }
        let kept = try store.kept(in: year, from: first, through: last)
        let settled = try settlements.latest(from: first, through: last)
        let years = try settlements.years()
        var prepared = prepared
        if case .check = act { prepared = try transaction.withoutChecks { try make(roots, settled, years) } }
        let open = roots.filter { !holds(prepared[$0.number], kept[$0.number] ?? [], settled[$0.number] ?? [:]) }
        let anew = try make(open, settled, years)
        for root in roots {
            guard let made = anew[root.number] ?? prepared[root.number] else { continue }
            if made.items.isEmpty { report.unplaced += 1 } else { report.people += 1 }
            for item in made.items {
                report.count(item)
                let place = item.text.place
                let old = Texts(
                    kept: kept[root.number]?.first { $0.place == place }?.body, settled: settled[root.number]?[place])
                if case .check = act {
                    compare(item, old, years, &report)
                } else {
                    try write(item.text, old, years, &report)
                }
            }
            for words in made.later { report.differ(words) }
        }
    }

    /// Every change of a standing's input updates the stored standing in the same transaction. So an earlier result is
    /// still right where it equals the stored standing.
    private func holds(
        _ made: ComputedStandings?, _ kept: [(place: StandingKey, body: String)],
        _ settled: [StandingKey: SettledStanding]
    ) -> Bool {
        guard let made, !made.items.isEmpty else { return false }
        return made.items.allSatisfy { item in
            kept.contains { $0.place == item.text.place && $0.body == item.text.body }
        } && made.versions == settled.mapValues(\.version) && !settled.values.contains { $0.year > year }
    }

    private func make(
        _ roots: [ID<Person>], _ settled: [Int: [StandingKey: SettledStanding]], _ years: YearStates
    ) throws -> [Int: ComputedStandings] {
        var all: [Int: ComputedStandings] = [:]
        all.reserveCapacity(roots.count)
        let policies = book.entries(touching: year)
        for run in roots.runs {
            for standingInput in try store.standingInputs(run, under: policies) {
                let old = settled[standingInput.root.number] ?? [:]
                let settledPeriods = SettledPeriods(old, years, book)
                let items = standingInput.standings(touching: year, book, settledPeriods).filter { $0.year == year }
                all[standingInput.root.number] = ComputedStandings(
                    items: items.map {
                        Item(text: StandingText($0), isWaived: $0.isWaived, isEmpty: $0.entries.isEmpty)
                    }, versions: old.mapValues(\.version), later: later(standingInput, old, settledPeriods, years))
            }
        }
        return all
    }

    private func later(
        _ standingInput: StandingInput, _ settled: [StandingKey: SettledStanding], _ settledPeriods: SettledPeriods,
        _ years: YearStates
    ) -> [LocalizedText] {
        var later: [LocalizedText] = []
        for (place, old) in settled where old.year > year && years.isFrozen(old.year, old.turn) {
            guard book.all[old.policy]?.policy.carries == true else { continue }
            let now = standingInput.standings(touching: old.year, book, settledPeriods).first { $0.place == place }
            if now.map({ old.says($0.body) }) == true { continue }
            later.append(
                LocalizedText(
                    "人员 \(standingInput.root) \(old.key) \(old.year)：结转后与已结算的不同",
                    en: "Person \(standingInput.root) \(old.key) \(old.year): carried hours differ from the settled."))
        }
        return later
    }

    private struct Texts {
        let kept: String?
        let settled: SettledStanding?
    }

    /// A standing that was opened again and did not change is settled again too; otherwise it would not be frozen.
    private func write(
        _ text: StandingText, _ old: Texts, _ years: YearStates, _ report: inout SettlementReport
    ) throws {
        if old.kept != text.body { try store.put(text) }
        if let settled = old.settled, years.isFrozen(settled.year, settled.turn) {
            if settled.says(text.body) { return }
            return report.differ(
                LocalizedText(
                    "人员 \(text.person) \(text.version.key)：结算后有变动，未改写。"
                        + "需要时用 --person \(text.person) --reopen --reason 为此人重新开放，再用 --person 结算",
                    en: "Person \(text.person) \(text.version.key): changed since the settlement; not rewritten. "
                        + "If needed: --person \(text.person) --reopen --reason WHY, then settle with --person."))
        }
        try settlements.add(
            text, version: (old.settled?.version ?? 0) + 1, turn: years.turn(settling: text.year), reason: reason,
            at: now)
        report.written += 1
    }

    private func compare(_ item: Item, _ old: Texts, _ years: YearStates, _ report: inout SettlementReport) {
        let body = item.text.body
        let isSettled = years.state(of: year) != .open
        let isKept = old.kept.map { StandingCodec.same($0, body) }
        if isKept == true, !isSettled, old.settled == nil { return }
        let who = "\(item.text.person) \(item.text.version.key)"
        func differ(_ chinese: String, en english: String, _ kind: SettlementDifference.Kind = .other) {
            report.differ(LocalizedText("人员 \(who)：\(chinese)", en: "Person \(who): \(english)"), kind)
        }
        if isKept == false {
            differ("保存的结果与重算不同", en: "the stored standing differs from the computed one.")
        } else if isKept == nil, !item.isEmpty {
            differ("有学时而没有保存的结果", en: "there are hours and no stored standing.")
        }
        switch old.settled {
        case nil where isSettled:
            differ(
                "本年度已结算而此人尚未结算。再运行一次 settle 即可补上", en: "not settled, although the year is. Run settle again.",
                .missing)
        case let settled? where !settled.isWhole: differ("已结算的记录被改动", en: "the settled record was altered.")
        case let settled? where !years.isFrozen(settled.year, settled.turn):
            guard isSettled else { break }
            differ(
                "已单独重新开放，还没有再次结算。用 settle --person 结算", en: "reopened alone, not settled again: settle --person.")
        case let settled? where !settled.says(body):
            differ("已结算的结果与重算不同", en: "the settled standing differs from the computed one.")
        default: break
        }
    }
}
