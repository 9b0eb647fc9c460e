import Kernel
import People
import Policy

/// One published version of a policy: immutable, identified by the hash of its whole text.
package final class PolicyVersion: Sendable {
    package let number: ID<PolicyVersion>
    /// 1, 2, 3 … within the policy's key.
    package let version: Int
    /// SHA-256 of the flat text, which contains the texts of the sources.
    package let hash: [UInt8]
    package let policy: Policy
    /// When it was published, in milliseconds since 1970.
    package let published: Int
    /// Its key, version and the beginning of its hash, as standings name it.
    let mark: String

    init(number: ID<PolicyVersion>, version: Int, hash: [UInt8], policy: Policy, published: Int) {
        (self.number, self.version, self.hash, self.policy) = (number, version, hash, policy)
        self.published = published
        mark = "\(policy.key) \(version) \(hash.prefix(8).hexadecimal)"
    }

    package var key: String { policy.key }
}

/// Selects entries: all entries under the policies `keys`, and entries of `kinds` under the policies `beside`.
struct EntryFilter {
    let keys: [String]
    let beside: [String]
    let kinds: [String]
}

/// All published versions, and the newest one of each policy.
package struct PolicyBook: Sendable {
    package let all: [Int: PolicyVersion]
    /// The newest version of each policy: smaller regions first, then later dates of entry into force.
    package let current: [PolicyVersion]
    /// The keys of the policies of each line.
    private let lines: [String: Set<String>]
    /// The evidence kinds of the current policies.
    package let catalogue: EvidenceCatalogue

    init(_ versions: [PolicyVersion]) {
        all = versions.reduce(into: [:]) { $0[$1.number.number] = $1 }
        let newest = versions.reduce(into: [String: PolicyVersion]()) { newest, version in
            if version.version > newest[version.key]?.version ?? 0 { newest[version.key] = version }
        }
        current = newest.values.sorted { a, b in
            let (depthA, depthB) = (a.policy.jurisdiction.upwards.count, b.policy.jurisdiction.upwards.count)
            if depthA != depthB { return depthA > depthB }
            return a.policy.inForce == b.policy.inForce ? a.key < b.key : a.policy.inForce > b.policy.inForce
        }
        catalogue = EvidenceCatalogue(current.map(\.policy))
        lines = newest.values.reduce(into: [:]) { $0[$1.policy.line, default: []].insert($1.key) }
    }

    package func current(_ key: String) -> PolicyVersion? { current.first { $0.key == key } }

    /// The policies that apply to a person in a year: the one of the nearest region that has one, and one for each of
    /// the person's professions that has its own policy. The facts on the last day of the year decide. Empty where no
    /// policy applies.
    package func policies(in year: Year, region: RegionCode?, _ facts: [DatedFact]) -> [PolicyVersion] {
        current.asking(in: year, region: region, facts, on: year.period.to)
    }

    /// Selects the entries that may count in a year, also by carry-over. Most entries of a ledger are under notices for
    /// other years and are left out.
    func entries(touching year: Year) -> EntryFilter {
        let touching = all.values.filter { $0.policy.carries || $0.policy.period.mayTouch(year.period) }
        let keys = Set(touching.map(\.key))
        let beside = touching.reduce(into: Set<String>()) { $0.formUnion(line(of: $1.policy)) }
        let kinds = touching.reduce(into: Set<String>()) { $0.formUnion($1.policy.lifelongKinds) }
        return EntryFilter(keys: keys.sorted(), beside: beside.subtracting(keys).sorted(), kinds: kinds.sorted())
    }

    /// The keys of the policies of the same line; empty where nothing of the policy counts once for life.
    func line(of policy: Policy) -> Set<String> { policy.lifelongKinds.isEmpty ? [] : lines[policy.line] ?? [] }

    /// The current policies that might credit hours to a person who was ever in these regions.
    func candidates(_ regions: [RegionCode]) -> [PolicyVersion] {
        current.filter { version in regions.contains { $0.lies(in: version.policy.jurisdiction) } }
    }
}

extension [PolicyVersion] {
    /// The versions that require something in a year of a person with these facts who is in `region` on `day`: one for
    /// everybody there, and one for each profession.
    func asking(in year: Year, region: RegionCode?, _ facts: [DatedFact], on day: Day) -> [PolicyVersion] {
        guard let region else { return [] }
        let span = year.period
        let professions: [String?] = [nil] + facts.professions(on: day)
        return professions.compactMap { profession in
            first { version in
                let policy = version.policy
                return policy.profession == profession && policy.period.mayTouch(span)
                    && region.lies(in: policy.jurisdiction) && !policy.period.periods(touching: year, facts).isEmpty
                    && policy.asks(facts, on: day)
            }
        }
    }
}

extension [DatedFact] {
    /// The professions on a day. The policy of each profession applies in addition to the general one.
    func professions(on day: Day) -> [String] {
        filter { $0.name == "profession" && $0.during.contains(day) }.map(\.value.description)
    }
}
