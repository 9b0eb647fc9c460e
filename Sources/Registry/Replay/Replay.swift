import Database
import Kernel
import People
import Policy

/// The result of repeating a decision from its basis.
package enum Replay: Sendable, Hashable {
    case same
    /// Other hours than those of the entry, or none.
    case differing(CreditHours)
    /// Other hours than those of the entry, which another engine decided.
    case byEngine(CreditHours)
    /// The basis or the evidence is missing or cannot be read.
    case unreadable
}

extension LedgerEntry {
    var decisionPlace: DecisionKey { DecisionKey(person: person, number: decision) }
}

/// Repeats decisions.
struct Replayer {
    let book: PolicyBook

    /// Repeats a decision from its whole basis, including the choice of policies. Without a stored basis, see
    /// ``alone(_:_:)``.
    func replay(_ entry: LedgerEntry, _ decided: RecordedDecision?) -> Replay {
        guard let decided, decided.decision.evidence == entry.evidence else { return .unreadable }
        guard let text = decided.decision.basis else { return alone(entry, decided).replay }
        guard let facts = decided.facts, let (basis, claims) = DecisionBasisText.read(facts, text, book)
        else { return .unreadable }
        let items = Evaluator(basis).evaluation(on: decided.evidence.evidence).items
        let isFree = claims.allSatisfy { $0.taken == 0 }
        let own = isFree ? items.filter { $0.version.number == entry.policy } : []
        if own.contains(where: { entry.agrees(with: $0) }) { return .same }
        let same = own.filter { $0.entry.year == entry.year && $0.entry.subject == entry.subject }
        return differing(same.reduce(.zero) { $0 + $1.entry.hours }, basis.engine)
    }

    /// Repeats a decision under the policy of the entry alone. `credited` has the steps if the hours are the
    /// same.
    func alone(_ entry: LedgerEntry, _ decided: RecordedDecision) -> (replay: Replay, credited: Credited?) {
        guard let policy = book.all[entry.policy.number]?.policy, let facts = decided.facts else {
            return (.unreadable, nil)
        }
        var hours = CreditHours.zero
        let decision = policy.decide(decided.evidence.evidence, facts)
        if case .credited(let credited) = decision, credited.day == entry.day, credited.kind == entry.kind {
            for line in credited.lines where line.year == entry.year && line.subject == entry.subject {
                hours = hours + line.hours
            }
            if hours == entry.hours { return (.same, credited) }
        }
        return (differing(hours, decided.decision.basis.map { DecisionBasisText.engine($0) } ?? 0), nil)
    }

    private func differing(_ hours: CreditHours, _ engine: Int) -> Replay {
        engine == Policy.engine ? .differing(hours) : .byEngine(hours)
    }
}
