import Database
import Kernel
import People
import Policy
import Signing

/// The one door to the ledger, within one transaction: evidence is kept, decided, entered, and the standings follow.
struct Recogniser {
    let transaction: Transaction
    let people: People
    let book: PolicyBook
    let now: Int

    private var evidences: EvidenceStore { EvidenceStore(transaction) }
    private var decisions: DecisionStore { DecisionStore(transaction) }
    private var ledger: LedgerStore { LedgerStore(transaction) }
    private var works: WorkStore { WorkStore(transaction) }

    func recognise(_ submission: Submission) throws -> Recognition {
        let persons = PersonStore(transaction, people)
        guard let root = try persons.root(of: submission.person) else {
            throw Failure.noPerson("人员编号 \(submission.person)")
        }
        let family = try persons.family(of: root)
        let reference = submission.reference ?? Self.digest(of: submission.evidence)
        let held = try family.compactMap { try evidences.find($0, source: submission.source, reference: reference) }
            .first
        if let held, held.evidence == submission.evidence {
            return try decisions.refusal(of: held).map { .refused($0) } ?? .unchanged
        }
        let kept = try evidences.add(
            submission.evidence, of: held?.person ?? root, replacing: held, source: submission.source,
            reference: reference, reason: submission.reason, at: now)
        var touched = Touched()
        let (entries, refusal) = try reconcile(kept, family, .submitted, &touched)
        try follow(touched)
        if let refusal { return .refused(refusal) }
        return held == nil ? .credited(entries) : .corrected(entries)
    }

    /// Decides again all that a person brought.
    func redecide(_ root: ID<Person>, _ cause: Cause) throws {
        let family = try PersonStore(transaction, people).family(of: root)
        var touched = Touched()
        touched.add(root, [])
        for member in family {
            for held in try evidences.all(of: member) { _ = try reconcile(held, family, cause, &touched) }
        }
        try follow(touched)
    }

    enum Cause {
        case submitted
        /// Another claimant corrected the work that this evidence claims.
        case shared
        /// Something true of the person was learned.
        case learned
        case published

        /// Settled years are changed by evidence only; what is learned or published waits for a reopening.
        var sparesSettled: Bool { self == .learned || self == .published }
    }

    /// The people whose standings must follow, and the years in which their entries changed.
    struct Touched {
        private(set) var years: [ID<Person>: Set<Year>] = [:]
        mutating func add(_ root: ID<Person>, _ changed: [Year]) { years[root, default: []].formUnion(changed) }
    }

    /// Brings the entries of one piece of evidence to what it is worth now: reversals first, then what is new.
    private func reconcile(
        _ held: HeldEvidence, _ family: [ID<Person>], _ cause: Cause, _ touched: inout Touched
    ) throws -> (entries: [LedgerEntry], refusal: String?) {
        let root = family[0]
        let history = try StandingStore(transaction, people).history(of: family)
        let frozen = try SettlementStore(transaction).frozen(root, book)
        var verdict = book.judge(held.evidence, history, frozen)
        if cause == .submitted, !verdict.wanted.isEmpty,
            let refusal = try claim(held, verdict, family, &touched)
        {
            // A correction that cannot be taken leaves everything as it was.
            if held.version > 1 { throw Failure.correctionRefused(refusal) }
            verdict = Verdict(refusal: refusal, refusedBy: verdict.wanted[0].version.number)
        }
        if verdict.wanted.isEmpty { try works.drop(held.person, evidence: held.number) }
        let standing = try ledger.standing(of: held.person, evidence: held.number).filter { entry in
            !cause.sparesSettled || frozen.version(entry.policyKey, entry.year) == nil
        }
        let wanted = verdict.wanted.filter { item in
            !cause.sparesSettled || frozen.version(item.version.key, item.entry.year) == nil
        }
        let plan = Plan(standing, wanted)
        guard !plan.isEmpty || cause == .submitted else { return ([], verdict.refusal) }
        let lines = try lines(plan, held, verdict, history)
        let entries = try ledger.append(lines, to: held.person, at: now)
        touched.add(root, entries.map(\.year))
        return (entries, verdict.refusal)
    }

    private func lines(
        _ plan: Plan, _ held: HeldEvidence, _ verdict: Verdict, _ history: History
    ) throws -> [LedgerLine] {
        let facts = history.dated
        var made: [ID<PolicyVersion>: Int] = [:]
        for version in verdict.wanted.map(\.version.number) where made[version] == nil {
            made[version] = try decisions.add(
                on: held, policy: version, credited: true, words: "", facts: facts, at: now)
        }
        var refused = 0
        if let refusal = verdict.refusal {
            refused = try decisions.add(
                on: held, policy: verdict.refusedBy, credited: false, words: refusal, facts: facts, at: now)
        }
        let any = made.values.min() ?? refused
        let reversals = plan.reversed.map { entry in
            LedgerLine.reversal(entry, policyHash: book.all[entry.policy.number]?.hash ?? [], decision: any)
        }
        let added = try plan.added.map { item in
            let slot = LedgerEntry.Slot(
                evidence: held.number, policy: item.version.key, year: item.entry.year.number,
                subject: item.entry.subject)
            let after =
                try plan.reversal(of: slot, from: ledger.next(held.person))
                ?? ledger.lastReversal(held.person, slot)
            return LedgerLine.new(
                item.entry, item.version, evidence: held.number, decision: made[item.version.number] ?? any,
                after: after)
        }
        return reversals + added
    }

