import Kernel
import Policy

extension YearOverview {
    typealias ReadBasis = (basis: DecisionBasis, claims: [ClaimSnapshot])

    /// The text of a refusal. It is stored in Chinese; its English is that of the repeated decision. Where no repeated
    /// text is equal to the stored one, as after a change of the program, the stored text is quoted. `read`: the basis
    /// of the decision; `nil` where it cannot be read.
    func why(_ item: Refused, _ read: ReadBasis?) -> LocalizedText {
        let stored = item.refusal.words
        let texts = read.map { repeatedTexts(item.evidence.evidence, $0) } ?? []
        return texts.first { $0.chinese == stored } ?? .quoted(stored)
    }

    /// What the decision may have said.
    private func repeatedTexts(_ evidence: Evidence, _ read: ReadBasis) -> [LocalizedText] {
        let evaluation = Evaluator(read.basis).evaluation(on: evidence)
        return [evaluation.refusal].compactMap { $0 }
            + evaluation.items.flatMap { claimTexts(evidence, $0, read.claims) }
    }

    private func claimTexts(
        _ evidence: Evidence, _ item: Evaluation.Item, _ claims: [ClaimSnapshot]
    ) -> [LocalizedText] {
        guard let kind = item.version.policy.kind(evidence.kind), let rule = kind.work,
            let claim = claims.first(where: { $0.work == item.entry.work })
        else { return [] }
        let taken = decided.values.first { claim.taken > 0 && $0.evidence.number == claim.taken }?.evidence.evidence
        let name = taken.map(kind.name) ?? .quoted(kind.name)
        let isOnLevel = rule.level.map { evidence.facts[$0] != nil } ?? false
        var refusals = [ClaimRefusal.taken(as: name, onLevel: isOnLevel, by: rule)]
        if let among = rule.among, case .integer(let authors)? = evidence.facts[among], let shape = kind.shape(among) {
            refusals.append(.crowded(authors: authors, claimants: claim.others, by: rule))
            refusals.append(.differing(shape, claim.authors.map { .integer($0) }, .integer(authors), by: rule))
        }
        for shape in rule.same.compactMap({ kind.shape($0) }) {
            guard case .oneOf(let choices) = shape.form, let new = evidence.facts[shape.key] else { continue }
            refusals += choices.map { .differing(shape, .text($0.key), new, by: rule) }
        }
        return refusals.map(\.words)
    }
}
