import Database
import Integrity
import Kernel
import People
import Policy
import Signing

/// Where a year stands: 开放、结算中、已结算.
package enum YearState: String, Sendable {
    case open
    case closing
    case settled
}

/// A standing as it was settled, the newest version.
struct SettledStanding {
    let version: Int
    let year: Year
    let policy: Int
    let key: String
    let outcome: String
    let body: String
    let hash: [UInt8]
    /// Milliseconds since 1970.
    let settled: Int

    /// The body says its period and outcome; the hash says that it is the body that was settled.
    var isWhole: Bool {
        let lines = body.utf8.split(separator: 10, maxSplits: 3)
        return lines.count == 4 && lines[2].starts(with: "outcome \(outcome) ".utf8) && sha256(body.utf8) == hash
    }

    var period: Period? { Self.period(in: body.utf8) }

    /// The second line says it: `period 2022-01-01 2022-12-31`.
    static func period(in body: some Collection<UInt8>) -> Period? {
        let lines = body.split(separator: 10, maxSplits: 2)
        guard lines.count == 3 else { return nil }
        let words = lines[1].split(separator: 32)
        guard words.count == 3, words[0].elementsEqual("period".utf8),
            let from = Day(String(decoding: words[1], as: UTF8.self)),
            let to = Day(String(decoding: words[2], as: UTF8.self))
        else { return nil }
        return Period(from: from, to: to)
    }
}

struct SettlementStore {
    let transaction: Transaction
    let people: People

    init(_ transaction: Transaction, _ people: People) { (self.transaction, self.people) = (transaction, people) }

    /// One change of a year's state.
    private struct Turn {
        let year: Year
        let turn: Int
        let state: YearState
        let decided: Int
    }

    /// All changes, by year and in their order, none of them missing. Failures: `database.forged`, `settlement.years`.
    private func turns() throws -> [Turn] {
        let turns = try transaction.rows(
            "SELECT \(SettlementSchema.yearState.selection("y")) FROM year_state y ORDER BY y.year, y.turn"
        ) { row -> Turn? in
            try row.check(SettlementSchema.yearState)
            guard let state = YearState(rawValue: try row.text(2)) else { return nil }
            return Turn(year: try row.year(0), turn: try row.int(1), state: state, decided: try row.int(4))
        }.compactMap { $0 }
        let states = try people.states.states(transaction)
        guard states.count(.year) == turns.count else { throw Failure.yearsAltered }
        for (place, turn) in turns.enumerated() where place + 1 == turns.count || turns[place + 1].year != turn.year {
            guard states.value(.year, "\(turn.year)") == Self.value(turn.turn, turn.state) else {
                throw Failure.yearsAltered
            }
        }
        return turns
    }

    /// The changes of years that were made before changes of state were kept.
    static func logYears(_ transaction: Transaction) throws {
        let turns = try transaction.rows(
            "SELECT year, turn, state, decided FROM year_state ORDER BY decided, year, turn"
        ) { (year: try $0.int(0), value: "\(try $0.int(1)) \(try $0.text(2))", at: try $0.int(3)) }
        for turn in turns {
            try StateLog.record(StateChange(.year, "\(turn.year)", turn.value), at: turn.at, transaction)
        }
    }

    private static func value(_ turn: Int, _ state: YearState) -> String { "\(turn) \(state.rawValue)" }

    func state(of year: Year) throws -> YearState { try turns().last { $0.year == year }?.state ?? .open }

    /// The years that are settled or being settled, each with when it was last opened again (0 for never): what was
    /// settled after that is frozen.
    func frozenYears() throws -> [Year: Int] {
        var opened: [Year: Int] = [:]
        var frozen: [Year: Int] = [:]
        for turn in try turns() {
            if turn.state == .open {
                opened[turn.year] = turn.decided
                frozen[turn.year] = nil
            } else {
                frozen[turn.year] = opened[turn.year] ?? 0
            }
        }
        return frozen
    }

    /// When each year was last opened again.
    func openings() throws -> [Year: Int] {
        try turns().reduce(into: [:]) { openings, turn in
            if turn.state == .open { openings[turn.year] = max(openings[turn.year] ?? 0, turn.decided) }
        }
    }

    /// Whether the year was ever opened again.
    func wasReopened(_ year: Year) throws -> Bool {
        try turns().contains { $0.year == year && $0.state == .open }
    }

    func states() throws -> [(year: Year, state: YearState)] {
        let states = try turns().reduce(into: [Year: YearState]()) { $0[$1.year] = $1.state }
        return states.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }

    func put(_ state: YearState, of year: Year, reason: String, at now: Int) throws {
        let turn = (try turns().last { $0.year == year }?.turn ?? 0) + 1
        try transaction.insert([year, turn, state.rawValue, reason, now], into: SettlementSchema.yearState)
        try people.states.record(StateChange(.year, "\(year)", Self.value(turn, state)), transaction)
    }

