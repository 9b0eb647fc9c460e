import Documents
import Kernel
import Policy

/// The requirements of a year as columns of numbers, for lists with sums: required, counted and missing hours.
/// Requirements of one name in several policies share their columns.
package struct StandingColumns: Sendable {
    private let names: [String]

    /// Uses every version of the policies whose period touches the year, since a settled standing may be under an older
    /// one.
    package init(_ book: PolicyBook, _ year: Year) {
        let policies = book.all.values.sorted { $0.number.number < $1.number.number }.map(\.policy)
        let hoursRequirements = policies.filter { $0.period.mayTouch(year.period) }.flatMap(\.hoursRequirements)
        names = hoursRequirements.map(\.name).reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
    }

    package var titles: [String] { names.flatMap { ["\($0)要求", "\($0)计入", "\($0)还差"] } }

    /// The cells of one standing; empty where its policy has no such requirement. The requirements of the single years
    /// of a longer period are added up.
    package func cells(_ lines: [(name: String, required: CreditHours, counted: CreditHours)]) -> [SheetValue] {
        names.flatMap { name -> [SheetValue] in
            let own = lines.filter { $0.name == name }
            if own.isEmpty { return [.empty, .empty, .empty] }
            let sum = { (hours: [CreditHours]) in SheetValue.hours(hours.reduce(.zero, +)) }
            return [
                sum(own.map(\.required)), sum(own.map(\.counted)),
                sum(own.map { max(.zero, $0.required - $0.counted) }),
            ]
        }
    }
}
