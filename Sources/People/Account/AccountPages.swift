import Foundation
import Hummingbird
import Kernel
import Web

/// Signing in and out.
package struct AccountPages: Sendable {
    private let accounts: Accounts
    private let signInView: View<SignInPage>
    private let passwordView: View<PasswordPage>
    private let keptView: View<SavedForm>
    private let cookies: AccountCookies
    private let heldUp = RefusalCount()

    package static let signInPath: Path<> = Path("/sign-in")
    static let keptPath: Path<> = Path("/sign-in/kept")
    package static let signOutPath: Path<> = Path("/sign-out")
    package static let passwordPath: Path<> = Path("/account/password")
    /// In bytes. A form within a form may take nine times its size.
    private static let keptLimit = 600_000

    package init(_ accounts: Accounts, _ views: Views, _ cookies: AccountCookies) throws {
        (self.accounts, self.cookies) = (accounts, cookies)
        signInView = try views.view("sign-in")
        passwordView = try views.view("password")
        keptView = try views.view("kept")
    }

    package static var views: URL { Bundle.module.bundleURL.appending(path: "Account.views") }

    package static func signIn(back: String) -> Link {
        signInPath.link().asking([("back", back == "/" ? "" : back)])
    }

    package var routes: [Route] {
        [
            .get(Self.signInPath, .everyone) { request in .page(page(back: request.query["back"])) }.atOnce,
            .post(Self.signInPath, .everyone) { request in try await signIn(request) },
            .get(Self.keptPath, .everyone) { _ in .moved(Link.home) },
            .post(Self.keptPath, .newcomers) { request in .page(kept(try await request.form(limit: Self.keptLimit))) },
            .post(Self.signOutPath, .everyone) { request in try await signOut(request) },
            .get(Self.passwordPath, .newcomers) { request in
                .page(passwordPage(try request.signedIn(), back: request.query["back"]))
            },
            .post(Self.passwordPath, .newcomers) { request in try await changePassword(request) },
        ]
    }

    /// The signed-in user by the session cookie of this request.
    package func principal(_ httpRequest: Request) async throws -> Principal? {
        let token = cookies.token(httpRequest)
        return token.isEmpty ? nil : try await accounts.principal(token)
    }

    private func page(
        back: String, login: String = "", failure: Failure? = nil, kept: SubmittedForm? = nil
    ) -> Page {
        let value = SignInPage(
            action: Self.signInPath.link(), back: back, login: login, failure: failure, kept: kept)
        return Page(
            "登录", breadcrumbs: [Breadcrumb.home], status: .of(failure), signInView.draw(value))
    }

    /// The sign-in page, with the values that were typed on another page.
    package func again(back: String, _ typed: SubmittedForm?) -> Page {
        page(back: back, failure: typed == nil ? .signInToAct : .signInToSend, kept: typed)
    }

    private func kept(_ form: Query) -> Page {
        Page("已保留您填写的内容", breadcrumbs: [Breadcrumb.home], keptView.draw(SavedForm(SubmittedForm(kept: form))))
    }

    private func signIn(_ request: WebRequest) async throws -> WebResponse {
        let form = try await request.form(limit: Self.keptLimit)
        let login = form["login"]
        let kept = form.has("kept") ? SubmittedForm(kept: form) : nil
        do {
            let signed = try await accounts.acting(as: request.actor).signIn(
                login, form.exact("password"), device: cookies.device(request.httpRequest), from: request.network,
                instead: cookies.token(request.httpRequest))
            return .response(
                .moved(
                    to: kept == nil ? Self.local(form["back"]) : Self.keptPath.link().text,
                    type: kept == nil ? .normal : .temporary, cookies.keeping(token: signed.token),
                    cookies.keeping(device: signed.device)))
        } catch let failure as Failure where [.denied, .tooMany].contains(failure.kind) {
            if failure.isSame(as: .locked(minutes: 0)) {
                try await accounts.acting(as: request.actor).recordLocked(login, heldUp)
            }
            return .page(page(back: form["back"], login: login, failure: failure, kept: kept))
        }
    }

    private func passwordPage(_ principal: Principal, back: String, failure: Failure? = nil) -> Page {
        let value = PasswordPage(
            action: Self.passwordPath.link(), back: back, isNew: principal.isNew, failure: failure)
        return Page(
            "修改密码", breadcrumbs: [Breadcrumb.home], status: .of(failure),
            passwordView.draw(value))
    }

    private func changePassword(_ request: WebRequest) async throws -> WebResponse {
        let form = try await request.form()
        let token = cookies.token(request.httpRequest)
        do {
            guard form.exact("new") == form.exact("again") else { throw Failure.unlikePasswords }
            let next = try await accounts.acting(as: request.actor).change(
                token, from: form.exact("old"), to: form.exact("new"), device: cookies.device(request.httpRequest))
            return .response(.moved(to: Self.local(form["back"]), cookies.keeping(token: next)))
        } catch let failure as Failure where [.badInput, .tooMany].contains(failure.kind) {
            return .page(passwordPage(try request.signedIn(), back: form["back"], failure: failure))
        }
    }

    private func signOut(_ request: WebRequest) async throws -> WebResponse {
        let token = cookies.token(request.httpRequest)
        if !token.isEmpty { try await accounts.acting(as: request.actor).signOut(token) }
        return .response(.moved(to: Link.home.text, cookies.ended))
    }

    /// The path if it is one of this site, otherwise the home page.
    static func local(_ back: String) -> String { (Link(local: back) ?? .home).text }
}

