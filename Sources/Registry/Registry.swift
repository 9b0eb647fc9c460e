import Database
import Kernel
import People
import Policy
import Signing

/// The entry point of this module, from evidence to standing. Every method is one transaction, or many bounded ones in
/// a row.
package struct Registry: Sendable {
    package let database: Database
    package private(set) var people: People
    let cache = PolicyCache()

    package init(_ database: Database, _ people: People) { (self.database, self.people) = (database, people) }

    /// The same registry, for somebody.
    package func acting(as actor: Actor) -> Registry {
        var registry = self
        registry.people = people.acting(as: actor)
        return registry
    }

    package static let migrations = migrations(ChainHeads())

    /// `heads` is what the signed root knows of a ledger that is brought up to the schema.
    package static func migrations(_ heads: ChainHeads) -> [Migration] {
        PolicyBookSchema.migrations + RecognitionSchema.migrations + LedgerSchema.migrations
            + StandingSchema.migrations + SettlementSchema.migrations + RowCodesSchema.migrations(heads)
    }

    /// The record of acts, for the same actor.
    package var auditLog: AuditLog { AuditLog(database, people) }

    /// The policies as they are in a transaction.
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

// MARK: - Evidence in

extension Registry {
    /// The one way to hours: evidence is kept, decided, entered, and the standings follow, in one transaction.
    ///
    /// Failures: `person.unknown`; `recognition.correction` where a correction cannot be taken.
    package func recognise(_ submission: Submission) async throws -> Recognition {
        try await database.write { transaction in try recognise(submission, transaction) }
    }

    /// The same inside a transaction that does more.
    package func recognise(_ submission: Submission, _ transaction: Transaction) throws -> Recognition {
        try recogniser(transaction).recognise(submission)
    }

    /// A page of submissions in one transaction: what is read of a person is read once for all of them.
    package func page(_ transaction: Transaction) throws -> RecognitionBatch {
        RecognitionBatch(recogniser: try recogniser(transaction))
    }

    /// What is now known of these people is held against all that they brought. Answers what was entered and taken
    /// back.
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

/// Submissions one after the other; the standings follow at the end, and ``finish()`` has to be called for that.
package struct RecognitionBatch {
    let recogniser: Recogniser

    package func take(_ submission: Submission) throws -> Recognition {
        try recogniser.take(submission, recogniser.personContext(of: submission.person)).recognition
    }
    package func finish() throws { try recogniser.updateStandings() }
}

// MARK: - One human, two numbers

extension Registry {
    /// `nil` where nobody has this number.
    package func person(_ number: ID<Person>) async throws -> ID<Person>? {
        try await database.read { try PersonStore($0, people).find(number)?.number }
    }

    /// Those who are registered with one of these papers.
    package func holders(of papers: [IDNumber]) async throws -> [ID<Person>] {
        try await database.read { transaction in
            let store = PersonStore(transaction, people)
            return try papers.compactMap { try store.find($0)?.number }
        }
    }

    /// Lets one person stand for another; standings fold over both from now on. Answers what is credited no more.
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

    /// Undoes it; answers whom the person stood for, and what is credited no more: where others have taken the places
    /// of a work meanwhile, the number that goes its own way again gives way.
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

    /// The years in which something was entered for any of these.
    private func years(_ people: [ID<Person>], _ transaction: Transaction) throws -> Set<Year> {
        try people.reduce(into: []) { years, person in
            years.formUnion(try StandingStore(transaction, self.people).standingInput([person]).years)
        }
    }

    /// What each brought is decided again, since the history that it is judged by has changed, and standings follow.
    private func refresh(_ roots: [ID<Person>], _ years: Set<Year>, _ transaction: Transaction) throws -> [LostItem] {
        let recogniser = try recogniser(transaction)
        for root in roots { try recogniser.redecide(root, .learned, touching: years) }
        try recogniser.updateStandings()
        return recogniser.cache.lost
    }
}
