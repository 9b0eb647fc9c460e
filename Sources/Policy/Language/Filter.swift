import Kernel

/// Selects entries by subject, kind or one of their facts (theme, mode, provider …).
package indirect enum Filter: Sendable {
    case everything
    /// The subject or a subject within it.
    case subject([String])
    case kind([String])
    case tag(String, Set<String>)
    case all([Filter])
    case any([Filter])
    case none([Filter])

    func matches(_ entry: Entry) -> Bool {
        switch self {
        case .everything: true
        case .subject(let subjects): subjects.contains(entry.subject)
        case .kind(let kinds): kinds.contains(entry.kind)
        case .tag(let name, let values): entry.tags[name].map(values.contains) ?? false
        case .all(let parts): parts.allSatisfy { $0.matches(entry) }
        case .any(let parts): parts.contains { $0.matches(entry) }
        case .none(let parts): !parts.contains { $0.matches(entry) }
        }
    }

    /// The facts that an entry must carry for the filter to be tested.
    var tags: Set<String> {
        switch self {
        case .everything, .subject, .kind: []
        case .tag(let name, _): [name]
        case .all(let parts), .any(let parts), .none(let parts): parts.reduce(into: []) { $0.formUnion($1.tags) }
        }
    }
}

/// Identifies an entry: a person, and the number in that person's ledger. It stays the same when people are merged.
package struct EntryID: Hashable, Sendable, Comparable {
    package let person: Int
    package let number: Int

    package init(person: Int, number: Int) { (self.person, self.number) = (person, number) }

    package static func < (a: Self, b: Self) -> Bool { (a.person, a.number) < (b.person, b.number) }

    /// The entry's name for a reader of `person`'s year: 第 2 笔; for another person's ledger 人员 5 的第 2 笔.
    package func text(for person: Int) -> LocalizedText {
        let isOwn = person == self.person
        return LocalizedText(
            (isOwn ? "" : "人员 \(self.person) 的") + "第 \(number) 笔",
            en: "entry \(number)" + (isOwn ? "" : " of person \(self.person)"))
    }
}

/// A ledger entry as the fold uses it.
///
/// A class, because lists of entries are passed to every fold and an entry is expensive to copy.
package final class Entry: Sendable {
    /// The person; 0 if a policy is tried without a person.
    package let person: Int
    /// The number within the person's ledger, in order of arrival. It identifies the entry and has no effect on
    /// decisions.
    package let number: Int
    /// The evidence's day.
    package let day: Day
    package let year: Year
    package let hours: CreditHours
    package let subject: String
    package let kind: String
    /// The facts of the evidence that a rule of the policy uses, as text.
    package let tags: [String: String]
    /// The claimed work.
    package let work: String?

    package init(
        person: Int = 0, number: Int, day: Day, year: Year, hours: CreditHours, subject: String, kind: String,
        tags: [String: String] = [:], work: String? = nil
    ) {
        (self.person, self.number, self.day, self.year, self.hours) = (person, number, day, year, hours)
        (self.subject, self.kind, self.tags, self.work) = (subject, kind, tags, work)
    }

    package var id: EntryID { EntryID(person: person, number: number) }

    /// The same entry under another ID and with other hours.
    package func with(_ id: EntryID, hours: CreditHours) -> Entry {
        Entry(
            person: id.person, number: id.number, day: day, year: year, hours: hours, subject: subject, kind: kind,
            tags: tags, work: work)
    }
}
