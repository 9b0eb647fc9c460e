import Database
import Kernel

/// Who gives a person a first password, and why. The person must have been in the scope for some time: otherwise an
/// organisation could add somebody to its list and at once sign in as that person.
package struct PasswordResetter: Sendable {
    let submitter: Submitter
    let reason: String

    /// How long a person must have been in the scope before the person's own password is replaced, in milliseconds. In
    /// this time the previous unit notices the move.
    static let wait = 7 * 86_400_000
    package static let longestReason = 200

    package init(_ submitter: Submitter, reason: String) { (self.submitter, self.reason) = (submitter, reason) }

    /// `isOwn`: the person has set a password. Without one there is no wait for a person who was nowhere else.
    ///
    /// Failures: `account.no-role`, `account.not-in-scope`, `account.too-new`.
    func admit(_ person: ID<Person>, isOwn: Bool, _ transaction: Transaction, _ people: People) throws {
        try submitter.check(transaction, people)
        if let refusal = try refusal(of: person, isOwn: isOwn, transaction, people) { throw refusal }
    }

    /// Why the person gets none: `account.not-in-scope` or `account.too-new`; `nil` if nothing forbids it. The role is
    /// not checked.
    func refusal(
        of person: ID<Person>, isOwn: Bool, _ transaction: Transaction, _ people: People
    ) throws -> Failure? {
        guard try WriteScope(transaction, people, submitter).holds(person) else { return .notOwnPerson }
        return try isLongEnough(person, isOwn, at: people.system.now(), transaction, people) ? nil : .tooNew
    }

    /// The first day on which it is allowed, as far as is known today: today or one of the next eight days; `nil` if
    /// the person is also elsewhere.
    func firstDay(
        for person: ID<Person>, isOwn: Bool, _ transaction: Transaction, _ people: People
    ) throws -> Day? {
        let now = people.system.now()
        let moments = (0...8).lazy.map { now + $0 * 86_400_000 }
        return try moments.first { try isLongEnough(person, isOwn, at: $0, transaction, people) }.map {
            Day(milliseconds: $0)
        }
    }

    private func isLongEnough(
        _ person: ID<Person>, _ isOwn: Bool, at time: Int, _ transaction: Transaction, _ people: People
    ) throws -> Bool {
        if submitter.scope == .everybody { return true }
        let moment = time - Self.wait
        let roster = RosterStore(transaction, today: people.system.today)
        // Another number of the same person may be employed elsewhere.
        let family = try PersonStore(transaction, people).family(of: person)
        guard try !family.contains(where: { try roster.wasOutside($0, submitter.scope, since: moment) }) else {
            return false
        }
        return try !isOwn || roster.wasAt(person, submitter.scope, at: moment)
    }
}

/// A first password that somebody else gave, as the owner of the account sees it.
package struct PasswordReset: Sendable, Hashable {
    /// The organisation that gave it.
    let office: String
    let reason: String
    /// Milliseconds since 1970.
    let given: Int
}

extension Failure {
    static let notOwnPerson = Failure(
        .notFound, "account.not-in-scope", "您管理的单位里没有这个人，不能办理。可能刚调到别处，请回到人员名单核对。",
        en: "This person is not at a unit that you manage. The person may have moved; see the list of people.",
        isRecorded: true)

    static let tooNew = Failure(
        .refused, "account.too-new", "此人登记到您管理的单位还不满 7 天，暂不能办理登录密码。请满 7 天后再办；急需的，请联系系统管理员重设。",
        en: "This person joined your units less than 7 days ago. Wait, or let the administrator reset the account.")
}
