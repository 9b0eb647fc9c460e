import Database
import Kernel
import People
import Policy
import Registry
import Web

/// Reads the pages of an officer's people.
struct RosterReader: Sendable {
    let registry: Registry

    /// The number of people on a page.
    private static let size = 50
    /// The number of units that a search shows.
    private static let mostUnits = 20

    private var today: Day { registry.people.system.today }

    /// The person's entry in the officer's list. Failure: `desk.not-in-scope` if the person is outside the scope.
    func entry(of person: ID<Person>, for principal: Principal) async throws -> RosterEntry {
        let found = try await registry.database.read { transaction in
            try RosterStore(transaction, today: today).places(of: person, principal.scope()).first
        }
        guard let found else { throw Failure.notInScope }
        return found
    }

    /// A page of the list. Failure: `desk.no-scope`.
    func list(_ asked: Query, for principal: Principal) async throws -> RosterPage {
        try await registry.database.read { transaction in
            let scope = try principal.scope()
            let years = try registry.yearsAsked(through: today.year, transaction)
            let query = RosterQuery(asked, newest: years.first ?? today.year)
            let list = RosterList(registry: registry, scope: scope, query: query)
            let found = try list.page(limit: Self.size, transaction)
            let regions = try RegionStore(transaction).all()
            let isSettled = try registry.isSettled(query.year, transaction)
            let unit = try query.filter.unit.flatMap { try ownUnit($0, scope, transaction)?.name }
            let hoursRequirements = try registry.policies(asking: query.year, transaction).flatMap(\.hoursRequirements)
            let names = regions.names
            return RosterPage(
                scopeName: principal.name, query: query,
                selects: RosterPage.selects(of: list, years, regions, hoursRequirements, isSettled: isSettled),
                checks: CheckFields(
                    "show", "显示哪些列", RosterQuery.Column.allCases.map { .init($0.rawValue, $0.name) },
                    chosen: Set(query.columns.map(\.rawValue))),
                rows: found.people.map { line, kept in
                    RosterRow(
                        line, kept, region: names[line.region] ?? line.region.text, query, isSettled: isSettled)
                },
                next: found.next.map { query.link(after: $0) }, hasReachedScanLimit: found.hasReachedScanLimit,
                unit: unit ?? "", bundled: scope.ownUnit ?? query.filter.unit, search: RosterPages.searchPath.link(),
                logins: LoginBatchPages.link(query.filter.unit, for: principal))
        }
    }

    /// A unit within the officer's scope, and the scope. Failures: `desk.no-scope`,
    /// `desk.unit-not-in-scope`.
    func unit(
        _ number: ID<Organisation>, for principal: Principal
    ) async throws -> (scope: Scope, unit: Organisation) {
        try await registry.database.read { transaction in
            let scope = try principal.scope()
            guard let unit = try ownUnit(number, scope, transaction) else { throw Failure.unitNotInScope }
            return (scope, unit)
        }
    }

    /// `nil` if the unit is outside the scope.
    private func ownUnit(
        _ number: ID<Organisation>, _ scope: Scope, _ transaction: Transaction
    ) throws -> Organisation? {
        let isOwn = try RosterStore(transaction, today: today).contains(number, scope)
        return isOwn ? try OrganisationStore(transaction).find(number) : nil
    }
}

// MARK: - The search

extension RosterReader {
    /// The people and units that match the typed text. Failure: `desk.no-scope`.
    func search(_ form: Query, for principal: Principal) async throws -> SearchResultsPage {
        let words = form["words"]
        return try await registry.database.read { transaction in
            let scope = try principal.scope()
            let store = RosterStore(transaction, today: today)
            let unit: ID<Organisation>? = ID(form["unit"])
            let lines = try find(words, unit, scope, store, transaction)
            let years = try registry.yearsAsked(through: today.year, transaction)
            let query = RosterQuery(form, newest: years.first ?? today.year)
            let kept = try registry.kept(query.year, of: lines.map(\.person), transaction)
            let isSettled = try registry.isSettled(query.year, transaction)
            let units =
                words.isEmpty || unit != nil
                ? [] : try store.units(containing: words, scope, limit: Self.mostUnits + 1)
            return SearchResultsPage(
                words: words, query: query,
                rows: lines.prefix(Self.size).map {
                    RosterRow($0, kept[$0.person] ?? [], region: "", query, isSettled: isSettled)
                }, isMore: lines.count > Self.size, units: Array(units.prefix(Self.mostUnits)),
                hasMoreUnits: units.count > Self.mostUnits)
        }
    }

