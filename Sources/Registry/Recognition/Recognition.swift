import Kernel
import People
import Policy

/// What somebody brings to be credited to a person.
package struct Submission: Sendable {
    package let person: ID<Person>
    /// Who brings it: a platform, an import, a declaration.
    package let source: String
    /// The bringer's own number for it. With the same one again it is the same item, corrected; without one, equal
    /// facts are the same item.
    package let reference: String?
    package let evidence: Evidence
    package let reason: String

    package init(
        person: ID<Person>, source: String, reference: String? = nil, evidence: Evidence, reason: String = ""
    ) {
        (self.person, self.source, self.reference) = (person, source, reference)
        (self.evidence, self.reason) = (evidence, reason)
    }
}

/// What came of it.
package enum Recognition: Sendable {
    case credited([LedgerEntry])
    /// It replaced what was credited before: reversals and new entries.
    case corrected([LedgerEntry])
    case unchanged
    /// Why not, under which clause, and what would be accepted.
    case refused(String)
}

/// The hours that evidence is worth now, each under its policy; or why there are none.
struct Verdict {
    var wanted: [Wanted] = []
    var refusal: String?
    /// The policy that refused.
    var refusedBy: ID<PolicyVersion>?

    struct Wanted {
        let entry: Entry
        let version: PolicyVersion
    }
}

/// The periods of a person that are settled and not open again, and the policy version each was settled under.
package struct Frozen: Sendable {
    /// By policy key and year.
    private let versions: [String: PolicyVersion]

    init(_ versions: [String: PolicyVersion] = [:]) { self.versions = versions }

    func version(_ key: String, _ year: Year) -> PolicyVersion? { versions["\(key)|\(year)"] }
    static func place(_ key: String, _ year: Year) -> String { "\(key)|\(year)" }
}

extension PolicyBook {
    /// Decides evidence under every policy that the person stands under in the years concerned.
    ///
    /// Hours go to the year's policy of the unit where the person was on the evidence's day. A settled year is decided
    /// by the version that it was settled under.
    func judge(_ evidence: Evidence, _ history: History, _ frozen: Frozen) -> Verdict {
        let facts = history.dated
        var verdict = Verdict()
        var refusals: [(rank: Int, words: String, by: ID<PolicyVersion>)] = []
        for newest in candidates(history) {
            for version in [newest] + older(newest.key, frozen, history) {
                switch version.policy.decide(evidence, facts) {
                case .refused(let refusal):
                    let clause = refusal.clause.map { "（\($0.short)）" } ?? ""
                    refusals.append((refusal.rank, version.policy.words(for: refusal) + clause, version.number))
                case .credited(let credited):
                    let region = history.unit(on: credited.day)?.region
                    for line in credited.lines
                    where (frozen.version(newest.key, line.year) ?? newest).number == version.number {
                        let asked = policies(in: line.year, region: region, history: history)
                        guard asked.contains(where: { $0.key == newest.key }) else { continue }
                        let entry = version.policy.entry(line, of: credited, evidence, number: 0)
                        verdict.wanted.append(Verdict.Wanted(entry: entry, version: version))
                    }
                }
            }
        }
        if verdict.wanted.isEmpty {
            let first = refusals.enumerated().min { ($0.element.rank, $0.offset) < ($1.element.rank, $1.offset) }
            verdict.refusal = first?.element.words ?? "没有找到这一天适用于本人的政策：请核对单位、行政区划和任职日期"
            verdict.refusedBy = first?.element.by
        }
        return verdict
    }

    private func older(_ key: String, _ frozen: Frozen, _ history: History) -> [PolicyVersion] {
        let years = all.values.filter { $0.key == key }.compactMap { version -> PolicyVersion? in
            version.number == current(key)?.number ? nil : version
        }
        return years.filter { frozen.names($0) }.sorted { $0.version > $1.version }
    }
}

extension Frozen {
    func names(_ version: PolicyVersion) -> Bool { versions.values.contains { $0.number == version.number } }
}

extension Refusal {
    /// What says most about the item comes first: a rule of the kind before a day outside, and that before no kind.
    fileprivate var rank: Int {
        switch reason {
        case .unknownKind: 2
        case .outsidePeriod, .outsideYears: 1
        default: 0
        }
    }
}
