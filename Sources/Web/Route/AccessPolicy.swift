import Kernel

/// Who may use a route.
package enum AccessPolicy: Sendable, Hashable {
    /// No sign-in is needed.
    case everyone
    /// Any signed-in user, also one who must replace a first password.
    case newcomers
    case anybodySignedIn
    case roles(Set<Role>)

    package static func role(_ role: Role) -> AccessPolicy { .roles([role]) }

    /// Failures: `web.sign-in`, `web.first-password`, `web.forbidden`.
    func admit(_ identity: (any Identity)?) throws {
        if case .everyone = self { return }
        guard let identity else { throw Failure.signIn }
        guard self == .newcomers || !identity.isNew else { throw Failure.firstPassword }
        guard isOpen(to: identity) else { throw Failure.forbidden(identity.role) }
    }

    package func isOpen(to identity: (any Identity)?) -> Bool {
        switch self {
        case .everyone: true
        case .newcomers, .anybodySignedIn: identity != nil
        case .roles(let roles): identity.map { roles.contains($0.role) } ?? false
        }
    }
}

extension Failure {
    static var signIn: Failure {
        Failure(
            .notSignedIn, "web.sign-in", "请先登录，登录后会回到这一页。",
            en: "Sign in first; you will come back to this page.")
    }

    /// Everybody meets it at the first sign-in, so it is not recorded.
    static var firstPassword: Failure {
        Failure(
            .denied, "web.first-password", "您用的是初始密码，别人可能知道。请先设置自己的密码。",
            en: "Another person knows this password. Set your own password first.", isRecorded: false)
    }

    static func forbidden(_ role: Role) -> Failure {
        Failure(
            .denied, "web.forbidden", "您现在的身份是“\(role.name)”，不能看这一页。需要看的，请到“我的账号”换一个身份，或联系网站的管理单位。",
            en: "This page is not open to the role \(role.rawValue). Use an account that may open it, or ask for one.")
    }
}
