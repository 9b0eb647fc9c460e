import Kernel
import People
import Policy
import Signing

/// Whether a submission is a new item, a correction, or identical with a stored item.
struct ItemMatch {
    /// The name of its source, and the reference, as they are stored.
    let source: String
    let reference: String
    /// The item that it corrects.
    let corrected: StoredEvidence?
    /// A stored item with the same facts.
    let identical: StoredEvidence?
    /// Other sources from which the person has items under the reference of this new one.
    let otherSources: [String]
}

extension Recogniser {
    func match(_ submission: Submission, _ context: PersonContext) throws -> ItemMatch {
        let reference = submission.reference ?? Self.digest(of: submission.evidence)
        let names = sources.names(of: submission.source)
        let all = try evidences.find(submission.person, reference: reference)
        let held = Self.item(of: submission, among: all.filter { names.contains($0.source) }, context)
        let isOthers = held == nil && submission.reference != nil
        return ItemMatch(
            source: held?.source ?? names[0], reference: held?.reference ?? reference, corrected: held,
            identical: try identical(submission, names, reference, held, context.family),
            otherSources: isOthers ? all.map(\.source) : [])
    }

    /// The item that a submission with a reference corrects.
    func held(_ submission: Submission) throws -> StoredEvidence? {
        try match(submission, personContext(of: submission.person)).corrected
    }

    /// The item among several under one reference: the one with the same facts, otherwise with the same title,
    /// otherwise the first.
    private static func item(of submission: Submission, among all: [StoredEvidence], _ context: PersonContext)
        -> StoredEvidence?
    {
        guard all.count > 1 else { return all.first }
        let catalogue = context.evaluator.catalogue
        let title = catalogue.title(of: submission.evidence)
        return all.first { $0.evidence == submission.evidence }
            ?? all.first { catalogue.title(of: $0.evidence) == title } ?? all.first
    }

    /// The item with the same facts, under this number or one that is merged with it.
    private func identical(
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

    /// Refuses a correction without a reason that changes the kind, title or year: if a reference is used for two
    /// items, the second one would remove the hours of the first.
    ///
    /// Failure: `recognition.other-item`.
    func refuseOther(_ evidence: Evidence, _ held: StoredEvidence, _ context: PersonContext) throws {
        let catalogue = context.evaluator.catalogue
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

    /// The reference of evidence that has none.
    private static func digest(of evidence: Evidence) -> String {
        let bytes = sha256((evidence.kind + "\n" + FactText.encode(evidence.facts)).utf8)
        return "sha256:" + bytes.prefix(16).hexadecimal
    }
}

extension Failure {
    fileprivate static func otherItem(_ number: String, _ old: String, _ new: String, _ hours: CreditHours) -> Failure {
        Failure(
            .refused, "recognition.other-item",
            "编号“\(number)”已用于“\(old)”（\(hours) 学时），与“\(new)”不是同一项，没有登记。另一项请换一个没有用过的编号；确为更正的，请填写更正原因。",
            en: "The number \(number) belongs to \(old) (\(hours) h), not to \(new). Use another, or give a reason.")
    }

    fileprivate static func otherYear(
        _ number: String, _ title: String, _ old: Year, _ new: Year, _ hours: CreditHours
    ) -> Failure {
        Failure(
            .refused, "recognition.other-item",
            "编号“\(number)”已用于\(old)年度的“\(title)”（\(hours) 学时），本次填的是\(new)年度，没有登记。"
                + "\(new)年度的另一项请换一个没有用过的编号；原登记的年度有误、确为更正的，请填写更正原因。",
            en: "The number \(number) belongs to \(title) of \(old) (\(hours) h), not of \(new). "
                + "Use another, or give a reason.")
    }
}
