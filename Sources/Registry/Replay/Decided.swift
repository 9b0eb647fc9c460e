import Database
import Kernel
import People
import Policy

/// A decision that hours stand on, with the version of the evidence that it was made on.
struct Decided: Sendable {
    let decision: HeldDecision
    let evidence: HeldEvidence
    /// What was known of the person; `nil` where it cannot be read.
    let facts: [DatedFact]?
}

extension Decided {
    /// The decisions that these entries of a family stand on, and what the family brought that is credited nowhere: by
    /// two readings for each of its numbers.
    static func all(
        of entries: [LedgerEntry], _ family: [ID<Person>], _ transaction: Transaction
    ) throws -> (decided: [DecisionPlace: Decided], refused: [YearReading.Refused]) {
        var (all, refused): ([DecisionPlace: Decided], [YearReading.Refused]) = ([:], [])
        let wanted = Set(entries.map(\.decisionPlace))
        for member in family.map(\.number) {
            let (decisions, refusals) = try DecisionStore(transaction).read(of: member, where: wanted.contains)
            let evidence = try evidence(
                of: decisions, from: member, through: member, also: { refusals[$0.number] != nil }, transaction)
            all.merge(joined(decisions, evidence)) { first, _ in first }
            let latest = evidence.values.reduce(into: [Int: HeldEvidence]()) { latest, held in
                if held.version > latest[held.number]?.version ?? 0 { latest[held.number] = held }
            }
            refused += refusals.sorted { $0.key < $1.key }.compactMap { number, refusal in
                latest[number].map { ($0, refusal) }
            }
        }
        return (all, refused)
    }

    /// Those of a range of people, by two readings.
    static func read(
        from: Int, through: Int, _ wanted: Set<DecisionPlace>, _ transaction: Transaction
    ) throws -> [DecisionPlace: Decided] {
        guard !wanted.isEmpty else { return [:] }
        var decisions: [HeldDecision] = []
        try DecisionStore(transaction).each(from: from, through: through, where: wanted.contains) {
            decisions.append($0)
        }
        return joined(
            decisions, try evidence(of: decisions, from: from, through: through, also: { _ in false }, transaction))
    }

    /// The versions that these decisions were made on, and all versions of what else is asked for.
    private static func evidence(
        of decisions: [HeldDecision], from: Int, through: Int, also isWanted: (EvidencePlace) -> Bool,
        _ transaction: Transaction
    ) throws -> [EvidenceVersion: HeldEvidence] {
        let versions = Set(decisions.map(\.evidencePlace))
        var evidence: [EvidenceVersion: HeldEvidence] = [:]
        try EvidenceStore(transaction).versions(
            from: from, through: through,
            where: { versions.contains(EvidenceVersion(place: $0, version: $1)) || isWanted($0) }
        ) { held in
            evidence[EvidenceVersion(place: held.place, version: held.version)] = held
        }
        return evidence
    }

    private static func joined(
        _ decisions: [HeldDecision], _ evidence: [EvidenceVersion: HeldEvidence]
    ) -> [DecisionPlace: Decided] {
        // Most of a person's decisions were made by the same facts.
        var known: (text: String, facts: [DatedFact]?) = ("", [])
        return decisions.reduce(into: [:]) { all, decision in
            guard let evidence = evidence[decision.evidencePlace] else { return }
            if known.text != decision.facts { known = (decision.facts, BasisText.read(facts: decision.facts)) }
            all[decision.place] = Decided(decision: decision, evidence: evidence, facts: known.facts)
        }
    }
}

private struct EvidenceVersion: Hashable {
    let place: EvidencePlace
    let version: Int
}

extension HeldDecision {
    fileprivate var evidencePlace: EvidenceVersion {
        EvidenceVersion(place: EvidencePlace(person: place.person, number: evidence), version: version)
    }
}
