import Kernel
import Web

extension Role {
    /// Whether auditors check the acts of this role.
    fileprivate var isAudited: Bool { ![.professional, .auditor].contains(self) }
}

extension AccountStore {
    /// Separates auditing from the audited roles. Failure: `account.auditor-alone`.
    func keepApart(_ role: AccountRole, _ number: ID<Account>) throws {
        let held = try roles(of: number).map(\.role)
        let isApart = role.role == .auditor ? !held.contains(where: \.isAudited) : !held.contains(.auditor)
        guard isApart || !role.role.isAudited && role.role != .auditor else { throw Failure.auditorAlone(role.role) }
    }
}

extension Failure {
    fileprivate static func auditorAlone(_ role: Role) -> Failure {
        Failure(
            .refused, "account.auditor-alone",
            "“\(Role.auditor.name)”不能和管理、经办的身份在同一个账号上，没有授予“\(role.name)”。请另开一个账号，由另一个人使用。",
            en: "An auditor's account cannot have an audited role, so \(role.rawValue) was not granted. Open another.")
    }
}
