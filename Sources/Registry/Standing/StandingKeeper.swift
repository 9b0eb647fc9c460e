import Database
import Kernel
import People
import Policy

/// Keeps standings true in the transaction that changes what they are made of.
struct StandingKeeper {
    let transaction: Transaction
    let people: People
    let book: PolicyBook
    let now: Int

    /// Recomputes a person's standings. Where a settled one changed by entries of these years, a new settled version is
    /// made beside the old. Answers how many kept standings changed.
    @discardableResult
    func refresh(_ root: ID<Person>, _ touched: Set<Year> = []) throws -> Int {
        let store = StandingStore(transaction, people)
        let settlements = SettlementStore(transaction)
        let dossier = try store.dossier(PersonStore(transaction, people).family(of: root))
        let kept = try store.kept(from: root.number, through: root.number)[root.number] ?? [:]
        let settled = try settlements.latest(from: root.number, through: root.number)[root.number] ?? [:]
        let frozen = Frozen(settled, try settlements.frozenYears(), book)
        var current: [String: PersonYear] = [:]
        let years = dossier.years.union(touched).union(kept.values.map(\.year)).union(settled.values.map(\.year))
        for year in years.sorted() {
            for item in dossier.standings(touching: year, book, frozen) { current[item.place] = item }
        }
        var changed = 0
        for (place, item) in current.sorted(by: { $0.key < $1.key }) {
            let body = item.body
            if kept[place]?.body != body {
                try store.put(item)
                changed += 1
            }
            guard let old = settled[place], old.body != body,
                frozen.version(item.version.key, from: item.standing.period.from) != nil,
                item.standing.period.years.contains(where: touched.contains)
            else { continue }
            try settlements.add(item, version: old.version + 1, reason: "entries", at: now)
        }
        for place in kept.keys where current[place] == nil {
            try store.drop(root, place: place)
            changed += 1
        }
        return changed
    }

    /// A person that stands for another has no standing of its own.
    func clear(_ person: ID<Person>) throws {
        let store = StandingStore(transaction, people)
        for place in (try store.kept(from: person.number, through: person.number)[person.number] ?? [:]).keys {
            try store.drop(person, place: place)
        }
    }
}
