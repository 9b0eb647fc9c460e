import Kernel
import People
import Policy

/// Evidence that is credited nowhere, in the words of people.
package struct ExplainedRefusal: Sendable {
    /// 1, 2, 3 … among all evidence of its person.
    package let number: Int
    /// On the page of which year it is told.
    package let year: Year
    /// The evidence's own; `nil` where it states none.
    package var day: Day?
    package var kind: String
    /// What the item calls itself; empty where its kind has no name for it.
    package var title = ""
    package var why: String
    /// Who brought it, and when: 泰安示例学校 2022-06-05 报送; empty where nobody knows.
    package var brought = ""
    /// Who can bring it again; empty where nobody knows, or where whoever runs the program took it in for others.
    package var sourceName = ""
    /// The entry that has the same work already, so that nothing is to be done.
    package var same: EntryReference?

    package init(number: Int, year: Year, kind: String, why: String) {
        (self.number, self.year, self.kind, self.why) = (number, year, kind, why)
    }
}

/// Who brings evidence, as people read it.
struct EvidenceSourceName: Sendable {
    let source: EvidenceSource
    let name: String
}

extension YearOverview {
    /// All evidence that is credited nowhere, of whatever year.
    package var refusals: [ExplainedRefusal] { refused.map(explained) }

    /// What of it is told on a year's page.
    package func refusals(in year: Year) -> [ExplainedRefusal] {
        refused.filter { self.year(of: $0) == year }.map(explained)
    }

    /// The years on whose pages something of it is told.
    var refusalYears: [Year] { refused.map(year) }

    private func explained(_ item: Refused) -> ExplainedRefusal {
        let (held, evidence) = (item.evidence, item.evidence.evidence)
        let kind = policy(of: item)?.kind(evidence.kind)
        let day = kind?.day(of: evidence)
        var told = ExplainedRefusal(
            number: held.number, year: year(of: item), kind: kind?.name ?? evidence.kind, why: item.refusal.words)
        (told.day, told.title) = (day, kind?.title(of: evidence) ?? "")
        told.brought = brought(held)
        if let sourceName = sourceNames[held.source], sourceName.source != .operator {
            told.sourceName = sourceName.name
        }
        told.same = same(item)
        return told
    }

    /// That which refused, or the first that knows the kind.
    private func policy(of item: Refused) -> Policy? {
        let kind = item.evidence.evidence.kind
        let refusing = item.refusal.policy.flatMap { book.all[$0.number]?.policy }
        return refusing?.kind(kind) == nil ? book.catalogue.policy(knowing: kind) : refusing
    }

    /// The year that evidence says it is of, where something is asked of the person in it; else that of its day.
    private func year(of item: Refused) -> Year {
        let (held, policy) = (item.evidence, policy(of: item))
        let own = policy?.year(of: held.evidence)
        let day = policy?.kind(held.evidence.kind)?.day(of: held.evidence) ?? Day(milliseconds: held.received)
        guard let own, own != day.year, !standingInput.asked([own], book).isEmpty else { return day.year }
        return own
    }

    /// The entry that stands in the way of a work: what was read when it was claimed names the evidence.
    private func same(_ item: Refused) -> EntryReference? {
        let claims = item.refusal.basis.flatMap { DecisionBasisText.read([], $0, book)?.claims } ?? []
        guard let claim = claims.first(where: { $0.taken > 0 }) else { return nil }
        let entry = standingInput.entries.first {
            $0.evidence == claim.taken && PlainName.work($0.work) == PlainName.work(claim.work)
        }
        return entry.map(reference)
    }
}
