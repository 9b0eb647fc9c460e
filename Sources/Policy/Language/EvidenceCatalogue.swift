import Kernel

/// The evidence kinds of several policies as one list, used by templates, imports and explanations.
///
/// Kinds are the same if their keys are, and so are the facts of a kind. The first policy gives names, shapes and
/// sample; the others add facts that it does not ask for. ``findings(adding:)`` lists the differences between policies
/// in the meaning of a key.
package struct EvidenceCatalogue: Sendable {
    let policies: [Policy]

    /// `policies` are ordered with the nearest policy first.
    package init(_ policies: [Policy]) { self.policies = policies }

    private var all: some Sequence<EvidenceKind> { policies.lazy.flatMap(\.kinds) }

    /// One kind per name, in the order of the policies.
    package var kinds: [CataloguedKind] {
        var names: Set<String> = []
        return all.filter { names.insert($0.name).inserted }.map(catalogued)
    }

    /// The kind with that name or key; `nil` if no policy has one.
    package func kind(_ name: String) -> CataloguedKind? {
        all.first { $0.name == name || $0.key == name }.map(catalogued)
    }

    private func catalogued(_ kind: EvidenceKind) -> CataloguedKind {
        var facts = kind.facts.map { AskedFact(shape: $0, asker: nil) }
        var keys = Set(kind.names)
        for policy in policies {
            for shape in policy.kind(kind.key)?.facts ?? [] where keys.insert(shape.key).inserted {
                facts.append(AskedFact(shape: shape, asker: policy.title))
            }
        }
        return CataloguedKind(kind: kind, facts: facts)
    }

    /// The names of the facts of all kinds.
    package var factNames: Set<String> { Set(all.lazy.flatMap(\.facts).map(\.name)) }

    /// The first policy that has a kind.
    private func policy(knowing kind: String) -> Policy? { policies.first { $0.kind(kind) != nil } }

    /// Whether evidence of this kind may be a work of several people.
    package func isWork(_ kind: String) -> Bool { policies.contains { $0.kind(kind)?.work != nil } }

    /// The title of an item of evidence.
    package func title(of evidence: Evidence) -> String? {
        policy(knowing: evidence.kind)?.kind(evidence.kind)?.title(of: evidence)
    }

    /// The year that evidence states for itself.
    package func year(of evidence: Evidence) -> Year? { policies.lazy.compactMap { $0.year(of: evidence) }.first }

    /// The personal facts that the policies read, one per key.
    package var person: [FactShape] {
        var keys: Set<String> = []
        return policies.lazy.flatMap(\.person).filter { keys.insert($0.key).inserted }
    }

    /// The professions that have their own policy.
    package var professions: [String] { Set(policies.compactMap(\.profession)).sorted() }
}

/// A kind of evidence with the facts that all policies of a catalogue ask for. One item serves all of them.
package struct CataloguedKind: Sendable {
    /// The kind in the first policy that has it under this name.
    package let kind: EvidenceKind
    /// The facts of that policy come first.
    package let facts: [AskedFact]

    /// Whether another policy asks for further facts.
    package var isShared: Bool { facts.last?.asker != nil }
}

/// A fact of a kind, and the policy that asks for it.
package struct AskedFact: Sendable {
    package let shape: FactShape
    /// The title of the other policy that asks for it; `nil` for the first policy's own facts.
    package let asker: String?

    /// Whether every item must have the fact.
    package var isNeeded: Bool { asker == nil && !shape.optional && shape.neededWhen == nil }
}
