import Database
import Kernel
import People
import Policy

/// The changes by one item: its own entries, and those of other items of the person.
struct ItemChanges {
    /// Reversals and new entries.
    var entries: [LedgerEntry] = []
    let refusal: LocalizedText?
    /// The people whose entries changed, other claimants too.
    var people: Set<ID<Person>> = []

    fileprivate mutating func add(_ other: ItemChanges) {
        entries += other.entries
        people.formUnion(other.people)
    }
}

extension Recogniser {
    /// Updates the entries of an item, and then of the items that this affects, to the hours that they give now.
    func reconcile(_ item: StoredEvidence, _ context: PersonContext, _ cause: Cause) throws -> ItemChanges {
        let plan = try plan(item, context, cause)
        let entries = try write(plan)
        var changes = ItemChanges(
            entries: entries, refusal: plan.evaluation.refusal, people: entries.isEmpty ? [] : [context.root])
        for claim in plan.claims.displaced {
            guard let other = try evidences.find(claim.claimant, number: claim.evidence) else { continue }
            changes.add(try reconcile(other, context, .shared))
        }
        for correction in plan.claims.corrections {
            let other = try correct(correction)
            changes.people.formUnion(other?.people ?? [])
            if correction.claim.root == context.root { changes.entries += other?.entries ?? [] }
        }
        return changes
    }

    /// After a correction, other items of the person may claim a work that the item no longer claims.
    func restoreClaims(beside item: StoredEvidence, _ context: PersonContext, _ changes: inout ItemChanges) throws {
        guard book.catalogue.isWork(item.evidence.kind) else { return }
        let others = try context.family.flatMap { try evidences.all(of: $0) }.filter {
            $0.evidence.kind == item.evidence.kind && $0.place != item.place
        }
        for other in others where try works.claims(by: other).isEmpty {
            changes.add(try reconcile(other, context, .resubmitted))
        }
    }

    /// Corrects what another claimant stated of the work.
    private func correct(_ correction: ClaimCorrection) throws -> ItemChanges? {
        let claim = correction.claim
        guard let held = try evidences.find(claim.claimant, number: claim.evidence) else { return nil }
        let facts = held.evidence.facts.merging(correction.facts) { $1 }
        let kept = try evidences.add(
            Evidence(held.evidence.kind, facts), of: held.person, replacing: held, source: held.source,
            reference: held.reference, reason: "同一成果的\(correction.names.chinese)更正", at: now)
        return try reconcile(kept, personContext(of: claim.root), .shared)
    }

    /// Writes claims, decisions and entries of a plan. Returns the entries.
    private func write(_ plan: RecognitionPlan) throws -> [LedgerEntry] {
        for work in plan.claims.works { try works.put(work.name, authors: work.authors) }
        for claim in plan.dropped { try works.drop(claim) }
        for claim in plan.added { try works.add(claim) }
        guard plan.isDecided else { return [] }
        let entries = try ledger.append(drafts(plan), to: plan.item.person) { book.all[$0.number]?.hash ?? [] }
        cache.touch(plan.context.root, entries.map(\.year))
        if let refusal = plan.evaluation.refusal, !plan.cause.isSubmitted, !plan.changes.reversed.isEmpty {
            let title = plan.context.evaluator.catalogue.title(of: plan.item.evidence)
            cache.lost.append(LostItem(plan.item, title, refusal))
        }
        return entries
    }

    /// The reversals first, then the new entries; each with its decision.
    private func drafts(_ plan: RecognitionPlan) throws -> [LedgerEntry] {
        let (item, changes) = (plan.item, plan.changes)
        let (credited, refused) = try decide(plan)
        let any = credited.values.min() ?? refused
        let next = plan.isNew ? 0 : try ledger.next(item.person)
        let reversals = changes.reversed.map { LedgerEntry(reversing: $0, decision: any, at: now) }
        return try reversals
            + changes.added.map { added in
                var draft = LedgerEntry(added, of: item, decision: credited[added.version.number] ?? any, at: now)
                if !plan.isNew {
                    draft.after =
                        try changes.reversal(of: draft.slot, from: next) ?? ledger.lastReversal(item.person, draft.slot)
                }
                return draft
            }
    }

    /// Stores the decisions. Returns their numbers: by policy version, and that of the refusal, 0 where there is none.
    private func decide(_ plan: RecognitionPlan) throws -> (credited: [ID<PolicyVersion>: Int], refused: Int) {
        let add = { (policy: ID<PolicyVersion>?, refusal: LocalizedText?) in
            try decisions.add(
                on: plan.item, policy: policy, credited: refusal == nil, words: refusal?.chinese ?? "",
                basis: plan.context.basis, claims: plan.claims.read, at: now)
        }
        var credited: [ID<PolicyVersion>: Int] = [:]
        for version in plan.evaluation.items.map(\.version.number) where credited[version] == nil {
            credited[version] = try add(version, nil)
        }
        let evaluation = plan.evaluation
        return (credited, try evaluation.refusal.map { try add(evaluation.refusedBy, $0) } ?? 0)
    }
}
