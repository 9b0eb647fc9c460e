import Database
import Kernel
import People
import Web

extension Principal {
    /// Whose people this visitor looks after today, by the role that was chosen.
    ///
    /// Failure: `desk.no-scope` where the role looks after nobody.
    func scope(_ transaction: Transaction) throws -> Scope {
        guard let scope = try scopeIfAny(transaction) else { throw Failure.noScope }
        return scope
    }

    private func scopeIfAny(_ transaction: Transaction) throws -> Scope? {
        // One rule for pages, API and jobs: what is behind the officers' door is nobody else's.
        guard AccessPolicy.officers.isOpen(to: self) else { return nil }
        switch role {
        case .bureau:
            // A role of an authority that is not found is nobody's, and not everybody's.
            if organisation == nil { return .everybody }
            return region.map { .region($0) }
        case .employer:
            if let organisation { return .unit(ID(organisation)) }
        case .authority:
            // The first authority of a region is its human-resources bureau; the others look after their own units.
            if let organisation, let region {
                let first = try OrganisationStore(transaction).authorities(in: region).first
                return first?.number.number == organisation ? .region(region) : .below(ID(organisation))
            }
        case .administrator, .professional, .base, .platform, .board, .auditor: break
        }
        return nil
    }

    /// In whose name this visitor states something of people; `nil` where the role looks after nobody.
    func submitter(_ transaction: Transaction) throws -> Submitter? {
        try scopeIfAny(transaction).map { scope in
            Submitter(
                scope: scope, account: ID(account), organisation: organisation.map { ID($0) },
                isBureau: role == .bureau)
        }
    }
}

extension AccessPolicy {
    /// Those who look after other people's hours.
    static let officers: AccessPolicy = .roles([.authority, .bureau, .employer])
}

extension Failure {
    static let noScope = Failure(
        .denied, "desk.no-scope", "这个账号没有关联到单位或主管部门，看不到人员。请联系系统管理员。",
        en: "This account belongs to no unit or authority, so it sees nobody. Ask the administrator.")

    static let notInScope = Failure(
        .notFound, "desk.not-in-scope", "您管理的单位里没有这个人。可能已调到别处，请按身份证号查找，或问调入单位的主管部门。",
        en: "This person is not at a unit that you look after. They may have moved; search, or ask elsewhere.",
        isRecorded: true)
}
