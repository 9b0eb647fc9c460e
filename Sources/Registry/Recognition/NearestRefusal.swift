import Kernel
import Policy

/// Which of several refusals is told: that of the policy nearest to the item.
extension Evaluator {
    /// How little a refusal says of an item: first comes the policy of the item's place, profession and year.
    struct RefusalDistance: Comparable {
        /// The policy is not for whoever was where the person was, or does not know such items.
        let isElsewhere: Bool
        /// In years from the policy's period.
        let distance: Int
        /// It says no more than that the day is outside.
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

    /// Whether a policy is for whoever was where the person was on the evidence's day, and knows its kind.
    private func concerns(_ policy: Policy, _ evidence: Evidence) -> Bool {
        guard let kind = policy.kind(evidence.kind) else { return false }
        guard let day = kind.day(of: evidence) else { return policy.profession == nil }
        if let region = basis.region(on: day), !region.lies(in: policy.jurisdiction) { return false }
        return policy.profession.map { basis.professions(on: day).contains($0) } ?? true
    }

    /// What to do where no policy is for the year that the evidence belongs to.
    func noPolicy(_ evidence: Evidence, _ nearest: Policy) -> String {
        guard nearest.distance(to: evidence) > 0, let year = nearest.year(of: evidence) else { return "" }
        guard year > nearest.firstYear else { return "。没有 \(year) 年度的政策，请核对日期" }
        return "。\(year) 年度的政策还没有发布：请核对日期；日期无误的，等 \(year) 年度的通知发布后再登记"
    }

    /// A policy has hours for it, and asks nothing of the person on that day.
    func unplaced(on day: Day?) -> String {
        let first = basis.posts.map(\.during.from).min()
        guard let day, let first, day < first else { return "没有找到这一天适用于本人的政策：请核对单位、地区和任职日期" }
        return "\(day) 没有本人的任职记录，已知的任职从 \(first) 开始。请核对日期；那一天已经任职的，先用人员名单补上以前的任职和起始日期，再登记"
    }

    /// What policies that the person stands under ask of such evidence and it lacks: under them it is worth nothing.
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
