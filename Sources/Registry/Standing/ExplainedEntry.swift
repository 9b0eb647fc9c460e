import Kernel
import People
import Policy

/// An entry in the words of people: what it is, how its hours came about, and which of them do not count.
package struct ExplainedEntry: Sendable {
    /// Number in the ledger of ``owner``.
    package var number: Int
    /// Whose it is, where that is somebody merged into the person.
    package var owner: ID<Person>?
    package var day: Day
    package var hours: CreditHours
    package var kind: String
    /// What the item calls itself; empty where its kind has no name for it.
    package var title = ""
    package var subject: String
    package var steps: [String] = []
    /// Who brought it, and when: 泰安示例学校 2022-06-05 报送; empty where nobody knows.
    package var brought = ""
    package var uncounted: [String] = []

    /// `2`; of somebody merged into the person `2（人员 5）`.
    package var place: String { owner.map { "\(number)（人员 \($0)）" } ?? "\(number)" }

    package init(number: Int, day: Day, hours: CreditHours, kind: String, subject: String) {
        (self.number, self.day, self.hours) = (number, day, hours)
        (self.kind, self.subject) = (kind, subject)
    }
}

extension YearReading {
    /// `item` is the standing that the entry is read in.
    package func explained(_ entry: LedgerEntry, in item: PersonYear) -> ExplainedEntry {
        let policy = (book.all[entry.policy.number] ?? item.version).policy
        var told = ExplainedEntry(
            number: entry.number, day: entry.day, hours: entry.hours, kind: policy.kind(entry.kind)?.name ?? entry.kind,
            subject: policy.subject(entry.subject)?.name ?? entry.subject)
        if entry.person != dossier.root { told.owner = entry.person }
        told.steps = steps(entry, policy)
        if let held = evidence(of: entry) {
            told.title = policy.kind(entry.kind)?.title(of: held.evidence) ?? ""
            told.brought = bringers[held.source].map { "\($0) \(Day(milliseconds: held.received)) 报送" } ?? ""
        }
        told.uncounted = item.standing.uncounted.filter { $0.entry == entry.id }.map {
            "其中 \($0.hours) 学时不计：\(policy.words(for: $0, kind: entry.kind))"
        }
        return told
    }

    /// The decision made again by what it was made on: the steps to the hours, or that they come out otherwise.
    private func steps(_ entry: LedgerEntry, _ policy: Policy) -> [String] {
        guard let decided = decided[entry.decisionPlace] else { return [Replay.unreadable.words].compactMap { $0 } }
        let (replay, credited) = Replayer(book: book).alone(entry, decided)
        if let words = replay.words { return [words] }
        return credited.map { policy.explanation(of: $0, decided.evidence.evidence) } ?? []
    }

    /// Evidence that is credited nowhere: its number, the name of its kind, what it calls itself, and why.
    package var refusals: [(number: Int, kind: String, title: String, words: String)] {
        refused.map { item in
            let held = item.evidence.evidence
            let kind = book.current.lazy.compactMap { $0.policy.kind(held.kind) }.first
            return (item.evidence.number, kind?.name ?? held.kind, kind?.title(of: held) ?? "", item.words)
        }
    }
}

extension Replay {
    /// What somebody is told who reads an entry that does not come out again; `nil` where it does.
    var words: String? {
        switch self {
        case .same: nil
        case .differing(let hours): "按登记时的材料和政策重算为 \(hours) 学时，与登记的不符。请联系主管部门核对"
        case .byEngine(let hours): "登记以后认定程序有更新，按现在的程序重算为 \(hours) 学时。登记没有更改，需要更改的由主管部门统一办理"
        case .unreadable: "登记时的材料无法读取，不能重算。请联系主管部门核对"
        }
    }
}
