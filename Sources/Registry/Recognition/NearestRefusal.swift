import Kernel
import Policy

/// Chooses which of several refusals is reported: that of the policy nearest to the item.
extension Evaluator {
    /// How far a refusal is from an item. The nearest policy has the item's region, profession and year.
    struct RefusalDistance: Comparable {
        /// The policy is for another region or profession, or does not have the kind.
        let isElsewhere: Bool
        /// In years from the policy's period.
        let distance: Int
        /// The only reason is that the day is outside of the period.
        let isOutside: Bool

        var isOfItsYear: Bool { !isElsewhere && distance == 0 }

        static func < (a: Self, b: Self) -> Bool {
            if a.isElsewhere != b.isElsewhere { return b.isElsewhere }
            return a.distance == b.distance ? !a.isOutside && b.isOutside : a.distance < b.distance
        }
    }

    func refusalDistance(of refusal: Refusal, by policy: Policy, _ evidence: Evidence) -> RefusalDistance {
        let isOutside =
            switch refusal.reason {
            case .outsidePeriod, .outsideYears: true
            default: false
            }
        return RefusalDistance(
            isElsewhere: !concerns(policy, evidence), distance: policy.distance(to: evidence), isOutside: isOutside)
    }

    /// Whether a policy has the evidence's kind, and is for the person's region and profession on its day.
    private func concerns(_ policy: Policy, _ evidence: Evidence) -> Bool {
        guard let kind = policy.kind(evidence.kind) else { return false }
        guard let day = kind.day(of: evidence) else { return policy.profession == nil }
        if let region = basis.region(on: day), !region.lies(in: policy.jurisdiction) { return false }
        return policy.profession.map { basis.professions(on: day).contains($0) } ?? true
    }

    /// The next step where no policy is for the year of the evidence; otherwise empty.
    func noPolicy(_ evidence: Evidence, _ nearest: Policy) -> LocalizedText {
        guard nearest.distance(to: evidence) > 0, let year = nearest.year(of: evidence) else { return .empty }
        guard year > nearest.firstYear else {
            return LocalizedText(
                "。没有\(year)年度的政策，请核对日期；确需登记的，请主管部门先发布\(year)年度的政策",
                en: ". There is no policy for \(year). Check the day; otherwise the authority must publish one first")
        }
        return LocalizedText(
            "。\(year)年度的政策还没有发布：请核对日期；日期无误的，等\(year)年度的通知发布后再登记",
            en: ". The policy of \(year) is not published yet. Check the day; if it is right, wait for the notice")
    }

    /// The refusal where a policy has hours for the evidence, but does not apply to the person on that day.
    func unplaced(on day: Day?) -> LocalizedText {
        let first = basis.posts.map(\.during.from).min()
        guard let day, let first, day < first else {
            return LocalizedText(
                "没有找到这一天适用于本人的政策：请核对单位、地区和任职日期",
                en: "No policy applies to the person on that day. Check unit, region and days of employment")
        }
        return LocalizedText(
            "\(day) 没有本人的任职记录，已知的任职从 \(first) 开始。请核对日期；那一天已经任职的，先用人员名单补上以前的任职和起始日期，再登记",
            en: "No employment is known on \(day); the first begins on \(first). Check the day, or add the earlier "
                + "employment with a list of people first")
    }

    /// The facts that policies of the person need and this evidence lacks. These policies give no hours for it.
    func lacking(_ evidence: Evidence) -> [(policy: Policy, names: [String])] {
        candidates.map(\.policy).compactMap { policy in
            guard policy.distance(to: evidence) == 0, concerns(policy, evidence) else { return nil }
            let names = policy.kind(evidence.kind)?.facts.filter {
                evidence.facts[$0.key] == nil && $0.isNeeded(in: evidence.facts)
            }
            return names.flatMap { $0.isEmpty ? nil : (policy, $0.map(\.name)) }
        }
    }
}
