import Database
import Kernel
import People
import Policy
import Signing

/// From evidence to standing: the door of this room. Every method is one transaction, or many bounded ones in a row.
package struct Registry: Sendable {
    package let database: Database
    package private(set) var people: People
    let shelf = PolicyShelf()

    package init(_ database: Database, _ people: People) { (self.database, self.people) = (database, people) }

    /// The same registry, for somebody.
    package func acting(as actor: Actor) -> Registry {
        var registry = self
        registry.people = people.acting(as: actor)
        return registry
    }

    package static let migrations = migrations(Heads())

    /// `heads` is what the signed root knows of a ledger that is brought up to the schema.
    package static func migrations(_ heads: Heads) -> [Migration] {
        PolicyBookSchema.migrations + RecognitionSchema.migrations + LedgerSchema.migrations
            + StandingSchema.migrations + SettlementSchema.migrations + RowCodesSchema.migrations(heads)
    }

    /// The policies as they are in a transaction.
    package func book(_ transaction: Transaction) throws -> PolicyBook { try shelf.book(transaction, people.states) }

    func recogniser(_ transaction: Transaction, _ reach: Reach? = nil) throws -> Recogniser {
        Recogniser(
            transaction: transaction, people: people, book: try book(transaction), now: people.outside.now(),
            reach: reach)
    }

    func keeper(_ transaction: Transaction) throws -> StandingKeeper {
        StandingKeeper(transaction: transaction, people: people, book: try book(transaction), now: people.outside.now())
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
    package func page(_ transaction: Transaction) throws -> RecognitionPage {
        RecognitionPage(recogniser: try recogniser(transaction))
    }

    /// What is now known of these people is held against all that they brought. Answers what was entered and taken
    /// back.
    @discardableResult
    package func learn(_ people: Set<ID<Person>>, _ transaction: Transaction) throws -> [LedgerEntry] {
        let store = PersonStore(transaction, self.people)
        let roots = Set(try people.map { try store.root(of: $0) })
        let recogniser = try recogniser(transaction)
        let changed = try roots.sorted().flatMap { try recogniser.redecide($0, .learned) }
        try recogniser.follow()
        return changed
    }
}

/// Submissions one after the other; the standings follow at the end, and ``finish()`` has to be called for that.
package struct RecognitionPage {
    let recogniser: Recogniser

    package func take(_ submission: Submission) throws -> Recognition { try recogniser.take(submission) }
    package func finish() throws { try recogniser.follow() }
}

// MARK: - One human, two numbers

extension Registry {
    /// Lets one person stand for another; standings fold over both from now on.
    package func merge(_ person: ID<Person>, into target: ID<Person>, reason: String) async throws {
        try await database.write { transaction in
            try PersonStore(transaction, people).merge(person, into: target, reason: reason)
            try AuditStore(transaction, people).record(
                .mergePerson, .person(person), about: person, ["into": "\(target)"])
            try keeper(transaction).clear(person)
            try refresh([target], try years([person, target], transaction), transaction)
        }
    }

    /// Undoes it; answers whom the person stood for.
    package func unmerge(_ person: ID<Person>, reason: String) async throws -> ID<Person> {
        try await database.write { transaction in
            let target = try PersonStore(transaction, people).unmerge(person, reason: reason)
            try AuditStore(transaction, people).record(
                .unmergePerson, .person(person), about: person, ["from": "\(target)"])
            try refresh([target, person], try years([person, target], transaction), transaction)
            return target
        }
    }

    /// The years in which something was entered for any of these.
    private func years(_ people: [ID<Person>], _ transaction: Transaction) throws -> Set<Year> {
        try people.reduce(into: []) { years, person in
            years.formUnion(try StandingStore(transaction, self.people).dossier([person]).years)
        }
    }

    /// What each brought is decided again, since the history that it is judged by has changed, and standings follow.
    private func refresh(_ roots: [ID<Person>], _ years: Set<Year>, _ transaction: Transaction) throws {
        let recogniser = try recogniser(transaction)
        for root in roots { try recogniser.redecide(root, .learned, touching: years) }
        try recogniser.follow()
    }
}

// MARK: - Years out

/// A year as its person would read it.
package struct YearReading: Sendable {
    package let person: Person
    package let dossier: Dossier
    package let standings: [PersonYear]
    package let state: YearState
    /// The evidence of what stands in the year and of what is refused, by its owner and number.
    package let evidence: [EvidencePlace: HeldEvidence]
    /// Evidence that is credited nowhere: with the reason.
    package let refused: [(evidence: HeldEvidence, words: String)]
    /// The settled versions of this year: policy, version, why, when.
    package let settled: [SettledStanding]
    package let book: PolicyBook
    package let today: Day
}

package struct EvidencePlace: Hashable, Sendable {
    let person: ID<Person>
    let number: Int
}

extension LedgerEntry {
    /// Where the evidence is that it came of.
    fileprivate var place: EvidencePlace { EvidencePlace(person: person, number: evidence) }
}

/// Everything that was entered for a person, and what it was entered for.
package struct PersonLedger: Sendable {
    package let entries: [LedgerEntry]
    fileprivate let evidence: [EvidencePlace: HeldEvidence]
    let book: PolicyBook

    package func policy(of entry: LedgerEntry) -> Policy? { book.all[entry.policy.number]?.policy }

    /// What the item calls itself, as it is held now; empty where its kind has no name for it.
    package func title(of entry: LedgerEntry) -> String {
        guard let held = evidence[entry.place]?.evidence else { return "" }
        return policy(of: entry)?.kind(held.kind)?.title(of: held) ?? ""
    }
}

extension YearReading {
    /// The years in which something is asked of the person or entered, the newest first.
    package func years(through last: Year) -> [Year] {
        let first = book.all.values.map(\.policy.firstYear).min() ?? last
        let years = first <= last ? (first.number...last.number).map { Year($0) } : []
        let entered = dossier.years
        return entered.union(dossier.asked(years.filter { !entered.contains($0) }, book)).sorted(by: >)
    }

    /// That a standing is not the one that was settled, where it is not.
    package func difference(of item: PersonYear) -> String? {
        guard let settled = settled.last(where: { $0.place == item.place }), settled.body != item.body else {
            return nil
        }
        return "与已结算的第 \(settled.version) 版不同：以已结算的为准，年度重新开放并结算后更新"
    }

    package func evidence(of entry: LedgerEntry) -> HeldEvidence? {
        evidence[entry.place]
    }
}

extension Registry {
    /// Failure: `person.unknown`.
    package func year(_ year: Year, of person: ID<Person>) async throws -> YearReading {
        try await database.read { try self.year(year, of: person, $0) }
    }

    /// The same beside what else is read in a transaction.
    package func year(_ year: Year, of person: ID<Person>, _ transaction: Transaction) throws -> YearReading {
        let persons = PersonStore(transaction, people)
        guard let asked = try persons.find(person), let found = try asked.alias.map(persons.find) ?? asked else {
            throw Failure.noPerson(person)
        }
        let root = found.number
        let book = try book(transaction)
        let family = try persons.family(of: root)
        let dossier = try StandingStore(transaction, people).dossier(family)
        let settlements = SettlementStore(transaction, people)
        let (years, settled) = (try settlements.years(), try settlements.versions(root))
        let newest = settled.reduce(into: [:]) { $0[$1.place] = $1 }
        let standings = dossier.standings(touching: year, book, Frozen(newest, years, book))
        let refusals = try family.flatMap { member in
            try DecisionStore(transaction).refusals(of: member).sorted { $0.key < $1.key }.map { number, words in
                (place: EvidencePlace(person: member, number: number), words: words)
            }
        }
        let evidence = try evidence(
            Set(standings.flatMap(\.entries).map(\.place)).union(refusals.map(\.place)), of: family, transaction)
        return YearReading(
            person: found, dossier: dossier, standings: standings, state: years.state(of: year),
            evidence: evidence,
            refused: refusals.compactMap { refusal in evidence[refusal.place].map { ($0, refusal.words) } },
            settled: settled.filter { $0.year == year }, book: book, today: people.outside.today)
    }

    private func evidence(
        _ wanted: Set<EvidencePlace>, of family: [ID<Person>], _ transaction: Transaction
    ) throws -> [EvidencePlace: HeldEvidence] {
        let store = EvidenceStore(transaction)
        let held = try family.flatMap { member in
            try store.all(of: member) { wanted.contains(EvidencePlace(person: member, number: $0)) }
        }
        return held.reduce(into: [:]) { $0[EvidencePlace(person: $1.person, number: $1.number)] = $1 }
    }

    /// All entries of a person and of those merged into this one, reversals too.
    package func ledger(of person: ID<Person>) async throws -> PersonLedger {
        try await database.read { transaction in
            let persons = PersonStore(transaction, people)
            let family = try persons.family(of: persons.root(of: person))
            let held = try family.flatMap { try EvidenceStore(transaction).all(of: $0) }
            return PersonLedger(
                entries: try family.flatMap { try LedgerStore(transaction).all(of: $0) },
                evidence: held.reduce(into: [:]) { $0[EvidencePlace(person: $1.person, number: $1.number)] = $1 },
                book: try book(transaction))
        }
    }

    /// A person in the list of a year.
    package typealias Listed = (person: ID<Person>, name: String, unit: Organisation?, items: [PersonYear])

    /// Everybody who stands for oneself with the standings in a year, some at a time in the order of their numbers. The
    /// next ones are read while some are taken.
    package func standings(_ year: Year, _ take: ([Listed]) throws -> Void) async throws {
        let pages = try await database.read { transaction in
            _ = try people.organisations(transaction)
            let last = try PersonStore(transaction, people).last()
            return stride(from: 1, through: last, by: Self.page).map { $0...min($0 + Self.page - 1, last) }
        }
        try await inOrder(
            pages, ahead: { page in try await database.read { try listed(year, page, $0) } },
            then: { _, page in try take(page) })
    }

    /// A list: no verdict rests on it, so its rows are not held against their codes.
    private func listed(_ year: Year, _ range: ClosedRange<Int>, _ transaction: Transaction) throws -> [Listed] {
        let (first, last) = (range.lowerBound, range.upperBound)
        let persons = PersonStore(transaction, people)
        let roots = try persons.roots(after: first - 1, through: last)
        let (book, names) = (try book(transaction), try persons.names(from: first, through: last))
        let frozen = try transaction.withoutChecks {
            try SettlementStore(transaction, people).frozen(from: first, through: last, book)
        }
        let dossiers = try transaction.withoutChecks {
            try StandingStore(transaction, people).dossiers(roots, under: book.keys(touching: year))
        }
        return dossiers.map { dossier in
            let number = dossier.root.number
            return (
                dossier.root, names[number] ?? "", dossier.history.unit(on: year.period.to),
                dossier.standings(touching: year, book, frozen[number] ?? Frozen())
            )
        }
    }
}
