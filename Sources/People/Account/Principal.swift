import Database
import Kernel
import Web

extension Role {
    package static let professional = Role("professional", "专业技术人员")
    package static let employer = Role("employer", "用人单位")
    package static let base = Role("base", "继续教育基地")
    package static let platform = Role("platform", "学习平台")
    package static let authority = Role("authority", "主管部门")
    package static let bureau = Role("bureau", "市人社局")
    package static let board = Role("board", "职称评审委员会")
    package static let administrator = Role("administrator", "系统管理员")
    package static let auditor = Role("auditor", "安全审计员")
}

extension Role: CaseIterable {
    package static let allCases: [Role] = [
        .professional, .employer, .base, .platform, .authority, .bureau, .board, .administrator, .auditor,
    ]

    /// `nil` if there is no such role.
    package init?(rawValue: String) {
        guard let role = Self.allCases.first(where: { $0.rawValue == rawValue }) else { return nil }
        self = role
    }
}

/// The signed-in user in the chosen role.
package struct Principal: Identity, Hashable {
    package let account: ID<Account>
    package let name: String
    package let role: Role
    /// The person of the account, if it belongs to one.
    package let person: ID<Person>?
    /// The unit or authority of the role.
    package let organisation: ID<Organisation>?
    /// The region that the organisation has under comprehensive management (综合管理), with the regions below it.
    package let jurisdiction: RegionCode?
    package let isNew: Bool

    package var accountNumber: Int { account.number }

    package init(
        account: ID<Account>, name: String, role: Role, person: ID<Person>? = nil,
        organisation: ID<Organisation>? = nil, jurisdiction: RegionCode? = nil, isNew: Bool = false
    ) {
        (self.account, self.name, self.role) = (account, name, role)
        (self.person, self.organisation, self.jurisdiction) = (person, organisation, jurisdiction)
        self.isNew = isNew
    }

    /// An account in one of its roles. The name is that of the role's organisation if there is one.
    package init(
        _ account: ID<Account>, in held: AccountRole, name: String, person: ID<Person>? = nil, isNew: Bool = false,
        _ transaction: Transaction
    ) throws {
        let organisation = try held.organisation.flatMap { try OrganisationStore(transaction).find($0) }
        self.init(
            account: account, name: organisation?.name ?? name, role: held.role, person: person,
            organisation: held.organisation, jurisdiction: organisation?.jurisdiction, isNew: isNew)
    }
}

extension WebRequest {
    /// The signed-in user; `nil` if there is none.
    package var principal: Principal? { identity as? Principal }

    /// The signed-in user. Failure: `web.sign-in`, which no page with an access policy meets.
    package func signedIn() throws -> Principal { try signedIn(as: Principal.self) }
}
