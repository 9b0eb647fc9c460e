import Kernel
import Policy

/// Decides the evidence of one person. The data of the person is prepared once.
final class Evaluator {
    let basis: DecisionBasis
    /// Every version that might decide something, the newest of each policy first.
    private let versions: [(version: PolicyVersion, newest: PolicyVersion)]
    private var known: [PolicyNamesKey: Set<String>] = [:]

    private struct PolicyNamesKey: Hashable {
        let year: Year
        let region: RegionCode?
        let day: Day
    }

    init(_ basis: DecisionBasis) {
        self.basis = basis
        catalogue = EvidenceCatalogue(basis.candidates.map(\.policy))
        versions = basis.candidates.flatMap { newest in
            ([newest] + basis.settledPeriods.older(than: newest)).map { ($0, newest) }
        }
    }

    private var settledPeriods: SettledPeriods { basis.settledPeriods }
    var candidates: [PolicyVersion] { basis.candidates }

    /// The evidence kinds of this person's policies.
    let catalogue: EvidenceCatalogue

    /// Decides evidence under every policy that applies to the person in the years concerned.
    ///
    /// The person's unit on the day of the evidence decides the policy. A settled year is decided by the version that
    /// it was settled under.
    func evaluation(on evidence: Evidence) -> Evaluation {
        var evaluation = Evaluation()
        var refusals: [(refusal: Refusal, by: PolicyVersion)] = []
        var acceptable: Day?
        for (version, newest) in versions {
            switch version.policy.decide(evidence, basis.facts) {
            case .refused(let refusal): refusals.append((refusal, version))
            case .credited(let credited):
                evaluation.items += items(credited, evidence, version, newest)
                acceptable = credited.day
            }
        }
        guard evaluation.items.isEmpty else { return evaluation }
        let first = refusals.map {
            (refusal: $0, refusalDistance: refusalDistance(of: $0.refusal, by: $0.by.policy, evidence))
        }
        .enumerated().min { ($0.element.refusalDistance, $0.offset) < ($1.element.refusalDistance, $1.offset) }?.element
        if let first, acceptable == nil || first.refusalDistance.isOfItsYear {
            let (refusal, version) = first.refusal
            let next = first.refusalDistance.isElsewhere ? .empty : noPolicy(evidence, version.policy)
            evaluation.refusal =
                version.policy.words(for: refusal)
                + (refusal.clause?.bracketed ?? .empty) + next
            evaluation.refusedBy = version.number
        } else {
            evaluation.refusal = unplaced(on: acceptable)
        }
        return evaluation
    }

    /// The hours of a decision that belong to this version; those of one year and subject are added up.
    private func items(
        _ credited: Credited, _ evidence: Evidence, _ version: PolicyVersion, _ newest: PolicyVersion
    ) -> [Evaluation.Item] {
        let region = basis.region(on: credited.day)
        let mine = credited.lines.filter { line in
            guard (settledPeriods.version(newest.key, line.year, credited.day) ?? newest).number == version.number
            else {
                return false
            }
            let settled = settledPeriods.keys(line.year, credited.day)
            let asking = asking(in: line.year, region, on: credited.day)
            // In a settled year, a person to whom no policy applied gets no hours.
            return settled.isEmpty ? asking.contains(newest.key) : settled.contains(newest.key) && !asking.isEmpty
        }
        return mine.reduce(into: [Credited.Allocation]()) { lines, line in
            if let place = lines.firstIndex(where: { $0.year == line.year && $0.subject == line.subject }) {
                lines[place] = Credited.Allocation(
                    year: line.year, subject: line.subject, hours: lines[place].hours + line.hours)
            } else {
                lines.append(line)
            }
        }.map { line in
            let entry = version.policy.entry(line, of: credited, evidence, number: 0)
            return Evaluation.Item(entry: entry, version: version)
        }
    }

    /// The policies that apply to the person at the end of a year or on the day: hours stay when the person leaves the
    /// policy later in the year.
    private func asking(in year: Year, _ region: RegionCode?, on day: Day) -> Set<String> {
        let atEnd = keys(PolicyNamesKey(year: year, region: region, day: year.period.to))
        guard year.period.contains(day) else { return atEnd }
        return atEnd.union(keys(PolicyNamesKey(year: year, region: region, day: day)))
    }

    /// The policies that apply to the person in a year, in a region and on a day.
    private func keys(_ place: PolicyNamesKey) -> Set<String> {
        if let keys = known[place] { return keys }
        let policies = candidates.asking(in: place.year, region: place.region, basis.facts, on: place.day)
        let keys = Set(policies.map(\.key))
        known[place] = keys
        return keys
    }
}

extension SettledPeriods {
    /// The older versions of a policy that periods are settled under.
    fileprivate func older(than newest: PolicyVersion) -> [PolicyVersion] {
        let versions = versions.filter { $0.key == newest.key && $0.number != newest.number }
        return versions.reduce(into: []) { kept, version in
            if !kept.contains(where: { $0.number == version.number }) { kept.append(version) }
        }
    }
}
