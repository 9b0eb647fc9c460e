import Database
import Kernel

package struct UpstreamStore {
    let transaction: Transaction
    let people: People

    package init(_ transaction: Transaction, _ people: People) {
        (self.transaction, self.people) = (transaction, people)
    }

    /// How often a day an organisation may learn that a number is registered elsewhere. Normal use needs a few new
    /// people a day; this limits the guessing of numbers. An authority's list covers hundreds of units.
    package static let mostByUnit = 20
    package static let mostByAuthority = 200
    private static let day = 86_400_000

    /// Whether the organisation may learn it once more today. Stored requests are counted, so it may not while no
    /// further request can be stored.
    func mayLearn(_ submitter: Submitter) throws -> Bool {
        guard let organisation = submitter.organisation else { return false }
        let sent = try transaction.first(
            """
            SELECT count(*) FROM upstream_request
            WHERE organisation = \(organisation) AND asked > \(people.system.now() - Self.day) AND kind = 'transfer'
            """
        ) { try $0.int(0) }
        let most = submitter.scope.isOneUnit ? Self.mostByUnit : Self.mostByAuthority
        return try (sent ?? 0) < most && waiting(of: organisation).count < Self.mostWaiting
    }

    /// The most waiting requests of an organisation, and of one kind for one person, since an official reads each.
    static let mostWaiting = 300
    static let mostForOne = 3

    /// Stores the request of a row, unless the same one already waits. Returns whether it waits now.
    ///
    /// Called after the row was rolled back, together with any new unit. The number of such a unit is not stored, since
    /// the next new unit gets it.
    @discardableResult
    package func request(_ row: PendingRow, by submitter: Submitter) throws -> Bool {
        guard let organisation = submitter.organisation, let account = submitter.account else { return true }
        var facts = row.requested
        if row.kind != .authors, try RequestedTransfer(facts).existingUnit(transaction) == nil { facts["number"] = nil }
        let requested = FactText.encode(facts)
        let isWaiting = try transaction.exists(
            """
            SELECT 1 FROM upstream_request r JOIN upstream_waiting w ON w.request = r.number
            WHERE r.person = \(row.person) AND r.organisation = \(organisation) AND r.kind = \(row.kind.rawValue)
              AND r.wanted = \(requested)
            """)
        if isWaiting { return true }
        guard try mayRequest(of: row, organisation) else { return false }
        let number = try NumberStore(transaction).take(of: "upstream request")
        try transaction.insert(
            [
                number, row.kind.rawValue, row.person, organisation, account, row.other, requested, people.system.now(),
            ], into: UpstreamSchema.request)
        try transaction.execute("INSERT INTO upstream_waiting (request) VALUES (\(number))")
        return true
    }

    private func mayRequest(of row: PendingRow, _ organisation: ID<Organisation>) throws -> Bool {
        let waiting = try waiting(of: organisation)
        let same = waiting.count { $0.person == row.person.number && $0.kind == row.kind.rawValue }
        return waiting.count < Self.mostWaiting && same < Self.mostForOne
    }

    private func waiting(of organisation: ID<Organisation>) throws -> [(person: Int, kind: String)] {
        try transaction.rows(
            """
            SELECT r.person, r.kind FROM upstream_request r JOIN upstream_waiting w ON w.request = r.number
            WHERE r.organisation = \(organisation)
            """
        ) { (person: try $0.int(0), kind: try $0.text(1)) }
    }

    /// Waiting requests with both sides in the scope, newest first, below a number.
    package func waiting(_ writeScope: WriteScope, before number: Int, limit: Int) throws -> [UpstreamRequest] {
        try requests("\(Self.open) AND r.number < \(number) AND \(try within(writeScope))", limit)
    }

    /// The number of waiting requests with both sides in the scope.
    package func countWaiting(_ writeScope: WriteScope) throws -> Int {
        try transaction.first(
            "SELECT count(*) FROM upstream_request r WHERE \(Self.open) AND \(try within(writeScope))"
        ) { try $0.int(0) } ?? 0
    }

    /// Resolved requests with both sides in the scope, in the same order.
    package func resolved(_ writeScope: WriteScope, before number: Int, limit: Int) throws -> [UpstreamRequest] {
        try requests("a.request IS NOT NULL AND r.number < \(number) AND \(try within(writeScope))", limit)
    }

    /// An organisation's requests, waiting or resolved, in the same order.
    package func sent(by organisation: ID<Organisation>, before number: Int, limit: Int) throws -> [UpstreamRequest] {
        try requests("r.organisation = \(organisation) AND r.number < \(number)", limit)
    }

    /// A waiting request in the scope. Failure: `request.none`.
    package func find(_ number: ID<UpstreamRequest>, _ writeScope: WriteScope) throws -> UpstreamRequest {
        let found = try requests("r.number = \(number) AND a.request IS NULL AND \(try within(writeScope))", 1)
        guard let found = found.first else { throw Failure.noRequest }
        return found
    }

    /// A resolved request in the scope.
    package func findResolved(_ number: ID<UpstreamRequest>, _ writeScope: WriteScope) throws -> UpstreamRequest? {
        try requests("r.number = \(number) AND a.request IS NOT NULL AND \(try within(writeScope))", 1).first
    }

    /// The newest dismissed request of the same organisation and kind for the same person.
    package func dismissedBefore(_ request: UpstreamRequest) throws -> UpstreamRequest? {
        try requests(
            """
            r.person = \(request.person) AND r.organisation = \(request.organisation)
            AND r.kind = \(request.kind.rawValue) AND r.number < \(request.number) AND a.done = 0
            """, 1
        ).first
    }

    /// Stores the resolution, and records it in the audit log.
    package func resolve(_ request: UpstreamRequest, done: Bool, reason: String, by account: ID<Account>) throws {
        try AuditStore(transaction, people).record(
            done ? .carryOutRequest : .dismissRequest, .request(request.number), about: request.person)
        try transaction.insert(
            [request.number, done, reason, account, people.system.now()], into: UpstreamSchema.resolution)
        try transaction.execute("DELETE FROM upstream_waiting WHERE request = \(request.number)")
    }

    /// Reads the table of waiting requests, so resolved ones cost nothing.
    private static let open: SQL = "r.number IN (SELECT w.request FROM upstream_waiting w)"

    /// The condition that both sides of a request are in the scope.
    private func within(_ writeScope: WriteScope) throws -> SQL {
        let within = try RosterStore(transaction, today: people.system.today).within(writeScope.submitter.scope)
        return """
            +r.organisation IN (SELECT o.number FROM organisation o WHERE \(within))
              AND (r.other IN (SELECT o.number FROM organisation o WHERE \(within))
                   OR (r.other IS NULL AND 1 = \(writeScope.submitter.isBureau)))
            """
    }

    /// The statement of ``waiting(_:before:limit:)``, for tests that read its plan.
    func statementOfWaiting(_ writeScope: WriteScope) throws -> SQL {
        Self.statement("\(Self.open) AND r.number < \(9) AND \(try within(writeScope))", 9)
    }

    private static func statement(_ condition: SQL, _ limit: Int) -> SQL {
        """
        SELECT \(UpstreamSchema.request.selection("r")), s.name, \(UpstreamSchema.resolution.selection("a"))
        FROM upstream_request r JOIN organisation s ON s.number = r.organisation
        LEFT JOIN upstream_answer a ON a.request = r.number
        WHERE \(condition) ORDER BY r.number DESC LIMIT \(limit)
        """
    }

    private func requests(_ condition: SQL, _ limit: Int) throws -> [UpstreamRequest] {
        let width = UpstreamSchema.request.width
        return try transaction.rows(Self.statement(condition, limit)) { row -> UpstreamRequest? in
            try row.check(UpstreamSchema.request)
            guard let kind = UpstreamRequest.Kind(rawValue: try row.text(1)) else { return nil }
            var resolution: UpstreamRequest.Resolution?
            if try row.optionalInt(width + 1) != nil {
                try row.check(UpstreamSchema.resolution, at: width + 1)
                resolution = UpstreamRequest.Resolution(
                    isDone: try row.flag(width + 2), reason: try row.text(width + 3), time: try row.int(width + 5))
            }
            return UpstreamRequest(
                number: try row.id(0), kind: kind, person: try row.id(2), organisation: try row.id(3),
                organisationName: try row.text(width), other: try row.optionalInt(5).map { ID($0) },
                requested: FactText.decode(try row.text(6)) ?? [:], asked: try row.int(7), resolution: resolution)
        }.compactMap { $0 }
    }
}
