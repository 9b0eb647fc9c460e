import Database
import Kernel
import People
import Policy

/// Why a work may not be claimed.
struct ClaimRefusal: Error {
    let words: String
}

/// A correction would change the hours of somebody whom its sender does not look after.
struct OutsideWriteScope: Error {
    let claimant: ID<Person>
    let unit: ID<Organisation>?
    /// The version of the evidence that would be corrected.
    let version: Int
    /// What would be corrected: `刊物级别`, and in full: `刊物级别改为 “省级”`.
    let names: String
    let change: String
}

/// A claim that is about to be made, with what it is held against.
private struct ClaimAttempt {
    let held: StoredEvidence
    let kind: EvidenceKind
    let rule: WorkRule
    let claim: Claim
    /// The work's name, and those that it had in older forms.
    let names: [String]
    /// The claims of other evidence.
    let others: [Claim]

    var clause: String { rule.clause.short }

    /// What all who claim the work state alike.
    var stated: [(shape: FactShape, value: Fact)] {
        ([rule.among].compactMap { $0 } + rule.same).compactMap { key in
            guard let shape = kind.shape(key), let value = held.evidence.facts[key] else { return nil }
            return (shape, value)
        }
    }

    /// The number of authors among these facts.
    func authors(in facts: [String: Fact]) -> Int? {
        guard let among = rule.among, case .integer(let count)? = facts[among] else { return nil }
        return count
    }

    /// `known`: what others say of the work.
    func read(_ known: [String: Fact]) -> ClaimSnapshot {
        let count = others.claimants(beside: claim.root)
        return ClaimSnapshot(work: claim.work, authors: authors(in: known), others: count, taken: 0)
    }

    func isClaimed(in claims: [Claim]) -> Bool { claims.contains { names.contains($0.work) } }
}

extension [Claim] {
    /// How many people beside one have made them.
    fileprivate func claimants(beside root: ID<Person>) -> Int { Set(map(\.root)).subtracting([root]).count }
}

/// What comes of evidence for the works that it names.
struct ClaimResult {
    var claims: [Claim] = []
    /// The person's own claims that give way to these.
    var displaced: [Claim] = []
    /// What was read for it, also where it is refused.
    var read: [ClaimSnapshot] = []
}

extension Recogniser {
    /// Makes the claims of the evidence on the works that it names. Throws a ``ClaimRefusal`` where it may not.
    func claim(
        _ held: StoredEvidence, _ evaluation: Evaluation, _ personContext: PersonContext, _ before: [Claim],
        _ cause: Cause,
        _ made: inout ClaimResult, _ affected: inout AffectedPeople
    ) throws {
        for item in evaluation.items {
            let policy = item.version.policy
            guard let kind = policy.kind(held.evidence.kind), let rule = kind.work, let work = item.entry.work,
                !made.claims.contains(where: { $0.work == work })
            else { continue }
            let level = rule.level.flatMap { held.evidence.facts[$0]?.description } ?? ""
            let names = [work] + policy.formerWorks(of: held.evidence)
            let others = try works.claims(on: names).filter { !$0.isBy(held) }
            let stood = before.contains { names.contains($0.work) && $0.level == level }
            // Two numbers that are one human now keep their claims: they are one author, and the work counts once.
            if !stood, let same = others.first(where: { $0.root == personContext.root && $0.level == level }) {
                let taken = try evidences.find(same.claimant, number: same.evidence)
                guard yieldsTo(same, taken, to: item, personContext) else {
                    let count = others.claimants(beside: personContext.root)
                    made.read.append(ClaimSnapshot(work: work, authors: nil, others: count, taken: same.evidence))
                    let what = level.isEmpty ? "同一成果" : "同一成果的同一级别"
                    let name = taken.map { kind.name(of: $0.evidence) } ?? kind.name
                    throw ClaimRefusal(words: "\(what)已登记为\(name)，不重复登记（\(rule.clause.short)）")
                }
                made.displaced.append(same)
            }
            let claim = Claim(
                work: work, level: level, claimant: held.person, evidence: held.number, root: personContext.root)
            let claiming = ClaimAttempt(held: held, kind: kind, rule: rule, claim: claim, names: names, others: others)
            let known = try known(claiming, before, cause)
            made.read.append(claiming.read(known))
            try share(claiming, known, before, cause, &affected)
            made.claims.append(claim)
        }
    }

    /// Whether a person's other claim of the same work and level gives way: what is in order first counts, whichever
    /// came first. Hours of a settled year stay.
    private func yieldsTo(
        _ claim: Claim, _ held: StoredEvidence?, to item: Evaluation.Item, _ personContext: PersonContext
    ) -> Bool {
        guard let held else { return true }
        let work = PlainName.work(claim.work)
        return personContext.evaluator.evaluation(on: held.evidence).items.filter { $0.entry.work == work }.allSatisfy {
            other in
            personContext.settledPeriods.version(other.version.key, other.entry.year, other.entry.day) == nil
                && item.version.policy.precedesHoweverSpelled(item.entry, other.entry)
        }
    }

