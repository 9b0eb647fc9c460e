import Kernel
import People
import Policy

/// One entry of the ledger: hours of one item in one year and subject under one policy, or the reversal of such an
/// entry.
///
/// It refers to a person by number only, so every chain stays valid when a person's data is corrected or erased.
package struct LedgerEntry: Sendable {
    package let person: ID<Person>
    /// 1, 2, 3 … within the person; 0 in a draft, which is not in the ledger yet.
    package private(set) var number: Int
    /// The number of the entry that this one reverses.
    package let reverses: Int?
    /// The number of the reversal that this one follows, for the same evidence, policy, year and subject; 0 for the
    /// first.
    var after: Int
    /// The numbers of the evidence and of the decision on it.
    package let evidence: Int
    let decision: Int
    package let policy: ID<PolicyVersion>
    package let policyKey: String
    /// The entry as ``EntryFold`` reads it, with the same number. The hours are negative in a reversal.
    package private(set) var line: Entry
    /// When it was entered, in milliseconds since 1970.
    package let entered: Int

    package var day: Day { line.day }
    package var year: Year { line.year }
    package var subject: String { line.subject }
    package var hours: CreditHours { line.hours }
    package var kind: String { line.kind }
    /// Empty where the entry claims no work.
    var work: String { line.work ?? "" }
    /// The facts that rules read, as text for the hash.
    var tags: String { FactText.encode(line.tags.mapValues { .text($0) }) }
}

extension LedgerEntry {
    /// A draft of decided hours.
    init(_ credit: Evaluation.Item, of item: StoredEvidence, decision: Int, at now: Int) {
        self.init(
            person: item.person, number: 0, reverses: nil, after: 0, evidence: item.number, decision: decision,
            policy: credit.version.number, policyKey: credit.version.key, line: credit.entry, entered: now)
    }

    /// A draft that reverses an entry.
    init(reversing old: LedgerEntry, decision: Int, at now: Int) {
        self.init(
            person: old.person, number: 0, reverses: old.number, after: 0, evidence: old.evidence, decision: decision,
            policy: old.policy, policyKey: old.policyKey, line: old.line.with(old.id, hours: -old.hours), entered: now)
    }

    func numbered(_ number: Int) -> LedgerEntry {
        var entry = self
        entry.number = number
        entry.line = line.with(entry.id, hours: hours)
        return entry
    }
}

extension LedgerEntry {
    /// Identifies hours: at most one unreversed entry has each value.
    struct Slot: Hashable {
        let evidence: Int
        let policy: String
        let year: Int
        let subject: String
    }

    var slot: Slot { Slot(evidence: evidence, policy: policyKey, year: year.number, subject: subject) }

    /// Whether the entry has the values of the item, or differs only in an older form of the work's name.
    func agrees(with item: Evaluation.Item) -> Bool {
        let entry = item.entry
        return policyKey == item.version.key && year == entry.year && subject == entry.subject && day == entry.day
            && hours == entry.hours && kind == entry.kind && isOf(entry.work ?? "") && line.tags == entry.tags
    }

    private func isOf(_ name: String) -> Bool { work == name || !name.isEmpty && PlainName.work(work) == name }

    package var id: EntryID { EntryID(person: person.number, number: number) }
}
