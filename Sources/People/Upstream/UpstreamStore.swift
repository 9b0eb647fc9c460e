import Database
import Kernel

package struct UpstreamStore {
    let transaction: Transaction
    let people: People

    package init(_ transaction: Transaction, _ people: People) {
        (self.transaction, self.people) = (transaction, people)
    }

    /// So often a day may a unit learn that a number is registered elsewhere: a unit takes on a few people a day, and
    /// whoever tries numbers learns no more. An authority's list is one of hundreds of units.
    package static let mostByUnit = 20
    package static let mostByAuthority = 200
    private static let day = 86_400_000

    /// How often it may still learn it today.
    func allowance(of sender: Sender) throws -> Int {
        guard let organisation = sender.organisation else { return 0 }
        let asked = try transaction.first(
            """
            SELECT count(*) FROM upstream_request
            WHERE organisation = \(organisation) AND asked > \(people.outside.now() - Self.day) AND kind = 'transfer'
            """
        ) { try $0.int(0) }
        return (sender.scope.isOneUnit ? Self.mostByUnit : Self.mostByAuthority) - (asked ?? 0)
    }

    /// Keeps what a row asks for; the same that still waits is not kept twice.
    package func ask(_ row: HeldRow, by sender: Sender) throws {
        guard let organisation = sender.organisation, let account = sender.account else { return }
        let wanted = FactText.encode(row.wanted)
        let isWaiting = try transaction.exists(
            """
            SELECT 1 FROM upstream_request r
            WHERE r.person = \(row.person) AND r.organisation = \(organisation) AND r.kind = \(row.kind.rawValue)
              AND r.wanted = \(wanted) AND NOT EXISTS (SELECT 1 FROM upstream_answer a WHERE a.request = r.number)
            """)
        guard !isWaiting else { return }
        let number = try NumberStore(transaction).take(of: "upstream request")
        try transaction.insert(
            [
                number, row.kind.rawValue, row.person, organisation, account, row.other, wanted, people.outside.now(),
            ], into: UpstreamSchema.request)
    }

    /// What waits and both sides of which are within the reach, the newest first, from below a number on.
    package func waiting(_ reach: Reach, before number: Int, limit: Int) throws -> [UpstreamRequest] {
        try requests("r.number < \(number)", reach, limit)
    }

    /// Failure: `request.none`, also of one that is out of reach.
    package func find(_ number: ID<UpstreamRequest>, _ reach: Reach) throws -> UpstreamRequest {
        guard let found = try requests("r.number = \(number)", reach, 1).first else { throw Failure.noRequest }
        return found
    }

    /// Keeps the answer, and records it among the acts.
    package func answer(_ request: UpstreamRequest, done: Bool, reason: String, by account: ID<Account>) throws {
        try AuditStore(transaction, people).record(
            done ? .carryOutRequest : .dismissRequest, .request(request.number), about: request.person)
        try transaction.insert(
            [request.number, done, reason, account, people.outside.now()], into: UpstreamSchema.answer)
    }

    private func requests(_ condition: SQL, _ reach: Reach, _ limit: Int) throws -> [UpstreamRequest] {
        let within = try RosterStore(transaction, today: people.outside.today).within(reach.sender.scope)
        return try transaction.rows(
            """
            SELECT \(UpstreamSchema.request.selection("r")), s.name
            FROM upstream_request r JOIN organisation s ON s.number = r.organisation
            WHERE \(condition) AND NOT EXISTS (SELECT 1 FROM upstream_answer a WHERE a.request = r.number)
              AND r.organisation IN (SELECT o.number FROM organisation o WHERE \(within))
              AND (r.other IN (SELECT o.number FROM organisation o WHERE \(within))
                   OR (r.other IS NULL AND 1 = \(reach.sender.isBureau)))
            ORDER BY r.number DESC LIMIT \(limit)
            """
        ) { row -> UpstreamRequest? in
            try row.check(UpstreamSchema.request)
            guard let kind = UpstreamRequest.Kind(rawValue: try row.text(1)) else { return nil }
            return UpstreamRequest(
                number: try row.id(0), kind: kind, person: try row.id(2), organisation: try row.id(3),
                organisationName: try row.text(UpstreamSchema.request.width),
                wanted: FactText.decode(try row.text(6)) ?? [:], asked: try row.int(7))
        }.compactMap { $0 }
    }
}
