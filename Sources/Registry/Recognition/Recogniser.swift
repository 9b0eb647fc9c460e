import Database
import Foundation
import Kernel
import People
import Policy
import Signing

/// The only way into the ledger, within one transaction: evidence is stored, decided and entered, and the standings
/// are updated.
///
/// A page of submissions is taken one by one, and ``updateStandings()`` brings the standings of all of them up to date
/// at once.
struct Recogniser {
    let transaction: Transaction
    let people: People
    let book: PolicyBook
    let now: Int
    var sources = LegacySources()
    /// Whose people may be changed by what is brought; everybody where there is none.
    var writeScope: WriteScope?
    let cache = RecogniserCache()

    var evidences: EvidenceStore { EvidenceStore(transaction) }
    private var decisions: DecisionStore { DecisionStore(transaction) }
    private var ledger: LedgerStore { LedgerStore(transaction) }
    var works: WorkStore { WorkStore(transaction) }

    /// Who brought something, as people read it.
    func name(_ source: String) throws -> String {
        try sources.source(source)?.name(people.organisations(transaction)) ?? source
    }

    func recognise(_ submission: Submission) throws -> Recognition {
        let recognition = try take(submission)
        try updateStandings()
        return recognition
    }

    /// Everything but the standings: they follow by ``updateStandings()``, which has to come before the transaction's
    /// end.
    func take(_ submission: Submission) throws -> Recognition {
        let personContext = try personContext(of: submission.person)
        try refuseFuture(submission.evidence)
        let reference = submission.reference ?? Self.digest(of: submission.evidence)
        let names = sources.names(of: submission.source)
        let all = try evidences.find(submission.person, reference: reference)
        let held = same(submission, among: all.filter { names.contains($0.source) }, personContext)
        cache.last = RecogniserCache.Last()
        if let known = try known(submission, names, reference, held, personContext.family) {
            return try decisions.isRefused(known) ? try again(known, personContext) : .unchanged
        }
        if let held, submission.reason.isEmpty { try refuseOther(submission.evidence, held, personContext) }
        if held == nil, submission.reference != nil { cache.last.others = all.map(\.source) }
        let kept = try evidences.add(
            submission.evidence, of: submission.person, replacing: held,
            source: held?.source ?? names[0],
            reference: held?.reference ?? reference, reason: submission.reason, at: now)
        var affected = AffectedPeople()
        var (entries, refusal) = try reconcile(kept, personContext, .submitted, &affected)
        if held != nil { entries += try restoreClaim(for: kept, personContext, &affected) }
        if held == nil { try keepLaterSettled(entries, personContext) }
        cache.add(affected)
        let takesBack = entries.contains { $0.reverses != nil }
        if takesBack || held != nil && (refusal == nil || !entries.isEmpty) {
            return .corrected(entries, refusal: refusal)
        }
        return refusal.map { .refused($0) } ?? .credited(entries)
    }

    /// The item that a submission with a number brings again.
    func held(_ submission: Submission) throws -> StoredEvidence? {
        let names = sources.names(of: submission.source)
        let all = try evidences.find(submission.person, reference: submission.reference ?? "")
        return same(
            submission, among: all.filter { names.contains($0.source) }, try personContext(of: submission.person))
    }

    /// Of several items under one number, that which is the same.
    private func same(_ submission: Submission, among all: [StoredEvidence], _ personContext: PersonContext)
        -> StoredEvidence?
    {
        guard all.count > 1 else { return all.first }
        let title = personContext.evaluator.catalogue.title(of: submission.evidence)
        return all.first { $0.evidence == submission.evidence }
            ?? all.first { personContext.evaluator.catalogue.title(of: $0.evidence) == title } ?? all.first
    }

    /// A number that was given twice would take away the hours of the first: what is brought under a known number, and
    /// without a reason, is the same item only where kind and title are, and the year of what has hours.
    private func refuseOther(_ evidence: Evidence, _ held: StoredEvidence, _ personContext: PersonContext) throws {
        let catalogue = personContext.evaluator.catalogue
        let (old, new) = (catalogue.title(of: held.evidence) ?? "", catalogue.title(of: evidence) ?? "")
        let (year, next) = (catalogue.year(of: held.evidence), catalogue.year(of: evidence))
        let isOther = held.evidence.kind != evidence.kind || !PlainName.same(old, new)
        guard isOther || year != next else { return }
        let unreversed = try ledger.unreversed(of: held.person, evidence: held.number)
        let hours = unreversed.reduce(CreditHours.zero) { $0 + $1.hours }
        if isOther { throw Failure.otherItem(held.reference, old, new, hours) }
        guard let year, let next, !unreversed.isEmpty else { return }
        throw Failure.otherYear(held.reference, old, year, next, hours)
    }

