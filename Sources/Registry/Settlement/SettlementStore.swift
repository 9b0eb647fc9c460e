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
    let body: String
}

struct SettlementStore {
    let transaction: Transaction

    init(_ transaction: Transaction) { self.transaction = transaction }

    func state(of year: Year) throws -> YearState {
        try transaction.first("SELECT state FROM year_state WHERE year = \(year) ORDER BY turn DESC LIMIT 1")
            .flatMap { YearState(rawValue: try $0.text(0)) } ?? .open
    }

    /// The years that are settled or being settled: their standings are frozen.
    func frozenYears() throws -> Set<Year> {
        let rows = try transaction.rows(
            """
            SELECT s.year FROM year_state s WHERE s.state <> 'open'
              AND NOT EXISTS (SELECT 1 FROM year_state n WHERE n.year = s.year AND n.turn > s.turn)
            """)
        return try Set(rows.map { try $0.year(0) })
    }

    func states() throws -> [(year: Year, state: YearState)] {
        let rows = try transaction.rows("SELECT year, state FROM year_state ORDER BY year, turn")
        let states = try rows.reduce(into: [Year: YearState]()) { states, row in
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
    func latest(from: Int, through: Int) throws -> [Int: [String: SettledStanding]] {
        var latest: [Int: [String: SettledStanding]] = [:]
        try transaction.each(
            """
            SELECT person, policy_key, period_from, version, year, policy, body FROM settled
            WHERE person >= \(from) AND person <= \(through) ORDER BY person, policy_key, period_from, version
            """
        ) { row in
            let key = try row.text(1)
            latest[try row.int(0), default: [:]][key + "|" + (try row.text(2))] = SettledStanding(
                version: try row.int(3), year: try row.year(4), policy: try row.int(5), key: key, body: try row.text(6))
        }
        return latest
    }

    func frozen(_ root: ID<Person>, _ book: PolicyBook) throws -> Frozen {
        let years = try frozenYears()
        guard !years.isEmpty else { return Frozen() }
        return Frozen(try latest(from: root.number, through: root.number)[root.number] ?? [:], years, book)
    }

    func add(_ item: PersonYear, version: Int, reason: String, at now: Int) throws {
        let body = item.body
        try transaction.execute(
            """
            INSERT INTO settled (person, policy_key, period_from, version, year, policy, outcome, body, hash, reason,
                                 settled)
            VALUES (\(item.person), \(item.version.key), \(item.standing.period.from), \(version), \(item.year),
                    \(item.version.number), \(item.standing.outcome.rawValue), \(body), \(sha256(body.utf8)),
                    \(reason), \(now))
            """)
    }

    /// The versions of one settled standing, the oldest first: version, body, reason, when.
    func versions(_ person: ID<Person>, year: Year) throws -> [(key: String, version: Int, reason: String, at: Int)] {
        try transaction.rows(
            """
            SELECT policy_key, version, reason, settled FROM settled
            WHERE person = \(person) AND year = \(year) ORDER BY policy_key, version
            """
        ).map { (try $0.text(0), try $0.int(1), try $0.text(2), try $0.int(3)) }
    }
}

extension Frozen {
    init(_ settled: [String: SettledStanding], _ years: Set<Year>, _ book: PolicyBook) {
        self.init(
            settled.values.reduce(into: [:]) { versions, standing in
                guard years.contains(standing.year) else { return }
                versions[Frozen.place(standing.key, standing.year)] = book.all[standing.policy]
            })
    }
}
