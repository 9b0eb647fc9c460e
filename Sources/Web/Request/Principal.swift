import Kernel

/// What somebody is here for. One person may hold several roles and has one of them at a time.
package enum Role: String, Sendable, Hashable, CaseIterable {
    /// 专业技术人员
    case professional
    /// 用人单位
    case employer
    /// 继续教育基地
    case base
    /// 学习平台
    case platform
    /// 主管部门
    case authority
    /// 市局专技处
    case bureau
    /// 职称评审委员会
    case board
    /// 系统管理员
    case administrator
    /// 安全审计员
    case auditor

    package var name: String {
        switch self {
        case .professional: "专业技术人员"
        case .employer: "用人单位"
        case .base: "继续教育基地"
        case .platform: "学习平台"
        case .authority: "主管部门"
        case .bureau: "市人社局"
        case .board: "职称评审委员会"
        case .administrator: "系统管理员"
        case .auditor: "安全审计员"
        }
    }
}

/// Who is signed in, in the role that was chosen.
package struct Principal: Sendable, Hashable {
    /// The number of the account.
    package let account: Int
    /// What the page greets the visitor with.
    package let name: String
    package let role: Role
    /// The person that the account is, where it is one.
    package let person: Int?
    /// The unit or authority that the role is held at.
    package let organisation: Int?
    /// What an officer looks after: this region and those below it.
    package let region: RegionCode?
    /// Signed in with a password that somebody else knows: only another one can be set.
    package let isNew: Bool

    package init(
        account: Int, name: String, role: Role, person: Int? = nil, organisation: Int? = nil,
        region: RegionCode? = nil, isNew: Bool = false
    ) {
        (self.account, self.name, self.role) = (account, name, role)
        (self.person, self.organisation, self.region) = (person, organisation, region)
        self.isNew = isNew
    }
}

/// Who may enter a page.
package enum AccessPolicy: Sendable, Hashable {
    /// No login is asked for.
    case everyone
    /// Also who has to set another password first.
    case newcomers
    case anybodySignedIn
    case roles(Set<Role>)

    package static func role(_ role: Role) -> AccessPolicy { .roles([role]) }

    /// Failures: `web.sign-in`, `web.first-password`, `web.forbidden`.
    func admit(_ principal: Principal?) throws {
        if case .everyone = self { return }
        guard let principal else { throw Failure.signIn }
        guard self == .newcomers || !principal.isNew else { throw Failure.firstPassword }
        guard isOpen(to: principal) else { throw Failure.forbidden(principal.role) }
    }

    package func isOpen(to principal: Principal?) -> Bool {
        switch self {
        case .everyone: true
        case .newcomers, .anybodySignedIn: principal != nil
        case .roles(let roles): principal.map { roles.contains($0.role) } ?? false
        }
    }
}

extension Failure {
    static var signIn: Failure {
        Failure(
            .notSignedIn, "web.sign-in", "请先登录，登录后会回到这一页。",
            en: "Sign in first; you will come back to this page.")
    }

    static var firstPassword: Failure {
        Failure(
            .denied, "web.first-password", "您用的是初始密码，别人可能知道。请先设置自己的密码。",
            en: "This password was given out by somebody else. Set one of your own first.")
    }

    static func forbidden(_ role: Role) -> Failure {
        Failure(
            .denied, "web.forbidden", "您现在的身份是“\(role.name)”，不能看这一页。需要看的，请到“我的账号”换一个身份，或打页面下方的帮助电话。",
            en: "This page is not open to the role \(role.rawValue). Sign in with an account that may, or ask for one.")
    }
}
