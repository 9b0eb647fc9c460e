import Kernel
import People
import Policy

/// Evidence that is credited nowhere, as people read it.
package struct ExplainedRefusal: Sendable {
    /// The person, or somebody merged into it.
    package var person = 0
    /// 1, 2, 3 … among all evidence of its person.
    package let number: Int
    /// The year whose page shows it.
    package let year: Year
    /// The day of the evidence; `nil` where it states none.
    package var day: Day?
    package var kind: String
    /// The title of the item; empty where its kind has no title.
    package var title = ""
    package var why: LocalizedText
    /// The reason in a few characters: 考试不合格.
    package var tag = "未认定"
    /// The policy that refused, or the first that has the kind.
    package var version: PolicyVersion?
    /// The submitter and the day: 泰安示例学校 2022-06-05 报送; empty where unknown.
    package var submittedBy = LocalizedText.empty
    /// Who can submit it again; empty where unknown, or where the operator submitted it for others.
    package var sourceName = ""
    /// A precondition of the kind is not met: the exam is not passed yet.
    package var lacksPrecondition = false
    /// Who has the item now; `nil` where unknown.
    package var holder: ItemHolder?
    /// The key of the policy that refused; `nil` where none did.
    package var policy: String?
    /// The entry that has the same work already. Then there is nothing to do.
    package var same: EntryReference?

    package init(number: Int, year: Year, kind: String, why: LocalizedText) {
        (self.number, self.year, self.kind, self.why) = (number, year, kind, why)
    }
}

/// The source of evidence and its name for people.
struct EvidenceSourceName: Sendable {
    let source: EvidenceSource
    let name: LocalizedText
    let holder: ItemHolder
}

extension YearOverview {
    /// All evidence that is credited nowhere, of all years.
    package var refusals: [ExplainedRefusal] { refused.map(explained) }

    /// The refusals on the page of a year.
    package func refusals(in year: Year) -> [ExplainedRefusal] {
        refused.filter { self.year(of: $0) == year }.map(explained)
    }

    /// The years whose pages have refusals.
    var refusalYears: [Year] { refused.map(year) }

    private func explained(_ item: Refused) -> ExplainedRefusal {
        let (held, evidence) = (item.evidence, item.evidence.evidence)
        let version = version(of: item)
        let policy = version?.policy
        let kind = policy?.kind(evidence.kind)
        let day = kind?.day(of: evidence)
        let facts = DecisionBasisText.read(facts: item.refusal.facts)
        let read = item.refusal.basis.flatMap { DecisionBasisText.read(facts ?? [], $0, book) }
        let why = why(item, facts == nil ? nil : read)
        var told = ExplainedRefusal(
            number: held.number, year: year(of: item), kind: kind?.name ?? evidence.kind, why: why)
        (told.day, told.title) = (day, kind?.title(of: evidence) ?? "")
        told.version = version
        told.person = held.person.number
        told.submittedBy = submittedBy(held)
        if let sourceName = sourceNames[held.source], sourceName.source != .operator {
            told.sourceName = sourceName.name.chinese
        }
        told.holder = holder(of: held, kind)
        let unmet = policy?.unmetPrecondition(of: evidence, facts ?? [])
        told.tag = policy?.tag(forRefusal: item.refusal.words, of: evidence, unmet) ?? told.tag
        told.lacksPrecondition = unmet != nil
        told.policy = item.refusal.policy.flatMap { book.all[$0.number]?.key }
        told.same = same(read?.claims ?? [])
        return told
    }

    /// Who has evidence: its submitter, or the platform that it names, where somebody submitted the platform's list.
    private func holder(of held: StoredEvidence, _ kind: EvidenceKind?) -> ItemHolder? {
        guard let named = sourceNames[held.source] else { return nil }
        guard case .authority = named.holder, let platform = kind?.platform(of: held.evidence) else {
            return named.holder
        }
        return .platform(platform)
    }

    /// The policy that refused, or the first that has the kind.
    private func version(of item: Refused) -> PolicyVersion? {
        let kind = item.evidence.evidence.kind
        let refusing = item.refusal.policy.flatMap { book.all[$0.number] }
        return refusing?.policy.kind(kind) == nil ? book.current.first { $0.policy.kind(kind) != nil } : refusing
    }

    private func policy(of item: Refused) -> Policy? { version(of: item)?.policy }

    /// The year that the evidence states, where a policy applies to the person in it; otherwise the year of its day.
    private func year(of item: Refused) -> Year {
        let (held, policy) = (item.evidence, policy(of: item))
        let own = policy?.year(of: held.evidence)
        let day = policy?.kind(held.evidence.kind)?.day(of: held.evidence) ?? Day(milliseconds: held.received)
        guard let own, own != day.year, !standingInput.asked([own], book).isEmpty else { return day.year }
        return own
    }

    /// The entry that has the work already. The claims in the decision's basis name its evidence.
    private func same(_ claims: [ClaimSnapshot]) -> EntryReference? {
        guard let claim = claims.first(where: { $0.taken > 0 }) else { return nil }
        let entry = standingInput.entries.first {
            $0.evidence == claim.taken && PlainName.work($0.work) == PlainName.work(claim.work)
        }
        return entry.map(reference)
    }
}
