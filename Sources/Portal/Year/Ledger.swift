import Kernel
import Policy
import Registry
import Web

/// Everything that was submitted for one standing, by day, with the sums of both columns for each requirement.
struct Ledger: Sendable {
    let rows: [LedgerRow]
    let totals: [LedgerTotal]

    init(rows: [LedgerRow], totals: [LedgerTotal]) { (self.rows, self.totals) = (rows, totals) }

    init(
        _ item: ComputedStanding, _ reading: YearOverview, refusals: [ExplainedRefusal], _ links: YearLinks
    ) {
        let policy = item.version.policy
        let entries = Dictionary(item.entries.map { ($0.id, $0.line) }) { first, _ in first }
        let clauses = ClauseLinks(item.version, in: reading.book)
        let own = reading.explained(item).map { explained in
            LedgerRow(
                explained, lines: Self.lines(entries[explained.id], item), links,
                given: ClauseLinks(explained.version, in: reading.book), counted: clauses)
        }
        let refused = refusals.map { LedgerRow($0, links, ClauseLinks($0.version, in: reading.book)) }
        let dated = (own + refused).enumerated().sorted {
            ($0.element.day ?? .last, $0.offset) < ($1.element.day ?? .last, $1.offset)
        }
        let rows = Self.carried(item, reading, links) + dated.map(\.element)
        var totals = item.standing.lines.enumerated().map { index, line in
            LedgerTotal(policy.name(of: line), rows.filter { $0.lines.contains(index) }, counted: line.counted)
        }
        // Without a requirement that counts everything, the whole list has its own sum.
        if !item.standing.lines.contains(where: { policy.hoursRequirements[$0.hoursRequirement].isTotal }) {
            totals.append(LedgerTotal("全部", rows, counted: nil))
        }
        (self.rows, self.totals) = (rows, totals)
    }

    /// The indices of the lines that count hours of an entry.
    private static func lines(_ entry: Entry?, _ item: ComputedStanding) -> Set<Int> {
        guard let entry else { return [] }
        let (policy, standing) = (item.version.policy, item.standing)
        return Set(
            standing.lines.indices.filter { policy.counts(entry, in: standing.lines[$0], of: standing.period) })
    }

    /// A row for each entry of an earlier period and each set of lines that its carried hours fill.
    private static func carried(
        _ item: ComputedStanding, _ reading: YearOverview, _ links: YearLinks
    ) -> [LedgerRow] {
        item.standing.carriedHours.map { carried in
            let reference = EntryReference(
                carried.entry, in: carried.year, isHere: false, for: reading.standingInput.root)
            return LedgerRow(
                carried: carried.hours, from: reference,
                subject: item.version.policy.subject(carried.subject)?.name ?? carried.subject,
                lines: Set(carried.lines), links)
        }
    }
}

/// The sums of both columns over the rows that a requirement counts.
struct LedgerTotal: PageValue {
    let name: String
    let registered: CreditHours
    let counted: CreditHours
    /// Hours of the rows that a cap of this requirement alone leaves out.
    let cut: CreditHours

    /// `counted`: the hours that the requirement counts; `nil` for the sum of the rows.
    init(_ name: String, _ rows: [LedgerRow], counted: CreditHours?) {
        let sum = rows.reduce(CreditHours.zero) { $0 + $1.counted }
        self.name = name
        registered = rows.reduce(.zero) { $0 + ($1.registered ?? .zero) }
        self.counted = counted ?? sum
        cut = max(.zero, sum - self.counted)
    }

    static var fields: [String: Field<LedgerTotal>] {
        [
            "name": .text { $0.name }, "registered": .text { "\($0.registered)" },
            "counted": .text { "\($0.counted)" }, "isCut": .flag { $0.cut > .zero }, "cut": .text { "\($0.cut)" },
        ]
    }

    static var sample: LedgerTotal { LedgerTotal("总学时", [.sample], counted: nil) }
}
