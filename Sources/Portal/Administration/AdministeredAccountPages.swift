import Kernel
import People
import Registry
import Web

/// The administrator looks accounts up, locks and opens them, signs them out, and grants and revokes roles.
struct AdministeredAccountPages: Sendable {
    private let accounts: Accounts
    private let reader: AdministrationReader
    private let listView: View<AdministeredAccountsPage>
    private let view: View<AdministeredAccountPage>
    private let confirmView: View<ConfirmPage>

    static let path: Path<> = Path("/administration/accounts")
    static let accountPath: Path<> = Path("/administration/account")
    static let lockPath: Path<> = Path("/administration/account/lock")
    static let exitPath: Path<> = Path("/administration/account/exit")
    static let passwordPath: Path<> = Path("/administration/account/password")
    static let grantPath: Path<> = Path("/administration/account/roles")
    static let revokePath: Path<> = Path("/administration/account/revocation")

    init(_ context: SiteContext) throws {
        (accounts, reader) = (context.accounts, AdministrationReader(registry: context.registry))
        listView = try context.views.view("administered-accounts")
        view = try context.views.view("administered-account")
        confirmView = try context.views.view("confirm")
    }

    var routes: [Route] {
        let policy = AdministrationPages.administrator
        return [
            .get(Self.path, policy) { _ in .page(try await list()) },
            .post(Self.path, policy) { request in try await search(request) },
            .get(Self.accountPath, policy) { request in try await account(request) },
            .get(Self.lockPath, policy) { request in try await confirm(request, "停用账号", lockConfirmation) },
            .post(Self.lockPath, policy) { request in try await act(request) { try await $0.lock($1) } },
            .get(Self.exitPath, policy) { request in try await confirm(request, "全部退出登录", exitConfirmation) },
            .post(Self.exitPath, policy) { request in try await act(request) { try await $0.endAccess($1) } },
            .post(Self.passwordPath, policy) { request in .page(try await resetPassword(request)) },
            .post(Self.grantPath, policy) { request in try await grant(request) },
            .get(Self.revokePath, policy) { request in
                guard let role = try? Self.role(request.query) else { return .moved(Self.path.link()) }
                return try await confirm(request, "取消身份") { revokeConfirmation(of: role, $0) }
            },
            .post(Self.revokePath, policy) { request in
                let role = try Self.role(request.query)
                return try await act(request) { try await $0.revoke(role, from: $1) }
            },
        ]
    }
}

// MARK: - Finding

extension AdministeredAccountPages {
    private func list(_ failure: Failure? = nil) async throws -> Page {
        let value = AdministeredAccountsPage(rows: try await accounts.offices(), failure: failure)
        return Page("账号", breadcrumbs: [.home], status: .of(failure), listView.draw(value))
    }

    /// A POST, so that a login such as an ID number gets into no address.
    private func search(_ request: WebRequest) async throws -> WebResponse {
        let login = try await request.form()["login"]
        do {
            return .moved(Self.link(try await accounts.account(login)))
        } catch let failure as Failure where failure.kind == .notFound {
            return .page(try await list(.noSuchLogin))
        }
    }

    static func link(_ number: ID<Account>) -> Link { accountPath.link().asking([("number", "\(number)")]) }

    /// The account that the address names; `nil` if there is none.
    private func named(_ query: Query) async throws -> AccountOverview? {
        guard let number = ID<Account>(query["number"]) else { return nil }
        do {
            return try await accounts.overview(number)
        } catch let failure as Failure where failure.kind == .notFound {
            return nil
        }
    }

    private func account(_ request: WebRequest) async throws -> WebResponse {
        guard let found = try await named(request.query) else { return .moved(Self.path.link()) }
        return .page(page(AdministeredAccountPage(account: found)))
    }

    private func page(_ value: AdministeredAccountPage) -> Page {
        let breadcrumbs = [.home, Breadcrumb("账号", Self.path.link())]
        return Page(value.account.name, breadcrumbs: breadcrumbs, status: value.status, view.draw(value))
    }
}

// MARK: - Acts

extension AdministeredAccountPages {
    private func confirm(
        _ request: WebRequest, _ title: String, _ value: (AccountOverview) -> ConfirmPage
    ) async throws -> WebResponse {
        guard let found = try await named(request.query) else { return .moved(Self.path.link()) }
        let breadcrumbs = [
            .home, Breadcrumb("账号", Self.path.link()), Breadcrumb(found.name, Self.link(found.number)),
        ]
        return .page(Page(title, breadcrumbs: breadcrumbs, confirmView.draw(value(found))))
    }

