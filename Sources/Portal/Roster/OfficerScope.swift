import Database
import Kernel
import People
import Web

extension Principal {
    /// The scope of the user's current role. Failure: `desk.no-scope` if it has none.
    func scope() throws -> Scope {
        guard let scope = scopeIfAny else { throw Failure.noScope }
        return scope
    }

    private var scopeIfAny: Scope? {
        // The same rule for pages, API and jobs: only officers have a scope.
        guard AccessPolicy.officers.isOpen(to: self) else { return nil }
        let region = jurisdiction.map { Scope.region($0) }
        return switch role {
        // If the role's organisation is not found, the scope is `nil`, not everybody.
        case .bureau: organisation == nil ? .everybody : region
        case .authority: region ?? organisation.map { .below($0) }
        case .employer: organisation.map { .unit($0) }
        default: nil
        }
    }

    /// The submitter for writes of this user; `nil` if the role has no scope.
    var submitterIfAny: Submitter? {
        scopeIfAny.map { scope in
            Submitter(scope: scope, account: account, organisation: organisation, isBureau: role == .bureau)
        }
    }

    /// The same. Failure: `desk.no-scope` if the role has no scope.
    func submitter() throws -> Submitter {
        guard let submitter = submitterIfAny else { throw Failure.noScope }
        return submitter
    }
}

extension Scope {
    /// The only unit of the scope; `nil` if it has several.
    var ownUnit: ID<Organisation>? { if case .unit(let unit) = self { unit } else { nil } }
}

extension AccessPolicy {
    /// Roles that look after other people's hours.
    static let officers: AccessPolicy = .roles([.authority, .bureau, .employer])
}

extension Failure {
    static let noScope = Failure(
        .denied, "desk.no-scope", "这个账号没有关联到单位或主管部门，看不到人员。请联系系统管理员。",
        en: "This account belongs to no unit or authority, so it can see no people. Ask the administrator.")

    static let notInScope = Failure(
        .notFound, "desk.not-in-scope", "您管理的单位里没有这个人。可能已调到别处，请按身份证号查找，或问调入单位的主管部门。",
        en: "This person is not at a unit that you manage, and may have moved. Search, or ask another authority.",
        isRecorded: true)

    static let unitNotInScope = Failure(
        .notFound, "desk.unit-not-in-scope", "这个单位不在您管理的范围。请回到人员名单，从名单里选单位。",
        en: "You do not manage this unit. Choose one from the list of people.", isRecorded: true)
}