    private func follow(_ touched: Touched) throws {
        for (root, years) in touched.years.sorted(by: { $0.key < $1.key }) {
            try StandingKeeper(transaction: transaction, people: people, book: book, now: now).refresh(root, years)
        }
    }

    /// What evidence without a number of its own is known by.
    private static func digest(of evidence: Evidence) -> String {
        let bytes = sha256((evidence.kind + "\n" + FactText.encode(evidence.facts)).utf8)
        return "sha256:" + bytes.prefix(16).map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
    }
}

/// Which entries go and which come.
private struct Plan {
    let reversed: [LedgerEntry]
    let added: [Verdict.Wanted]

    init(_ standing: [LedgerEntry], _ wanted: [Verdict.Wanted]) {
        reversed = standing.filter { entry in !wanted.contains { $0.isSame(as: entry) } }
        added = wanted.filter { item in !standing.contains { item.isSame(as: $0) } }
    }

    var isEmpty: Bool { reversed.isEmpty && added.isEmpty }

    /// The number that the reversal of these hours gets, where it is among those of this plan.
    func reversal(of slot: LedgerEntry.Slot, from next: Int) -> Int? {
        reversed.firstIndex { $0.slot == slot }.map { next + $0 }
    }
}

extension Verdict.Wanted {
    fileprivate func isSame(as entry: LedgerEntry) -> Bool {
        entry.year == self.entry.year && entry.subject == self.entry.subject
            && entry.agrees(with: self.entry, under: version)
    }
}

extension Failure {
    static func correctionRefused(_ why: String) -> Failure {
        Failure(
            .refused, "recognition.correction", "不能这样更正：\(why)。原登记保持不变。",
            en: "This correction cannot be taken: \(why). What was recorded stays as it was.")
    }
}

// MARK: - Works

extension Recogniser {
    /// Claims the works that the evidence names; answers why not, where it may not.
    ///
    /// A correction of the number of authors is one of the work: every other claim on it is decided again.
    private func claim(
        _ held: HeldEvidence, _ verdict: Verdict, _ family: [ID<Person>], _ touched: inout Touched
    ) throws -> String? {
        let before = try works.claimed(by: held.person, evidence: held.number)
        try works.drop(held.person, evidence: held.number)
        var done: Set<String> = []
        for item in verdict.wanted {
            guard let rule = item.version.policy.kind(held.evidence.kind)?.work, let work = item.entry.work,
                done.insert(work).inserted
            else { continue }
            let level = rule.level.flatMap { held.evidence.facts[$0]?.description } ?? ""
            let claim = Claim(
                work: work, person: family[0], level: level, claimant: held.person, evidence: held.number)
            let others = try works.claims(on: work)
            let clause = rule.clause.short
            if let same = others.first(where: { family.contains($0.person) && $0.level == level }) {
                return "同一成果\(level.isEmpty ? "" : "的同一级别")已由第 \(same.evidence) 项登记，不重复登记（\(clause)）"
            }
            if let among = rule.among, case .integer(let authors)? = held.evidence.facts[among] {
                if let refusal = try share(claim, authors, among, clause, others, before, &touched) { return refusal }
            } else {
                try works.put(work, authors: nil)
            }
            try works.add(claim)
        }
        return nil
    }

    /// Holds the number of authors against what other claimants said. A first claim that differs is refused; a
    /// correction of a claim that stood is taken for all.
    private func share(
        _ claim: Claim, _ authors: Int, _ among: String, _ clause: String, _ others: [Claim], _ before: [Claim],
        _ touched: inout Touched
    ) throws -> String? {
        let known = try works.authors(of: claim.work) ?? nil
        let claimants = Set(others.map(\.person)).subtracting([claim.person]).count + 1
        guard claimants <= authors else {
            return "该成果的作者数为 \(authors)，已有 \(claimants - 1) 人登记，人数超出（\(clause)）"
        }
        if let known, known != authors, !others.isEmpty {
            guard before.contains(where: { $0.work == claim.work }) else {
                return "该成果已按作者数 \(known) 登记，与本次的 \(authors) 不符。请核对；原登记有误的，先更正原登记（\(clause)）"
            }
            try works.put(claim.work, authors: authors)
            for other in others { try correct(other, among, authors, &touched) }
        } else {
            try works.put(claim.work, authors: authors)
        }
        return nil
    }

    private func correct(_ other: Claim, _ among: String, _ authors: Int, _ touched: inout Touched) throws {
        guard let held = try evidences.find(other.claimant, number: other.evidence) else { return }
        var facts = held.evidence.facts
        facts[among] = .integer(authors)
        let kept = try evidences.add(
            Evidence(held.evidence.kind, facts), of: held.person, replacing: held, source: held.source,
            reference: held.reference, reason: "同一成果的作者数更正", at: now)
        let family = try PersonStore(transaction, people).family(of: other.person)
        _ = try reconcile(kept, family, .shared, &touched)
    }
}