    /// The same item with the same facts, brought before for this number or one that is merged with it.
    private func known(
        _ submission: Submission, _ names: [String], _ reference: String, _ held: StoredEvidence?,
        _ family: [ID<Person>]
    ) throws -> StoredEvidence? {
        if let held, held.evidence == submission.evidence { return held }
        for member in family where member != submission.person {
            let all = try evidences.find(member, reference: reference)
            let same = all.first { names.contains($0.source) && $0.evidence == submission.evidence }
            if let same { return same }
        }
        return nil
    }

    /// What was refused may be right by now: the other claimant has corrected the work, the policy is published.
    private func again(_ held: StoredEvidence, _ personContext: PersonContext) throws -> Recognition {
        var affected = AffectedPeople()
        let (entries, refusal) = try reconcile(held, personContext, .again, &affected)
        cache.add(affected)
        if entries.contains(where: { $0.reverses != nil }) { return .corrected(entries, refusal: refusal) }
        return refusal.map { .refused($0) } ?? .credited(entries)
    }

    /// What has not happened yet is no evidence.
    private func refuseFuture(_ evidence: Evidence) throws {
        let today = Day(milliseconds: now)
        let days = evidence.facts.values.compactMap { if case .day(let day) = $0, day > today { day } else { nil } }
        guard !days.isEmpty else { return }
        let words = Set(days).sorted().map(\.description).joined(separator: "、")
        throw Failure(
            .badInput, "recognition.future", "日期 \(words) 在今天（\(today)）之后。请核对后重填。",
            en: "\(words): after today, \(today). Check it and bring it again.")
    }

    /// Decides again all that a person brought; the standings of these years follow even where no entry changes, by
    /// ``updateStandings()``.
    ///
    /// Answers what was entered and taken back.
    @discardableResult
    func redecide(
        _ root: ID<Person>, _ cause: Cause, touching years: Set<Year> = []
    ) throws -> [LedgerEntry] {
        let personContext = try personContext(of: root)
        var affected = AffectedPeople()
        affected.add(root, Array(years))
        var changed: [LedgerEntry] = []
        for member in personContext.family {
            for held in try evidences.all(of: member) {
                changed += try reconcile(held, personContext, cause, &affected).entries
            }
        }
        cache.affected.add(affected)
        return changed
    }

    /// Brings the standings up to date that what was taken since the last time has touched. Answers those that changed.
    @discardableResult
    func updateStandings() throws -> [StandingChange] {
        let keeper = StandingUpdater(transaction: transaction, people: people, book: book, now: now)
        var changes: [StandingChange] = []
        try keeper.refresh(cache.affected.years) { changes.append($0) }
        cache.affected = AffectedPeople()
        return changes
    }

    enum Cause {
        case submitted
        /// Brought again after a refusal.
        case again
        /// Another claimant corrected the work that this evidence claims.
        case shared
        /// Something true of the person was learned.
        case learned
        case published

        /// Settled years are changed by evidence only; what is learned or published waits for a reopening.
        var sparesSettled: Bool { self == .learned || self == .published }
        /// Who brought it hears what came of it.
        var isBrought: Bool { self == .submitted || self == .again }
    }

    /// The people whose standings must follow, and the years in which their entries changed.
    struct AffectedPeople {
        private(set) var years: [ID<Person>: Set<Year>] = [:]
        mutating func add(_ root: ID<Person>, _ changed: [Year]) { years[root, default: []].formUnion(changed) }
        mutating func add(_ other: AffectedPeople) { years.merge(other.years) { $0.union($1) } }
    }

    /// Whose evidence is decided: what it is judged by, read once for all of it.
    struct PersonContext {
        /// The person first, then those merged into this one.
        let family: [ID<Person>]
        let settledPeriods: SettledPeriods
        let evaluator: Evaluator
        /// What its decisions are kept with.
        let basis: DecisionBasisText

