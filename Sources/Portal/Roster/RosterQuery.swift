import Kernel
import People
import Policy
import Registry
import Web

/// The filters of a list of people, stored in the address so that it can be bookmarked. It never contains a name or an
/// ID number.
struct RosterQuery: Sendable, Hashable {
    /// The outcomes by which people can be filtered.
    enum State: String, CaseIterable {
        case qualified
        case short
        case exempt
        case waived
        /// No hours are entered or settled.
        case nothing

        func name(isSettled: Bool) -> String {
            let short = Outcome.short.words(isSettled: isSettled)
            return switch self {
            case .qualified: Outcome.qualified.name
            case .short: short
            case .exempt: Outcome.exempt.name
            case .waived: Outcome.waivedName
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
    /// The key of a requirement that must be unmet.
    var short = ""
    var order = RosterOrder.number
    var columns: Set<Column> = [.unit, .missing]
    /// The place of the page in the list, from the previous page; empty at the beginning.
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

    /// The chosen columns in their order.
    var shown: [Column] { Column.allCases.filter(columns.contains) }

    /// Names and values for the address and hidden fields, without the place in the list.
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
        guard level.isEmpty || line.listedLevel == level else { return false }
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

    /// The index that the search reads first: the most selective one.
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
