import Documents
import Kernel
import People
import Policy

/// The effects of a batch of rows on counted hours, beyond what each row reports of its own item.
struct BatchEffects {
    /// Remarks on rows that are imported.
    private(set) var remarks: [RowLocation: [LocalizedText]] = [:]
    /// Rows that reduce counted hours. Many of them are not imported unless the sender confirms the reduction.
    private(set) var reductions: [RowLocation: [LocalizedText]] = [:]
    /// Rows that would displace items of another submitter.
    private(set) var refused: [RowLocation: [LocalizedText]] = [:]

    fileprivate mutating func remark(_ place: RowLocation, _ words: LocalizedText) {
        remarks[place, default: []].append(words)
    }
    fileprivate mutating func take(_ place: RowLocation, _ words: LocalizedText) {
        reductions[place, default: []].append(words)
    }
    fileprivate mutating func refuse(_ place: RowLocation, _ words: LocalizedText) {
        refused[place, default: []].append(words)
    }
}

/// The position of a row in its file.
struct RowLocation: Hashable {
    let sheet: String
    let number: Int

    init(_ row: SheetRow) { (sheet, number) = (row.sheet, row.number) }

    /// 第 3 行; from another sheet 工作表“课程”第 3 行.
    func words(in other: String) -> LocalizedText {
        LocalizedText.sheet(sheet == other ? "" : sheet, before: LocalizedText("第 \(number) 行", en: "row \(number)"))
    }
}

/// An imported row, with its entries and the people that it affects.
struct ImportedRow {
    let place: RowLocation
    /// The person of the row, or the person that it is merged into.
    let root: ID<Person>
    /// Its new entries.
    let made: [EntryID]
    /// The people whose entries it changed: its own person, and others who claim the same work.
    let people: Set<ID<Person>>
    /// Whether its own report says that it reduces the person's hours.
    let lowers: Bool
}

/// Finds the effects of a batch, from the standings that changed.
struct EffectReader {
    let recogniser: Recogniser
    let source: EvidenceSource
    let rows: [ImportedRow]
    /// Whether the sender confirmed that rows may reduce hours.
    let mayReduceHours: Bool

    func effects(of changes: [StandingChange]) throws -> BatchEffects {
        var effects = BatchEffects()
        // Most batches enter new items of people without a stored standing, and all of their hours count.
        let relevant = changes.filter { $0.before != nil || !$0.after.standing.uncounted.isEmpty }
        guard !relevant.isEmpty else { return effects }
        let makers = rows.reduce(into: [EntryID: ImportedRow]()) { makers, row in
            for entry in row.made { makers[entry] = row }
        }
        let touching = rows.reduce(into: [ID<Person>: [ImportedRow]]()) { touching, row in
            for person in row.people { touching[person, default: []].append(row) }
        }
        for change in relevant {
            try describeUncounted(change, makers, &effects)
            try describeDrops(change, makers, touching[change.after.person] ?? [], &effects)
        }
        return effects
    }

    /// Remarks on items of the batch that do not count.
    private func describeUncounted(
        _ change: StandingChange, _ makers: [EntryID: ImportedRow], _ effects: inout BatchEffects
    ) throws {
        let after = change.after
        for item in after.standing.uncounted {
            guard let row = makers[item.entry], let entry = after.entry(item.entry), entry.hours == item.hours else {
                continue
            }
            let why = after.version.policy.words(for: item, kind: entry.kind)
            var words =
                LocalizedText("\(item.hours) 学时不计：", en: "\(item.hours) hours do not count: ")
                + why.text { $0.text(for: entry.person.number) }
            if case .twice(let other) = item.reason, let earlier = makers[other]?.place.words(in: row.place.sheet) {
                words = LocalizedText("与\(earlier.chinese)重复，不计入", en: "does not count: the same as \(earlier.english)")
            } else if case .twice(let other) = item.reason, let known = try after.entry(other).flatMap(sourceItem) {
                words = LocalizedText(
                    "与\(known.text.chinese)重复，不计入", en: "does not count: the same as \(known.text.english)")
            }
            effects.remark(row.place, words)
        }
    }

    /// Reports fewer counted hours, and standings that become short. For people without a row in the batch, it reports
    /// every change.
    private func describeDrops(
        _ change: StandingChange, _ makers: [EntryID: ImportedRow], _ touching: [ImportedRow],
        _ effects: inout BatchEffects
    ) throws {
        guard let before = change.before.flatMap(StandingCodec.decode) else { return }
        let (after, difference) = (change.after, StandingDifference(before, change.after))
        let own = touching.filter { $0.root == after.person }
        guard difference.falls || own.isEmpty && difference.isAny else { return }
        let name = try PersonStore(recogniser.transaction, recogniser.people).find(after.person)?.name ?? ""
        let number = LocalizedText("（人员 \(after.person)）", en: " (person \(after.person))")
        let words =
            LocalizedText.quoted(name) + (own.isEmpty ? number : .empty) + .colon + difference.words(whole: own.isEmpty)
        let displacing = after.standing.uncounted.compactMap { item -> (row: ImportedRow, lost: LedgerEntry)? in
            guard let other = item.counted, let row = makers[other], makers[item.entry] == nil,
                !before.uncounted.contains(item)
            else { return nil }
            return after.entry(item.entry).map { (row, $0) }
        }
        for (row, lost) in displacing {
            if let known = try sourceItem(lost), isOrganisation, known.source != source {
                effects.refuse(row.place, Self.displaces(known, name, difference.words(whole: false)))
            }
        }
        // The row itself has already reported that its correction reduces its own item.
        let isExplained = displacing.isEmpty && own.contains(where: \.lowers)
        if isExplained, !difference.fails { return }
        let explaining = isExplained ? own.filter(\.lowers) : displacing.isEmpty ? touching : displacing.map(\.row)
        for place in Set(explaining.map(\.place)) where effects.refused[place] == nil {
            if difference.falls, !mayReduceHours { effects.take(place, words) } else { effects.remark(place, words) }
        }
    }

