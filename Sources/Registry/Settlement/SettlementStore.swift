import Database
import Integrity
import Kernel
import People
import Policy
import Signing

struct SettlementStore {
    let transaction: Transaction
    let people: People

    init(_ transaction: Transaction, _ people: People) { (self.transaction, self.people) = (transaction, people) }

    /// The states of all years. Failures: `database.forged`, `settlement.years`.
    func years() throws -> YearStates {
        try people.states.remembered(.year, transaction) { states in
            let years = YearStates(try read())
            try years.check(states)
            return years
        }
    }

    /// All changes, by year and in their order.
    private func read() throws -> [YearStateChange] {
        try transaction.rows(
            "SELECT \(SettlementSchema.yearState.selection("y")) FROM year_state y ORDER BY y.year, y.turn"
        ) { row -> YearStateChange? in
            try row.check(SettlementSchema.yearState)
            guard let state = YearState(rawValue: try row.text(2)) else { return nil }
            return YearStateChange(year: try row.year(0), turn: try row.int(1), state: state, decided: try row.int(4))
        }.compactMap { $0 }
    }

    /// Records the changes of years from before the state log existed.
    static func logYears(_ transaction: Transaction) throws {
        let turns = try transaction.rows(
            "SELECT year, turn, state, decided FROM year_state ORDER BY decided, year, turn"
        ) { (year: try $0.int(0), value: "\(try $0.int(1)) \(try $0.text(2))", at: try $0.int(3)) }
        for turn in turns {
            try StateLog.record(StateChange(.year, "\(turn.year)", turn.value), at: turn.at, transaction)
        }
    }

    func put(_ state: YearState, of year: Year, reason: String, at now: Int) throws {
        let turn = YearStateChange(year: year, turn: try years().turns(of: year) + 1, state: state, decided: now)
        try transaction.insert([year, turn.turn, state.rawValue, reason, now], into: SettlementSchema.yearState)
        try people.states.record(StateChange(.year, "\(year)", turn.change), transaction)
    }

    private static let columns: SQL = "SELECT \(SettlementSchema.settled.selection("s")) FROM settled s"

    /// The newest settled versions of these people: by person, then by policy and first day.
    func latest(from: Int, through: Int) throws -> [Int: [StandingKey: SettledStanding]] {
        var latest: [Int: [StandingKey: SettledStanding]] = [:]
        try each(from: from, through: through) { latest[$0.person, default: [:]][$0.place] = $0 }
        return latest
    }

    /// All settled versions of one person, by policy and first day, the oldest first.
    func versions(_ person: ID<Person>) throws -> [SettledStanding] {
        var versions: [SettledStanding] = []
        try each(from: person.number, through: person.number) { versions.append($0) }
        return versions
    }

    private func each(from: Int, through: Int, _ body: (SettledStanding) -> Void) throws {
        let years = try years()
        if years.isEmpty { return }
        try transaction.each(
            """
            \(Self.columns) WHERE s.person >= \(from) AND s.person <= \(through)
            ORDER BY s.person, s.policy_key, s.period_from, s.version
            """
        ) { row in
            try row.check(SettlementSchema.settled)
            let (year, settled) = (try row.year(4), try row.int(10))
            body(
                SettledStanding(
                    person: try row.int(0), place: StandingKey(key: try row.text(1), from: try row.day(2)),
                    version: try row.int(3), year: year, policy: try row.int(5), outcome: try row.text(6),
                    body: try row.text(7), hash: try row.bytes(8), reason: try row.text(9), settled: settled,
                    turn: try row.optionalInt(11) ?? years.turn(of: year, at: settled)))
        }
    }

    /// Version and outcome of the newest version of one settled standing.
    func newest(_ person: ID<Person>, _ place: StandingKey) throws -> (version: Int, outcome: String)? {
        try transaction.first(
            """
            \(Self.columns) WHERE s.person = \(person) AND s.policy_key = \(place.key)
              AND s.period_from = \(place.from)
            ORDER BY s.version DESC LIMIT 1
            """
        ) { row in
            try row.check(SettlementSchema.settled)
            return (try row.int(3), try row.text(6))
        }
    }

    /// The people for whom alone a year was opened again and who are not settled since, by number.
    func openedAlone(in year: Year) throws -> [ID<Person>] {
        try transaction.rows(
            """
            SELECT DISTINCT s.person FROM settled s WHERE s.year = \(year) AND s.turn = 0
              AND NOT EXISTS (SELECT 1 FROM settled n
                              WHERE n.person = s.person AND n.policy_key = s.policy_key
                                AND n.period_from = s.period_from AND n.version > s.version)
            ORDER BY s.person
            """
        ) { try $0.id(0) }
    }

    func settledPeriods(_ root: ID<Person>, _ book: PolicyBook) throws -> SettledPeriods {
        try settledPeriods(from: root.number, through: root.number, book)[root.number] ?? SettledPeriods()
    }

    /// The settled periods of these people, without keeping their settled versions in memory.
    func settledPeriods(from: Int, through: Int, _ book: PolicyBook) throws -> [Int: SettledPeriods] {
        let years = try years()
        guard !years.isEmpty else { return [:] }
        var newest: [Int: [(place: StandingKey, item: SettledPeriods.Item?)]] = [:]
        try transaction.each(
            """
            \(Self.columns) WHERE s.person >= \(from) AND s.person <= \(through)
            ORDER BY s.person, s.policy_key, s.period_from, s.version
            """
        ) { row in
            try row.check(SettlementSchema.settled)
            let person = try row.int(0)
            let place = StandingKey(key: try row.text(1), from: try row.day(2))
            var item: SettledPeriods.Item?
            let year = try row.year(4)
            let turn = try row.optionalInt(11) ?? years.turn(of: year, at: row.int(10))
            if years.isFrozen(year, turn), let version = book.all[try row.int(5)] {
                let period = row.withBytes(7) { StandingCodec.head($0)?.period }
                item = period.map { SettledPeriods.Item(period: $0, version: version) }
            }
            if newest[person]?.last?.place == place { newest[person]?.removeLast() }
            newest[person, default: []].append((place, item))
        }
        return newest.mapValues { SettledPeriods($0.compactMap(\.item)) }
    }

    /// Adds a version with the same body that is not frozen.
    func reopen(_ standing: SettledStanding, reason: String, at now: Int) throws {
        try transaction.insert(
            [
                standing.person, standing.key, standing.place.from, standing.version + 1, standing.year,
                standing.policy, standing.outcome, standing.body, standing.hash, reason, now, 0,
            ], into: SettlementSchema.settled)
    }

    func add(_ item: StandingText, version: Int, turn: Int, reason: String, at now: Int) throws {
        try transaction.insert(
            [
                item.person, item.place.key, item.place.from, version, item.year, item.version.number,
                item.outcome.rawValue, item.body, sha256(item.body.utf8), reason, now, turn,
            ], into: SettlementSchema.settled)
    }
}
