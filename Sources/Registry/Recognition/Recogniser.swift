import Database
import Foundation
import Kernel
import People
import Policy
import Signing

/// The one door to the ledger, within one transaction: evidence is kept, decided, entered, and the standings follow.
///
/// A page of submissions is taken one by one, and ``follow()`` brings the standings of all of them up to date at once.
struct Recogniser {
    let transaction: Transaction
    let people: People
    let book: PolicyBook
    let now: Int
    var sources = OldSources()
    /// Whose people may be changed by what is brought; everybody where there is none.
    var reach: Reach?
    let memory = RecogniserMemory()

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
        try follow()
        return recognition
    }

    /// Everything but the standings: they follow by ``follow()``, which has to come before the transaction's end.
    func take(_ submission: Submission) throws -> Recognition {
        let bearer = try bearer(of: submission.person)
        try refuseFuture(submission.evidence)
        let reference = submission.reference ?? Self.digest(of: submission.evidence)
        let names = sources.names(of: submission.source)
        let all = try evidences.find(submission.person, reference: reference)
        let held = same(submission, among: all.filter { names.contains($0.source) }, bearer)
        memory.last = RecogniserMemory.Last()
        if let known = try known(submission, names, reference, held, bearer.family) {
            return try decisions.refusal(of: known) == nil ? .unchanged : try again(known, bearer)
        }
        if let held, submission.reason.isEmpty { try refuseOther(submission.evidence, held, bearer) }
        if held == nil, submission.reference != nil { memory.last.others = all.map(\.source) }
        let kept = try evidences.add(
            submission.evidence, of: submission.person, replacing: held,
            source: held?.source ?? names[0],
            reference: held?.reference ?? reference, reason: submission.reason, at: now)
        var touched = Touched()
        var (entries, refusal) = try reconcile(kept, bearer, .submitted, &touched)
        if held != nil { entries += try standIn(for: kept, bearer, &touched) }
        if held == nil { try spareLaterSettled(entries, bearer) }
        memory.add(touched)
        let takesBack = entries.contains { $0.reverses != nil }
        if takesBack || held != nil && (refusal == nil || !entries.isEmpty) {
            return .corrected(entries, refusal: refusal)
        }
        return refusal.map { .refused($0) } ?? .credited(entries)
    }

    /// The item that a submission with a number brings again.
    func held(_ submission: Submission) throws -> HeldEvidence? {
        let names = sources.names(of: submission.source)
        let all = try evidences.find(submission.person, reference: submission.reference ?? "")
        return same(submission, among: all.filter { names.contains($0.source) }, try bearer(of: submission.person))
    }

    /// Of several items under one number, that which is the same.
    private func same(_ submission: Submission, among all: [HeldEvidence], _ bearer: Bearer) -> HeldEvidence? {
        guard all.count > 1 else { return all.first }
        let title = bearer.judge.title(of: submission.evidence)
        return all.first { $0.evidence == submission.evidence }
            ?? all.first { bearer.judge.title(of: $0.evidence) == title } ?? all.first
    }

    /// A number that was given twice would take away the hours of the first: what is brought under a known number, and
    /// without a reason, is the same item only where kind and title are, and the year of what has hours.
    private func refuseOther(_ evidence: Evidence, _ held: HeldEvidence, _ bearer: Bearer) throws {
        let judge = bearer.judge
        let (old, new) = (judge.title(of: held.evidence) ?? "", judge.title(of: evidence) ?? "")
        let (year, next) = (judge.year(of: held.evidence), judge.year(of: evidence))
        let isOther = held.evidence.kind != evidence.kind || !PlainName.same(old, new)
        guard isOther || year != next else { return }
        let standing = try ledger.standing(of: held.person, evidence: held.number)
        let hours = standing.reduce(CreditHours.zero) { $0 + $1.hours }
        if isOther { throw Failure.otherItem(held.reference, old, new, hours) }
        guard let year, let next, !standing.isEmpty else { return }
        throw Failure.otherYear(held.reference, old, year, next, hours)
    }

    /// The same item with the same facts, brought before for this number or one that is merged with it.
    private func known(
        _ submission: Submission, _ names: [String], _ reference: String, _ held: HeldEvidence?, _ family: [ID<Person>]
    ) throws -> HeldEvidence? {
        if let held, held.evidence == submission.evidence { return held }
        for member in family where member != submission.person {
            let all = try evidences.find(member, reference: reference)
            let same = all.first { names.contains($0.source) && $0.evidence == submission.evidence }
            if let same { return same }
        }
        return nil
    }

    /// What was refused may be right by now: the other claimant has corrected the work, the policy is published.
    private func again(_ held: HeldEvidence, _ bearer: Bearer) throws -> Recognition {
        var touched = Touched()
        let (entries, refusal) = try reconcile(held, bearer, .again, &touched)
        memory.add(touched)
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
    /// ``follow()``.
    ///
    /// Answers what was entered and taken back.
    @discardableResult
    func redecide(
        _ root: ID<Person>, _ cause: Cause, touching years: Set<Year> = []
    ) throws -> [LedgerEntry] {
        let bearer = try bearer(of: root)
        var touched = Touched()
        touched.add(root, Array(years))
        var changed: [LedgerEntry] = []
        for member in bearer.family {
            for held in try evidences.all(of: member) {
                changed += try reconcile(held, bearer, cause, &touched).entries
            }
        }
        memory.touched.add(touched)
        return changed
    }

    /// Brings the standings up to date that what was taken since the last time has touched. Answers those that changed.
    @discardableResult
    func follow() throws -> [StandingChange] {
        let keeper = StandingKeeper(transaction: transaction, people: people, book: book, now: now)
        var changes: [StandingChange] = []
        try keeper.refresh(memory.touched.years) { changes.append($0) }
        memory.touched = Touched()
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
    struct Touched {
        private(set) var years: [ID<Person>: Set<Year>] = [:]
        mutating func add(_ root: ID<Person>, _ changed: [Year]) { years[root, default: []].formUnion(changed) }
        mutating func add(_ other: Touched) { years.merge(other.years) { $0.union($1) } }
    }

    /// Whose evidence is decided: what it is judged by, read once for all of it.
    struct Bearer {
        /// The person first, then those merged into this one.
        let family: [ID<Person>]
        let frozen: Frozen
        let judge: Judge
        /// What its decisions are kept with.
        let basis: BasisText

        var root: ID<Person> { family[0] }
    }

    func bearer(of person: ID<Person>) throws -> Bearer {
        if let known = memory.bearers[person] { return known }
        let persons = PersonStore(transaction, people)
        let family = try persons.family(of: persons.root(of: person))
        let history = try StandingStore(transaction, people).history(of: family)
        let frozen = try SettlementStore(transaction, people).frozen(family[0], book)
        let basis = Basis(history, frozen, book)
        let bearer = Bearer(family: family, frozen: frozen, judge: Judge(basis), basis: BasisText(basis))
        memory.bearers[person] = bearer
        return bearer
    }

    /// Brings the entries of one piece of evidence to what it is worth now: reversals first, then what is new.
    func reconcile(
        _ held: HeldEvidence, _ bearer: Bearer, _ cause: Cause, _ touched: inout Touched
    ) throws -> (entries: [LedgerEntry], refusal: String?) {
        let frozen = bearer.frozen
        var verdict = bearer.judge.verdict(on: held.evidence)
        let isNew = held.version == 1 && cause == .submitted
        let before = isNew ? [] : try works.claims(by: held)
        var made = Claims()
        do {
            try claim(held, verdict, bearer, before, cause, &made, &touched)
        } catch let refusal as ClaimRefusal {
            // A correction that cannot be taken leaves everything as it was.
            if cause == .submitted, held.version > 1 { throw Failure.correctionRefused(refusal.words) }
            verdict = Verdict(refusal: refusal.words, refusedBy: verdict.wanted.first?.version.number)
            (made.claims, made.displaced) = ([], [])
        }
        let isSpared = { (key: String, entry: (year: Year, day: Day)) in
            cause.sparesSettled && frozen.version(key, entry.year, entry.day) != nil
        }
        let all = isNew ? [] : try ledger.standing(of: held.person, evidence: held.number)
        let standing = all.filter { !isSpared($0.policyKey, ($0.year, $0.day)) }
        let wanted = verdict.wanted.filter { !isSpared($0.version.key, ($0.entry.year, $0.entry.day)) }
        let spared = Set(all.filter { isSpared($0.policyKey, ($0.year, $0.day)) }.map { PlainName.work($0.work) })
        for old in before where !made.claims.contains(old) && !spared.contains(PlainName.work(old.work)) {
            try works.drop(old)
        }
        for old in made.displaced { try works.drop(old) }
        for new in made.claims where !before.contains(new) { try works.add(new) }
        let plan = Plan(standing, wanted)
        guard !plan.isEmpty || cause == .submitted else { return ([], verdict.refusal) }
        let lines = try lines(plan, held, verdict, bearer.basis, made.read, isNew: isNew)
        let entries = try ledger.append(lines, to: held.person, at: now)
        touched.add(bearer.root, entries.map(\.year))
        if let refusal = verdict.refusal, !cause.isBrought, !plan.reversed.isEmpty {
            memory.lost.append(Lost(held, bearer.judge.title(of: held.evidence), refusal))
        }
        return (try entries + made.displaced.flatMap { try giveWay($0, bearer, &touched) }, verdict.refusal)
    }

    private func lines(
        _ plan: Plan, _ held: HeldEvidence, _ verdict: Verdict, _ basis: BasisText, _ read: [ClaimRead], isNew: Bool
    ) throws -> [LedgerLine] {
        var made: [ID<PolicyVersion>: Int] = [:]
        for version in verdict.wanted.map(\.version.number) where made[version] == nil {
            made[version] = try decisions.add(
                on: held, policy: version, credited: true, words: "", basis: basis, claims: read, at: now)
        }
        var refused = 0
        if let refusal = verdict.refusal {
            refused = try decisions.add(
                on: held, policy: verdict.refusedBy, credited: false, words: refusal, basis: basis, claims: read,
                at: now)
        }
        let any = made.values.min() ?? refused
        let reversals = plan.reversed.map { entry in
            LedgerLine.reversal(entry, policyHash: book.all[entry.policy.number]?.hash ?? [], decision: any)
        }
        let next = isNew ? 0 : try ledger.next(held.person)
        let added = try plan.added.map { item in
            let slot = LedgerEntry.Slot(
                evidence: held.number, policy: item.version.key, year: item.entry.year.number,
                subject: item.entry.subject)
            let after = try isNew ? 0 : plan.reversal(of: slot, from: next) ?? ledger.lastReversal(held.person, slot)
            return LedgerLine.new(
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
final class RecogniserMemory {
    fileprivate(set) var touched = Recogniser.Touched()
    fileprivate(set) var bearers: [ID<Person>: Recogniser.Bearer] = [:]
    /// What is credited no more, though nobody brought it again.
    fileprivate(set) var lost: [Lost] = []
    fileprivate(set) var last = Last()

    /// What the last submission came upon beside its own item.
    struct Last {
        /// Whose entries it changed.
        fileprivate(set) var people: [ID<Person>] = []
        /// By which other sources the person has items under the number of this new one.
        fileprivate(set) var others: [String] = []
    }

    fileprivate func add(_ touched: Recogniser.Touched) {
        self.touched.add(touched)
        last.people = touched.years.compactMap { $0.value.isEmpty ? nil : $0.key }
    }
}

/// An item that was credited and is refused now.
package struct Lost: Sendable {
    package let person: ID<Person>
    /// Who it belongs to, what it is, and why.
    package let words: String

    init(_ held: HeldEvidence, _ title: String?, _ refusal: String) {
        person = held.person
        words = "人员 \(held.person) 第 \(held.number) 项\(title.map { "“\($0)”" } ?? "")不再计：\(refusal)"
    }
}

/// Which entries go and which come.
private struct Plan {
    let reversed: [LedgerEntry]
    let added: [Verdict.Wanted]

    init(_ standing: [LedgerEntry], _ wanted: [Verdict.Wanted]) {
        reversed = standing.filter { entry in !wanted.contains { entry.agrees(with: $0) } }
        added = wanted.filter { item in !standing.contains { $0.agrees(with: item) } }
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