    private static func displaces(_ known: SourceItem, _ name: String, _ change: LocalizedText) -> LocalizedText {
        LocalizedText(
            "与\(known.text.chinese)重复，登记后\(name) \(change.chinese)，没有登记。"
                + "请与\(known.name.chinese)核对；确需登记的，请市人社局办理",
            en: "The same as \(known.text.english). \(name) would then have: \(change.english); so it was not entered. "
                + "Ask \(known.name.english); if it must be entered, ask the bureau")
    }

    /// Whether the sender is a unit or an authority below the bureau. These may not displace items of others.
    private var isOrganisation: Bool {
        if case .organisation = source { recogniser.writeScope?.submitter.isBureau != true } else { false }
    }

    private func sourceItem(_ entry: LedgerEntry) throws -> SourceItem? {
        guard let held = try recogniser.evidences.find(entry.person, number: entry.evidence) else { return nil }
        return SourceItem(
            source: recogniser.sources.source(held.source), name: try recogniser.name(held.source),
            title: try recogniser.personContext(of: entry.person).evaluator.catalogue.title(of: held.evidence) ?? "",
            entry: entry)
    }
}

/// The item of an entry with its submitter.
private struct SourceItem {
    let source: EvidenceSource?
    let name: LocalizedText
    let title: String
    let entry: LedgerEntry

    /// 泰安示例学校报送的“黄河专题”（2022-06-01，30 学时）.
    var text: LocalizedText {
        LocalizedText(
            "\(name.chinese)报送的“\(title)”（\(entry.day)，\(entry.hours) 学时）",
            en: "“\(title)” (\(entry.day), \(entry.hours) hours) of \(name.english)")
    }
}

/// The difference between a stored standing and the new one, as people read it.
private struct StandingDifference {
    private let period: Period
    private let outcomes: (before: Outcome, after: Outcome)
    /// The names of the outcomes.
    private let names: (before: LocalizedText, after: LocalizedText)
    private let lines: [(name: LocalizedText, isTotal: Bool, before: CreditHours, after: CreditHours)]

    init(_ before: StandingRecord, _ after: ComputedStanding) {
        let (standing, policy) = (after.standing, after.version.policy)
        (period, outcomes) = (standing.period, (before.outcome, standing.outcome))
        let wasWaived = before.outcome == .short && !before.waivers.isEmpty
        names = (
            before.outcome.text(isSettled: true, isWaived: wasWaived),
            standing.outcome.text(isSettled: true, isWaived: standing.isWaived)
        )
        // Requirements are identified by their position in the policy's version.
        let old = before.policy == after.version.mark ? before.lines : []
        lines = standing.lines.compactMap { line in
            guard
                let known = old.first(where: { $0.hoursRequirement == line.hoursRequirement && $0.year == line.year }),
                known.counted != line.counted
            else { return nil }
            return (
                policy.text(forNameOf: line), policy.hoursRequirements[line.hoursRequirement].isTotal, known.counted,
                line.counted
            )
        }
    }

    var isAny: Bool { !lines.isEmpty || outcomes.before != outcomes.after }
    /// The standing was not short before and is short now.
    var fails: Bool { outcomes.before != .short && outcomes.after == .short }
    var falls: Bool { fails || lines.contains { $0.after < $0.before } }

    /// 2022年度由合格变为不合格，公需科目由 30 学时减为 0 学时; only reductions unless `whole`.
    func words(whole: Bool) -> LocalizedText {
        var changed = lines.filter { whole || $0.after < $0.before }
        if changed.contains(where: { !$0.isTotal }) { changed.removeAll(where: \.isTotal) }
        var parts = changed.map { line in
            LocalizedText(
                "\(line.name.chinese)由 \(line.before) 学时\(line.after < line.before ? "减" : "增")为 \(line.after) 学时",
                en: "\(line.name.english) from \(line.before) to \(line.after) hours")
        }
        if fails || whole, outcomes.before != outcomes.after {
            let (old, new) = names
            parts.insert(
                LocalizedText("由\(old.chinese)变为\(new.chinese)", en: "from \(old.english) to \(new.english)"), at: 0)
        }
        let isYear = period == period.to.year.period
        let time =
            isYear
            ? LocalizedText("\(period.to.year)年度", en: "\(period.to.year): ")
            : LocalizedText("\(period.from) 至 \(period.to) ", en: "\(period.from) to \(period.to): ")
        return time + parts.joined(by: .comma)
    }
}

extension Standing.Uncounted {
    /// The entry that counts instead.
    fileprivate var counted: EntryID? {
        switch reason {
        case .twice(let other), .lowerLevel(let other): other
        case .cap, .countedEarlier: nil
        }
    }
}

extension ComputedStanding {
    fileprivate func entry(_ id: EntryID) -> LedgerEntry? { entries.first { $0.id == id } }
}