    private func lockConfirmation(of account: AccountOverview) -> ConfirmPage {
        ConfirmPage(
            title: "停用账号",
            sentences: [
                "停用“\(account.name)”的账号（编号 \(account.number)）。停用以后不能登录，已经登录的立即退出，接口令牌全部失效，原来的密码作废。",
                "身份保留。以后可以启用：另给一个初始密码。",
            ], button: "确认停用", action: Self.lockPath.link().asking([("number", "\(account.number)")]),
            back: Self.link(account.number))
    }

    private func exitConfirmation(of account: AccountOverview) -> ConfirmPage {
        ConfirmPage(
            title: "全部退出登录",
            sentences: [
                "“\(account.name)”的账号（编号 \(account.number)）在所有设备上退出登录，\(account.tokens) 个接口令牌全部失效，不能恢复。",
                "密码不变，本人可以立即再登录。怀疑密码已经泄露的，请停用，或者重设初始密码。",
            ], button: "确认全部退出", action: Self.exitPath.link().asking([("number", "\(account.number)")]),
            back: Self.link(account.number))
    }

    private func revokeConfirmation(of role: AccountRole, _ account: AccountOverview) -> ConfirmPage {
        let unit = account.roles.first { $0.role == role }?.unit ?? ""
        let words = role.role.name + (unit.isEmpty ? "" : "（\(unit)）")
        return ConfirmPage(
            title: "取消身份",
            sentences: [
                "取消“\(account.name)”（编号 \(account.number)）的身份：\(words)。",
                "以这个身份登录的立即退出，这个账号的接口令牌全部失效。以后可以再授予，令牌要重新发放。",
            ], button: "确认取消", action: Self.revokeLink(role, account.number), back: Self.link(account.number))
    }

    static func revokeLink(_ role: AccountRole, _ number: ID<Account>) -> Link {
        revokePath.link().asking([
            ("number", "\(number)"), ("role", role.role.rawValue), ("unit", role.organisation?.description ?? ""),
        ])
    }

    /// Failure: `administration.role`.
    private static func role(_ query: Query) throws -> AccountRole {
        guard let role = Role(rawValue: query["role"]) else { throw Failure.noSuchRole }
        return AccountRole(role, at: ID(query["unit"]))
    }

    /// Carries out an act and shows the account. A rule that forbids it is explained there.
    private func act(
        _ request: WebRequest, _ body: (Accounts, ID<Account>) async throws -> Void
    ) async throws -> WebResponse {
        guard let found = try await named(request.query) else { throw Failure.noSuchAccount }
        do {
            try await body(accounts.acting(as: request.actor), found.number)
            return .moved(Self.link(found.number))
        } catch let failure as Failure where failure.isExplained {
            return .page(page(AdministeredAccountPage(account: found, failure: failure)))
        }
    }

    /// Gives a first password, which is shown once.
    private func resetPassword(_ request: WebRequest) async throws -> Page {
        let form = try await request.form()
        guard let found = try await named(form) else { throw Failure.noSuchAccount }
        var value = AdministeredAccountPage(account: found, typed: form)
        guard value.reason.error.isEmpty else { return page(value) }
        do {
            let password = try await accounts.acting(as: request.actor).reset(
                found.number, mark: form["mark"], reason: form["reason"], by: request.signedIn().account)
            value = AdministeredAccountPage(account: try await accounts.overview(found.number), password: password)
        } catch let failure as Failure where failure.isExplained {
            value.failure = failure
        }
        return page(value)
    }

    private func grant(_ request: WebRequest) async throws -> WebResponse {
        let form = try await request.form()
        guard let found = try await named(form) else { throw Failure.noSuchAccount }
        do {
            guard let role = Role(rawValue: form["role"]), AdministeredAccountPage.granted.contains(role) else {
                throw Failure.noSuchRole
            }
            let place = try await reader.unit(form["unit"])
            try await accounts.acting(as: request.actor).grant(AccountRole(role, at: place), to: found.number)
            return .moved(Self.link(found.number))
        } catch let failure as Failure where failure.isExplained {
            return .page(page(AdministeredAccountPage(account: found, typed: form, failure: failure)))
        }
    }
}

extension Failure {
    /// Whether the page of the account explains it.
    fileprivate var isExplained: Bool { [.badInput, .refused, .conflict, .notFound].contains(kind) }

    static let noSuchLogin = Failure(
        .badInput, "administration.login", "没有这个登录名的账号。请核对登录名；个人的登录名是证件号码，或者登记的手机号。",
        en: "There is no account with this login. A person's login is the ID number or the registered mobile number.")

    static let noSuchAccount = Failure(
        .notFound, "administration.account", "没有这个账号。请回到账号页重新查找。",
        en: "There is no such account. Search for it again.")

    static let noSuchRole = Failure(
        .badInput, "administration.role", "没有这种身份，或者不能在这里授予。请从页面上选择。",
        en: "There is no such role, or it is not granted here. Choose one on the page.")
}
