import Kernel
import People
import Policy

/// A published policy: immutable, and known by the hash of its whole text.
package final class PolicyVersion: Sendable {
    package let number: ID<PolicyVersion>
    /// 1, 2, 3 … of the policy's key.
    package let version: Int
    /// SHA-256 of the flat text.
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

/// The policies that bind, and the older versions under which entries were made.
package struct PolicyBook: Sendable {
    package let all: [Int: PolicyVersion]
    /// The newest version of each policy, those of the smallest regions first, then the newest in force.
    package let current: [PolicyVersion]

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
    }

    package func current(_ key: String) -> PolicyVersion? { current.first { $0.key == key } }

    /// The policies that a person stands under in a year: of the nearest region that has one, and beside it one for
    /// each profession of the person's that has a rule of its own. Empty where no policy is found.
    ///
    /// What the person is on `day` counts: the last of the year unless said otherwise.
    package func policies(
        in year: Year, region: RegionCode?, history: History, _ facts: [DatedFact], on day: Day? = nil
    ) -> [PolicyVersion] {
        guard let region else { return [] }
        let span = year.period
        let day = day ?? span.to
        let professions: [String?] = [nil] + history.professions(on: day)
        return professions.compactMap { profession in
            current.first { version in
                let policy = version.policy
                return policy.profession == profession && policy.period.mayTouch(span)
                    && region.lies(in: policy.jurisdiction) && !policy.period.periods(touching: year, facts).isEmpty
                    && policy.asks(facts, on: day)
            }
        }
    }

    /// The policies whose entries may matter in a year, or in a later one by what they carry over. A ledger has many
    /// entries under notices for one other year.
    func keys(touching year: Year) -> [String] {
        Set(all.values.filter { $0.policy.carries || $0.policy.period.mayTouch(year.period) }.map(\.key)).sorted()
    }

    /// Every current policy that might credit something to this person, wherever the person ever worked.
    func candidates(_ history: History) -> [PolicyVersion] {
        let regions = history.employments.map(\.unit.region)
        return current.filter { version in regions.contains { $0.lies(in: version.policy.jurisdiction) } }
    }
}
