import Kernel

/// A policy as text, clause by clause. The text holds all rules, so the policy could be written again from it.
package struct PolicyText {
    let policy: Policy
    /// The name of the region: 泰安市.
    let region: String

    /// Without a region name, the text gives the province and the region code.
    package init(_ policy: Policy, region: String? = nil) {
        (self.policy, self.region) = (policy, region ?? policy.jurisdiction.words)
    }

    /// A heading and the lines under it.
    package typealias Section = (title: String, lines: [String])

    package var lines: [String] {
        head + sections.flatMap { ["", $0.title] + $0.lines.map { "  " + $0 } }
    }

    /// Title, day, region, sources and policy key.
    package var head: [String] {
        let line = policy.line == policy.key ? "" : "，与“\(policy.line)”系列的其他政策合并计算终身只计一次的项目"
        return [policy.title, "\(policy.inForce) 起施行，适用于\(region)"]
            + policy.sources.map { source -> String in
                let marks = [source.number, source.date?.description].compactMap { $0 }.joined(separator: "，")
                let text = source.text.map { "，附原文，共 \($0.length) 字" } ?? ""
                return "依据：\(source.title)\(marks.isEmpty ? "" : "（\(marks)）")\(text)"
            }
            + ["政策编号：\(policy.key)\(line)"]
    }

    /// The sections that are not empty, in the order of a notice.
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
