import Database
import Kernel
import People
import Policy

struct StandingStore {
    let transaction: Transaction
    let people: People

    init(_ transaction: Transaction, _ people: People) { (self.transaction, self.people) = (transaction, people) }

    private static let columns: SQL = "SELECT \(StandingSchema.table.selection("s")) FROM standing s"

    func history(of family: [ID<Person>]) throws -> History {
        let employments = EmploymentStore(transaction, people)
        var whole = History()
        for member in family {
            let one = try employments.histories(from: member.number, through: member.number)[member.number] ?? History()
            whole.employments += one.employments
            whole.facts += one.facts
        }
        return whole
    }

    func standingInput(_ family: [ID<Person>]) throws -> StandingInput {
        let ledger = LedgerStore(transaction)
        let entries = try family.flatMap { try ledger.unreversed(of: $0) }
        return StandingInput(family: family, history: try history(of: family), entries: entries)
    }

    /// The inputs of these people, none of whom is merged into another, with one query for each table. With
    /// `policies`, only the entries that the filter selects.
    func standingInputs(_ roots: [ID<Person>], under policies: EntryFilter? = nil) throws -> [StandingInput] {
        guard let first = roots.first?.number, let last = roots.last?.number else { return [] }
        let histories = try EmploymentStore(transaction, people).histories(from: first, through: last)
        let entries = try LedgerStore(transaction).unreversedByPerson(from: first, through: last, under: policies)
        let merged = Set(try PersonStore(transaction, people).aliases(from: first, through: last).map(\.root))
        return try roots.map { root in
            if merged.contains(root.number) {
                return try standingInput(PersonStore(transaction, people).family(of: root))
            }
            return StandingInput(
                family: [root], history: histories[root.number] ?? History(), entries: entries[root.number] ?? [])
        }
    }

    /// The stored texts of these people, by person, policy and first day.
    func kept(from: Int, through: Int) throws -> [Int: [StandingKey: (year: Year, body: String)]] {
        var kept: [Int: [StandingKey: (year: Year, body: String)]] = [:]
        try transaction.each(
            """
            \(Self.columns) WHERE s.person >= \(from) AND s.person <= \(through)
            """
        ) { row in
            try row.check(StandingSchema.table)
            let place = StandingKey(key: try row.text(1), from: try row.day(2))
            kept[try row.int(0), default: [:]][place] = (try row.year(3), try row.text(6))
        }
        return kept
    }

    /// The stored rows of a year for these people, whose numbers may be far apart; by person and policy.
    ///
    /// The year is an expression (`+s.year`), here and below. Otherwise SQLite uses the index on the year and reads the
    /// whole year.
    func kept(
        _ year: Year, of people: [ID<Person>]
    ) throws -> [(person: ID<Person>, policy: Int, body: String)] {
        var rows: [(person: ID<Person>, policy: Int, body: String)] = []
        for start in stride(from: 0, to: people.count, by: Self.group) {
            let some = people[start..<min(start + Self.group, people.count)]
            // The last one is repeated up to a fixed length, so that one statement serves every list.
            let whole = some + Array(repeating: some[some.endIndex - 1], count: Self.group - some.count)
            try transaction.each(
                """
                \(Self.columns) WHERE s.person IN \(SQL.list(whole)) AND +s.year = \(year)
                ORDER BY s.person, s.policy_key, s.period_from
                """
            ) { row in
                try row.check(StandingSchema.table)
                rows.append((try row.id(0), try row.int(4), try row.text(6)))
            }
        }
        return rows
    }

    private static let group = 50

    /// The people with a standing of this outcome in a year, by number: at most `limit` after `person`.
    func people(_ year: Year, _ outcome: Outcome, after person: Int, limit: Int) throws -> [ID<Person>] {
        try transaction.rows(
            """
            SELECT DISTINCT person FROM standing
            WHERE year = \(year) AND outcome = \(outcome.rawValue) AND person > \(person)
            ORDER BY person LIMIT \(limit)
            """
        ) { try $0.id(0) }
    }

    /// The outcome of each stored standing of these people: person, year, outcome, and whether it has waivers.
    func outcomes(_ range: ClosedRange<Int>, _ body: (Int, Year, String, Bool) throws -> Void) throws {
        try transaction.each(
            """
            SELECT person, year, outcome, CASE WHEN waivers = '' THEN 0 ELSE 1 END FROM standing
            WHERE person >= \(range.lowerBound) AND person <= \(range.upperBound)
            """
        ) { try body(try $0.int(0), try $0.year(1), try $0.text(2), try $0.flag(3)) }
    }

    /// The stored texts of these people in a year, by person.
    func kept(in year: Year, from: Int, through: Int) throws -> [Int: [(place: StandingKey, body: String)]] {
        var kept: [Int: [(place: StandingKey, body: String)]] = [:]
        try transaction.each(
            """
            \(Self.columns) WHERE s.person >= \(from) AND s.person <= \(through) AND +s.year = \(year)
            """
        ) { row in
            try row.check(StandingSchema.table)
            let place = StandingKey(key: try row.text(1), from: try row.day(2))
            kept[try row.int(0), default: []].append((place, try row.text(6)))
        }
        return kept
    }

    func put(_ item: StandingText) throws {
        try transaction.put(
            [
                item.person, item.place.key, item.place.from, item.year, item.version.number, item.outcome.rawValue,
                item.body, item.waivers,
            ], into: StandingSchema.table)
    }

    func drop(_ person: ID<Person>, place: StandingKey) throws {
        try transaction.execute(
            """
            DELETE FROM standing WHERE person = \(person) AND policy_key = \(place.key)
              AND period_from = \(place.from)
            """)
    }
}

extension ComputedStanding {
    var place: StandingKey { StandingKey(key: version.key, from: standing.period.from) }
}

/// A standing as it is stored and settled: the outcome and the text, without the input.
struct StandingText: Sendable {
    let person: ID<Person>
    let version: PolicyVersion
    let period: Period
    let outcome: Outcome
    let body: String
    /// The waivers, by their positions in the policy.
    let waivers: String

    init(_ item: ComputedStanding) {
        (person, version, body) = (item.person, item.version, item.body)
        (period, outcome) = (item.standing.period, item.standing.outcome)
        waivers = item.standing.waivers.isEmpty ? "" : item.standing.waivers.map(String.init).joined(separator: " ")
    }

    /// The calendar year in which the period ends.
    var year: Year { period.to.year }
    /// Policy and first day, which identify a stored standing of a person.
    var place: StandingKey { StandingKey(key: version.key, from: period.from) }
}

/// Identifies one of a person's standings: the policy, and the first day of the period.
struct StandingKey: Hashable, Comparable {
    let key: String
    let from: Day

    static func < (a: Self, b: Self) -> Bool { a.key == b.key ? a.from < b.from : a.key < b.key }
}
