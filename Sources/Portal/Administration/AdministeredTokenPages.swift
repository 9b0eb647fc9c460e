import Kernel
import People
import Registry
import Web

/// The administrator lists, makes and ends the tokens of programs.
struct AdministeredTokenPages: Sendable {
    private let tokens: @Sendable (Actor) -> Tokens
    private let view: View<AdministeredTokensPage>
    private let confirmView: View<ConfirmPage>

    static let path: Path<> = Path("/administration/tokens")
    static let endPath: Path<> = Path("/administration/tokens/end")

    init(_ context: SiteContext) throws {
        let registry = context.registry
        tokens = { registry.tokens($0) }
        view = try context.views.view("administered-tokens")
        confirmView = try context.views.view("confirm")
    }

    var routes: [Route] {
        let policy = AdministrationPages.administrator
        return [
            .get(Self.path, policy) { request in .page(try await page(request)) },
            .post(Self.path, policy) { request in .page(try await make(request)) },
            .get(Self.endPath, policy) { request in try await confirmation(request) },
            .post(Self.endPath, policy) { request in
                try await tokens(request.actor).end(hash: request.query["token"])
                return .moved(Self.path.link())
            },
        ]
    }

    private func page(
        _ request: WebRequest, _ form: TokenForm = TokenForm(), made: String? = nil, failure: Failure? = nil
    ) async throws -> Page {
        let rows = try await tokens(request.actor).all()
        let value = AdministeredTokensPage(rows: rows, form: form, made: made, failure: failure)
        return Page("接口令牌", breadcrumbs: [.home], status: value.status, view.draw(value))
    }

    private func make(_ request: WebRequest) async throws -> Page {
        var form = TokenForm(try await request.form())
        guard form.errors.isEmpty else { return try await page(request, form) }
        do {
            let text = try await tokens(request.actor).make(
                form.name.value, for: form.login.value, form.permissions, days: form.dayCount)
            form = TokenForm()
            return try await page(request, form, made: text)
        } catch let failure as Failure where [.badInput, .notFound].contains(failure.kind) {
            return try await page(request, form, failure: failure.kind == .notFound ? .noSuchLogin : failure)
        }
    }

    private func confirmation(_ request: WebRequest) async throws -> WebResponse {
        let hash = request.query["token"]
        guard let token = try await tokens(request.actor).all().first(where: { $0.hash == hash }) else {
            return .moved(Self.path.link())
        }
        let value = ConfirmPage(
            title: "停用令牌",
            sentences: ["停用“\(token.accountName)”的令牌“\(token.name)”。用它的程序立即不能再读取或报送，不能恢复；需要的，另发一个。"],
            button: "确认停用", action: Self.endPath.link().asking([("token", hash)]), back: Self.path.link())
        let breadcrumbs = [.home, Breadcrumb("接口令牌", Self.path.link())]
        return .page(Page("停用令牌", breadcrumbs: breadcrumbs, confirmView.draw(value)))
    }
}

/// The form for a new token.
struct TokenForm {
    private let typed: Query?

    init(_ typed: Query? = nil) { self.typed = typed }

    var login: FormField {
        var field = FormField("login", "账号的登录名")
        field.hint = "程序以这个账号的第一个身份读取和报送"
        field.value = typed?["login"] ?? ""
        if typed != nil { field.require("请填写登录名", most: 100) }
        return field
    }

    var name: FormField {
        var field = FormField("name", "用途")
        (field.hint, field.value) = ("如“学习平台报送学时”", typed?["name"] ?? "")
        if typed != nil { field.require("请填写用途", most: 60) }
        return field
    }

    var dayCount: Int { Int(days.value) ?? 0 }

    var days: FormField {
        var field = FormField("days", "有效天数")
        (field.hint, field.value) = ("1 至 731 天", typed?["days"] ?? "90")
        if typed != nil, !(1...731 ~= (Int(field.value) ?? 0)) { field.error = "请填 1 至 731 之间的整数" }
        return field
    }

    var permissions: Set<Tokens.Permission> {
        guard let typed else { return [.people] }
        return Set(typed.all("permit").compactMap(Tokens.Permission.init(rawValue:)))
    }

    var checks: CheckFields {
        CheckFields(
            "permit", "可以做什么", Tokens.Permission.allCases.map { .init($0.rawValue, $0.title) },
            chosen: Set(permissions.map(\.rawValue)))
    }

    var errors: ErrorSummary { ErrorSummary([login, name, days]) }
}

extension Tokens.Permission {
    fileprivate var title: String {
        switch self {
        case .people: "读取人员和年度情况"
        case .hours: "报送学时"
        }
    }
}

extension ListedToken: PageValue {
    package static var fields: [String: Field<ListedToken>] {
        [
            "name": .text { $0.name }, "account": .text { $0.accountName }, "role": .text { $0.role.name },
            "link": .text { AdministeredAccountPages.link($0.account).text },
            "permissions": .text { token in
                let all = Tokens.Permission.allCases.filter(token.permissions.contains).map(\.title)
                return all.isEmpty ? "只能核对身份" : all.joined(separator: "、")
            },
            "made": .text { Day(milliseconds: $0.made).description },
            "expires": .text { Day(milliseconds: $0.expires).description },
            "end": .text { AdministeredTokenPages.endPath.link().asking([("token", $0.hash)]).text },
        ]
    }

    package static var sample: ListedToken {
        ListedToken(
            hash: "3f", name: "学习平台", account: ID(17), accountName: "泰山区人力资源和社会保障局", role: .authority,
            permissions: [.people, .hours], made: 1_672_531_200_000, expires: 1_680_000_000_000)
    }
}

struct AdministeredTokensPage: PageValue {
    let rows: [ListedToken]
    let form: TokenForm
    /// The new token, shown only once.
    let made: String?
    let failure: Failure?

    var status: Page.Status { failure == nil ? form.errors.status : .of(failure) }

    static var fields: [String: Field<AdministeredTokensPage>] {
        [
            "rows": .list { $0.rows }, "hasRows": .flag { !$0.rows.isEmpty }, "count": .text { "\($0.rows.count)" },
            "isMade": .flag { $0.made != nil }, "made": .text { $0.made ?? "" },
            "isRefused": .flag { $0.failure != nil }, "failure": .text { $0.failure?.words.chinese ?? "" },
            "errors": .item { $0.form.errors.isEmpty ? nil : $0.form.errors },
            "action": .text { _ in AdministeredTokenPages.path.link().text }, "login": .item { $0.form.login },
            "name": .item { $0.form.name }, "days": .item { $0.form.days }, "checks": .item { $0.form.checks },
        ]
    }

    static var sample: AdministeredTokensPage {
        AdministeredTokensPage(
            rows: [.sample], form: TokenForm(Query("login=&days=0")), made: "xt_3f", failure: .noSuchLogin)
    }
}
