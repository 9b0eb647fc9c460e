import Database
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
        let permission = Tokens.Permission.people.rawValue
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
                try await registry.database.read { try registry.book($0).current.map(APIPolicy.init) }
            },
            .get(Self.policyPath, names: ["key"], "一项政策的文字，逐条列出。") { _, key in
                let found = try await registry.database.read { try registry.book($0).current(key) }
                guard let found else { throw Failure.noPolicyHere }
                return APIPolicyText(found)
            },
        ]
    }

    private static let year = APIEndpoint.QueryParameter.number("year", "年度；不写的，为最近一个有要求的年度。", most: 9999)
    private static let state = APIEndpoint.QueryParameter.text(
        "state", "年度结果；空的为全部。", choices: RosterQuery.State.allCases.map(\.rawValue) + [""])
    private static let short = APIEndpoint.QueryParameter.text("short", "没有达到的要求的键。")

    /// Failure: `api.state`.
    private func query(_ request: WebRequest, _ transaction: Transaction) throws -> RosterQuery {
        guard request.query["state"].isEmpty || RosterQuery.State(rawValue: request.query["state"]) != nil else {
            throw Failure.badState
        }
        let years = try registry.yearsAsked(through: registry.people.system.today.year, transaction)
        var query = RosterQuery(request.query, newest: years.first ?? registry.people.system.today.year)
        // Cursors exist only for the order by number.
        query.order = .number
        query.after = ""
        return query
    }

    /// Each page is read in its own snapshot, in which the account's role is checked again.
    private func lines(_ request: WebRequest) async throws -> NDJSONStream<APIPerson> {
        let (principal, registry) = (try request.signedIn(), registry.acting(as: request.actor))
        let start = try await registry.database.read { transaction in
            _ = try principal.scope()
            return try query(request, transaction)
        }
        try await AuditLog(registry.database, registry.people).record(
            .exportList, .list("people"), ["year": "\(start.year)"])
        let place = Mutex<RosterQuery?>(start)
        return NDJSONStream(
            AsyncThrowingStream {
                guard var query = place.withLock({ $0 }) else { return nil }
                let asked = query
                let found = try await registry.database.read { transaction in
                    let submitter = try principal.submitter()
                    try submitter.check(transaction, registry.people)
                    let reader = RosterReader(registry: registry, scope: submitter.scope, query: asked)
                    return try reader.page(limit: RosterReader.scanLimit, transaction)
                }
                query.after = found.next ?? ""
                place.withLock { $0 = found.next == nil ? nil : query }
                return found.people.map(APIPerson.init)
            })
    }

    private func people(_ request: WebRequest) async throws -> APIPeople {
        let (principal, limit) = (try request.signedIn(), Int(request.query["limit"]) ?? 50)
        let cursor = request.query.exact("cursor")
        return try await registry.database.read { transaction in
            var query = try query(request, transaction)
            query.after = cursor
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
        let answers = StoredAnswers(context.services.database, context.services.people)
        site.background = { await answers.keep() }
        return site
    }
}
