import Database
import Kernel
import People
import Registry

/// Reads a page of a list: so many people at a time, from the index of what is asked for, until the page is full or
/// enough was looked at. So it answers in a bounded time, however rare what is asked for.
struct RosterReader {
    let registry: Registry
    let scope: Scope
    let query: RosterQuery

    /// At most so many people are looked at for one page of a list that is not sorted.
    static let scanLimit = 1000
    private static let chunk = RosterStore.most

    typealias Listed = (line: RosterEntry, kept: [StoredStanding])

    struct Found: Sendable {
        var people: [Listed] = []
        /// Where the list goes on; `nil` at its end.
        var next: String?
        /// Enough was looked at before the page was full.
        var hasReachedScanLimit = false
    }

    func page(limit: Int, _ transaction: Transaction) throws -> Found {
        if isSorted, let found = try sorted(limit, transaction) { return found }
        let store = RosterStore(transaction, today: registry.people.system.today)
        var found = Found()
        var (place, looked) = (start, 0)
        while looked < Self.scanLimit {
            let (lines, next) = try some(after: place, store, transaction)
            let kept = try registry.kept(query.year, of: lines.map(\.person), transaction)
            for line in lines {
                guard query.admits(line, kept[line.person] ?? []) else { continue }
                // Whoever is at two units is not torn apart: a page is a line longer then.
                if found.people.count >= limit, let last = found.people.last?.line, last.person != line.person {
                    found.next = try handedOut(source == .units ? last.place : self.place(after: last.person))
                    return found
                }
                found.people.append((line, kept[line.person] ?? []))
            }
            guard let next else { return found }
            (place, looked) = (next, looked + Self.chunk)
        }
        (found.next, found.hasReachedScanLimit) = (try place.map(handedOut), true)
        return found
    }

    /// So many people are read to be sorted; a larger list keeps the order of an index.
    static let sortable = 5000

    /// Whether the whole list is read to be sorted: a unit's, and by name also that of a part of the city, which the
    /// names of all the city would lead past.
    var isSorted: Bool {
        if isOfOneUnit { return query.order != .number }
        return query.order == .name
            && (scope != .everybody || query.filter.region != nil || !query.filter.nature.isEmpty)
    }

    /// Whether the list can be sorted.
    var isOfOneUnit: Bool { scope.isOneUnit || query.filter.unit != nil }

    /// A page of the sorted list, which goes on after whoever stood last on the one before; `nil` of a list that is too
    /// long.
    private func sorted(_ limit: Int, _ transaction: Transaction) throws -> Found? {
        let store = RosterStore(transaction, today: registry.people.system.today)
        let lines = try store.page(scope, query.filter, after: nil, limit: Self.sortable + 1)
        guard lines.count <= Self.sortable else { return nil }
        let kept = try registry.kept(query.year, of: lines.map(\.person), transaction)
        let admitted: [Listed] = lines.map { ($0, kept[$0.person] ?? []) }.filter { query.admits($0.line, $0.kept) }
        let people = isOfOneUnit ? query.order.sorted(admitted) : RosterOrder.bySurname(admitted)
        let place = RosterCursor(query.after)
        let start = people.firstIndex { $0.line.place == place }.map { $0 + 1 } ?? 0
        var found = Found(people: Array(people[start...].prefix(limit)))
        if start + limit < people.count { found.next = found.people.last?.line.place.description }
        return found
    }

    /// Some people that the source leads to, and where it goes on; `nil` at its end.
    private func some(
        after place: RosterCursor?, _ store: RosterStore, _ transaction: Transaction
    ) throws -> (lines: [RosterEntry], next: RosterCursor?) {
        let people: [ID<Person>]
        let source = source
        switch source {
        case .units:
            let lines = try store.page(scope, query.filter, after: place, limit: Self.chunk)
            return (lines, lines.count == Self.chunk ? lines.last?.place : nil)
        case .level(let level):
            people = try store.holders(of: level, after: place?.person ?? 0, limit: Self.chunk)
        case .outcome(let outcome):
            people = try registry.people(
                query.year, outcome, after: place?.person ?? 0, limit: Self.chunk, transaction)
        case .names: people = try store.byName(after: place.map { ID($0.person) }, limit: Self.chunk)
        }
        let next = people.count == Self.chunk ? people.last.map { self.place(after: $0) } : nil
        let lines = try store.lines(of: people, scope, query.filter)
        guard source == .names else { return (lines, next) }
        let units = Dictionary(grouping: lines, by: \.person)
        return (people.flatMap { units[$0] ?? [] }, next)
    }

    /// A unit's own list is read from its people.
    private var source: RosterQuery.IndexChoice { scope.isOneUnit ? .units : query.source }

    private func place(after person: ID<Person>) -> RosterCursor { RosterCursor(unit: 0, person: person.number) }

    /// Where a list that is not sorted begins; `nil` at its beginning, and of a place that was not given out for it.
    var start: RosterCursor? {
        if source == .units { return RosterCursor(query.after) }
        return registry.people.person(at: query.after, in: list).map(place)
    }

    /// A place among the scope's own units says nothing else; any other may be that of a stranger.
    private func handedOut(_ place: RosterCursor) throws -> String {
        if source == .units { return place.description }
        return try registry.people.place(after: ID(place.person), in: list)
    }

    /// What the list is: whose, and what it was asked for.
    private var list: String {
        let words = query.words.filter { $0.name != "show" }.map { "\($0.name)=\($0.value)" }
        return ([scope.text] + words).joined(separator: "\n")
    }
}
