import Database
import Kernel
import People
import Policy

/// A decision with the version of the evidence that it was made on.
///
/// A class, because a copy is large and each entry of a page uses one.
final class RecordedDecision: Sendable {
    let decision: StoredDecision
    let evidence: StoredEvidence
    /// The facts of the person; `nil` where they cannot be read.
    let facts: [DatedFact]?

    init(decision: StoredDecision, evidence: StoredEvidence, facts: [DatedFact]?) {
        (self.decision, self.evidence, self.facts) = (decision, evidence, facts)
    }
}

extension RecordedDecision {
    /// The decisions of these entries of a family, and the evidence of the family that is credited nowhere. It runs two
    /// queries for each number of the family.
    static func all(
        of entries: [LedgerEntry], _ family: [ID<Person>], _ transaction: Transaction
    ) throws -> (decided: [DecisionKey: RecordedDecision], refused: [YearOverview.Refused]) {
        var (all, refused): ([DecisionKey: RecordedDecision], [YearOverview.Refused]) = ([:], [])
        let items = Set(entries.map(\.decisionPlace))
        for member in family.map(\.number) {
            let (decisions, refusals) = try DecisionStore(transaction).read(of: member, where: items.contains)
            let evidence = try evidence(
                of: decisions, from: member, through: member, also: { refusals[$0.number] != nil }, transaction)
            join(decisions, evidence, into: &all)
            for (number, refusal) in refusals.sorted(by: { $0.key < $1.key }) {
                let latest = evidence.filter { $0.number == number }.max { $0.version < $1.version }
                if let latest { refused.append((latest, refusal)) }
            }
        }
        return (all, refused)
    }

    /// These decisions of a range of people, in two queries.
    static func read(
        from: Int, through: Int, _ items: Set<DecisionKey>, _ transaction: Transaction
    ) throws -> [DecisionKey: RecordedDecision] {
        guard !items.isEmpty else { return [:] }
        var decisions: [StoredDecision] = []
        try DecisionStore(transaction).each(from: from, through: through, where: items.contains) {
            decisions.append($0)
        }
        var all: [DecisionKey: RecordedDecision] = [:]
        let evidence = try evidence(of: decisions, from: from, through: through, also: { _ in false }, transaction)
        join(decisions, evidence, into: &all)
        return all
    }

    /// The versions that these decisions were made on, and all versions of the evidence that `isIncluded` selects.
    private static func evidence(
        of decisions: [StoredDecision], from: Int, through: Int, also isIncluded: (EvidenceKey) -> Bool,
        _ transaction: Transaction
    ) throws -> [StoredEvidence] {
        let versions = Set(decisions.map(\.evidencePlace))
        var evidence: [StoredEvidence] = []
        try EvidenceStore(transaction).versions(
            from: from, through: through,
            where: { versions.contains(EvidenceVersion(place: $0, version: $1)) || isIncluded($0) }
        ) { evidence.append($0) }
        return evidence
    }

    private static func join(
        _ decisions: [StoredDecision], _ evidence: [StoredEvidence], into all: inout [DecisionKey: RecordedDecision]
    ) {
        all.reserveCapacity(all.count + decisions.count)
        let places = Dictionary(
            evidence.indices.map {
                (EvidenceVersion(place: evidence[$0].place, version: evidence[$0].version), $0)
            }, uniquingKeysWith: { first, _ in first })
        // Most decisions of a person have the same facts.
        var known: (text: String, facts: [DatedFact]?) = ("", [])
        for decision in decisions {
            guard let place = places[decision.evidencePlace] else { continue }
            if known.text != decision.facts { known = (decision.facts, DecisionBasisText.read(facts: decision.facts)) }
            all[decision.place] = RecordedDecision(decision: decision, evidence: evidence[place], facts: known.facts)
        }
    }
}

private struct EvidenceVersion: Hashable {
    let place: EvidenceKey
    let version: Int
}

extension StoredDecision {
    fileprivate var evidencePlace: EvidenceVersion {
        EvidenceVersion(place: EvidenceKey(person: place.person, number: evidence), version: version)
    }
}
