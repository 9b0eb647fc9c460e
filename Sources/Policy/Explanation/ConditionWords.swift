import Kernel

extension Policy {
    /// `单位性质为企业，且评审委员会为本市组建`; with the names of the kind's facts if `kind` is given.
    func words(for condition: Condition, of kind: EvidenceKind? = nil) -> String { condition.words { shape($0, kind) } }

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
    func words(_ shape: (String) -> FactShape?) -> String {
        func join(_ parts: [Condition], _ word: String) -> String {
            let texts = parts.map { $0.words(shape) }
            return texts.count == 1 ? texts[0] : texts.map { $0.contains("，") ? "（\($0)）" : $0 }.joined(separator: word)
        }
        return switch self {
        case .test(let test): test.words(shape)
        case .all(let parts): parts.isEmpty ? "任何情况" : join(parts, "，且")
        case .any(let parts): join(parts, "，或")
        case .none(let parts): "不是：" + join(parts, "，或")
        }
    }
}

extension FactTest {
    fileprivate func words(_ shape: (String) -> FactShape?) -> String {
        let own = shape(fact)
        let name = own?.name ?? fact
        let held =
            switch match {
            case .oneOf(let keys): "\(name)为\(keys.map { own?.name(of: .text($0)) ?? $0 }.joined(separator: "、"))"
            case .number(let bounds): "\(name)为 \(own?.range(bounds) ?? bounds.description)"
            case .yearsAgo(let bounds): "\(name)距今满 \(bounds.range { String($0) }) 年"
            case .withinPeriod: "\(name)在本期内"
            case .present: "有\(name)"
            case .day(let from, let to): "\(name)" + Self.span(from, to, shape)
            }
        return held + (days.map { "，本期内共 \($0.range { String($0) }) 天" } ?? "")
    }

    private static func span(_ from: DayEdge?, _ to: DayEdge?, _ shape: (String) -> FactShape?) -> String {
        func name(_ edge: DayEdge) -> String {
            switch edge {
            case .day(let day): " \(day)"
            case .fact(let key): "“\(shape(key)?.name ?? key)”"
            }
        }
        if let from, from == to { return "为" + name(from) }
        return [from.map { "不早于" + name($0) }, to.map { "不晚于" + name($0) }].compactMap { $0 }.joined(separator: "、")
    }
}
