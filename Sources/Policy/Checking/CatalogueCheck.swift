import Kernel

/// A difference between a policy and other policies in the meaning of the same key.
package struct CatalogueFinding: Sendable, Hashable {
    /// No value fits both policies, so they cannot apply together.
    package let isClash: Bool
    package let words: LocalizedText
}

extension EvidenceCatalogue {
    /// The differences between `policy` and the catalogue's policies: at most one finding for each kind and each fact,
    /// a clash before a mere difference. Versions of the same policy are not compared.
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
        findings.first(where: \.isClash) ?? findings.first
    }
}

extension EvidenceKind {
    fileprivate var title: LocalizedText { LocalizedText("“\(name)”（\(key)）", en: key) }

    /// The kinds have the same key and different names, or the same name and different keys.
    fileprivate func difference(from policy: Policy) -> CatalogueFinding? {
        if let other = policy.kind(key) {
            guard other.name != name else { return nil }
            return CatalogueFinding(
                isClash: false,
                words: LocalizedText(
                    "认定形式 \(key) 在本政策叫“\(name)”，在“\(policy.title)”叫“\(other.name)”。是同一种的，请用同一个名称；不是的，请换一个键。",
                    en: "the kind \(key) has another name in \(policy.key): use one name, or another key"))
        }
        guard let other = policy.kinds.first(where: { $0.name == name }) else { return nil }
        return CatalogueFinding(
            isClash: false,
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
        guard isOfSameForm(as: other) else {
            return CatalogueFinding(
                isClash: true,
                words: LocalizedText(
                    "\(own.chinese)要填：\(accepted)。同一个键在“\(policy.title)”要填：\(other.accepted)。"
                        + "没有一种填法两边都能用，请给本政策的这一项换一个键。",
                    en: "\(own.english) accepts other values than in \(policy.key), none in both: use another key"))
        }
        guard name != other.name || hasOtherChoices(than: other) else { return nil }
        return CatalogueFinding(
            isClash: false,
            words: LocalizedText(
                "\(own.chinese)要填：\(accepted)。在“\(policy.title)”叫“\(other.name)”，要填：\(other.accepted)。"
                    + "是同一项的，请改成一致；不是的，请换一个键。",
                en: "\(own.english) differs from \(policy.key): make them the same, or use another key"))
    }

    /// Whether a choice key has different names in the two shapes. The set of choices and the bounds of numbers and
    /// days may differ between policies.
    private func hasOtherChoices(than other: FactShape) -> Bool {
        guard case .oneOf(let choices) = form, case .oneOf(let others) = other.form else { return false }
        return choices.contains { choice in others.contains { $0.key == choice.key && $0.name != choice.name } }
    }

    /// Whether some value can fit both shapes.
    private func isOfSameForm(as other: FactShape) -> Bool {
        switch (form, other.form) {
        case (.oneOf, .oneOf), (.integer, .integer), (.hours, .hours), (.day, .day): true
        case (.text(let a), .text(let b)): a == b || a == .any || b == .any
        default: false
        }
    }
}
