import Kernel

/// What a header row says: which column holds what, by the names that people write there.
package struct SheetHeader: Sendable {
    package let titles: [String]
    private let places: [String: Int]

    /// A star after a title marks what must be filled, and a title may stand in any order. A title that stands twice
    /// is a failure, `sheet.header`, since nobody could say which column counts.
    package init(_ row: SheetRow) throws(Failure) {
        titles = row.cells.map { Self.plain($0.text) }
        var places: [String: Int] = [:]
        for (place, title) in titles.enumerated() where !title.isEmpty {
            guard places[title] == nil else {
                throw Failure(
                    .badInput, "sheet.header", "表头“\(title)”出现了两次。请删去多余的一列后再导入。",
                    en: "The header \(title) stands twice. Remove one of the columns and import again.")
            }
            places[title] = place
        }
        self.places = places
    }

    package func has(_ title: String) -> Bool { places[title] != nil }

    package func require(_ needed: [String]) throws(Failure) {
        let missing = needed.filter { !has($0) }
        guard missing.isEmpty else {
            throw Failure(
                .badInput, "sheet.columns", "表头缺少：\(missing.joined(separator: "、"))。第一行应为表头；可用 xueshi template 生成模板。",
                en:
                    "The header lacks \(missing.joined(separator: ", ")). Row 1 is the header: see xueshi template."
            )
        }
    }

    /// The cell under a title; empty where the row ends before it.
    package func cell(_ title: String, _ row: SheetRow) -> SheetCell {
        guard let place = places[title], row.cells.indices.contains(place) else { return .empty }
        return row.cells[place]
    }

    /// The text under a title, `nil` where there is none.
    package func text(_ title: String, _ row: SheetRow) -> String? {
        let text = cell(title, row).text
        return text.isEmpty ? nil : text
    }

    private static func plain(_ title: String) -> String {
        String(title.filter { $0 != "*" && $0 != "＊" && $0 != " " })
    }
}

/// Why a row was not taken: where, and what to do.
package struct RowFailure: Error, Sendable, Hashable {
    /// The name of the sheet, empty where the file has none.
    package let sheet: String
    /// As the spreadsheet shows it.
    package let row: Int
    /// The header of the column, empty where it is about the whole row.
    package let column: String
    package private(set) var words: String
    /// The row as it was, so that it can be mended and sent again. What is far too long for any column is cut.
    package let cells: [String]
    private static let longest = 2000

    package init(_ row: SheetRow, _ column: String, _ words: String) {
        (sheet, self.row, self.column, self.words) = (row.sheet, row.number, column, words)
        cells = row.cells.map { $0.text.utf8.count > Self.longest ? $0.text.prefix(Self.longest / 4) + "…" : $0.text }
    }

    /// With one more sentence.
    package func and(_ sentence: String) -> RowFailure {
        var failure = self
        failure.words += "。" + sentence
        return failure
    }

    /// Where it is, in words: 工作表“论文”第 3 行“作者数”.
    package var place: String {
        (sheet.isEmpty ? "" : "工作表“\(sheet)”") + "第 \(row) 行" + (column.isEmpty ? "" : "“\(column)”")
    }
}

/// What an import came to.
package struct ImportReport: Sendable {
    package var rows = 0
    package var created = 0
    package var changed = 0
    package var unchanged = 0
    package var failures: [RowFailure] = []
    /// What changed that somebody should look at: a name that was corrected.
    package var notes: [String] = []
    /// How many of the failures are rows that would take hours away, in a list with too many of them.
    package var takingAway = 0
    /// The titles of each sheet's columns, by the sheet's name.
    package var headers: [String: [String]] = [:]

    package init() {}

    package enum Outcome: Sendable {
        case created
        /// With a sentence where somebody should look at it.
        case changed(String)
        case unchanged
        case failed(RowFailure)
    }

    package mutating func count(_ outcome: Outcome) {
        rows += 1
        switch outcome {
        case .created: created += 1
        case .changed(let note):
            changed += 1
            if !note.isEmpty { notes.append(note) }
        case .unchanged: unchanged += 1
        case .failed(let failure): failures.append(failure)
        }
    }

    /// The failures in the order of the list: sheet by sheet, row by row.
    package mutating func sortFailures() {
        let sheets = failures.map(\.sheet).reduce(into: [String]()) { if !$0.contains($1) { $0.append($1) } }
        let places = Dictionary(uniqueKeysWithValues: zip(sheets, sheets.indices))
        failures.sort { (places[$0.sheet] ?? 0, $0.row) < (places[$1.sheet] ?? 0, $1.row) }
    }

    /// The failed rows as they were, with the reason in front, each under the name of its sheet: ready to mend and send
    /// again.
    package func writeFailures(to path: String) throws(Failure) {
        var writer: SheetWriter?
        for (sheet, failures) in Dictionary(grouping: failures, by: \.sheet).sorted(by: { $0.key < $1.key }) {
            let columns = ["原因"] + (headers[sheet] ?? [])
            let (name, widths) = (
                sheet.isEmpty ? "未导入" : sheet, columns.map { SheetColumn(title: $0, width: $0 == "原因" ? 40 : 18) }
            )
            if let writer {
                try writer.begin(sheet: name, columns: widths)
            } else {
                writer = try SheetWriter(path: path, sheet: name, columns: widths)
            }
            for failure in failures { try writer?.row(["\(failure.place)：\(failure.words)"] + failure.cells) }
        }
        try writer?.finish()
    }
}
