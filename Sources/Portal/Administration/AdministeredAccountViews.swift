import Kernel
import People
import Web

/// The accounts with an office, and the search by login.
struct AdministeredAccountsPage: PageValue {
    let rows: [AccountOverview]
    let failure: Failure?

    private var login: FormField {
        var field = FormField("login", "按登录名查找")
        field.hint = "个人的登录名是身份证号，或者登记的手机号"
        field.error = failure?.words.chinese ?? ""
        return field
    }

    static var fields: [String: Field<AdministeredAccountsPage>] {
        [
            "action": .text { _ in AdministeredAccountPages.path.link().text }, "login": .item { $0.login },
            "rows": .list { $0.rows }, "hasRows": .flag { !$0.rows.isEmpty },
            "isMore": .flag { $0.rows.count == Accounts.shown }, "count": .text { "\($0.rows.count)" },
        ]
    }

    static var sample: AdministeredAccountsPage {
        AdministeredAccountsPage(rows: [.sample], failure: .noSuchLogin)
    }
}

extension AccountOverview: PageValue {
    fileprivate var state: String {
        if isLocked { return "已停用" }
        if isDemo { return "演示账号" }
        return isFirst ? "还没有设置密码" : "正常"
    }

    package static var fields: [String: Field<AccountOverview>] {
        [
            "number": .text { "\($0.number)" }, "name": .text { $0.name }, "state": .text { $0.state },
            "isOK": .flag { !$0.isLocked && !$0.isFirst && !$0.isDemo }, "isLocked": .flag { $0.isLocked },
            "link": .text { AdministeredAccountPages.link($0.number).text },
            "roles": .text { account in
                account.roles.map { $0.role.role.name + ($0.unit.isEmpty ? "" : "（\($0.unit)）") }
                    .joined(separator: "、")
            },
            "sessions": .text { "\($0.sessions)" }, "tokens": .text { "\($0.tokens)" },
        ]
    }

    package static var sample: AccountOverview {
        AccountOverview(
            number: ID(17), name: "泰山区人力资源和社会保障局", isLocked: true,
            roles: [(AccountRole(.authority, at: ID(3)), "泰山区人力资源和社会保障局")], sessions: 1, tokens: 2, mark: "3f")
    }
}

/// A role of the account, with the link to revoke it.
struct AdministeredRole: PageValue {
    let role: AccountRole
    let unit: String
    let account: ID<Account>

    static var fields: [String: Field<AdministeredRole>] {
        [
            "title": .text { $0.role.role.name }, "unit": .text { $0.unit }, "isAtUnit": .flag { !$0.unit.isEmpty },
            // A person keeps the own role.
            "isRevocable": .flag { $0.role.role != .professional },
            "revoke": .text { AdministeredAccountPages.revokeLink($0.role, $0.account).text },
        ]
    }

    static var sample: AdministeredRole {
        AdministeredRole(role: AccountRole(.authority, at: ID(3)), unit: "泰山区人力资源和社会保障局", account: ID(17))
    }
}

struct AdministeredAccountPage: PageValue {
    let account: AccountOverview
    /// The new first password, shown only once.
    var password: String?
    /// The typed values after a failure.
    var typed: Query?
    var failure: Failure?

    /// The roles that are granted here. Boards, bases and platforms have no pages yet.
    static let granted: [Role] = [.employer, .authority, .bureau, .administrator, .auditor]

    var reason: FormField {
        var field = FormField("reason", "办理原因")
        field.hint = "如“本人书面申请”。本人在“我的账号”里看得到"
        guard let typed, typed.has("reason") else { return field }
        field.value = typed["reason"]
        field.require("请填写办理原因", most: PasswordResetter.longestReason)
        return field
    }

    private var errors: ErrorSummary { ErrorSummary([reason]) }
    var status: Page.Status { failure == nil ? errors.status : .of(failure) }

    private var roleField: SelectField {
        SelectField(
            "role", "身份", Self.granted.map { .init($0.rawValue, $0.name) }, chosen: typed?["role"] ?? "employer")
    }

    private var unitField: FormField {
        var field = FormField("unit", "单位或主管部门")
        (field.hint, field.isRequired) = ("全称或编号。系统管理员、安全审计员不填", false)
        field.value = typed?["unit"] ?? ""
        return field
    }

    static var fields: [String: Field<AdministeredAccountPage>] {
        [
            "account": .item { $0.account }, "number": .text { "\($0.account.number)" },
            "mark": .text { $0.account.mark }, "isLocked": .flag { $0.account.isLocked },
            "isGiven": .flag { $0.password != nil }, "password": .text { $0.password ?? "" },
            "isRefused": .flag { $0.failure != nil }, "failure": .text { $0.failure?.words.chinese ?? "" },
            "errors": .item { $0.errors.isEmpty ? nil : $0.errors }, "reason": .item { $0.reason },
            "held": .list { page in
                page.account.roles.map {
                    AdministeredRole(role: $0.role, unit: $0.unit, account: page.account.number)
                }
            },
            "hasRoles": .flag { !$0.account.roles.isEmpty }, "role": .item { $0.roleField },
            "unit": .item { $0.unitField },
            "grant": .text { _ in AdministeredAccountPages.grantPath.link().text },
            "reset": .text { _ in AdministeredAccountPages.passwordPath.link().text },
            "lock": .text { $0.link(AdministeredAccountPages.lockPath) },
            "exit": .text { $0.link(AdministeredAccountPages.exitPath) },
            "back": .text { _ in AdministeredAccountPages.path.link().text },
        ]
    }

    private func link(_ path: Path<>) -> String { path.link().asking([("number", "\(account.number)")]).text }

    static var sample: AdministeredAccountPage {
        AdministeredAccountPage(
            account: .sample, password: "abcd-efgh-jkmn", typed: Query("reason="), failure: .noSuchRole)
    }
}
