import Database
import Kernel
import People
import Policy
import Registry
import Web

/// What programs may ask of people, years and policies: the same facts as on the pages.
package struct PortalAPI: Sendable {
    private let registry: Registry

    package init(_ registry: Registry) { self.registry = registry }

    private static let peoplePath: Path<> = Path("/api/v1/people")
    private static let yearPath = Path<ID<Person>, Year>("/api/v1/people/{}/years/{}")
    private static let policiesPath: Path<> = Path("/api/v1/policies")
    private static let policyPath = Path<String>("/api/v1/policies/{}")

    package var endpoints: [APIEndpoint] {
        let permission = Tokens.Permission.people.rawValue
        return [
            .get(
                Self.peoplePath, "The people that the token's account looks after, with their standings in a year.",
                permission: permission,
                words: [
                    .number("year", "The year; by default the newest that is asked for.", most: 9999),
                    .number("limit", "How many at most; 50 by default.", most: 200),
                    .text(
                        "cursor", "Where the last answer says that it goes on.",
                        pattern: #"^[0-9A-Za-z._-]{0,200}$"#),
                    .text(
                        "state", "What has come of the year; empty for all.",
                        choices: RosterQuery.State.allCases.map(\.rawValue) + [""]),
                    .text("short", "The key of a requirement that is not met."),
                ], sample: APIPeople.sample
            ) { request in try await people(request) },
            .get(
                Self.yearPath, names: ["person", "year"],
                "A person's year: requirements, entries with steps, refusals.",
                permission: permission, sample: APIYear.sample
            ) { request, person, year in
                _ = try await RosterAccess(registry: registry).entry(of: person, request)
                return APIYear(try await registry.year(year, of: person), year)
            },
            .get(Self.policiesPath, "The published policies.", sample: [APIPolicy.sample]) { _ in
                try await registry.database.read { try registry.book($0).current.map(APIPolicy.init) }
            },
            .get(Self.policyPath, names: ["key"], "A policy as a text, clause by clause.", sample: APIPolicyText.sample)
            {
                _, key in
                let found = try await registry.database.read { try registry.book($0).current(key) }
                guard let found else { throw Failure.noPolicyHere }
                return APIPolicyText(found)
            },
        ]
    }

    private func people(_ request: WebRequest) async throws -> APIPeople {
        let (principal, limit) = (try request.signedIn(), Int(request.query["limit"]) ?? 50)
        let cursor = request.query.exact("cursor")
        guard request.query["state"].isEmpty || RosterQuery.State(rawValue: request.query["state"]) != nil else {
            throw Failure.badState
        }
        return try await registry.database.read { transaction in
            let years = try registry.yearsAsked(through: registry.people.system.today.year, transaction)
            var query = RosterQuery(request.query, newest: years.first ?? registry.people.system.today.year)
            query.after = cursor
            // A cursor keeps its place among numbers alone.
            query.order = .number
            let reader = RosterReader(registry: registry, scope: try principal.scope(), query: query)
            guard cursor.isEmpty || reader.start != nil else { throw Failure.badCursor }
            let found = try reader.page(limit: limit, transaction)
            return APIPeople(
                year: query.year.number, people: found.people.map(APIPerson.init),
                next: found.next ?? "")
        }
    }
}

extension Failure {
    static let badCursor = Failure(
        .badInput, "api.cursor", "参数 cursor 不对。请原样使用上一次答复里的 next。",
        en: "The cursor is wrong. Use what the last answer says as next.")

    static let badState = Failure(
        .badInput, "api.state", "参数 state 不对，应为 qualified、short、exempt、waived、nothing 之一。",
        en: "state is one of qualified, short, exempt, waived and nothing.")
}

extension Feature {
    /// People, years and policies for programs.
    package static let portalAPI = Feature("api") { context in
        var site = FeatureSite()
        site.endpoints = PortalAPI(context.registry).endpoints
        return site
    }
}
