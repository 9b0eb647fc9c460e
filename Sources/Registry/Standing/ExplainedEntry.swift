import Kernel
import People
import Policy

/// An entry as people read it: the item, the steps to its hours, and the hours that do not count.
package struct ExplainedEntry: Sendable {
    package let id: EntryID
    package var number: Int { id.number }
    /// The person of the entry, where it is somebody merged into the person of the year.
    package var owner: ID<Person>?
    /// Its name in texts: 第 2 笔; for somebody merged into the person 人员 5 的第 2 笔.
    package var name: LocalizedText { id.text(for: owner == nil ? id.person : 0) }
    package var day: Day
    package var hours: CreditHours
    /// The hours that count.
    package var counted: CreditHours
    package var kind: String
    /// The title of the item; empty where its kind has no title.
    package var title = ""
    package var subject: String
    package var steps: [LocalizedText] = []
    /// The policy that the steps are of.
    package var version: PolicyVersion?
    /// The submitter and the day: 泰安示例学校 2022-06-05 报送; empty where unknown.
    package var submittedBy = LocalizedText.empty
    package var uncounted: [Uncounted] = []

    /// Hours that do not count, and why: 其中 30 学时不计：与第 2 笔重复，只计一次.
    package struct Uncounted: Sendable {
        fileprivate let hours: CreditHours
        fileprivate let why: UncountedText
        /// The reason in a few characters: 同一成果，已按省级计 125.
        package let tag: String
        /// The entry that counts instead; its name comes between `before` and `after`.
        package let other: EntryReference?

        package var before: String { text.chinese + why.before.chinese }
        package var after: String { why.after.chinese }
        package var words: LocalizedText { text + reason }
        /// The reason without the hours: 与第 2 笔重复，只计一次.
        package var reason: LocalizedText { why.before + (other?.words ?? .empty) + why.after }

        private var text: LocalizedText {
            LocalizedText("其中 \(hours) 学时不计：", en: "\(hours) hours do not count: ")
        }
    }

    package init(_ id: EntryID, day: Day, hours: CreditHours, kind: String, subject: String) {
        (self.id, self.day, self.hours, counted) = (id, day, hours, hours)
        (self.kind, self.subject) = (kind, subject)
    }
}

/// A reference to an entry, from a page of a person's year.
package struct EntryReference: Sendable, Hashable {
    package let id: EntryID
    package let year: Year
    /// Whether the entry is on the same page.
    package let isHere: Bool
    private let name: LocalizedText

    package init(_ id: EntryID, in year: Year, isHere: Bool, for person: ID<Person>) {
        (self.id, self.year, self.isHere, name) = (id, year, isHere, id.text(for: person.number))
    }

    /// 第 2 笔; of another year 2021年度第 5 笔.
    package var words: LocalizedText { isHere ? name : full }
    /// The words with the year.
    package var full: LocalizedText { LocalizedText("\(year)年度", en: "\(year), ") + name }
}

extension ExplainedEntry {
    /// All hours count, and there is no title yet.
    init(_ entry: LedgerEntry, _ policy: Policy?) {
        self.init(
            entry.id, day: entry.day, hours: entry.hours, kind: policy?.kind(entry.kind)?.name ?? entry.kind,
            subject: policy?.subject(entry.subject)?.name ?? entry.subject)
    }

    /// Sets the hours that count in a standing, and why the others do not.
    mutating func count(_ entry: LedgerEntry, in item: ComputedStanding, reference: (EntryID) -> EntryReference) {
        counted = item.counted(of: entry)
        uncounted = item.standing.uncounted.filter { $0.entry == entry.id }.map { uncounted in
            let why = item.version.policy.words(for: uncounted, kind: entry.kind)
            let other = why.other.map(reference)
            let instead = why.other.flatMap { id in item.entries.first { $0.id == id }?.line }
            let tag = item.version.policy.tag(for: uncounted, kind: entry.kind, instead: instead)
            return Uncounted(hours: uncounted.hours, why: why, tag: tag, other: other)
        }
    }
}

extension YearOverview {
    /// All entries of a standing, by day.
    package func explained(_ item: ComputedStanding) -> [ExplainedEntry] {
        item.entries.map { (day: $0.day, turn: $0.person == standingInput.root ? 0 : $0.person.number, entry: $0) }
            .sorted { ($0.day, $0.turn, $0.entry.number) < ($1.day, $1.turn, $1.entry.number) }
            .map { explained($0.entry, in: item) }
    }

    /// `item`: the standing that the entry is part of.
    package func explained(_ entry: LedgerEntry, in item: ComputedStanding) -> ExplainedEntry {
        let version = book.all[entry.policy.number] ?? item.version
        let policy = version.policy
        var told = ExplainedEntry(entry, policy)
        told.version = version
        if entry.person != standingInput.root { told.owner = entry.person }
        told.steps = steps(entry, policy)
        if let held = evidence(of: entry) {
            told.title = policy.kind(entry.kind)?.title(of: held.evidence) ?? ""
            told.submittedBy = submittedBy(held)
        }
        told.count(entry, in: item) { reference(to: $0, beside: entry) }
        return told
    }

    private func reference(to id: EntryID, beside entry: LedgerEntry) -> EntryReference {
        reference(to: standingInput.entries.first { $0.id == id } ?? entry)
    }

    /// A reference to an entry of the person or of somebody merged into it.
    func reference(to entry: LedgerEntry) -> EntryReference {
        let isHere = standings.contains { $0.entries.contains { $0.id == entry.id } }
        return EntryReference(entry.id, in: entry.year, isHere: isHere, for: standingInput.root)
    }

    /// The submitter and the day: 泰安示例学校 2022-06-05 报送; empty where unknown.
    func submittedBy(_ held: StoredEvidence) -> LocalizedText {
        let day = Day(milliseconds: held.received)
        return sourceNames[held.source].map {
            LocalizedText("\($0.name.chinese) \(day) 报送", en: "submitted by \($0.name.english) on \(day)")
        } ?? .empty
    }

    /// The steps of the repeated decision, or a sentence that its hours differ.
    private func steps(_ entry: LedgerEntry, _ policy: Policy) -> [LocalizedText] {
        guard let decided = decided[entry.decisionPlace] else {
            return [Replay.unreadable.words].compactMap { $0 }
        }
        let (replay, credited) = Replayer(book: book).alone(entry, decided)
        if let words = replay.words { return [words] }
        return credited.map { policy.explanation(of: $0, decided.evidence.evidence) } ?? []
    }
}

extension Replay {
    /// The sentence for readers of an entry whose repeated decision differs; `nil` where it is the same.
    var words: LocalizedText? {
        switch self {
        case .same: nil
        case .differing(let hours):
            LocalizedText(
                "按登记时的材料和政策重算为 \(hours) 学时，与登记的不符。请联系主管部门核对",
                en: "computed again from the recorded basis: \(hours) hours. Ask the authority to check it.")
        case .byEngine(let hours):
            LocalizedText(
                "登记以后认定程序有更新，按现在的程序重算为 \(hours) 学时。登记没有更改，需要更改的由主管部门统一办理",
                en: "the program was updated since and computes \(hours) hours. The entry is unchanged.")
        case .unreadable:
            LocalizedText(
                "登记时的材料无法读取，不能重算。请联系主管部门核对", en: "the recorded basis cannot be read. Ask the authority to check it.")
        }
    }
}
