import Kernel
import People
import Policy

/// Evidence that is submitted for a person.
package struct Submission: Sendable {
    package let person: ID<Person>
    package let source: EvidenceSource
    /// The submitter's own number. The same number again means a correction of the same item. Without a number, equal
    /// facts mean the same item.
    package let reference: String?
    package let evidence: Evidence
    package let reason: String

    package init(
        person: ID<Person>, source: EvidenceSource, reference: String? = nil, evidence: Evidence, reason: String = ""
    ) {
        (self.person, self.source, self.reference) = (person, source, reference)
        (self.evidence, self.reason) = (evidence, reason)
    }
}

/// The result of a submission.
package enum Recognition: Sendable {
    case credited([LedgerEntry])
    /// It replaced earlier hours: reversals and new entries. `refusal` where nothing is credited now.
    case corrected([LedgerEntry], refusal: LocalizedText? = nil)
    case unchanged
    /// The reason, the clause, and what would be accepted.
    case refused(LocalizedText)

    /// Why nothing is credited now.
    package var refusal: LocalizedText? {
        switch self {
        case .refused(let words): words
        case .corrected(_, let words): words
        default: nil
        }
    }
}

/// The hours that evidence gives now, each under its policy; or why there are none.
struct Evaluation {
    var items: [Item] = []
    var refusal: LocalizedText?
    /// The policy that refused.
    var refusedBy: ID<PolicyVersion>?

    struct Item {
        let entry: Entry
        let version: PolicyVersion
    }
}

/// The periods of a person that are settled and not open again, and the policy version each was settled under.
package struct SettledPeriods: Sendable {
    struct Item: Sendable {
        let period: Period
        let version: PolicyVersion

        /// Whether hours of a year and day belong to this period.
        func holds(_ year: Year, _ day: Day) -> Bool { version.policy.membership(of: period).holds(year, day) }
    }

    let items: [Item]

    init(_ items: [Item] = []) { self.items = items }

    /// The version that decides hours of a year and day under a policy, where their period is settled.
    func version(_ key: String, _ year: Year, _ day: Day) -> PolicyVersion? {
        items.first { $0.version.key == key && $0.holds(year, day) }?.version
    }

    func version(_ key: String, from first: Day) -> PolicyVersion? {
        items.first { $0.version.key == key && $0.period.from == first }?.version
    }

    /// The policies of the settled periods that touch a year. No other policies decide in it.
    func keys(touching year: Year) -> [String] {
        items.filter { $0.period.overlaps(year.period) }.map(\.version.key).sorted()
    }

    func keys(_ year: Year, _ day: Day) -> [String] {
        items.filter { $0.holds(year, day) }.map(\.version.key)
    }

    /// The versions that periods are settled under.
    var versions: [PolicyVersion] { items.map(\.version) }
}
