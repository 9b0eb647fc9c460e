import Kernel
import People
import Policy

/// The changes by which the entries of one item agree with the hours that it gives now. Planning writes nothing.
struct RecognitionPlan {
    let item: StoredEvidence
    let context: PersonContext
    let cause: Recogniser.Cause
    /// The hours, or the refusal, also where a claim is refused.
    let evaluation: Evaluation
    let claims: ClaimPlan
    /// Claims to be removed.
    let dropped: [Claim]
    /// Claims to be added.
    let added: [Claim]
    let changes: EntryChanges

    /// Nothing is stored for this item yet.
    var isNew: Bool { Self.isNew(item, cause) }
    /// A submission is always decided; otherwise a decision is stored only where entries change.
    var isDecided: Bool { !changes.isEmpty || cause == .submitted }

    fileprivate static func isNew(_ item: StoredEvidence, _ cause: Recogniser.Cause) -> Bool {
        item.version == 1 && cause == .submitted
    }
}

extension Recogniser {
    /// Failure: `recognition.correction` where a correction is refused: then everything stays as it was.
    func plan(_ item: StoredEvidence, _ context: PersonContext, _ cause: Cause) throws -> RecognitionPlan {
        let isNew = RecognitionPlan.isNew(item, cause)
        let before = isNew ? [] : try works.claims(by: item)
        var evaluation = context.evaluator.evaluation(on: item.evidence)
        let isSpared = { (key: String, year: Year, day: Day) in
            cause.sparesSettled && context.settledPeriods.version(key, year, day) != nil
        }
        // Hours that are left out because the year is settled make no claim.
        let given = evaluation.items.filter { !isSpared($0.version.key, $0.entry.year, $0.entry.day) }
        let claims = try claimPlan(item, given, context, before, cause)
        if let refusal = claims.refusal {
            if cause == .submitted, item.version > 1 { throw Failure.correctionRefused(refusal) }
            evaluation = Evaluation(refusal: refusal, refusedBy: evaluation.items.first?.version.number)
        }
        let unreversed = isNew ? [] : try ledger.unreversed(of: item.person, evidence: item.number)
        let spared = unreversed.filter { isSpared($0.policyKey, $0.year, $0.day) }
        let works = Set(spared.map { PlainName.work($0.work) })
        return RecognitionPlan(
            item: item, context: context, cause: cause, evaluation: evaluation, claims: claims,
            dropped: before.filter { !claims.claims.contains($0) && !works.contains(PlainName.work($0.work)) }
                + claims.displaced,
            added: claims.claims.filter { !before.contains($0) },
            changes: EntryChanges(
                spared.isEmpty ? unreversed : unreversed.filter { !isSpared($0.policyKey, $0.year, $0.day) },
                claims.refusal == nil ? given : []))
    }
}

/// The entries to be reversed and the hours to be added.
struct EntryChanges {
    let reversed: [LedgerEntry]
    let added: [Evaluation.Item]

    init(_ unreversed: [LedgerEntry], _ items: [Evaluation.Item]) {
        reversed = unreversed.filter { entry in !items.contains { entry.agrees(with: $0) } }
        added = items.filter { item in !unreversed.contains { $0.agrees(with: item) } }
    }

    var isEmpty: Bool { reversed.isEmpty && added.isEmpty }

    /// The number of the reversal of these hours; `nil` where they are not reversed. `next`: the person's next number.
    func reversal(of slot: LedgerEntry.Slot, from next: Int) -> Int? {
        reversed.firstIndex { $0.slot == slot }.map { next + $0 }
    }
}

extension Failure {
    static func correctionRefused(_ why: LocalizedText) -> Failure {
        Failure(
            .refused, "recognition.correction", "不能这样更正：\(why.chinese)。原登记保持不变。",
            en: "This correction is refused: \(why.english). The recorded item stays unchanged.")
    }
}
