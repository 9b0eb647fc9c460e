import Database
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

    init(_ transaction: Transaction) { self.transaction = transaction }

    func state(of year: Year) throws -> YearState {
        let word = try transaction.first(
            "SELECT state FROM year_state WHERE year = \(year) ORDER BY turn DESC LIMIT 1"
        ) { try $0.text(0) }
        return word.flatMap { YearState(rawValue: $0) } ?? .open
    }

    /// The years that are settled or being settled, each with when it was last opened again (0 for never): what was
    /// settled after that is frozen.
    func frozenYears() throws -> [Year: Int] {
        var opened: [Year: Int] = [:]
        var frozen: [Year: Int] = [:]
        try transaction.each("SELECT year, state, decided FROM year_state ORDER BY year, turn") { row in
            let year = try row.year(0)
            if try row.text(1) == YearState.open.rawValue {
                opened[year] = try row.int(2)
                frozen[year] = nil
            } else {
                frozen[year] = opened[year] ?? 0
            }
        }
        return frozen
    }

    /// When each year was last opened again.
    func openings() throws -> [Year: Int] {
        var openings: [Year: Int] = [:]
        try transaction.each("SELECT year, max(decided) FROM year_state WHERE state = 'open' GROUP BY year") {
            openings[try $0.year(0)] = try $0.int(1)
        }
        return openings
    }

    /// Whether the year was ever opened again.
    func wasReopened(_ year: Year) throws -> Bool {
        try transaction.exists("SELECT 1 FROM year_state WHERE year = \(year) AND state = 'open'")
    }

    func states() throws -> [(year: Year, state: YearState)] {
        var states: [Year: YearState] = [:]
        try transaction.each("SELECT year, state FROM year_state ORDER BY year, turn") { row in
            states[try row.year(0)] = YearState(rawValue: try row.text(1))
        }
        return states.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }

    func put(_ state: YearState, of year: Year, reason: String, at now: Int) throws {
        try transaction.execute(
            """
            INSERT INTO year_state (year, turn, state, reason, decided)
            SELECT \(year), coalesce(max(turn), 0) + 1, \(state.rawValue), \(reason), \(now)
            FROM year_state WHERE year = \(year)
            """)
    }

    /// The newest settled versions of these people: by person, then by policy and first day.
    func latest(from: Int, through: Int) throws -> [Int: [StandingPlace: SettledStanding]] {
        var latest: [Int: [StandingPlace: SettledStanding]] = [:]
        try transaction.each(
            """
            SELECT person, policy_key, period_from, version, year, policy, outcome, body, hash, settled FROM settled
            WHERE person >= \(from) AND person <= \(through) ORDER BY person, policy_key, period_from, version
            """
        ) { row in
            let key = try row.text(1)
            let place = StandingPlace(key: key, from: try row.day(2))
            latest[try row.int(0), default: [:]][place] = SettledStanding(
                version: try row.int(3), year: try row.year(4), policy: try row.int(5), key: key,
                outcome: try row.text(6), body: try row.text(7), hash: try row.bytes(8), settled: try row.int(9))
        }
        return latest
    }

    /// Version and outcome of the newest version of one settled standing.
    func newest(_ person: ID<Person>, _ place: StandingPlace) throws -> (version: Int, outcome: String)? {
        try transaction.first(
            """
            SELECT version, outcome FROM settled
            WHERE person = \(person) AND policy_key = \(place.key) AND period_from = \(place.from)
            ORDER BY version DESC LIMIT 1
            """
        ) { (try $0.int(0), try $0.text(1)) }
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
            SELECT person, policy_key, period_from, year, policy, settled, body FROM settled
            WHERE person >= \(from) AND person <= \(through) ORDER BY person, policy_key, period_from, version
            """
        ) { row in
            let person = try row.int(0)
            let place = StandingPlace(key: try row.text(1), from: try row.day(2))
            var item: Frozen.Item?
            if let opened = years[try row.year(3)], try row.int(5) > opened, let version = book.all[try row.int(4)] {
                let period = row.withBytes(6) { SettledStanding.period(in: $0) }
                item = period.map { Frozen.Item(period: $0, version: version) }
            }
            if newest[person]?.last?.place == place { newest[person]?.removeLast() }
            newest[person, default: []].append((place, item))
        }
        return newest.mapValues { Frozen($0.compactMap(\.item)) }
    }

    func add(_ item: StandingText, version: Int, reason: String, at now: Int) throws {
        try transaction.execute(
            """
            INSERT INTO settled (person, policy_key, period_from, version, year, policy, outcome, body, hash, reason,
                                 settled)
            VALUES (\(item.person), \(item.place.key), \(item.place.from), \(version), \(item.year),
                    \(item.version.number), \(item.outcome.rawValue), \(item.body), \(sha256(item.body.utf8)),
                    \(reason), \(now))
            """)
    }

    /// The versions of one settled standing, the oldest first: version, body, reason, when.
    func versions(_ person: ID<Person>, year: Year) throws -> [SettledVersion] {
        try transaction.rows(
            """
            SELECT policy_key, version, reason, settled, body, period_from FROM settled
            WHERE person = \(person) AND year = \(year) ORDER BY policy_key, period_from, version
            """
        ) {
            SettledVersion(
                place: StandingPlace(key: try $0.text(0), from: try $0.day(5)), version: try $0.int(1),
                reason: try $0.text(2), at: try $0.int(3), body: try $0.text(4))
        }
    }
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
