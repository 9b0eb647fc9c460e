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
    package var name: String { id.name(for: owner == nil ? id.person : 0) }
    package var day: Day
    package var hours: CreditHours
    /// The hours that count.
    package var counted: CreditHours
    package var kind: String
    /// The title of the item; empty where its kind has no title.
    package var title = ""
    package var subject: String
    package var steps: [String] = []
    /// The submitter and the day: 泰安示例学校 2022-06-05 报送; empty where unknown.
    package var submittedBy = ""
    package var uncounted: [Uncounted] = []

    /// Hours that do not count, and why: 其中 30 学时不计：与第 2 笔重复，只计一次.
    package struct Uncounted: Sendable {
        fileprivate let hours: CreditHours
        fileprivate let why: String
        /// The entry that counts instead; its name comes between `before` and `after`.
        package let other: EntryReference?
        package let after: String

        package var before: String { "其中 \(hours) 学时不计：" + why }
        package var words: String { before + (other?.words ?? "") + after }
        /// The reason without the hours: 与第 2 笔重复，只计一次.
        package var reason: String { why + (other?.words ?? "") + after }
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
    private let name: String

    package init(_ id: EntryID, in year: Year, isHere: Bool, for person: ID<Person>) {
        (self.id, self.year, self.isHere, name) = (id, year, isHere, id.name(for: person.number))
    }

    /// 第 2 笔; of another year 2021 年度第 5 笔.
    package var words: String { isHere ? name : full }
    /// The words with the year.
    package var full: String { "\(year) 年度\(name)" }
    /// The space before ``words`` where they begin with a number.
    package var blank: String { isHere ? "" : " " }
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
            return Uncounted(
                hours: uncounted.hours, why: why.before + (other?.blank ?? ""), other: other, after: why.after)
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
        let policy = (book.all[entry.policy.number] ?? item.version).policy
        var told = ExplainedEntry(entry, policy)
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
    func submittedBy(_ held: StoredEvidence) -> String {
        sourceNames[held.source].map { "\($0.name) \(Day(milliseconds: held.received)) 报送" } ?? ""
    }

    /// The steps of the repeated decision, or a sentence that its hours differ.
    private func steps(_ entry: LedgerEntry, _ policy: Policy) -> [String] {
        guard let decided = decided[entry.decisionPlace] else { return [Replay.unreadable.words].compactMap { $0 } }
        let (replay, credited) = Replayer(book: book).alone(entry, decided)
        if let words = replay.words { return [words] }
        return credited.map { policy.explanation(of: $0, decided.evidence.evidence) } ?? []
    }
}

extension Replay {
    /// The sentence for readers of an entry whose repeated decision differs; `nil` where it is the same.
    var words: String? {
        switch self {
        case .same: nil
        case .differing(let hours): "按登记时的材料和政策重算为 \(hours) 学时，与登记的不符。请联系主管部门核对"
        case .byEngine(let hours): "登记以后认定程序有更新，按现在的程序重算为 \(hours) 学时。登记没有更改，需要更改的由主管部门统一办理"
        case .unreadable: "登记时的材料无法读取，不能重算。请联系主管部门核对"
        }
    }
}