    /// Decides again what gave way. Answers what was taken back.
    func yieldClaim(_ claim: Claim, _ personContext: PersonContext, _ affected: inout AffectedPeople) throws
        -> [LedgerEntry]
    {
        guard let held = try evidences.find(claim.claimant, number: claim.evidence) else { return [] }
        return try reconcile(held, personContext, .shared, &affected).entries
    }

    /// Where a corrected item is no longer what it was, another of the person's that named the same work may count.
    func restoreClaim(for held: StoredEvidence, _ personContext: PersonContext, _ affected: inout AffectedPeople) throws
        -> [LedgerEntry]
    {
        guard book.catalogue.isWork(held.evidence.kind) else { return [] }
        return try personContext.family.flatMap { try evidences.all(of: $0) }.filter {
            $0.evidence.kind == held.evidence.kind && ($0.person, $0.number) != (held.person, held.number)
        }.flatMap { other in
            try works.claims(by: other).isEmpty ? reconcile(other, personContext, .again, &affected).entries : []
        }
    }

    /// Holds what the claim states of the work against what other claimants said. A first claim that differs is
    /// refused; a correction of a claim that stood is taken for all.
    private func share(
        _ it: ClaimAttempt, _ known: [String: Fact], _ before: [Claim], _ cause: Cause, _ affected: inout AffectedPeople
    ) throws {
        let authors = it.authors(in: it.held.evidence.facts)
        if let authors { try checkPlaces(it, authors) }
        let stood = it.isClaimed(in: before)
        let differing = it.stated.filter { item in known[item.shape.key].map { $0 != item.value } ?? false }
        guard let first = differing.first else { return try keep(it, authors) }
        guard cause == .submitted, stood else {
            let old = known[first.shape.key].map { first.shape.quoted($0) } ?? ""
            throw ClaimRefusal(
                words: "该成果已按\(first.shape.name) \(old) 登记，与本次的 \(first.shape.quoted(first.value)) 不符。"
                    + "请核对；原登记有误的，先更正原登记（\(it.clause)）")
        }
        for other in it.others where try writeScope?.holds(other.root) == false {
            throw OutsideWriteScope(
                claimant: other.root, unit: try writeScope?.unit(of: other.root), version: it.held.version - 1,
                names: differing.map(\.shape.name).joined(separator: "、"),
                change: differing.map { "\($0.shape.name)改为 \($0.shape.quoted($0.value))" }.joined(separator: "、"))
        }
        try keep(it, authors)
        for other in it.others { try correct(other, differing, &affected) }
    }

    private func checkPlaces(_ it: ClaimAttempt, _ authors: Int) throws {
        let claimants = it.others.claimants(beside: it.claim.root) + 1
        guard claimants <= authors else {
            throw ClaimRefusal(words: "该成果的作者数为 \(authors)，已有 \(claimants - 1) 人登记，人数超出（\(it.clause)）")
        }
    }

    private func keep(_ it: ClaimAttempt, _ authors: Int?) throws {
        if let authors { try works.put(it.claim.work, authors: authors) } else { try works.keep(it.claim.work) }
    }

    /// What others say of the work. What stood is not taken back for what others say; they were told.
    private func known(_ it: ClaimAttempt, _ before: [Claim], _ cause: Cause) throws -> [String: Fact] {
        it.others.isEmpty || (it.isClaimed(in: before) && cause != .submitted) ? [:] : try stated(it)
    }

    /// What the other claimants state, who state it alike.
    private func stated(_ it: ClaimAttempt) throws -> [String: Fact] {
        guard let other = it.others.first(where: { $0.root != it.claim.root }) ?? it.others.first else { return [:] }
        var facts: [String: Fact] = [:]
        if !it.rule.same.isEmpty {
            facts = try evidences.find(other.claimant, number: other.evidence)?.evidence.facts ?? [:]
        }
        if let among = it.rule.among, let known = try works.authors(of: other.work) ?? nil {
            facts[among] = .integer(known)
        }
        return facts
    }

    private func correct(_ other: Claim, _ stated: [(shape: FactShape, value: Fact)], _ affected: inout AffectedPeople)
        throws
    {
        guard let held = try evidences.find(other.claimant, number: other.evidence) else { return }
        var facts = held.evidence.facts
        for item in stated { facts[item.shape.key] = item.value }
        let names = stated.map(\.shape.name).joined(separator: "、")
        let kept = try evidences.add(
            Evidence(held.evidence.kind, facts), of: held.person, replacing: held, source: held.source,
            reference: held.reference, reason: "同一成果的\(names)更正", at: now)
        _ = try reconcile(kept, personContext(of: other.root), .shared, &affected)
    }
}

extension FactShape {
    /// A number as it is, words in quotation marks.
    fileprivate func quoted(_ value: Fact) -> String {
        if case .integer = value { value.description } else { "“\(name(of: value))”" }
    }
}

extension EvidenceKind {
    /// By which a reader knows an item: `“泰山石材锯切机理研究”（2022-06-01）`.
    fileprivate func name(of evidence: Evidence) -> String {
        "“\(title(of: evidence) ?? name)”" + (day(of: evidence).map { "（\($0)）" } ?? "")
    }
}