    private func find(
        _ words: String, _ unit: ID<Organisation>?, _ scope: Scope, _ store: RosterStore, _ transaction: Transaction
    ) throws -> [RosterEntry] {
        let people = PersonStore(transaction, registry.people)
        if words.isEmpty { return [] }
        let papers = IDNumber.all(words)
        if !papers.isEmpty {
            // Eight digits may be a permit's number or a person's number here. An unknown number takes the same time,
            // so the response time does not reveal whether the number exists.
            let number = ID<Person>(words).map { [$0] } ?? []
            let found = try papers.map { try people.find($0) }.map { $0?.alias ?? $0?.number ?? ID(0) }
            return try (number + found).flatMap { try store.places(of: $0, scope) }
        }
        if let number = ID<Person>(words) { return try store.places(of: number, scope) }
        // Names that were stored before they had one form are found as typed.
        for name in [NormalForm.personName(words), words] {
            let found =
                if let unit {
                    try store.named(containing: name, at: unit, scope, limit: Self.size + 1)
                } else {
                    try store.named(name, scope, limit: Self.size + 1)
                }
            if !found.isEmpty || name == words { return found }
        }
        return []
    }
}

/// Reads a page of a list from the index that suits the query, in steps, until the page is full or the scan limit is
/// reached. The time is bounded even if few people match.
struct RosterList {
    let registry: Registry
    let scope: Scope
    let query: RosterQuery

    /// The most people read for one page of an unsorted list.
    static let scanLimit = 1000
    private static let chunk = RosterStore.most

    typealias Listed = (line: RosterEntry, kept: [StoredStanding])

    struct Found: Sendable {
        var people: [Listed] = []
        /// The place of the next page; `nil` at the end.
        var next: String?
        /// The scan limit was reached before the page was full.
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
                // A person at two units stays on one page, which is then a line longer.
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

    /// The most people that are sorted; a larger list has the order of an index.
    static let sortable = 5000

    /// Whether the whole list is read and sorted: that of a unit, and a list by name of a part of the city, since the
    /// index of names covers the whole city.
    var isSorted: Bool {
        if isOfOneUnit { return query.order != .number }
        return query.order == .name
            && (scope != .everybody || query.filter.region != nil || !query.filter.nature.isEmpty)
    }

    /// Whether the list can be sorted by all columns.
    var isOfOneUnit: Bool { scope.isOneUnit || query.filter.unit != nil }

    /// A page of the sorted list, after the last person of the previous page; `nil` if the list is too long.
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

    /// The next people from the index, and the place after them; `nil` at the end.
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

    /// The list of one unit is read by unit.
    private var source: RosterQuery.IndexChoice { scope.isOneUnit ? .units : query.source }

    private func place(after person: ID<Person>) -> RosterCursor { RosterCursor(unit: 0, person: person.number) }

    /// The start of an unsorted list; `nil` for its beginning and for a place made for another list.
    var start: RosterCursor? {
        if source == .units { return RosterCursor(query.after) }
        return registry.people.person(at: query.after, in: list).map(place)
    }

    /// The place as text. A place by unit is within the scope; any other may be outside it and is encrypted.
    private func handedOut(_ place: RosterCursor) throws -> String {
        if source == .units { return place.description }
        return try registry.people.place(after: ID(place.person), in: list)
    }

    /// The identity of the list: scope and filters.
    private var list: String {
        let words = query.words.filter { $0.name != "show" }.map { "\($0.name)=\($0.value)" }
        return ([scope.text] + words).joined(separator: "\n")
    }
}
