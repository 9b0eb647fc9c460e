import Kernel
import People
import Policy

/// A line of the ledger: hours of one item in one year and subject under one policy, or the reversal of such a line.
///
/// It knows a person by number only, so correcting or erasing a person leaves every chain whole.
package struct LedgerEntry: Sendable, Hashable {
    package let person: ID<Person>
    /// 1, 2, 3 … within the person.
    package let number: Int
    /// The entry that this one takes back.
    package let reverses: Int?
    /// The reversal that this one follows for the same evidence, policy, year and subject; 0 for the first.
    let after: Int
    /// Which evidence of the person's, and the decision made on it.
    package let evidence: Int
    let decision: Int
    package let policy: ID<PolicyVersion>
    package let policyKey: String
    package let day: Day
    package let year: Year
    package let subject: String
    /// Negative in a reversal.
    package let hours: CreditHours
    package let kind: String
    let tags: Tags
    let work: String
    /// Milliseconds since 1970 when it was entered.
    package let entered: Int
}

extension LedgerEntry {
    /// What says which hours these are; at most one un-reversed entry has it.
    struct Slot: Hashable {
        let evidence: Int
        let policy: String
        let year: Int
        let subject: String
    }

    var slot: Slot { Slot(evidence: evidence, policy: policyKey, year: year.number, subject: subject) }

    /// Whether it says the same as hours that are wanted now.
    func agrees(with wanted: Verdict.Wanted) -> Bool {
        let entry = wanted.entry
        return policyKey == wanted.version.key && year == entry.year && subject == entry.subject && day == entry.day
            && hours == entry.hours && kind == entry.kind && work == entry.work ?? ""
            && tags.values == entry.tags
    }

    /// The line for a standing's fold. `offset` keeps the numbers of merged people apart.
    func folded(offset: Int) -> Entry {
        Entry(
            number: offset + number, day: day, year: year, hours: hours, subject: subject, kind: kind,
            tags: tags.values, work: work.isEmpty ? nil : work)
    }
}
