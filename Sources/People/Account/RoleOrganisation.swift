import Database
import Kernel
import Web

extension AccountStore {
    /// Checks the organisation of a role: an employer's role belongs to a unit, an authority's to an authority.
    ///
    /// Failures: `account.unit-unknown`, `account.unit-kind`.
    func checkPlace(of role: AccountRole) throws {
        guard let number = role.organisation else { return }
        guard ![.administrator, .auditor].contains(role.role) else { throw Failure.needsNoUnit(role.role) }
        guard let unit = try OrganisationStore(transaction).find(number) else { throw Failure.noUnit(number) }
        let isOffice = unit.role == .authority
        switch role.role {
        case .authority where !isOffice, .bureau where !isOffice: throw Failure.noOffice(role.role, unit)
        case .employer where isOffice: throw Failure.noEmployer(role.role, unit)
        default: return
        }
    }
}

extension Failure {
    fileprivate static func noUnit(_ number: ID<Organisation>) -> Failure {
        Failure(
            .notFound, "account.unit-unknown", "没有编号为 \(number) 的单位或主管部门。请核对编号后再试。",
            en: "There is no unit or authority \(number). Check the number.")
    }

    fileprivate static func needsNoUnit(_ role: Role) -> Failure {
        wrongUnit(
            "“\(role.name)”不属于任何单位，请不要指明单位。",
            en: "The role \(role.rawValue) belongs to no unit: leave the unit out.")
    }

    fileprivate static func noOffice(_ role: Role, _ unit: Organisation) -> Failure {
        wrongUnit(
            "“\(role.name)”的账号要属于主管部门，而 \(unit.number)（\(unit.name)）是用人单位。请核对编号。",
            en: "The role \(role.rawValue) belongs to an authority, and \(unit.number) is none. Check the number.")
    }

    fileprivate static func noEmployer(_ role: Role, _ unit: Organisation) -> Failure {
        wrongUnit(
            "“\(role.name)”的账号要属于用人单位，而 \(unit.number)（\(unit.name)）是主管部门。请核对编号。",
            en: "The role \(role.rawValue) belongs to a unit, and \(unit.number) is an authority. Check the number.")
    }

    private static func wrongUnit(_ chinese: String, en english: String) -> Failure {
        Failure(.badInput, "account.unit-kind", chinese, en: english)
    }
}
