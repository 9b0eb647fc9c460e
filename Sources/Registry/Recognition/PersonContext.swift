import Kernel
import People
import Policy

/// The data by which the items of one person are decided. It is read once for all of them.
struct PersonContext {
    /// The person first, then those merged into this one.
    let family: [ID<Person>]
    let settledPeriods: SettledPeriods
    let evaluator: Evaluator
    /// The basis as it is stored with each decision.
    let basis: DecisionBasisText

    var root: ID<Person> { family[0] }
}

extension Recogniser {
    /// Failure: `person.unknown`.
    func personContext(of number: ID<Person>) throws -> PersonContext {
        if let known = cache.contexts[number] { return known }
        guard let person = try PersonStore(transaction, people).find(number) else { throw Failure.noPerson(number) }
        return try personContext(of: person)
    }

    /// The same for a person that was found already.
    func personContext(of person: Person) throws -> PersonContext {
        if let known = cache.contexts[person.number] { return known }
        let family = try PersonStore(transaction, people).family(of: person.alias ?? person.number)
        let history = try StandingStore(transaction, people).history(of: family)
        let settledPeriods = try SettlementStore(transaction, people).settledPeriods(family[0], book)
        let basis = DecisionBasis(history, settledPeriods, book)
        let context = PersonContext(
            family: family, settledPeriods: settledPeriods, evaluator: Evaluator(basis), basis: DecisionBasisText(basis)
        )
        cache.contexts[person.number] = context
        return context
    }
}

/// The data that one transaction has read and changed so far. It stays valid while items are taken.
final class RecogniserCache {
    var contexts: [ID<Person>: PersonContext] = [:]
    /// Items that are no longer credited although nobody submitted them again.
    var lost: [LostItem] = []
    private(set) var affected: [ID<Person>: Set<Year>] = [:]

    /// The standings of a person in these years must be updated.
    func touch(_ root: ID<Person>, _ years: some Sequence<Year>) { affected[root, default: []].formUnion(years) }

    /// Removes what was added after a savepoint that is rolled back.
    func restore(_ affected: [ID<Person>: Set<Year>], lost count: Int) {
        self.affected = affected
        lost.removeSubrange(count...)
    }

    /// The years to be updated by person; empty afterwards.
    func takeAffected() -> [ID<Person>: Set<Year>] {
        defer { affected = [:] }
        return affected
    }
}

/// An item that was credited and is refused now.
package struct LostItem: Sendable {
    package let person: ID<Person>
    /// The person, the item and the policy's reason.
    package let words: LocalizedText

    init(_ held: StoredEvidence, _ title: String?, _ refusal: LocalizedText) {
        person = held.person
        let name = title.map { "“\($0)”" } ?? ""
        words = LocalizedText(
            "人员 \(held.person) 第 \(held.number) 项\(name)不再计：\(refusal.chinese)",
            en: "Person \(held.person), item \(held.number)\(name): credited no longer: \(refusal.english)")
    }
}
