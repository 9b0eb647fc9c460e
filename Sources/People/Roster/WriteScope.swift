import Database
import Kernel
import Web

/// Who states something of people, and whose people that may be.
package struct Submitter: Sendable, Hashable {
    package let scope: Scope
    package let account: ID<Account>?
    /// The unit or authority for which it is stated.
    package let organisation: ID<Organisation>?
    /// Whoever is registered and at no unit is the bureau's to take in.
    package let isBureau: Bool

    package init(scope: Scope, account: ID<Account>?, organisation: ID<Organisation>?, isBureau: Bool) {
        (self.scope, self.account, self.organisation, self.isBureau) = (scope, account, organisation, isBureau)
    }

    /// What the bureau is called where its accounts belong to no organisation.
    package static let bureau = Role.bureau.name

    /// The command line, which nothing is refused to.
    package static let operating = Submitter(scope: .everybody, account: nil, organisation: nil, isBureau: true)
}

extension Submitter {
    /// Asks again, in the transaction that writes, whether the account still has the role: what it was asked with may
    /// be minutes old. Failure: `account.no-role`.
    package func check(_ transaction: Transaction, _ people: People) throws {
        guard let account else { return }
        let roles = try AccountStore(transaction, people).roles(of: account)
        guard roles.contains(where: { $0.organisation == organisation && ($0.role == .bureau) == isBureau }) else {
            throw Failure.noRole
        }
    }
}

/// What a sender may state things of, by the state before the write. It is asked before anything is written: a row
/// that were asked about afterwards could bring its own person into the scope.
package struct WriteScope {
    package let transaction: Transaction
    let people: People
    package let submitter: Submitter

    package init(_ transaction: Transaction, _ people: People, _ submitter: Submitter) {
        (self.transaction, self.people, self.submitter) = (transaction, people, submitter)
    }

    package var isEverybody: Bool { submitter.scope == .everybody }
    private var roster: RosterStore { RosterStore(transaction, today: people.system.today) }

    /// Whether somebody, or who this number stands for, is today at a unit of the scope.
    package func holds(_ person: ID<Person>) throws -> Bool {
        if isEverybody { return true }
        let root = try PersonStore(transaction, people).root(of: person)
        if try roster.isAt(root, submitter.scope) { return true }
        return try submitter.isBureau && !roster.isAt(root, .everybody)
    }

    package func holds(_ unit: ID<Organisation>) throws -> Bool {
        try isEverybody || roster.contains(unit, submitter.scope)
    }

    /// `nil` where the scope does not hold the person.
    package func find(_ person: ID<Person>) throws -> Person? {
        try holds(person) ? PersonStore(transaction, people).find(person) : nil
    }

    /// Where somebody is today, whoever may know it: for what is passed to the common upstream.
    package func unit(of person: ID<Person>) throws -> ID<Organisation>? {
        let root = try PersonStore(transaction, people).root(of: person)
        return try roster.places(of: root, .everybody).first?.unit
    }

    /// What the unit is called where somebody is today; `nil` of somebody who is at none.
    package func unitName(of person: ID<Person>) throws -> String? {
        try unit(of: person).flatMap { try OrganisationStore(transaction).find($0)?.name }
    }

    /// The unit outside the scope at which the person, or another number of the same human, was at some time within the
    /// days that an employment would take: `nil` where it takes nobody's days.
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
            // What is stated without an end lasts until the next that is known.
            let next = held?.employments.map(\.employment.during.from).filter { $0 > during.from }.min()
            if let next { end = min(end, next.adding(days: -1)) }
        }
        let taken = Period(from: during.from, to: end)
        return try others.first { try $0.employment.during.overlaps(taken) && !holds($0.unit.number) }?.unit.number
    }

    /// Whether a new unit may be registered in a region: below an authority in its own, by a unit nowhere.
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
