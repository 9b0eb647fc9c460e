import Kernel
import People
import Policy

/// The claims of an item on the works that it names.
struct ClaimPlan {
    /// The claims that the item holds afterwards.
    var claims: [Claim] = []
    /// The works with the number of authors that is known afterwards; `nil` leaves the number as it is.
    var works: [(name: String, authors: Int?)] = []
    /// The person's own claims by other items that these replace.
    var displaced: [Claim] = []
    /// Corrections of what other claimants stated differently.
    var corrections: [ClaimCorrection] = []
    /// The works as read for the decision, also where a claim is refused.
    var read: [ClaimSnapshot] = []
    /// Why a claim is refused; then the plan has only this and ``read``.
    var refusal: LocalizedText?
}

/// The corrected facts of another claimant of a work.
struct ClaimCorrection {
    let claim: Claim
    let facts: [String: Fact]
    /// The names of the facts: `作者总数、刊物级别`.
    let names: LocalizedText
}

/// A correction would change the hours of somebody who is outside of the submitter's scope.
struct OutsideWriteScope: Error {
    let claimant: ID<Person>
    let unit: ID<Organisation>?
    /// The version of the evidence that would be corrected.
    let version: Int
    /// What would be corrected: `刊物级别`, and in full: `刊物级别改为 “省级”`.
    let names: LocalizedText
    let change: String
}

/// One claim that an item would make, and the claims of the same work by other items.
private struct ClaimAttempt {
    let item: StoredEvidence
    let kind: EvidenceKind
    let rule: WorkRule
    let claim: Claim
    /// The work's name, and those that it had in older forms.
    let names: [String]
    let others: [Claim]
    /// Whether the item held the claim before.
    let isHeld: Bool

    /// The facts that all claimants of a work must state alike.
    var stated: [(shape: FactShape, value: Fact)] {
        ([rule.among].compactMap { $0 } + rule.same).compactMap { key in
            guard let shape = kind.shape(key), let value = item.evidence.facts[key] else { return nil }
            return (shape, value)
        }
    }

    /// The number of authors among these facts.
    func authors(in facts: [String: Fact]) -> Int? {
        guard let among = rule.among, case .integer(let count)? = facts[among] else { return nil }
        return count
    }

    /// How many other people claim the work.
    var claimants: Int { Set(others.map(\.root)).subtracting([claim.root]).count }

    func snapshot(authors: Int?, taken: Int = 0) -> ClaimSnapshot {
        ClaimSnapshot(work: claim.work, authors: authors, others: claimants, taken: taken)
    }
}

extension Recogniser {
    /// The claims that an item makes by the hours `given`. `before`: the claims that it holds now.
    ///
    /// Failure: ``OutsideWriteScope``.
    func claimPlan(
        _ item: StoredEvidence, _ given: [Evaluation.Item], _ context: PersonContext, _ before: [Claim], _ cause: Cause
    ) throws -> ClaimPlan {
        var plan = ClaimPlan()
        do {
            for credit in given where !plan.claims.contains(where: { $0.work == credit.entry.work }) {
                guard let attempt = try attempt(credit, item, context, before) else { continue }
                try planDisplacement(attempt, by: credit, context, before, &plan)
                try compareWithClaimants(attempt, cause, &plan)
                plan.claims.append(attempt.claim)
            }
            return plan
        } catch let refusal as ClaimRefusal {
            return ClaimPlan(read: plan.read, refusal: refusal.words)
        }
    }

    /// `nil` where evidence of this kind claims no work.
    private func attempt(
        _ credit: Evaluation.Item, _ item: StoredEvidence, _ context: PersonContext, _ before: [Claim]
    ) throws -> ClaimAttempt? {
        let policy = credit.version.policy
        guard let kind = policy.kind(item.evidence.kind), let rule = kind.work, let work = credit.entry.work else {
            return nil
        }
        let names = [work] + policy.formerWorks(of: item.evidence)
        let level = rule.level.flatMap { item.evidence.facts[$0]?.description } ?? ""
        return ClaimAttempt(
            item: item, kind: kind, rule: rule,
            claim: Claim(
                work: work, level: level, claimant: item.person, evidence: item.number, root: context.root),
            names: names, others: try works.claims(on: names).filter { !$0.isBy(item) },
            isHeld: before.contains { names.contains($0.work) })
    }