        var root: ID<Person> { family[0] }
    }

    func personContext(of person: ID<Person>) throws -> PersonContext {
        if let known = cache.personContexts[person] { return known }
        let persons = PersonStore(transaction, people)
        let family = try persons.family(of: persons.root(of: person))
        let history = try StandingStore(transaction, people).history(of: family)
        let settledPeriods = try SettlementStore(transaction, people).settledPeriods(family[0], book)
        let basis = DecisionBasis(history, settledPeriods, book)
        let personContext = PersonContext(
            family: family, settledPeriods: settledPeriods, evaluator: Evaluator(basis), basis: DecisionBasisText(basis)
        )
        cache.personContexts[person] = personContext
        return personContext
    }

    /// Brings the entries of one piece of evidence to what it is worth now: reversals first, then what is new.
    func reconcile(
        _ held: StoredEvidence, _ personContext: PersonContext, _ cause: Cause, _ affected: inout AffectedPeople
    ) throws -> (entries: [LedgerEntry], refusal: String?) {
        let settledPeriods = personContext.settledPeriods
        var evaluation = personContext.evaluator.evaluation(on: held.evidence)
        let isNew = held.version == 1 && cause == .submitted
        let before = isNew ? [] : try works.claims(by: held)
        var made = ClaimResult()
        do {
            try claim(held, evaluation, personContext, before, cause, &made, &affected)
        } catch let refusal as ClaimRefusal {
            // A correction that cannot be taken leaves everything as it was.
            if cause == .submitted, held.version > 1 { throw Failure.correctionRefused(refusal.words) }
            evaluation = Evaluation(refusal: refusal.words, refusedBy: evaluation.items.first?.version.number)
            (made.claims, made.displaced) = ([], [])
        }
        let isSpared = { (key: String, entry: (year: Year, day: Day)) in
            cause.sparesSettled && settledPeriods.version(key, entry.year, entry.day) != nil
        }
        let all = isNew ? [] : try ledger.unreversed(of: held.person, evidence: held.number)
        let unreversed = all.filter { !isSpared($0.policyKey, ($0.year, $0.day)) }
        let items = evaluation.items.filter { !isSpared($0.version.key, ($0.entry.year, $0.entry.day)) }
        let spared = Set(all.filter { isSpared($0.policyKey, ($0.year, $0.day)) }.map { PlainName.work($0.work) })
        for old in before where !made.claims.contains(old) && !spared.contains(PlainName.work(old.work)) {
            try works.drop(old)
        }
        for old in made.displaced { try works.drop(old) }
        for new in made.claims where !before.contains(new) { try works.add(new) }
        let plan = EntryChanges(unreversed, items)
        guard !plan.isEmpty || cause == .submitted else { return ([], evaluation.refusal) }
        let lines = try lines(plan, held, evaluation, personContext.basis, made.read, isNew: isNew)
        let entries = try ledger.append(lines, to: held.person, at: now)
        affected.add(personContext.root, entries.map(\.year))
        if let refusal = evaluation.refusal, !cause.isBrought, !plan.reversed.isEmpty {
            cache.lost.append(LostItem(held, personContext.evaluator.catalogue.title(of: held.evidence), refusal))
        }
        return (
            try entries + made.displaced.flatMap { try yieldClaim($0, personContext, &affected) }, evaluation.refusal
        )
    }

    private func lines(
        _ plan: EntryChanges, _ held: StoredEvidence, _ evaluation: Evaluation, _ basis: DecisionBasisText,
        _ read: [ClaimSnapshot], isNew: Bool
    ) throws -> [NewLedgerEntry] {
        var made: [ID<PolicyVersion>: Int] = [:]
        for version in evaluation.items.map(\.version.number) where made[version] == nil {
            made[version] = try decisions.add(
                on: held, policy: version, credited: true, words: "", basis: basis, claims: read, at: now)
        }
        var refused = 0
        if let refusal = evaluation.refusal {
            refused = try decisions.add(
                on: held, policy: evaluation.refusedBy, credited: false, words: refusal, basis: basis, claims: read,
                at: now)
        }
        let any = made.values.min() ?? refused
        let reversals = plan.reversed.map { entry in
            NewLedgerEntry.reversal(entry, policyHash: book.all[entry.policy.number]?.hash ?? [], decision: any)
        }
        let next = isNew ? 0 : try ledger.next(held.person)
        let added = try plan.added.map { item in
            let slot = LedgerEntry.Slot(
                evidence: held.number, policy: item.version.key, year: item.entry.year.number,
                subject: item.entry.subject)
            let after = try isNew ? 0 : plan.reversal(of: slot, from: next) ?? ledger.lastReversal(held.person, slot)
            return NewLedgerEntry.new(
                item.entry, item.version, evidence: held.number, decision: made[item.version.number] ?? any,
                after: after)
        }
        return reversals + added
    }

