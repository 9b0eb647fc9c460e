import Kernel

/// Reasons in a few characters, for lists. The whole reason stands beside or below them.
extension Policy {
    /// Why hours of an entry do not count: `同一成果，已按省级计 125`. `other`: the entry that counts instead.
    package func tag(for uncounted: Standing.Uncounted, kind key: String, instead other: Entry?) -> String {
        let kind = kind(key)
        switch uncounted.reason {
        case .cap(let index):
            let cap = caps[index]
            return switch cap.most {
            case .hours(let hours): "超出\(cap.span.name) \(hours) 学时的上限"
            case .items(let items): "超出\(cap.span.name) \(items) 项的上限"
            }
        case .twice: return "重复" + (other.map { "，已计 \($0.hours)" } ?? "")
        case .lowerLevel:
            guard let other, let level = kind?.work?.level, let value = other.tags[level] else { return "同一成果，按最高级计" }
            let name = kind?.shape(level)?.name(of: .text(value)) ?? value
            return "同一成果，已按\(name)计 \(other.hours)"
        case .countedEarlier: return "同一成果，以前年度已计"
        }
    }

    /// Why evidence is refused: `考试不合格`, `缺少刊号`. `words`: the text of the refusal; `unmet`: the precondition that is
    /// not met, if that is the reason.
    package func tag(forRefusal words: String, of evidence: Evidence, _ unmet: Precondition?) -> String {
        let kind = kind(evidence.kind)
        let tests = unmet?.condition.tests ?? []
        let stated = tests.compactMap { test -> String? in
            guard case .oneOf = test.match, let value = evidence.facts[test.fact] else { return nil }
            return kind?.shape(test.fact)?.statement(value)
        }
        return stated.first ?? RefusalText(words).tag
    }

    /// The precondition of its kind for which evidence is refused: the exam is not passed yet. `nil` where it is
    /// credited or refused for another reason. `facts`: the person's.
    package func unmetPrecondition(of evidence: Evidence, _ facts: [DatedFact]) -> Precondition? {
        guard case .refused(let refusal) = decide(evidence, facts), case .precondition(let index) = refusal.reason
        else { return nil }
        return kind(evidence.kind)?.preconditions[index]
    }
}

extension Policy {
    /// Whether a line of a standing in a period counts hours of an entry.
    package func counts(_ entry: Entry, in line: Standing.RequirementResult, of period: Period) -> Bool {
        let requirement = hoursRequirements[line.hoursRequirement]
        guard requirement.filter.matches(entry) else { return false }
        guard let year = line.year else { return true }
        return (requirement.each == .year ? OwnYears(period).year(of: entry) : entry.year) == year
    }
}

extension FactShape {
    /// A value as a statement: `考试不合格`, `未考`, `国家承认：否`.
    fileprivate func statement(_ value: Fact) -> String {
        let text = name(of: value)
        if text.first == "未" { return text }
        return ["是", "否"].contains(text) ? "\(name)：\(text)" : name + text
    }
}

/// The text of a refusal in two parts: the reason with its clause, and the act it asks for.
package struct RefusalText: Sendable, Hashable {
    /// `线上课程考试合格后才登记学时（二(二)）`
    package let reason: String
    /// `完成考试`; `nil` if the text asks for nothing.
    package let act: String?

    package init(_ words: String) {
        let (text, clause) = Self.split(words)
        for sign in ["。请先", "。请", "：请先", "：请"] {
            let parts = text.split(separator: sign, maxSplits: 1)
            guard parts.count == 2 else { continue }
            (reason, act) = ("\(parts[0])\(clause)", String(parts[1]))
            return
        }
        (reason, act) = (words, nil)
    }

    /// The start of the reason, if it is short enough for a list.
    var tag: String {
        let start = reason.prefix { !"。，：；（".contains($0) }
        return start.isEmpty || start.count > 16 ? "未认定" : String(start)
    }

    /// The text, and the clause in brackets at its end.
    private static func split(_ words: String) -> (text: Substring, clause: String) {
        guard words.hasSuffix("）"), let open = words.lastIndex(of: "（") else { return (words[...], "") }
        return (words[..<open], String(words[open...]))
    }
}
