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
                Self.peoplePath, "令牌的账号所管理的人员，以及他们在一个年度的达标情况。",
                permission: permission,
                words: [
                    .number("year", "年度；不写的，为最近一个有要求的年度。", most: 9999),
                    .number("limit", "最多多少人；不写的，为 50。", most: 200),
                    .text(
                        "cursor", "从上一次答复里的 next 继续。",
                        pattern: #"^[0-9A-Za-z._-]{0,200}$"#),
                    .text(
                        "state", "年度结果；空的为全部。",
                        choices: RosterQuery.State.allCases.map(\.rawValue) + [""]),
                    .text("short", "没有达到的要求的键。"),
                ]
            ) { request in try await people(request) },
            .get(
                Self.yearPath, names: ["person", "year"],
                "一个人的一个年度：要求、学时及其计算步骤、不予认定的。",
                permission: permission
            ) { request, person, year in
                _ = try await RosterAccess(registry: registry).entry(of: person, request)
                return APIYear(try await registry.year(year, of: person), year)
            },
            .get(Self.policiesPath, "已发布的政策。") { _ in
                try await registry.database.read { try registry.book($0).current.map(APIPolicy.init) }
            },
            .get(Self.policyPath, names: ["key"], "一项政策的文字，逐条列出。") { _, key in
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
        let answers = StoredAnswers(context.services.database, context.services.people)
        site.background = { await answers.keep() }
        return site
    }
}
