import Database
import Kernel
import People
import Policy

/// All entries of a person, with their evidence.
package struct PersonLedger: Sendable {
    package let entries: [LedgerEntry]
    let evidence: [EvidenceKey: StoredEvidence]
    let book: PolicyBook

    package func policy(of entry: LedgerEntry) -> Policy? { book.all[entry.policy.number]?.policy }

    /// The title of the item in its latest version; empty where its kind has no title.
    package func title(of entry: LedgerEntry) -> String {
        guard let held = evidence[entry.place]?.evidence else { return "" }
        return policy(of: entry)?.kind(held.kind)?.title(of: held) ?? ""
    }
}

/// Identifies evidence: the person and its number.
package struct EvidenceKey: Hashable, Sendable {
    let person: ID<Person>
    let number: Int
}

extension LedgerEntry {
    /// The key of the entry's evidence.
    fileprivate var place: EvidenceKey { EvidenceKey(person: person, number: evidence) }
}

extension Registry {
    /// All entries of a person and of those merged into it, including reversals.
    package func ledger(of person: ID<Person>) async throws -> PersonLedger {
        try await database.read { transaction in
            let persons = PersonStore(transaction, people)
            let family = try persons.family(of: persons.root(of: person))
            let held = try family.flatMap { try EvidenceStore(transaction).all(of: $0) }
            return PersonLedger(
                entries: try family.flatMap { try LedgerStore(transaction).all(of: $0) },
                evidence: held.reduce(into: [:]) { $0[$1.place] = $1 },
                book: try book(transaction))
        }
    }
}
