import Kernel

/// A policy as a reader's text, clause by clause.
package struct PolicyText {
    let policy: Policy
    /// What its region is called: 泰安市.
    let region: String

    /// Without the region's name its code is written.
    package init(_ policy: Policy, region: String? = nil) {
        (self.policy, self.region) = (policy, region ?? "\(policy.jurisdiction)")
    }

    /// A heading and what stands under it.
    package typealias Section = (title: String, lines: [String])

    package var lines: [String] {
        head + sections.flatMap { ["", $0.title] + $0.lines.map { "  " + $0 } }
    }

    /// Title, day, region and sources.
    package var head: [String] {
        [policy.title, "\(policy.inForce) 起施行，适用于\(region)"]
            + policy.sources.map { "依据：\($0.title)\($0.date.map { "（\($0)）" } ?? "")" }
    }

    /// Those that say something, in the order of a notice.
    package var sections: [Section] {
        let all: [Section] = [
            ("适用对象", policy.asked), ("学时要求", requirements), ("学时折算", policy.hourWords),
            ("免修", policy.exemptionWords), ("时间", policy.windowWords),
            ("专题", policy.themes.map { "\($0.name)（\($0.clause.short)）" }),
            ("认定标准", policy.kinds.flatMap(describe)), ("上限", policy.capWords),
            ("用途", policy.purposeWords), ("放宽", policy.waivers.map { policy.words(for: $0) }),
            ("期限", policy.deadlines.map { "\($0.name)：\(day(of: $0))（\($0.clause.short)）" }),
            ("通知没有写明、暂按约定办理的", policy.gapWords),
        ]
        return all.filter { !$0.lines.isEmpty }
    }

    private var requirements: [String] {
        policy.wants.map { want in "\(want.name)：\(policy.wanted(want))（\(want.clause.short)）" }
    }

    private func describe(_ kind: Kind) -> [String] {
        var lines = ["\(kind.name)（\(kind.clause.short)）"]
        lines += policy.rates(of: kind).map { "  " + $0 }
        lines += (policy.demands(of: kind) + policy.repeats(of: kind)).map { "  " + $0 }
        if !kind.proofs.isEmpty { lines.append("  所需材料：" + kind.proofs.joined(separator: "、")) }
        if !kind.facts.isEmpty { lines.append("  申报时填写：") }
        lines += kind.facts.map { shape in
            let need = shape.optional ? "（可不填）" : shape.neededWhen.map { "（\($0)的填写）" } ?? ""
            return "    \(shape.name)\(need)：\(shape.accepted)"
        }
        return lines
    }

    private func day(of deadline: Deadline) -> String {
        let period = policy.period.periods(touching: policy.inForce.year, []).first
        return period.flatMap { deadline.day(for: $0) }.map { "\($0) 前" } ?? "见通知"
    }
}
