import Kernel
import People
import Policy
import Registry
import Web

/// What a list of people was asked for: in the address, so that it can be kept, sent and gone back to. No name and no
/// number of an identity card is ever in it.
struct RosterQuery: Sendable, Hashable {
    /// How somebody stands, as one asks for it.
    enum State: String, CaseIterable {
        case qualified
        case short
        case exempt
        case waived
        /// Nothing was entered or settled.
        case nothing

        func name(isSettled: Bool) -> String {
            let short = Outcome.short.words(isSettled: isSettled)
            return switch self {
            case .qualified: Outcome.qualified.name
            case .short: short
            case .exempt: Outcome.exempt.name
            case .waived: "\(short)，但不作硬性要求"
            case .nothing: "还没有登记学时"
            }
        }
    }

    enum Column: String, CaseIterable {
        case number, unit, region, nature, level, missing

        var name: String {
            switch self {
            case .number: "人员编号"
            case .unit: "单位"
            case .region: "地区"
            case .nature: "单位性质"
            case .level: "职称级别"
            case .missing: "还差什么"
            }
        }
    }

    var year: Year
    var filter = RosterFilter()
    var level = ""
    var state: State?
    /// The key of a requirement that is not met.
    var short = ""
    var order = RosterOrder.number
    var columns: Set<Column> = [.unit, .missing]
    /// Where the list goes on, as the page before gave it out; empty at the beginning.
    var after = ""

    init(_ query: Query, newest: Year) {
        year = Year(query["year"]) ?? newest
        filter.region = RegionCode(query["region"])
        filter.unit = ID(query["unit"])
        filter.nature = query["nature"]
        level = query["level"]
        state = State(rawValue: query["state"])
        short = query["short"]
        order = RosterOrder(rawValue: query["sort"]) ?? .number
        after = query.exact("after")
        let shown = query.all("show").compactMap { Column(rawValue: $0) }
        if !shown.isEmpty { columns = Set(shown) }
    }

    /// The columns that were chosen, in their order.
    var shown: [Column] { Column.allCases.filter(columns.contains) }

    /// Names and values, as the address and a form's hidden fields have them; without the place in the list.
    var words: [(name: String, value: String)] {
        [
            ("year", "\(year)"), ("region", filter.region?.text ?? ""), ("unit", filter.unit?.description ?? ""),
            ("nature", filter.nature), ("level", level), ("state", state?.rawValue ?? ""), ("short", short),
            ("sort", order == .number ? "" : order.rawValue),
        ] + shown.map { ("show", $0.rawValue) }
    }

    func link(after place: String = "") -> Link {
        RosterPages.path.link().asking(words + [("after", place)])
    }

    func admits(_ line: RosterEntry, _ kept: [StoredStanding]) -> Bool {
        guard level.isEmpty || (line.level.isEmpty ? "none" : line.level) == level else { return false }
        guard short.isEmpty || kept.contains(where: { isShort($0) }) else { return false }
        switch state {
        case nil: return true
        case .nothing: return kept.isEmpty
        case .qualified: return !kept.isEmpty && kept.allSatisfy { $0.outcome == .qualified }
        case .short: return kept.contains { $0.outcome == .short }
        case .exempt: return kept.contains { $0.outcome == .exempt }
        case .waived: return kept.contains { $0.isWaived }
        }
    }

    /// What leads the search: the rarest thing asked for that an index knows.
    enum IndexChoice: Sendable, Hashable {
        case units
        case level(String)
        case outcome(Outcome)
        case names
    }

    var source: IndexChoice {
        if filter.unit != nil { return .units }
        if order == .name { return .names }
        if !level.isEmpty, level != "none" { return .level(level) }
        switch state {
        case .qualified: return .outcome(.qualified)
        case .exempt: return .outcome(.exempt)
        case .short, .waived: return .outcome(.short)
        case .nothing, nil: return short.isEmpty ? .units : .outcome(.short)
        }
    }

    private func isShort(_ kept: StoredStanding) -> Bool {
        kept.lines.contains { $0.hoursRequirement == short && $0.short > .zero }
    }
}
