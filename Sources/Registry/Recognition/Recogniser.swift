import Database
import Kernel
import People
import Policy

/// The only way into the ledger, within one transaction.
///
/// An item is *identified* (`ItemMatch`), *planned* (`RecognitionPlan`, which reads only) and *written*
/// (`RecognitionWriter`). `reconcile` plans and writes it, and then each other item that it affects.
///
/// Standings are updated once for many items: ``updateStandings()`` must be called before the transaction ends.
struct Recogniser {
    let transaction: Transaction
    let people: People
    let book: PolicyBook
    /// Milliseconds since 1970.
    let now: Int
    var sources = LegacySources()
    /// The people that the submitter may change; `nil` means everybody.
    var writeScope: WriteScope?
    let cache = RecogniserCache()

    var evidences: EvidenceStore { EvidenceStore(transaction) }
    var decisions: DecisionStore { DecisionStore(transaction) }
    var ledger: LedgerStore { LedgerStore(transaction) }
    var works: WorkStore { WorkStore(transaction) }

    /// The name of a source for pages and reports.
    func name(_ source: String) throws -> LocalizedText {
        try sources.source(source)?.name(people.organisations(transaction)) ?? .quoted(source)
    }

    func recognise(_ submission: Submission) throws -> Recognition {
        let taken = try take(submission, personContext(of: submission.person))
        try updateStandings()
        return taken.recognition
    }

    /// Stores, decides and enters one submission for the person of `context`.
    ///
    /// Failures: `recognition.future`, `recognition.other-item`, `recognition.correction`, `recognition.many`,
    /// `recognition.settled-later`; ``OutsideWriteScope`` where a correction would change hours outside of the scope.
    func take(_ submission: Submission, _ context: PersonContext) throws -> TakenSubmission {
        try refuseFuture(submission.evidence)
        let match = try match(submission, context)
        if let known = match.identical {
            guard try decisions.isRefused(known) else { return TakenSubmission(.unchanged) }
            return TakenSubmission(try reconcile(known, context, .resubmitted))
        }
        if let held = match.corrected, submission.reason.isEmpty { try refuseOther(submission.evidence, held, context) }
        let kept = try evidences.add(
            submission.evidence, of: submission.person, replacing: match.corrected, source: match.source,
            reference: match.reference, reason: submission.reason, at: now)
        var changes = try reconcile(kept, context, .submitted)
        if match.corrected == nil {
            try refuseLoweringLaterSettled(changes.entries, context)
        } else {
            try restoreClaims(beside: kept, context, &changes)
        }
        return TakenSubmission(changes, isCorrection: match.corrected != nil, otherSources: match.otherSources)
    }

    /// Failure: `recognition.future` where a day of the evidence is after today.
    private func refuseFuture(_ evidence: Evidence) throws {
        let today = Day(milliseconds: now)
        let days = evidence.facts.values.compactMap { if case .day(let day) = $0, day > today { day } else { nil } }
        guard !days.isEmpty else { return }
        let words = Set(days).sorted().map(\.description).joined(separator: "、")
        throw Failure(
            .badInput, "recognition.future", "日期 \(words) 在今天（\(today)）之后。请核对后重填。",
            en: "The date \(words) is after today (\(today)). Correct it and submit it again.")
    }

    /// Decides all items of a person again. The standings of `years` are updated even where no entry changes.
    /// Returns the reversals and new entries.
    @discardableResult
    func redecide(_ root: ID<Person>, _ cause: Cause, touching years: Set<Year> = []) throws -> [LedgerEntry] {
        let context = try personContext(of: root)
        cache.touch(root, years)
        return try context.family.flatMap { try evidences.all(of: $0) }.flatMap {
            try reconcile($0, context, cause).entries
        }
    }

    /// Updates the standings of all people whose entries changed since the last call. Returns those that changed.
    @discardableResult
    func updateStandings() throws -> [StandingChange] {
        let updater = StandingUpdater(transaction: transaction, people: people, book: book, now: now)
        var changes: [StandingChange] = []
        try updater.refresh(cache.takeAffected()) { changes.append($0) }
        return changes
    }
}

extension Recogniser {
    /// Why an item is decided.
    enum Cause {
        case submitted
        /// Submitted again after a refusal.
        case resubmitted
        /// Another claimant of its work corrected the work, or another item took its claim.
        case shared
        /// A fact of the person was added.
        case learned
        case published

        /// Whether hours of settled years stay. Only evidence changes them; facts and policies do so after the year
        /// was opened again.
        var sparesSettled: Bool { self == .learned || self == .published }
        /// The refusal is returned to the submitter.
        var isSubmitted: Bool { self == .submitted || self == .resubmitted }
    }
}

/// The result of one submission, and its effects beside its own item.
struct TakenSubmission {
    let recognition: Recognition
    /// The people whose entries changed.
    var people: Set<ID<Person>> = []
    /// Other sources from which the person has items under the reference of this new one.
    var otherSources: [String] = []

    init(_ recognition: Recognition) { self.recognition = recognition }

    init(_ changes: ItemChanges, isCorrection: Bool = false, otherSources: [String] = []) {
        let (entries, refusal) = (changes.entries, changes.refusal)
        let isCorrected =
            entries.contains { $0.reverses != nil } || isCorrection && (refusal == nil || !entries.isEmpty)
        recognition =
            isCorrected ? .corrected(entries, refusal: refusal) : refusal.map { .refused($0) } ?? .credited(entries)
        (people, self.otherSources) = (changes.people, otherSources)
    }
}
