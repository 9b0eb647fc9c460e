import Kernel
import People
import Policy

/// Evidence that is credited nowhere, as people read it.
package struct ExplainedRefusal: Sendable {
    /// 1, 2, 3 … among all evidence of its person.
    package let number: Int
    /// The year whose page shows it.
    package let year: Year
    /// The day of the evidence; `nil` where it states none.
    package var day: Day?
    package var kind: String
    /// The title of the item; empty where its kind has no title.
    package var title = ""
    package var why: String
    /// The submitter and the day: 泰安示例学校 2022-06-05 报送; empty where unknown.
    package var submittedBy = ""
    /// Who can submit it again; empty where unknown, or where the operator submitted it for others.
    package var sourceName = ""
    /// The entry that has the same work already. Then there is nothing to do.
    package var same: EntryReference?

    package init(number: Int, year: Year, kind: String, why: String) {
        (self.number, self.year, self.kind, self.why) = (number, year, kind, why)
    }
}

/// The source of evidence and its name for people.
struct EvidenceSourceName: Sendable {
    let source: EvidenceSource
    let name: String
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
        let kind = policy(of: item)?.kind(evidence.kind)
        let day = kind?.day(of: evidence)
        var told = ExplainedRefusal(
            number: held.number, year: year(of: item), kind: kind?.name ?? evidence.kind, why: item.refusal.words)
        (told.day, told.title) = (day, kind?.title(of: evidence) ?? "")
        told.submittedBy = submittedBy(held)
        if let sourceName = sourceNames[held.source], sourceName.source != .operator {
            told.sourceName = sourceName.name
        }
        told.same = same(item)
        return told
    }

    /// The policy that refused, or the first that has the kind.
    private func policy(of item: Refused) -> Policy? {
        let kind = item.evidence.evidence.kind
        let refusing = item.refusal.policy.flatMap { book.all[$0.number]?.policy }
        return refusing?.kind(kind) == nil ? book.catalogue.policy(knowing: kind) : refusing
    }

    /// The year that the evidence states, where a policy applies to the person in it; otherwise the year of its day.
    private func year(of item: Refused) -> Year {
        let (held, policy) = (item.evidence, policy(of: item))
        let own = policy?.year(of: held.evidence)
        let day = policy?.kind(held.evidence.kind)?.day(of: held.evidence) ?? Day(milliseconds: held.received)
        guard let own, own != day.year, !standingInput.asked([own], book).isEmpty else { return day.year }
        return own
    }

    /// The entry that has the work already. The claims in the decision's basis name its evidence.
    private func same(_ item: Refused) -> EntryReference? {
        let claims = item.refusal.basis.flatMap { DecisionBasisText.read([], $0, book)?.claims } ?? []
        guard let claim = claims.first(where: { $0.taken > 0 }) else { return nil }
        let entry = standingInput.entries.first {
            $0.evidence == claim.taken && PlainName.work($0.work) == PlainName.work(claim.work)
        }
        return entry.map(reference)
    }
}
