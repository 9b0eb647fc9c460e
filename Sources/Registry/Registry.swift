import Database
import Kernel
import People
import Policy
import Signing

/// The entry point of this module, from evidence to standing. Every method runs one transaction, or a series of bounded
/// ones.
package struct Registry: Sendable {
    package let database: Database
    package private(set) var people: People
    let cache = PolicyCache()

    package init(_ database: Database, _ people: People) { (self.database, self.people) = (database, people) }

    /// The same registry, acting as `actor`.
    package func acting(as actor: Actor) -> Registry {
        var registry = self
        registry.people = people.acting(as: actor)
        return registry
    }

    package static let migrations = migrations(ChainHeads())

    /// `heads`: the chain heads of the signed root, to check a ledger before it is migrated.
    package static func migrations(_ heads: ChainHeads) -> [Migration] {
        PolicyBookSchema.migrations + RecognitionSchema.migrations + LedgerSchema.migrations
            + StandingSchema.migrations + SettlementSchema.migrations + RegistryRowCodesSchema.migrations(heads)
    }

    /// The audit log, for the same actor.
    package var auditLog: AuditLog { AuditLog(database, people) }

    /// The policy book as of this transaction.
    package func book(_ transaction: Transaction) throws -> PolicyBook { try cache.book(transaction, people.states) }

    func recogniser(_ transaction: Transaction, _ writeScope: WriteScope? = nil) throws -> Recogniser {
        Recogniser(
            transaction: transaction, people: people, book: try book(transaction), now: people.system.now(),
            sources: try LegacySources.read(transaction, people), writeScope: writeScope)
    }

    func keeper(_ transaction: Transaction) throws -> StandingUpdater {
        StandingUpdater(transaction: transaction, people: people, book: try book(transaction), now: people.system.now())
    }
}

// MARK: - Evidence

extension Registry {
    /// Stores, decides and enters evidence, and updates the standings, in one transaction.
    ///
    /// Failures: `person.unknown`, and those of ``Recogniser/take(_:_:)``.
    package func recognise(_ submission: Submission) async throws -> Recognition {
        try await database.write { transaction in try recognise(submission, transaction) }
    }

    /// The same in a transaction of the caller.
    package func recognise(_ submission: Submission, _ transaction: Transaction) throws -> Recognition {
        try recogniser(transaction).recognise(submission)
    }

    /// A batch of submissions in one transaction. The data of each person is read once.
    package func batch(_ transaction: Transaction) throws -> RecognitionBatch {
        RecognitionBatch(recogniser: try recogniser(transaction))
    }

    /// Decides all evidence of these people again, after a fact of them was added. Returns the reversals and new
    /// entries.
    @discardableResult
    package func learn(_ people: Set<ID<Person>>, _ transaction: Transaction) throws -> [LedgerEntry] {
        let store = PersonStore(transaction, self.people)
        let roots = Set(try people.map { try store.root(of: $0) })
        let recogniser = try recogniser(transaction)
        let changed = try roots.sorted().flatMap { try recogniser.redecide($0, .learned) }
        try recogniser.updateStandings()
        return changed
    }
}

/// Takes submissions one after the other. ``finish()`` must be called at the end: it updates the standings.
package struct RecognitionBatch {
    let recogniser: Recogniser

    package func take(_ submission: Submission) throws -> Recognition {
        try recogniser.take(submission, recogniser.personContext(of: submission.person)).recognition
    }
    package func finish() throws { try recogniser.updateStandings() }
}

// MARK: - Merging two numbers of a person

extension Registry {
    /// `nil` if nobody has this number.
    package func person(_ number: ID<Person>) async throws -> ID<Person>? {
        try await database.read { try PersonStore($0, people).find(number)?.number }
    }

    /// The people who are registered with one of these documents.
    package func holders(of papers: [IDNumber]) async throws -> [ID<Person>] {
        try await database.read { transaction in
            let store = PersonStore(transaction, people)
            return try papers.compactMap { try store.find($0)?.number }
        }
    }

    /// Merges a person into another; standings are computed from both from now on. Returns the items that are no longer
    /// credited.
    @discardableResult
    package func merge(_ person: ID<Person>, into target: ID<Person>, reason: String) async throws -> [LostItem] {
        try await database.write { transaction in
            try PersonStore(transaction, people).merge(person, into: target, reason: reason)
            try AuditStore(transaction, people).record(
                .mergePerson, .person(person), about: person, ["into": "\(target)"])
            try keeper(transaction).clear(person)
            return try refresh([target], try years([person, target], transaction), transaction)
        }
    }

    /// Undoes a merge. Returns the person that it was merged into, and the items that are no longer credited: if others
    /// have claimed all places of a work meanwhile, the claim of the separated person is refused.
    package func unmerge(
        _ person: ID<Person>, reason: String
    ) async throws -> (from: ID<Person>, lost: [LostItem]) {
        try await database.write { transaction in
            let target = try PersonStore(transaction, people).unmerge(person, reason: reason)
            try AuditStore(transaction, people).record(
                .unmergePerson, .person(person), about: person, ["from": "\(target)"])
            let lost = try refresh([person, target], try years([person, target], transaction), transaction)
            return (target, lost)
        }
    }

    /// The years of the entries of these people.
    private func years(_ people: [ID<Person>], _ transaction: Transaction) throws -> Set<Year> {
        try people.reduce(into: []) { years, person in
            years.formUnion(try StandingStore(transaction, self.people).standingInput([person]).years)
        }
    }

    /// Decides the evidence of these people again, since their histories have changed, and updates the standings.
    private func refresh(_ roots: [ID<Person>], _ years: Set<Year>, _ transaction: Transaction) throws -> [LostItem] {
        let recogniser = try recogniser(transaction)
        for root in roots { try recogniser.redecide(root, .learned, touching: years) }
        try recogniser.updateStandings()
        return recogniser.cache.lost
    }
}
