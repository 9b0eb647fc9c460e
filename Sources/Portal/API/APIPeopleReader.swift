import Database
import Kernel
import People
import Registry
import Web

/// Reads people for programs, within the scope of the token's account.
struct APIPeopleReader: Sendable {
    let registry: Registry

    /// A page of people. Failures: `api.state`, `api.cursor`, `desk.no-scope`.
    func people(
        _ asked: Query, after cursor: String, limit: Int, for principal: Principal
    ) async throws -> APIPeople {
        try await registry.database.read { transaction in
            var query = try query(asked, transaction)
            query.after = cursor
            let list = RosterList(registry: registry, scope: try principal.scope(), query: query)
            guard cursor.isEmpty || list.start != nil else { throw Failure.badCursor }
            let found = try list.page(limit: limit, transaction)
            return APIPeople(
                year: query.year.number, people: found.people.map(APIPerson.init),
                next: found.next ?? "")
        }
    }

    /// The query of the first page of the whole list. Failures: `api.state`, `desk.no-scope`.
    func start(_ asked: Query, for principal: Principal) async throws -> RosterQuery {
        try await registry.database.read { transaction in
            _ = try principal.scope()
            return try query(asked, transaction)
        }
    }

    /// A page of the whole list. The account's role is checked again. Failures:
    /// `account.no-role`, `desk.no-scope`.
    func page(_ query: RosterQuery, for principal: Principal) async throws -> RosterList.Found {
        try await registry.database.read { transaction in
            let submitter = try principal.submitter()
            try submitter.check(transaction, registry.people)
            let list = RosterList(registry: registry, scope: submitter.scope, query: query)
            return try list.page(limit: RosterList.scanLimit, transaction)
        }
    }

    /// Failure: `api.state`.
    private func query(_ asked: Query, _ transaction: Transaction) throws -> RosterQuery {
        guard asked["state"].isEmpty || RosterQuery.State(rawValue: asked["state"]) != nil else {
            throw Failure.badState
        }
        let years = try registry.yearsAsked(through: registry.people.system.today.year, transaction)
        var query = RosterQuery(asked, newest: years.first ?? registry.people.system.today.year)
        // Cursors exist only for the order by number.
        query.order = .number
        query.after = ""
        return query
    }
}