struct SignInPage: PageValue {
    let action: Link
    let back: String
    let login: String
    let failure: Failure?
    /// The values typed on another page.
    let kept: SubmittedForm?

    private var loginField: FormField {
        var field = FormField("login", "身份证号、手机号或登录名")
        (field.value, field.autocomplete) = (login, "username")
        return field
    }

    private var passwordField: FormField {
        var field = FormField("password", "密码")
        (field.type, field.autocomplete) = ("password", "current-password")
        field.hint = "第一次登录的，填单子上的登录码或者初始密码"
        return field
    }

    static var fields: [String: Field<SignInPage>] {
        [
            "action": .text { $0.action.text }, "back": .text { $0.back },
            "failure": .text { $0.failure?.words.chinese ?? "" },
            "heading": .text {
                [.signInToSend, .signInToAct].contains($0.failure) ? "请重新登录" : "登录失败"
            },
            "isRefused": .flag { $0.failure != nil }, "login": .item { $0.loginField },
            "password": .item { $0.passwordField }, "isKept": .flag { $0.kept != nil },
            "kept": .text { $0.kept?.form.text ?? "" }, "path": .text { $0.kept?.path ?? "" },
            "titles": .text { $0.kept?.titles.text ?? "" },
        ]
    }

    static var sample: SignInPage {
        SignInPage(
            action: AccountPages.signInPath.link(), back: "/me", login: "370902",
            failure: .wrongLogin, kept: .sample)
    }
}

/// The page for setting one's own password.
struct PasswordPage: PageValue {
    let action: Link
    /// The page that follows; the home page if it is empty.
    let back: String
    let isNew: Bool
    let failure: Failure?

    /// A field with its failure, if it is about this field. Typed values are not shown again.
    private func field(_ id: String, _ label: String, _ autocomplete: String, _ failures: [Failure]) -> FormField {
        var field = FormField(id, label)
        (field.type, field.autocomplete) = ("password", autocomplete)
        if let failure, failures.contains(where: failure.isSame) { field.error = failure.words.chinese }
        return field
    }

    private var old: FormField {
        var field = field("old", "原密码", "current-password", [.oldPassword])
        if isNew { field.hint = "就是刚才登录用的登录码或初始密码" }
        return field
    }

    private var new: FormField {
        var field = field("new", "新密码", "new-password", [.password(), .samePassword])
        field.hint = "至少 8 位，含大写字母、小写字母、数字、符号中的三种（或至少 16 位）；至少 5 个不同的字符；不能是常用的密码"
        return field
    }

    static var fields: [String: Field<PasswordPage>] {
        [
            "action": .text { $0.action.text }, "back": .text { $0.back }, "isNew": .flag { $0.isNew },
            "isRefused": .flag { $0.failure != nil },
            "failure": .text { $0.failure?.words.chinese ?? "" },
            "old": .item { $0.old }, "new": .item { $0.new },
            "again": .item { $0.field("again", "再填一次新密码", "new-password", [.unlikePasswords]) },
        ]
    }

    static var sample: PasswordPage {
        PasswordPage(
            action: AccountPages.passwordPath.link(), back: "/me", isNew: true, failure: .unlikePasswords)
    }
}

/// The cookies of sessions and devices. Behind TLS their names begin with `__Host-` (RFC 6265bis), so only this host
/// can set them, over TLS.
package struct AccountCookies: Sendable {
    private let isSecure: Bool

    package init(isSecure: Bool) { self.isSecure = isSecure }

    private var session: String { name("session") }
    /// Identifies a known browser, which is limited separately when others guess passwords.
    private var device: String { name("device") }

    private func name(_ plain: String) -> String { isSecure ? "__Host-" + plain : plain }

    /// The session in a request's cookie; empty if it has none.
    func token(_ httpRequest: Request) -> String { httpRequest.cookies[session]?.value ?? "" }

    func device(_ httpRequest: Request) -> String { httpRequest.cookies[device]?.value ?? "" }

    func keeping(token: String) -> Cookie { cookie(session, token, seconds: nil) }

    func keeping(device value: String) -> Cookie { cookie(device, value, seconds: 400 * 86_400) }

    var ended: Cookie { cookie(session, "", seconds: 0) }

    private func cookie(_ name: String, _ value: String, seconds: Int?) -> Cookie {
        Cookie(
            name: name, value: value, maxAge: seconds, path: "/", secure: isSecure, httpOnly: true, sameSite: .lax)
    }
}

extension Response {
    /// A `temporary` redirect sends the form on to the next page, which needs it.
    static func moved(to path: String, type: RedirectType = .normal, _ cookies: Cookie...) -> Response {
        var response = Response.redirect(to: path, type: type)
        for cookie in cookies { response.setCookie(cookie) }
        return response
    }
}