    /// A work counts once for a person at each level: a new claim displaces the person's other claim, or is refused.
    /// After a merge both numbers keep their claims.
    private func planDisplacement(
        _ attempt: ClaimAttempt, by credit: Evaluation.Item, _ context: PersonContext, _ before: [Claim],
        _ plan: inout ClaimPlan
    ) throws {
        let level = attempt.claim.level
        guard !before.contains(where: { attempt.names.contains($0.work) && $0.level == level }),
            let same = attempt.others.first(where: { $0.root == context.root && $0.level == level })
        else { return }
        let taken = try evidences.find(same.claimant, number: same.evidence)
        guard isDisplaced(same, taken, by: credit, context) else {
            plan.read.append(attempt.snapshot(authors: nil, taken: same.evidence))
            let name = taken.map { attempt.kind.name(of: $0.evidence) } ?? .quoted(attempt.kind.name)
            throw ClaimRefusal.taken(as: name, onLevel: !level.isEmpty, by: attempt.rule)
        }
        plan.displaced.append(same)
    }

    /// Whether the new claim comes first in the policy's order, regardless of the order of submission. Hours of a
    /// settled year stay.
    private func isDisplaced(
        _ claim: Claim, _ held: StoredEvidence?, by credit: Evaluation.Item, _ context: PersonContext
    ) -> Bool {
        guard let held else { return true }
        let work = PlainName.work(claim.work)
        let items = context.evaluator.evaluation(on: held.evidence).items.filter { $0.entry.work == work }
        return items.allSatisfy { other in
            context.settledPeriods.version(other.version.key, other.entry.year, other.entry.day) == nil
                && credit.version.policy.precedesHoweverSpelled(credit.entry, other.entry)
        }
    }

    /// Compares the item's facts of the work with those of other claimants. A first claim that differs is refused. The
    /// correction of a claim corrects all claimants.
    private func compareWithClaimants(_ attempt: ClaimAttempt, _ cause: Cause, _ plan: inout ClaimPlan) throws {
        let known = try known(attempt, cause)
        plan.read.append(attempt.snapshot(authors: attempt.authors(in: known)))
        let authors = attempt.authors(in: attempt.item.evidence.facts)
        if let authors, attempt.claimants >= authors {
            throw ClaimRefusal.crowded(authors: authors, claimants: attempt.claimants, by: attempt.rule)
        }
        plan.works.append((attempt.claim.work, authors))
        let differing = attempt.stated.filter { fact in known[fact.shape.key].map { $0 != fact.value } ?? false }
        guard let first = differing.first else { return }
        guard cause == .submitted, attempt.isHeld else {
            throw ClaimRefusal.differing(first.shape, known[first.shape.key], first.value, by: attempt.rule)
        }
        plan.corrections += try corrections(attempt, differing)
    }

    /// Failure: ``OutsideWriteScope``.
    private func corrections(
        _ attempt: ClaimAttempt, _ differing: [(shape: FactShape, value: Fact)]
    ) throws -> [ClaimCorrection] {
        let names = LocalizedText.list(differing.map(\.shape.name))
        for other in attempt.others where try writeScope?.holds(other.root) == false {
            throw OutsideWriteScope(
                claimant: other.root, unit: try writeScope?.unit(of: other.root), version: attempt.item.version - 1,
                names: names,
                change: differing.map { "\($0.shape.name)改为 \($0.shape.quoted($0.value))" }.joined(separator: "、"))
        }
        let facts = Dictionary(differing.map { ($0.shape.key, $0.value) }) { $1 }
        return attempt.others.map { ClaimCorrection(claim: $0, facts: facts, names: names) }
    }

    /// The facts that other claimants state of the work. They are empty for an item that has its claim and is not
    /// corrected: the others were compared with it when they made their claims.
    private func known(_ attempt: ClaimAttempt, _ cause: Cause) throws -> [String: Fact] {
        guard !attempt.isHeld || cause == .submitted else { return [:] }
        let others = attempt.others
        guard let other = others.first(where: { $0.root != attempt.claim.root }) ?? others.first else { return [:] }
        var facts: [String: Fact] = [:]
        if !attempt.rule.same.isEmpty {
            facts = try evidences.find(other.claimant, number: other.evidence)?.evidence.facts ?? [:]
        }
        if let among = attempt.rule.among, let known = try works.authors(of: other.work) ?? nil {
            facts[among] = .integer(known)
        }
        return facts
    }
}
