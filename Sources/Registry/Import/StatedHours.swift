import Documents
import Kernel
import People

/// One item submitted by a program: the fields of a row of a list of hours.
package struct StatedHours: Codable, Sendable {
    package let name: String?
    package let paper: String?
    package let idNumber: String
    package let kind: String
    package let reference: String?
    package let reason: String?
    /// By the names or keys of the policy's facts.
    package let facts: [String: String?]?

    /// The fields with their columns in lists.
    private static let columns: [(field: String, title: String, text: @Sendable (StatedHours) -> String?)] = [
        ("name", "姓名", { $0.name }), ("paper", RowReader.paper, { $0.paper }),
        ("idNumber", RowReader.number, { $0.idNumber }), ("kind", ListTemplate.kind, { $0.kind }),
        ("reference", "编号", { $0.reference }), ("reason", "更正原因", { $0.reason }),
    ]

    /// The field of a column: `idNumber` for 身份证号, `facts.学时` for 学时; empty for the whole row.
    package static func field(of column: String) -> String {
        if column.isEmpty { return "" }
        return columns.first { $0.title == column }?.field ?? "facts.\(column)"
    }
}

extension SheetReader {
    /// Items as the rows of one list, whose header has all facts of all items. `each` runs twice and gives every item
    /// with the number of its line.
    ///
    /// Failures: `hours.facts`; `sheet.header` where a fact has the name of a field.
    package static func hours(
        _ each: @escaping @Sendable ((Int, StatedHours) throws -> Void) throws -> Void
    ) -> SheetReader {
        .rows { take in
            var known: Set<String> = []
            try each { _, item in
                known.formUnion(item.facts?.keys.map { $0 } ?? [])
                guard known.count <= StatedHours.mostFacts else { throw Failure.manyFacts }
            }
            let facts = known.sorted()
            try take(SheetRow(number: 0, texts: StatedHours.titles + facts))
            try each { number, item in try take(item.row(number, facts)) }
        }
    }
}

extension StatedHours {
    fileprivate static let mostFacts = 200
    fileprivate static var titles: [String] { columns.map(\.title) }

    fileprivate func row(_ number: Int, _ facts: [String]) -> SheetRow {
        SheetRow(
            number: number,
            texts: Self.columns.map { $0.text(self) ?? "" } + facts.map { (self.facts?[$0] ?? nil) ?? "" })
    }
}

extension Failure {
    package static let manyFacts = Failure(
        .badInput, "hours.facts", "facts 里的名称一共超过 \(StatedHours.mostFacts) 个，没有登记任何内容。请对照模板核对名称，或按认定形式分成几次提交。",
        en:
            "There are too many names in facts; nothing was done. Check them, or send fewer kinds at once."
    )
}
