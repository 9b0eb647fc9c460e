import Kernel

/// A difference between a policy and other policies in the meaning of the same key.
package struct CatalogueFinding: Sendable, Hashable {
    /// The most serious first.
    enum Kind: Int {
        /// No value fits both policies, so they cannot apply together.
        case clash
        /// A key has two names, or a name two keys.
        case name
        /// Some values fit only one of the policies.
        case values
    }

    let kind: Kind
    package let words: LocalizedText

    package var isClash: Bool { kind == .clash }
}

extension EvidenceCatalogue {
    /// The differences between `policy` and the catalogue's policies: at most one finding for each kind and each fact,
    /// the most serious one. Versions of the same policy are not compared.
    package func findings(adding policy: Policy) -> [CatalogueFinding] {
        let others = policies.filter { $0.key != policy.key }
        let kinds = policy.kinds.flatMap { kind in
            [others.lazy.compactMap { kind.difference(from: $0) }.first]
                + kind.facts.map { shape in
                    worst(others.compactMap { shape.difference(of: kind, in: $0) })
                }
        }
        let person = policy.person.map { shape in
            worst(
                others.compactMap { other in
                    other.person.first { $0.key == shape.key }.flatMap {
                        shape.difference(from: $0, of: LocalizedText("人员信息", en: "the person's facts"), in: other)
                    }
                })
        }
        return (kinds + person).compactMap { $0 }
    }

    private func worst(_ findings: [CatalogueFinding]) -> CatalogueFinding? {
        findings.min { $0.kind.rawValue < $1.kind.rawValue }
    }
}

extension EvidenceKind {
    fileprivate var title: LocalizedText { LocalizedText("“\(name)”（\(key)）", en: key) }

    /// The kinds have the same key and different names, or the same name and different keys.
    fileprivate func difference(from policy: Policy) -> CatalogueFinding? {
        if let other = policy.kind(key) {
            guard other.name != name else { return nil }
            return CatalogueFinding(
                kind: .name,
                words: LocalizedText(
                    "认定形式 \(key) 在本政策叫“\(name)”，在“\(policy.title)”叫“\(other.name)”。是同一种的，请用同一个名称；不是的，请换一个键。",
                    en: "the kind \(key) has another name in \(policy.key): use one name, or another key"))
        }
        guard let other = policy.kinds.first(where: { $0.name == name }) else { return nil }
        return CatalogueFinding(
            kind: .name,
            words: LocalizedText(
                "认定形式“\(name)”在本政策的键是 \(key)，在“\(policy.title)”是 \(other.key)。是同一种的，请用同一个键；不是的，请换一个名称。",
                en: "the kind \(key) has the name of \(other.key) in \(policy.key): use one key, or another name"))
    }
}

extension FactShape {
    fileprivate func difference(of kind: EvidenceKind, in policy: Policy) -> CatalogueFinding? {
        policy.kind(kind.key)?.shape(key).flatMap { difference(from: $0, of: kind.title, in: policy) }
    }

    fileprivate func difference(
        from other: FactShape, of owner: LocalizedText, in policy: Policy
    ) -> CatalogueFinding? {
        let own = LocalizedText("\(owner.chinese)的“\(name)”（\(key)）", en: "\(key) of \(owner.english)")
        guard canAgree(with: other) else {
            return CatalogueFinding(
                kind: .clash,
                words: LocalizedText(
                    "\(own.chinese)要填：\(accepted.chinese)。同一个键在“\(policy.title)”要填：\(other.accepted.chinese)。"
                        + "没有一种填法两边都能用，请给本政策的这一项换一个键。",
                    en: "\(own.english) accepts other values than in \(policy.key), none in both: use another key"))
        }
        if name != other.name || hasOtherNames(than: other) {
            return CatalogueFinding(
                kind: .name,
                words: LocalizedText(
                    "\(own.chinese)要填：\(accepted.chinese)。在“\(policy.title)”叫“\(other.name)”，"
                        + "要填：\(other.accepted.chinese)。是同一项的，请改成一致；不是的，请换一个键。",
                    en: "\(own.english) differs from \(policy.key): make them the same, or use another key"))
        }
        guard hasOtherValues(than: other) else { return nil }
        return CatalogueFinding(
            kind: .values,
            words: LocalizedText(
                "\(own.chinese)要填：\(accepted.chinese)。在“\(policy.title)”要填：\(other.accepted.chinese)。"
                    + "只有一边接受的内容，按另一边的政策不能认定，请核对文件。",
                en: "\(own.english) accepts other values than in \(policy.key), some in both: compare the notices"))
    }

    /// Whether a choice key has different names in the two shapes.
    private func hasOtherNames(than other: FactShape) -> Bool {
        guard case .oneOf(let choices) = form, case .oneOf(let others) = other.form else { return false }
        return choices.contains { choice in others.contains { $0.key == choice.key && $0.name != choice.name } }
    }

    /// Whether the sets of choices, or the bounds of numbers or days, differ.
    private func hasOtherValues(than other: FactShape) -> Bool {
        switch (form, other.form) {
        case (.oneOf(let a), .oneOf(let b)): Set(a.map(\.key)) != Set(b.map(\.key))
        case (.integer(let a), .integer(let b)), (.hours(let a), .hours(let b)), (.day(let a), .day(let b)): a != b
        default: false
        }
    }

    /// Whether some item can fit both shapes: with a value of the same form, or without the fact if it may be left out
    /// of both, such as the themes of two years.
    private func canAgree(with other: FactShape) -> Bool {
        let canBeAbsent = [self, other].allSatisfy { $0.optional || $0.neededIf != nil }
        switch (form, other.form) {
        case (.oneOf(let a), .oneOf(let b)):
            return canBeAbsent || a.contains { choice in b.contains { $0.key == choice.key } }
        case (.integer(let a), .integer(let b)), (.hours(let a), .hours(let b)), (.day(let a), .day(let b)):
            return canBeAbsent || a.overlaps(b)
        case (.text(let a), .text(let b)): return a == b || a == .any || b == .any
        default: return false
        }
    }
}
