import Kernel

/// A policy as a reader's text, clause by clause: all its rules, so that it could be written again from the text.
package struct PolicyText {
    let policy: Policy
    /// What its region is called: 泰安市.
    let region: String

    /// Without the region's name it is described by its province and its code.
    package init(_ policy: Policy, region: String? = nil) {
        (self.policy, self.region) = (policy, region ?? policy.jurisdiction.words)
    }

    /// A heading and what stands under it.
    package typealias Section = (title: String, lines: [String])

    package var lines: [String] {
        head + sections.flatMap { ["", $0.title] + $0.lines.map { "  " + $0 } }
    }

    /// Title, day, region, sources and what it is filed under.
    package var head: [String] {
        let line = policy.line == policy.key ? "" : "，与“\(policy.line)”系列的其他政策合并计算终身只计一次的项目"
        return [policy.title, "\(policy.inForce) 起施行，适用于\(region)"]
            + policy.sources.map { "依据：\($0.title)\($0.date.map { "（\($0)）" } ?? "")" }
            + ["政策编号：\(policy.key)\(line)"]
    }

    /// Those that say something, in the order of a notice.
    package var sections: [Section] {
        let all: [Section] = [
            ("适用对象", policy.asked), ("个人情况", policy.person.map { policy.line(for: $0) }),
            ("期间", policy.periodWords), ("科目", policy.subjectWords), ("学时要求", policy.requirementWords),
            ("学时折算", policy.hourWords), ("免修", policy.exemptionWords), ("时间", policy.windowWords),
            ("结转", policy.carryWords), ("专题", policy.themeWords),
            ("认定标准", policy.kinds.flatMap { policy.describe($0) }), ("上限", policy.capWords),
            ("用途", policy.purposeWords), ("放宽", policy.waiverWords), ("期限", policy.deadlineWords),
            ("通知没有写明、暂按约定办理的", policy.openQuestionsText),
        ]
        return all.filter { !$0.lines.isEmpty }
    }
}
