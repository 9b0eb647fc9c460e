import Foundation
import Hummingbird
import Kernel
import Web

/// One's own account: its password and its current role.
package struct OwnAccountPages: Sendable {
    private let accounts: Accounts
    private let cookies: AccountCookies
    private let view: View<OwnAccountPage>

    package static let path: Path<> = Path("/account")
    static let rolePath: Path<> = Path("/account/role")

    package init(_ accounts: Accounts, _ views: Views, _ cookies: AccountCookies) throws {
        (self.accounts, self.cookies) = (accounts, cookies)
        view = try views.view("account")
    }

    package var routes: [Route] {
        [
            .get(Self.path, .anybodySignedIn) { request in .page(try await page(request)) },
            .post(Self.rolePath, .anybodySignedIn) { request in try await choose(request) },
        ]
    }

    private func page(_ request: WebRequest) async throws -> Page {
        let principal = try request.signedIn()
        let roles = try await accounts.roles(cookies.token(request.httpRequest))
        let acts = try await AccountActivity.newest(of: principal.accountNumber, accounts.database, accounts.people)
        let resets = try await accounts.resets(cookies.token(request.httpRequest))
        let value = OwnAccountPage(name: principal.name, roles: roles, acts: acts, resets: resets)
        return Page("我的账号", breadcrumbs: [.home], view.draw(value))
    }

    private func choose(_ request: WebRequest) async throws -> WebResponse {
        let form = try await request.form()
        guard let role = Role(rawValue: form["role"]) else { throw Failure.noRole }
        let next = try await accounts.acting(as: request.actor).choose(
            AccountRole(role, at: ID(form["unit"])), cookies.token(request.httpRequest))
        return .response(.moved(to: Link.home.text, cookies.keeping(token: next)))
    }
}

struct OwnAccountPage: PageValue {
    let name: String
    let roles: [GrantedRole]
    /// Recent acts on the account.
    let acts: [AccountActivity]
    /// First passwords that others gave.
    let resets: [PasswordReset]

    static var fields: [String: Field<OwnAccountPage>] {
        [
            "name": .text { $0.name }, "roles": .list { $0.roles }, "isOnlyOne": .flag { $0.roles.count < 2 },
            "acts": .list { $0.acts }, "hasActs": .flag { !$0.acts.isEmpty },
            "password": .text { _ in AccountPages.passwordPath.link().text },
            "resets": .list { $0.resets }, "wasReset": .flag { !$0.resets.isEmpty },
        ]
    }

    static var sample: OwnAccountPage {
        OwnAccountPage(name: "岳明远", roles: [.sample], acts: [.sample], resets: [.sample])
    }
}

extension PasswordReset: PageValue {
    package static var fields: [String: Field<PasswordReset>] {
        [
            "office": .text { $0.office }, "reason": .text { $0.reason },
            "time": .item { ClockTime($0.given) },
        ]
    }

    package static var sample: PasswordReset {
        PasswordReset(office: "泰山区人力资源和社会保障局", reason: "本人到窗口办理", given: 1_672_531_200_000)
    }
}

extension GrantedRole: PageValue {
    package static var fields: [String: Field<GrantedRole>] {
        [
            "role": .text { $0.role.role.rawValue }, "title": .text { $0.role.role.name },
            "unit": .text { $0.unit }, "isAtUnit": .flag { !$0.unit.isEmpty },
            "unitNumber": .text { $0.role.organisation?.description ?? "" },
            "isChosen": .flag { $0.isChosen }, "action": .text { _ in OwnAccountPages.rolePath.link().text },
            "granted": .item { $0.granted },
        ]
    }

    package static var sample: GrantedRole {
        GrantedRole(
            role: AccountRole(.employer, at: ID(3)), unit: "泰安示例机械有限公司", isChosen: false, granted: .sample)
    }
}
