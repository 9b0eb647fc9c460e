import Kernel
import People
import Policy
import Registry
import Synchronization
import Web

/// People, years and policies for programs: the same facts as on the pages.
package struct PortalAPI: Sendable {
    private let registry: Registry

    package init(_ registry: Registry) { self.registry = registry }

    private static let peoplePath: Path<> = Path("/api/v1/people")
    private static let peopleLinesPath: Path<> = Path("/api/v1/people/lines")
    private static let yearPath = Path<ID<Person>, Year>("/api/v1/people/{}/years/{}")
    private static let policiesPath: Path<> = Path("/api/v1/policies")
    private static let policyPath = Path<String>("/api/v1/policies/{}")

    package var endpoints: [APIEndpoint] {
        let (permission, policies) = (Tokens.Permission.people.rawValue, PublishedPolicyReader(registry: registry))
        return [
            .get(
                Self.peoplePath, "令牌的账号所管理的人员，以及他们在一个年度的达标情况。",
                permission: permission,
                words: [
                    Self.year, .number("limit", "最多多少人；不写的，为 50。", most: 200),
                    .text(
                        "cursor", "从上一次答复里的 next 继续。",
                        pattern: #"^[0-9A-Za-z._-]{0,200}$"#),
                    Self.state, Self.short,
                ]
            ) { request in try await people(request) },
            .getLines(
                Self.peopleLinesPath, "同一份名单，不分页，每行一人，边读边发。", permission: permission,
                words: [Self.year, Self.state, Self.short]
            ) { request in try await lines(request) },
            .get(
                Self.yearPath, RosterAccess(registry: registry).person(), names: ["person", "year"],
                "一个人的一个年度：要求、学时及其计算步骤、不予认定的。",
                permission: permission
            ) { _, entry, year in
                APIYear(try await registry.year(year, of: entry.person), year)
            },
            .get(Self.policiesPath, "已发布的政策。") { _ in
                try await policies.current().map(APIPolicy.init)
            },
            .get(Self.policyPath, names: ["key"], "一项政策的文字，逐条列出。") { _, key in
                APIPolicyText(try await policies.current(key))
            },
        ]
    }

    private static let year = APIEndpoint.QueryParameter.number("year", "年度；不写的，为最近一个有要求的年度。", most: 9999)
    private static let state = APIEndpoint.QueryParameter.text(
        "state", "年度结果；空的为全部。", choices: RosterQuery.State.allCases.map(\.rawValue) + [""])
    private static let short = APIEndpoint.QueryParameter.text("short", "没有达到的要求的键。")

    /// Each page is read in a snapshot of its own, in which it is asked again whether the account has its role still.
    private func lines(_ request: WebRequest) async throws -> NDJSONStream<APIPerson> {
        let (principal, registry) = (try request.signedIn(), registry.acting(as: request.actor))
        let reader = APIPeopleReader(registry: registry)
        let start = try await reader.start(request.query, for: principal)
        try await registry.auditLog.record(.exportList, .list("people"), ["year": "\(start.year)"])
        let place = Mutex<RosterQuery?>(start)
        return NDJSONStream(
            AsyncThrowingStream {
                guard var query = place.withLock({ $0 }) else { return nil }
                let found = try await reader.page(query, for: principal)
                query.after = found.next ?? ""
                place.withLock { $0 = found.next == nil ? nil : query }
                return found.people.map(APIPerson.init)
            })
    }

    private func people(_ request: WebRequest) async throws -> APIPeople {
        try await APIPeopleReader(registry: registry).people(
            request.query, after: request.query.exact("cursor"), limit: Int(request.query["limit"]) ?? 50,
            for: request.signedIn())
    }
}

extension Failure {
    static let badCursor = Failure(
        .badInput, "api.cursor", "参数 cursor 不对。请原样使用上一次答复里的 next。",
        en: "The cursor is wrong. Use the value of next from the last response.")

    static let badState = Failure(
        .badInput, "api.state", "参数 state 不对，应为 qualified、short、exempt、waived、nothing 之一。",
        en: "state is one of qualified, short, exempt, waived and nothing.")
}

extension Feature {
    /// People, years and policies for programs.
    package static let portalAPI = Feature("api") { context in
        var site = FeatureSite()
        site.endpoints = PortalAPI(context.registry).endpoints + HoursAPI(context.registry).endpoints
        return site
    }
}
