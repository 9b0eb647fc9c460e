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
    struct Item: Sendable {
        let period: Period
        let version: PolicyVersion
    }

    private let items: [Item]

    init(_ items: [Item] = []) { self.items = items }

    /// The version that decides hours of a year and day under a policy, where their period is settled.
    func version(_ key: String, _ year: Year, _ day: Day) -> PolicyVersion? {
        items.first { $0.version.key == key && $0.period.holds(year, day) }?.version
    }

    func version(_ key: String, from first: Day) -> PolicyVersion? {
        items.first { $0.version.key == key && $0.period.from == first }?.version
    }

    /// The policies under which a settled period touches a year; in it no other decides.
    func keys(touching year: Year) -> [String] {
        items.filter { $0.period.overlaps(year.period) }.map(\.version.key).sorted()
    }

    func keys(_ year: Year, _ day: Day) -> [String] {
        items.filter { $0.period.holds(year, day) }.map(\.version.key)
    }

    /// Every version that something is settled under.
    var versions: [PolicyVersion] { items.map(\.version) }
}

extension Period {
    /// Whether hours of a year, on a day, are of this period: by year where it is whole years, else by day.
    fileprivate func holds(_ year: Year, _ day: Day) -> Bool {
        let isWhole = from == from.year.period.from && to == to.year.period.to
        return isWhole ? contains(year) : contains(day)
    }
}

/// Decides the evidence of one person: what it takes of the person is worked out once.
final class Judge {
    private let book: PolicyBook
    private let frozen: Frozen
    private let history: History
    /// Every version that might decide something, the newest of each policy first.
    private let versions: [(version: PolicyVersion, newest: PolicyVersion)]
    private var asking: [Place: Set<String>] = [:]
    let facts: [DatedFact]
    let candidates: [PolicyVersion]

    private struct Place: Hashable {
        let year: Year
        let region: RegionCode?
        var day: Day?
    }

    init(_ book: PolicyBook, _ history: History, _ frozen: Frozen) {
        (self.book, self.frozen, self.history) = (book, frozen, history)
        facts = history.dated
        let candidates = book.candidates(history)
        self.candidates = candidates
        versions = candidates.flatMap { newest in
            ([newest] + book.older(newest.key, frozen)).map { ($0, newest) }
        }
    }

    /// What evidence calls itself, as the first policy that has its kind says.
    func title(of evidence: Evidence) -> String? {
        candidates.lazy.compactMap { $0.policy.kind(evidence.kind) }.first?.title(of: evidence)
    }

    /// Decides evidence under every policy that the person stands under in the years concerned.
    ///
    /// Hours go to the year's policy of the unit where the person was on the evidence's day. A settled year is decided
    /// by the version that it was settled under.
    func verdict(on evidence: Evidence) -> Verdict {
        var verdict = Verdict()
        var refusals: [(rank: Int, refusal: Refusal, by: PolicyVersion)] = []
        for (version, newest) in versions {
            switch version.policy.decide(evidence, facts) {
            case .refused(let refusal): refusals.append((refusal.rank, refusal, version))
            case .credited(let credited): verdict.wanted += wanted(credited, evidence, version, newest)
            }
        }
        if verdict.wanted.isEmpty {
            let first = refusals.enumerated().min { ($0.element.rank, $0.offset) < ($1.element.rank, $1.offset) }
            verdict.refusal = first.map { Self.words($0.element.refusal, $0.element.by) }
            verdict.refusal = verdict.refusal ?? "没有找到这一天适用于本人的政策：请核对单位、地区和任职日期"
            verdict.refusedBy = first?.element.by.number
        }
        return verdict
    }

    private static func words(_ refusal: Refusal, _ version: PolicyVersion) -> String {
        version.policy.words(for: refusal) + (refusal.clause.map { "（\($0.short)）" } ?? "")
    }

    /// The lines of a decision that this version is to decide; those of one year and subject are one.
    private func wanted(
        _ credited: Credited, _ evidence: Evidence, _ version: PolicyVersion, _ newest: PolicyVersion
    ) -> [Verdict.Wanted] {
        let region = history.unit(on: credited.day)?.region
        let mine = credited.lines.filter { line in
            guard (frozen.version(newest.key, line.year, credited.day) ?? newest).number == version.number else {
                return false
            }
            let settled = frozen.keys(line.year, credited.day)
            if !settled.isEmpty { return settled.contains(newest.key) }
            return asks(newest.key, in: line.year, region, on: credited.day)
        }
        return mine.reduce(into: [Credited.Line]()) { lines, line in
            if let place = lines.firstIndex(where: { $0.year == line.year && $0.subject == line.subject }) {
                lines[place] = Credited.Line(
                    year: line.year, subject: line.subject, hours: lines[place].hours + line.hours)
            } else {
                lines.append(line)
            }
        }.map { line in
            let entry = version.policy.entry(line, of: credited, evidence, number: 0)
            return Verdict.Wanted(entry: entry, version: version)
        }
    }

    /// Whether a policy asks something of the person at the end of a year, or did on the day itself: what was earned
    /// under it stays when the person leaves it later in the year.
    private func asks(_ key: String, in year: Year, _ region: RegionCode?, on day: Day) -> Bool {
        if keys(Place(year: year, region: region)).contains(key) { return true }
        return year.period.contains(day) && keys(Place(year: year, region: region, day: day)).contains(key)
    }

    /// The policies that ask something of the person in a year, from a unit in a region.
    private func keys(_ place: Place) -> Set<String> {
        if let known = asking[place] { return known }
        let policies = book.policies(in: place.year, region: place.region, history: history, facts, on: place.day)
        let keys = Set(policies.map(\.key))
        asking[place] = keys
        return keys
    }
}

extension PolicyBook {
    fileprivate func older(_ key: String, _ frozen: Frozen) -> [PolicyVersion] {
        let newest = current(key)?.number
        let versions = frozen.versions.filter { $0.key == key && $0.number != newest }
        return versions.reduce(into: []) { kept, version in
            if !kept.contains(where: { $0.number == version.number }) { kept.append(version) }
        }
    }
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