    private static let columns: SQL = "SELECT \(SettlementSchema.settled.selection("s")) FROM settled s"

    /// The newest settled versions of these people: by person, then by policy and first day.
    func latest(from: Int, through: Int) throws -> [Int: [StandingPlace: SettledStanding]] {
        var latest: [Int: [StandingPlace: SettledStanding]] = [:]
        try transaction.each(
            """
            \(Self.columns) WHERE s.person >= \(from) AND s.person <= \(through)
            ORDER BY s.person, s.policy_key, s.period_from, s.version
            """
        ) { row in
            try row.check(SettlementSchema.settled)
            let key = try row.text(1)
            let place = StandingPlace(key: key, from: try row.day(2))
            latest[try row.int(0), default: [:]][place] = SettledStanding(
                version: try row.int(3), year: try row.year(4), policy: try row.int(5), key: key,
                outcome: try row.text(6), body: try row.text(7), hash: try row.bytes(8), settled: try row.int(10))
        }
        return latest
    }

    /// Version and outcome of the newest version of one settled standing.
    func newest(_ person: ID<Person>, _ place: StandingPlace) throws -> (version: Int, outcome: String)? {
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

    func frozen(_ root: ID<Person>, _ book: PolicyBook) throws -> Frozen {
        try frozen(from: root.number, through: root.number, frozenYears(), book)[root.number] ?? Frozen()
    }

    /// What is frozen of each of these people, without holding what was settled.
    func frozen(from: Int, through: Int, _ years: [Year: Int], _ book: PolicyBook) throws -> [Int: Frozen] {
        guard !years.isEmpty else { return [:] }
        var newest: [Int: [(place: StandingPlace, item: Frozen.Item?)]] = [:]
        try transaction.each(
            """
            \(Self.columns) WHERE s.person >= \(from) AND s.person <= \(through)
            ORDER BY s.person, s.policy_key, s.period_from, s.version
            """
        ) { row in
            try row.check(SettlementSchema.settled)
            let person = try row.int(0)
            let place = StandingPlace(key: try row.text(1), from: try row.day(2))
            var item: Frozen.Item?
            if let opened = years[try row.year(4)], try row.int(10) > opened, let version = book.all[try row.int(5)] {
                let period = row.withBytes(7) { SettledStanding.period(in: $0) }
                item = period.map { Frozen.Item(period: $0, version: version) }
            }
            if newest[person]?.last?.place == place { newest[person]?.removeLast() }
            newest[person, default: []].append((place, item))
        }
        return newest.mapValues { Frozen($0.compactMap(\.item)) }
    }

    func add(_ item: StandingText, version: Int, reason: String, at now: Int) throws {
        try transaction.insert(
            [
                item.person, item.place.key, item.place.from, version, item.year, item.version.number,
                item.outcome.rawValue, item.body, sha256(item.body.utf8), reason, now,
            ], into: SettlementSchema.settled)
    }

    /// The versions of one settled standing, the oldest first: version, body, reason, when.
    func versions(_ person: ID<Person>, year: Year) throws -> [SettledVersion] {
        try transaction.rows(
            """
            \(Self.columns) WHERE s.person = \(person) AND s.year = \(year)
            ORDER BY s.policy_key, s.period_from, s.version
            """
        ) { row in
            try row.check(SettlementSchema.settled)
            return SettledVersion(
                place: StandingPlace(key: try row.text(1), from: try row.day(2)), version: try row.int(3),
                reason: try row.text(9), at: try row.int(10), body: try row.text(7))
        }
    }
}

extension Failure {
    fileprivate static let yearsAltered = Failure(
        .damaged, "settlement.years", "年度状态与变更记录不符：有结算或重新开放的记录被删除或换回旧的。请停止写入，从备份恢复。",
        en: "The states of the years are not those of the changes of state. Stop writing, restore a backup.")
}

extension Frozen {
    init(_ settled: [StandingPlace: SettledStanding], _ years: [Year: Int], _ book: PolicyBook) {
        self.init(
            settled.sorted { $0.key < $1.key }.compactMap { _, standing in
                guard let opened = years[standing.year], standing.settled > opened, let period = standing.period,
                    let version = book.all[standing.policy]
                else { return nil }
                return Item(period: period, version: version)
            })
    }
}

/// One of the settled versions of a standing: why it was made, and when (milliseconds since 1970).
package struct SettledVersion: Sendable {
    let place: StandingPlace
    package let version: Int
    package let reason: String
    package let at: Int
    package let body: String

    package var key: String { place.key }

    package var words: String { "第 \(version) 版，\(Day(milliseconds: at))，\(Self.reasons[reason] ?? reason)" }

    private static let reasons = ["settle": "年度结算", "entries": "结算后学时有变动"]
}