    /// What evidence without a number of its own is known by.
    private static func digest(of evidence: Evidence) -> String {
        let bytes = sha256((evidence.kind + "\n" + FactText.encode(evidence.facts)).utf8)
        return "sha256:" + bytes.prefix(16).hexadecimal
    }
}

/// What one transaction has read and touched so far: nothing of it changes while evidence is taken.
final class RecogniserCache {
    fileprivate(set) var affected = Recogniser.AffectedPeople()
    fileprivate(set) var personContexts: [ID<Person>: Recogniser.PersonContext] = [:]
    /// What is credited no more, though nobody brought it again.
    fileprivate(set) var lost: [LostItem] = []
    fileprivate(set) var last = Last()

    /// What the last submission came upon beside its own item.
    struct Last {
        /// Whose entries it changed.
        fileprivate(set) var people: [ID<Person>] = []
        /// By which other sources the person has items under the number of this new one.
        fileprivate(set) var others: [String] = []
    }

    fileprivate func add(_ affected: Recogniser.AffectedPeople) {
        self.affected.add(affected)
        last.people = affected.years.compactMap { $0.value.isEmpty ? nil : $0.key }
    }
}

/// An item that was credited and is refused now.
package struct LostItem: Sendable {
    package let person: ID<Person>
    /// Who it belongs to, what it is, and why.
    package let words: String

    init(_ held: StoredEvidence, _ title: String?, _ refusal: String) {
        person = held.person
        words = "人员 \(held.person) 第 \(held.number) 项\(title.map { "“\($0)”" } ?? "")不再计：\(refusal)"
    }
}

/// Which entries go and which come.
private struct EntryChanges {
    let reversed: [LedgerEntry]
    let added: [Evaluation.Item]

    init(_ unreversed: [LedgerEntry], _ items: [Evaluation.Item]) {
        reversed = unreversed.filter { entry in !items.contains { entry.agrees(with: $0) } }
        added = items.filter { item in !unreversed.contains { $0.agrees(with: item) } }
    }

    var isEmpty: Bool { reversed.isEmpty && added.isEmpty }

    /// The number that the reversal of these hours gets, where it is among those of this plan.
    func reversal(of slot: LedgerEntry.Slot, from next: Int) -> Int? {
        reversed.firstIndex { $0.slot == slot }.map { next + $0 }
    }
}

extension Failure {
    fileprivate static func otherItem(_ number: String, _ old: String, _ new: String, _ hours: CreditHours) -> Failure {
        Failure(
            .refused, "recognition.other-item",
            "编号“\(number)”已用于“\(old)”（\(hours) 学时），与“\(new)”不是同一项，没有登记。另一项请换一个没有用过的编号；确为更正的，请填写更正原因。",
            en: "The number \(number) is that of \(old), \(hours) h, and not of \(new). Give another, or a reason.")
    }

    fileprivate static func otherYear(
        _ number: String, _ title: String, _ old: Year, _ new: Year, _ hours: CreditHours
    ) -> Failure {
        Failure(
            .refused, "recognition.other-item",
            "编号“\(number)”已用于 \(old) 年度的“\(title)”（\(hours) 学时），本次填的是 \(new) 年度，没有登记。"
                + "\(new) 年度的另一项请换一个没有用过的编号；原登记的年度有误、确为更正的，请填写更正原因。",
            en: "The number \(number) is that of \(title) of \(old), \(hours) h, and not of \(new). "
                + "Give another, or a reason.")
    }

    static func correctionRefused(_ why: String) -> Failure {
        Failure(
            .refused, "recognition.correction", "不能这样更正：\(why)。原登记保持不变。",
            en: "This correction cannot be taken: \(why). What was recorded stays as it was.")
    }
}
