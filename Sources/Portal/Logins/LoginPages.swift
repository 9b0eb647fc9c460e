import Foundation
import Kernel
import People
import Registry
import Web

/// The supervising authority opens a person's account and gives new first passwords. A unit may not, because it states
/// itself who its people are.
package struct LoginPages: Sendable {
    private let accounts: Accounts
    private let roster: RosterAccess
    private let view: View<LoginPage>

    static let path = Path<ID<Person>>("/people/{}/login")

    init(_ accounts: Accounts, _ roster: RosterAccess, _ views: Views) throws {
        (self.accounts, self.roster) = (accounts, roster)
        view = try views.view("login")
    }

    package static var views: URL { Bundle.module.bundleURL.appending(path: "Logins.views") }

    static let accessPolicy: AccessPolicy = .roles([.authority, .bureau])

    package var routes: [Route] {
        [
            .get(Self.path, roster.person(Self.accessPolicy)) { request, entry in
                .page(try await page(of: entry, request))
            },
            .post(Self.path, roster.person(Self.accessPolicy)) { request, entry in
                .page(try await resetPassword(request, entry))
            }
            .keeping(LoginPage.reason),
        ]
    }

    private func page(
        of line: RosterEntry, _ request: WebRequest, password: String? = nil, typed: Query? = nil,
        failure: Failure? = nil
    ) async throws -> Page {
        let today = roster.registry.people.system.today
        let back = Breadcrumb(line.name, RosterPages.yearPath.link(line.person, today.year))
        let login = try await accounts.login(of: line.person)
        let resetter = PasswordResetter(try request.signedIn().submitter(), reason: "")
        let firstDay = try await accounts.firstDay(for: line.person, isOwn: login.state == .own, by: resetter)
        let value = LoginPage(
            name: line.name, state: login.state, mark: login.mark, password: password,
            action: Self.path.link(line.person), back: back.link, typed: typed, failure: failure,
            wait: firstDay == today ? nil : LoginPage.Wait(until: firstDay))
        let breadcrumbs = [.home, Breadcrumb("人员", RosterPages.path.link()), back]
        return Page("登录账号", breadcrumbs: breadcrumbs, status: value.status, view.draw(value))
    }

    /// Resets the password. The failures `account.other-roles`, `account.changed` and `account.too-new` are shown on
    /// the page with the typed values. Failure: `account.not-in-scope`.
    private func resetPassword(_ request: WebRequest, _ line: RosterEntry) async throws -> Page {
        let typed = try await request.form()
        let reason = LoginPage.reason(typed)
        guard reason.error.isEmpty else { return try await page(of: line, request, typed: typed) }
        let resetter = PasswordResetter(try request.signedIn().submitter(), reason: reason.value)
        do {
            let given = try await accounts.acting(as: request.actor).resetPassword(
                to: line.person, mark: typed["mark"], by: resetter)
            request.note(
                "first password given", ["account": "\(given.number)", "by": "\(try request.signedIn().account)"])
            return try await page(of: line, request, password: given.password)
        } catch let failure as Failure where [.refused, .conflict].contains(failure.kind) {
            return try await page(of: line, request, typed: typed, failure: failure)
        }
    }
}

/// Whether a person can sign in, and what can be done.
struct LoginPage: PageValue {
    let name: String
    let state: Accounts.LoginState
    /// The mark of the login state that the page shows.
    let mark: String
    /// The new first password, shown only once.
    let password: String?
    let action: Link
    let back: Link
    /// The typed values after a failure.
    var typed: Query?
    /// The failure.
    var failure: Failure?
    /// Set if it cannot be done yet.
    var wait: Wait?

    struct Wait {
        /// `nil` if unknown.
        let until: Day?

        var words: String {
            guard let until else {
                return "此人同时在您管理范围以外的单位任职，登录密码不能在这里办理。急需的，请联系系统管理员重设。"
            }
            return "此人登记到您管理的单位还不满 7 天，登录密码自 \(until) 起可以在这里办理。急需的，请联系系统管理员重设。"
        }
    }

    static let reason = FormField("reason", "办理原因")

    static func reason(_ typed: Query?) -> FormField {
        var field = reason
        field.hint = "如“本人持身份证到窗口办理”。本人在“我的账号”里看得到"
        guard let typed else { return field }
        field.value = typed["reason"]
        field.require("请填写办理原因", most: PasswordResetter.longestReason)
        return field
    }

    private var errors: ErrorSummary { ErrorSummary([Self.reason(typed)]) }
    var status: Page.Status { failure == nil ? errors.status : .of(failure) }

    private var words: String {
        switch state {
        case .none: "还没有账号。开通以后，本人用身份证号登录，其他证件写名称和号码，如“护照E12345678”；登记过手机号的，也可以用手机号。"
        case .first: "账号已经开通，本人还没有设置自己的密码。初始密码或登录码丢了的，可以另给一个初始密码，原来的不能再用。"
        case .own: "账号已经开通，本人用自己的密码登录。忘记了的，可以重设。重设以后，原来的密码不能再用，已经登录的会退出。"
        case .locked: "这个账号已由系统管理员停用，密码不能在这里重设。请联系系统管理员。"
        case .ofOthersToo: "这个账号还有别的身份（例如单位管理员），密码只能由系统管理员重设。"
        }
    }

    private var button: String {
        switch state {
        case .none: "开通账号"
        case .first: "另给一个初始密码"
        case .own: "重设密码"
        case .locked, .ofOthersToo: ""
        }
    }

    /// Whether the password can be given by an officer at all.
    private var isOfOfficers: Bool { ![.locked, .ofOthersToo].contains(state) }

    static var fields: [String: Field<LoginPage>] {
        [
            "name": .text { $0.name }, "isGiven": .flag { $0.password != nil }, "password": .text { $0.password ?? "" },
            "words": .text { $0.words }, "mark": .text { $0.mark }, "button": .text { $0.button },
            "reason": .item { Self.reason($0.typed) }, "errors": .item { $0.errors.isEmpty ? nil : $0.errors },
            "mayGive": .flag { $0.isOfOfficers && $0.wait == nil },
            "mustWait": .flag { $0.isOfOfficers && $0.wait != nil }, "wait": .text { $0.wait?.words ?? "" },
            "isRefused": .flag { $0.failure != nil }, "failure": .text { $0.failure?.words.chinese ?? "" },
            "action": .text { $0.action.text }, "back": .text { $0.back.text },
        ]
    }

    static var sample: LoginPage {
        LoginPage(
            name: "岳明远", state: .own, mark: "3f", password: "abcd-efgh-jkmn", action: RosterPages.path.link(),
            back: RosterPages.path.link(), typed: Query("reason="), failure: .noScope,
            wait: Wait(until: .first))
    }
}

extension Feature {
    /// 登录账号 of the people in an officer's scope, one by one and in batches.
    package static let logins = Feature(
        "logins", views: [LoginPages.views], jobs: { LoginBatchJobs($0).kinds }
    ) { context in
        let access = RosterAccess(registry: context.registry)
        let pages = try LoginBatchPages(context.registry, context.jobs, context.views)
        let batches = context.registry.loginBatches
        var site = FeatureSite(
            routes: try LoginPages(context.accounts, access, context.views).routes + pages.routes)
        site.followUp = { try await pages.next($0) }
        site.background = { await batches.keepSwept() }
        return site
    }
}
