import Kernel

/// The evidence that several policies take, as one list: what templates, imports and explanations read.
///
/// Kinds are the same where their keys are, and so are the facts of a kind. The policy that stands first gives names,
/// shapes and sample; the others add the facts that it does not ask for. ``findings(adding:)`` tells where a policy
/// means something else by a key than the others do.
package struct EvidenceCatalogue: Sendable {
    let policies: [Policy]

    /// The nearest policy first.
    package init(_ policies: [Policy]) { self.policies = policies }

    private var all: some Sequence<EvidenceKind> { policies.lazy.flatMap(\.kinds) }

    /// One kind for each name, in the order of the policies.
    package var kinds: [CataloguedKind] {
        var names: Set<String> = []
        return all.filter { names.insert($0.name).inserted }.map(catalogued)
    }

    /// The kind of that name or key; `nil` where no policy has one.
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

    /// The first policy that knows a kind.
    package func policy(knowing kind: String) -> Policy? { policies.first { $0.kind(kind) != nil } }

    /// Whether evidence of this kind may be a work that several people share.
    package func isWork(_ kind: String) -> Bool { policies.contains { $0.kind(kind)?.work != nil } }

    /// What evidence calls itself.
    package func title(of evidence: Evidence) -> String? {
        policy(knowing: evidence.kind)?.kind(evidence.kind)?.title(of: evidence)
    }

    /// The year that evidence says that it belongs to.
    package func year(of evidence: Evidence) -> Year? { policies.lazy.compactMap { $0.year(of: evidence) }.first }

    /// What the policies read of people, one fact for each key.
    package var person: [FactShape] {
        var keys: Set<String> = []
        return policies.lazy.flatMap(\.person).filter { keys.insert($0.key).inserted }
    }

    /// The professions that have a policy of their own.
    package var professions: [String] { Set(policies.compactMap(\.profession)).sorted() }
}

/// A kind of evidence with what all policies of a catalogue ask of it. One item serves them all.
package struct CataloguedKind: Sendable {
    /// As the first policy that has it under this name says it.
    package let kind: EvidenceKind
    /// That policy's facts first.
    package let facts: [AskedFact]

    /// Whether another policy asks for more.
    package var isShared: Bool { facts.last?.asker != nil }
}

/// A fact of a kind, and who asks for it.
package struct AskedFact: Sendable {
    package let shape: FactShape
    /// The title of the other policy that asks for it; `nil` of the first policy's own.
    package let asker: String?

    /// Whether each item must have it.
    package var isNeeded: Bool { asker == nil && !shape.optional && shape.neededWhen == nil }
}
