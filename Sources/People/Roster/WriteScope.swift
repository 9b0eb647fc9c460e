import Database
import Kernel
import Web

/// Who submits data about people, and for which scope.
package struct Submitter: Sendable, Hashable {
    package let scope: Scope
    package let account: ID<Account>?
    /// The unit or authority that submits.
    package let organisation: ID<Organisation>?
    /// Only the bureau may take in registered people who are at no unit.
    package let isBureau: Bool

    package init(scope: Scope, account: ID<Account>?, organisation: ID<Organisation>?, isBureau: Bool) {
        (self.scope, self.account, self.organisation, self.isBureau) = (scope, account, organisation, isBureau)
    }

    /// The bureau's name if its accounts belong to no organisation.
    package static let bureau = Role.bureau.name

    /// The command line, which has no limits.
    package static let operating = Submitter(scope: .everybody, account: nil, organisation: nil, isBureau: true)
}

extension Submitter {
    /// Checks in the writing transaction that the account still has the role, since the session's state may be minutes
    /// old. Failure: `account.no-role`.
    package func check(_ transaction: Transaction, _ people: People) throws {
        guard let account else { return }
        let roles = try AccountStore(transaction, people).roles(of: account)
        guard roles.contains(where: { $0.organisation == organisation && ($0.role == .bureau) == isBureau }) else {
            throw Failure.noRole
        }
    }
}

/// What a sender may write, by the state before the write. It is checked before anything is written, since a row could
/// otherwise bring its own person into the scope.
package struct WriteScope {
    package let transaction: Transaction
    let people: People
    package let submitter: Submitter

    package init(_ transaction: Transaction, _ people: People, _ submitter: Submitter) {
        (self.transaction, self.people, self.submitter) = (transaction, people, submitter)
    }

    package var isEverybody: Bool { submitter.scope == .everybody }
    private var roster: RosterStore { RosterStore(transaction, today: people.system.today) }

    /// Whether the person, or the person it is merged into, is at a unit of the scope today.
    package func holds(_ person: ID<Person>) throws -> Bool {
        if isEverybody { return true }
        let root = try PersonStore(transaction, people).root(of: person)
        if try roster.isAt(root, submitter.scope) { return true }
        return try submitter.isBureau && !roster.isAt(root, .everybody)
    }

    package func holds(_ unit: ID<Organisation>) throws -> Bool {
        try isEverybody || roster.contains(unit, submitter.scope)
    }

    /// `nil` if the person is outside the scope.
    package func find(_ person: ID<Person>) throws -> Person? {
        try holds(person) ? PersonStore(transaction, people).find(person) : nil
    }

    /// The current unit of a person, regardless of the scope: for requests to the common upstream.
    package func unit(of person: ID<Person>) throws -> ID<Organisation>? {
        let root = try PersonStore(transaction, people).root(of: person)
        return try roster.places(of: root, .everybody).first?.unit
    }

    /// The name of a person's current unit; `nil` if there is none.
    package func unitName(of person: ID<Person>) throws -> String? {
        try unit(of: person).flatMap { try OrganisationStore(transaction).find($0)?.name }
    }

    /// The name of a unit; `nil` outside the scope.
    package func name(of unit: ID<Organisation>) throws -> String? {
        try holds(unit) ? OrganisationStore(transaction).find(unit)?.name : nil
    }

    /// A unit outside the scope where the person, or a merged number of the same person, was on days that an employment
    /// would cover; `nil` if there is none.
    package func takesDays(_ during: Period, of person: ID<Person>) throws -> ID<Organisation>? {
        if isEverybody { return nil }
        let persons = PersonStore(transaction, people)
        let employments = EmploymentStore(transaction, people)
        var end = during.to
        var others: [(employment: Employment, unit: Organisation)] = []
        for member in try persons.family(of: persons.root(of: person)) {
            let held = try employments.histories(from: member.number, through: member.number)[member.number]
            others += held?.employments ?? []
            guard member == person else { continue }
            // A statement without an end lasts until the next known employment.
            let next = held?.employments.map(\.employment.during.from).filter { $0 > during.from }.min()
            if let next { end = min(end, next.adding(days: -1)) }
        }
        let taken = Period(from: during.from, to: end)
        return try others.first { try $0.employment.during.overlaps(taken) && !holds($0.unit.number) }?.unit.number
    }

    /// Whether a new unit may be registered in a region: an authority may within its own region, a unit nowhere.
    func mayRegister(in region: RegionCode) throws -> Bool {
        switch submitter.scope {
        case .everybody: true
        case .region(let top): region.lies(in: top)
        case .below(let authority):
            try OrganisationStore(transaction).find(authority).map { region.lies(in: $0.region) } ?? false
        case .unit: false
        }
    }
}
