import Documents
import Kernel
import People
import Policy
import Registry

/// The exported list of people: the columns of the page, and the hours of each requirement.
struct RosterSheet: Sendable {
    let isSettled: Bool
    let regions: [RegionCode: String]
    let standing: StandingColumns

    /// The columns of the page that the sheet has. The hours of the requirements say what is missing.
    private static let shown = RosterQuery.Column.allCases.filter { $0 != .number && $0 != .missing }

    var columns: [SheetColumn] {
        let titles = [RosterQuery.Column.number.name, "姓名"] + Self.shown.map(\.name) + ["结果", "政策"]
        return (titles + standing.titles).map { SheetColumn(title: $0, width: 18) }
    }

    /// A row for each policy of a person, and one row for a person without a standing.
    func rows(_ listed: RosterList.Listed) -> [[SheetValue]] {
        let (line, kept) = listed
        let region = regions[line.region] ?? line.region.text
        let person: [SheetValue] =
            [.number(line.person.number), .text(line.name)]
            + Self.shown.map { .text(RosterRow.text($0, line, kept, region)) }
        guard !kept.isEmpty else { return [person + [.text(RosterRow.state([], isSettled: isSettled))]] }
        return kept.map { one in
            let hours = one.lines.map { ($0.name, $0.required, $0.counted) }
            let outcome = RosterRow.state([one], isSettled: isSettled)
            return person + [.text(outcome), .text(one.policy.title)] + standing.cells(hours)
        }
    }
}
