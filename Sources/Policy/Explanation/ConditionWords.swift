import Kernel

extension Policy {
    /// `单位性质为企业，且评审委员会为本市组建`; with the names of the kind's facts if `kind` is given.
    func words(for condition: Condition, of kind: EvidenceKind? = nil) -> String {
        condition.text { shape($0, kind) }.chinese
    }

    /// The hours that a filter matches: `公需科目`, `课程的公需科目`, `学习形式为面授`.
    func words(for filter: Filter) -> String {
        switch filter {
        case .everything: return "全部学时"
        case .subject(let keys):
            // A subject within another named subject is left out.
            let named = subjects.filter { subject in
                keys.contains(subject.key) && !(subject.within.map(keys.contains) ?? false)
            }
            return named.map(\.name).joined(separator: "、")
        case .kind(let keys): return kinds.filter { keys.contains($0.key) }.map(\.name).joined(separator: "、")
        case .tag(let fact, let values):
            let shape = kinds.lazy.compactMap { $0.shape(fact) }.first
            let names = values.sorted().map { shape?.name(of: .text($0)) ?? $0 }
            return "\(shape?.name ?? fact)为\(names.joined(separator: "、"))"
        case .all(let parts): return joined(parts, "，且")
        case .any(let parts): return joined(parts, "，或")
        case .none(let parts): return "除（\(joined(parts, "，或"))）以外的学时"
        }
    }

    private func joined(_ parts: [Filter], _ word: String) -> String {
        let texts = parts.map { words(for: $0) }
        return texts.count == 1
            ? texts[0] : texts.map { $0.contains("，") ? "（\($0)）" : $0 }.joined(separator: word)
    }
}

extension Condition {
    /// `考试为合格`; `shape` gives the shapes of facts by their keys.
    func text(_ shape: (String) -> FactShape?) -> LocalizedText {
        func join(_ parts: [Condition], _ word: LocalizedText) -> LocalizedText {
            let texts = parts.map { $0.text(shape) }
            guard texts.count > 1 else { return texts.joined(by: word) }
            return texts.map { $0.chinese.contains("，") ? LocalizedText("（\($0.chinese)）", en: "(\($0.english))") : $0 }
                .joined(by: word)
        }
        let (and, or) = (LocalizedText("，且", en: " and "), LocalizedText("，或", en: " or "))
        return switch self {
        case .test(let test): test.text(shape)
        case .all(let parts): parts.isEmpty ? LocalizedText("任何情况", en: "in any case") : join(parts, and)
        case .any(let parts): join(parts, or)
        case .none(let parts): LocalizedText("不是：", en: "not: ") + join(parts, or)
        }
    }
}

extension FactTest {
    fileprivate func text(_ shape: (String) -> FactShape?) -> LocalizedText {
        let own = shape(fact)
        let count = days.map { $0.range { String($0) } }
        let during = count.map { LocalizedText("，本期内共 \($0.chinese) 天", en: ", for \($0.english) days of the period") }
        let name = own?.name ?? fact
        if case .present = match { return LocalizedText("有\(name)", en: "\(name) is stated") + (during ?? .empty) }
        return LocalizedText.quoted(name) + held(own, shape) + (during ?? .empty)
    }

    /// What the value of the fact must be, behind its name.
    private func held(_ own: FactShape?, _ shape: (String) -> FactShape?) -> LocalizedText {
        switch match {
        case .oneOf(let keys):
            return LocalizedText("为", en: " is ") + .list(keys.map { own?.name(of: .text($0)) ?? $0 })
        case .number(let bounds):
            return LocalizedText("为 ", en: " is ") + (own?.range(bounds) ?? .quoted(bounds.description))
        case .yearsAgo(let bounds):
            let range = bounds.range { String($0) }
            return LocalizedText("距今满 \(range.chinese) 年", en: " is \(range.english) years ago")
        case .withinPeriod: return LocalizedText("在本期内", en: " is in the period")
        case .present: return .empty
        case .day(let from, let to): return Self.span(from, to, shape)
        }
    }

    private static func span(_ from: DayEdge?, _ to: DayEdge?, _ shape: (String) -> FactShape?) -> LocalizedText {
        func name(_ edge: DayEdge) -> LocalizedText {
            switch edge {
            case .day(let day): .quoted(" \(day)")
            case .fact(let key): LocalizedText("“\(shape(key)?.name ?? key)”", en: " “\(shape(key)?.name ?? key)”")
            }
        }
        if let from, from == to { return LocalizedText("为", en: " is") + name(from) }
        let ends = [
            from.map { LocalizedText("不早于", en: " is not before") + name($0) },
            to.map { LocalizedText("不晚于", en: " is not after") + name($0) },
        ]
        return ends.compactMap { $0 }.joined(by: LocalizedText("、", en: " and"))
    }
}
