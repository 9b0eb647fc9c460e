import Kernel
import People
import Policy

/// What somebody brings to be credited to a person.
package struct Submission: Sendable {
    package let person: ID<Person>
    package let source: EvidenceSource
    /// The bringer's own number for it. With the same one again it is the same item, corrected; without one, equal
    /// facts are the same item.
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

/// What came of it.
package enum Recognition: Sendable {
    case credited([LedgerEntry])
    /// It replaced what was credited before: reversals and new entries. With the refusal where nothing is credited now.
    case corrected([LedgerEntry], refusal: String? = nil)
    case unchanged
    /// Why not, under which clause, and what would be accepted.
    case refused(String)

    /// Why nothing is credited now.
    package var refusal: String? {
        switch self {
        case .refused(let words): words
        case .corrected(_, let words): words
        default: nil
        }
    }
}

/// The hours that evidence is worth now, each under its policy; or why there are none.
struct Evaluation {
    var items: [Item] = []
    var refusal: String?
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

        /// Whether hours of a year, on a day, are of this period.
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

    /// The policies under which a settled period touches a year; in it no other decides.
    func keys(touching year: Year) -> [String] {
        items.filter { $0.period.overlaps(year.period) }.map(\.version.key).sorted()
    }

    func keys(_ year: Year, _ day: Day) -> [String] {
        items.filter { $0.holds(year, day) }.map(\.version.key)
    }

    /// Every version that something is settled under.
    var versions: [PolicyVersion] { items.map(\.version) }
}
