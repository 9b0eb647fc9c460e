import Kernel

/// Why a row was not imported, and what to do.
package struct RowFailure: Error, Sendable, Hashable {
    package struct Fault: Sendable, Hashable {
        /// The header of the column; empty if the fault concerns the whole row.
        package let column: String
        /// The text of the cell; empty if it is empty or the fault concerns the whole row.
        package let value: String
        package fileprivate(set) var text: LocalizedText
        /// The text for pages and workbooks.
        package var words: String { text.chinese }
    }

    /// The name of the sheet; empty if the file has none.
    package let sheet: String
    /// The row number that the spreadsheet shows.
    package let row: Int
    /// At least one fault; all faults of the row that can be reported together.
    package private(set) var faults: [Fault]
    /// Whether the change waits for another office.
    package private(set) var isPending = false
    /// The original row, so that it can be corrected and submitted again. Text far too long for any column is cut.
    package let cells: [SheetCell]
    private static let longest = 2000

    package init(_ row: SheetRow, _ column: String, _ text: LocalizedText, value: String = "") {
        (sheet, self.row, faults) = (row.sheet, row.number, [Fault(column: column, value: value, text: text)])
        cells = row.cells.map { cell in
            let isLong = cell.text.utf8.count > Self.longest
            return isLong ? SheetCell(cell.text.prefix(Self.longest / 4) + "…") : cell
        }
    }

    /// Adds a sentence to the last fault.
    package func and(_ sentence: LocalizedText) -> RowFailure {
        var failure = self
        let last = failure.faults.count - 1
        failure.faults[last].text = failure.faults[last].text.unended + .stop + sentence
        return failure
    }

    /// The same for a row that waits for another office, which `sentence` names.
    package func pending(_ sentence: LocalizedText) -> RowFailure {
        var failure = and(sentence)
        failure.isPending = true
        return failure
    }

    /// Adds the other faults of the row; only the first fault of each column is kept.
    package func and(_ others: [RowFailure], under header: SheetHeader) -> RowFailure {
        var failure = self
        for fault in others.flatMap(\.faults) where !failure.columns.contains(fault.column) {
            failure.faults.append(fault)
        }
        failure.faults = header.inOrder(failure.faults)
        return failure
    }

    package var columns: [String] { faults.map(\.column) }

    private var placeText: LocalizedText {
        LocalizedText.sheet(sheet, before: LocalizedText("第 \(row) 行", en: "row \(row)"))
            + (faults.count == 1 && !faults[0].column.isEmpty ? LocalizedText("", en: " ") + faults[0].place : .empty)
    }

    private var text: LocalizedText {
        guard faults.count > 1 else { return faults[0].text }
        return faults.map { $0.place + ($0.column.isEmpty ? .empty : .colon) + $0.text.unended }.joined(by: .semicolon)
    }

    /// The place as text: 工作表“论文”第 3 行“作者数”; with the column if there is one fault.
    package var place: String { placeText.chinese }

    /// The faults as text, each with its column if there are several.
    package var words: String { text.chinese }

    /// The place and the faults.
    package var sentence: LocalizedText { placeText + .colon + text }
}

extension RowFailure.Fault {
    fileprivate var place: LocalizedText { column.isEmpty ? .empty : .quoted("“\(column)”") }
}

extension LocalizedText {
    /// 工作表“论文”第 3 行; without the sheet if the file has none.
    package static func sheet(_ name: String, before place: LocalizedText) -> LocalizedText {
        name.isEmpty ? place : LocalizedText("工作表“\(name)”", en: "sheet “\(name)”, ") + place
    }
}

/// The result of an import.
package struct ImportReport: Sendable {
    package var rows = 0
    package var created = 0
    package var changed = 0
    package var unchanged = 0
    package var failures: [RowFailure] = []
    /// Changes that somebody should check, such as a corrected name.
    package var noteTexts: [LocalizedText] = []
    /// The notes for pages and programs.
    package var notes: [String] { noteTexts.map(\.chinese) }
    private var remarks = Remarks()
    /// The number of failed rows that would reduce hours, in a list with too many of them.
    package var takingAway = 0
    /// The columns of each imported sheet, in the order of the file, with the choices of each column.
    package var sheets: [(name: String, columns: [SheetColumn])] = []

    package init() {}

    package enum Outcome: Sendable {
        case created
        /// With a sentence if somebody should check the change.
        case changed(LocalizedText)
        case unchanged
        case failed(RowFailure)
        /// An accepted row with a remark; equal remarks of several rows are reported together.
        indirect case remarked(Outcome, Remark)
    }

    package struct Remark: Sendable {
        fileprivate let sheet: String
        fileprivate let row: Int
        fileprivate let text: LocalizedText

        package init(_ row: SheetRow, _ text: LocalizedText) {
            (sheet, self.row, self.text) = (row.sheet, row.number, text)
        }
    }

    package mutating func count(_ outcome: Outcome) {
        if case .remarked(let outcome, let remark) = outcome {
            remarks.add(remark)
            return count(outcome)
        }
        rows += 1
        switch outcome {
        case .created: created += 1
        case .changed(let note):
            changed += 1
            if !note.isEmpty { noteTexts.append(note) }
        case .unchanged: unchanged += 1
        case .failed(let failure): failures.append(failure)
        case .remarked: break
        }
    }

    /// Call it after the last row. Sorts the failures in the order of the list, sheet by sheet and row by row, and adds
    /// the remarks to the notes.
    package mutating func end() {
        let places = Dictionary(sheets.enumerated().map { ($1.name, $0) }, uniquingKeysWith: { first, _ in first })
        failures.sort { (places[$0.sheet] ?? 0, $0.row) < (places[$1.sheet] ?? 0, $1.row) }
        noteTexts += remarks.sentences
    }

    private static let reason = "原因"

    /// Writes the failed rows unchanged, with the reason in the first column, each in a sheet of its name. The file can
    /// be corrected and submitted again.
    package func writeFailures(to path: String) throws(Failure) {
        var writer: SheetWriter?
        let failures = Dictionary(grouping: failures, by: \.sheet)
        for sheet in sheets {
            guard let rows = failures[sheet.name] else { continue }
            let name = sheet.name.isEmpty ? "未导入" : sheet.name
            // A corrected file that fails again has the column already.
            let old = sheet.columns.firstIndex { $0.title == Self.reason }
            let kept = { (place: Int) in place != old }
            let columns =
                [SheetColumn(title: Self.reason, width: 40)]
                + sheet.columns.indices.filter(kept).map { sheet.columns[$0] }
            if let writer {
                try writer.begin(sheet: name, columns: columns)
            } else {
                writer = try SheetWriter(path: path, sheet: name, columns: columns)
            }
            for failure in rows {
                let cells = failure.cells.indices.filter(kept).map { SheetValue(failure.cells[$0]) }
                try writer?.row([.text(failure.sentence.chinese)] + cells)
            }
        }
        try writer?.finish()
    }
}

/// Row numbers as text: 第 2、5、9 行; only the first ones if there are many.
package struct RowNumbers: Sendable {
    private static let most = 20
    private var first: [Int] = []
    package private(set) var count = 0

    package init() {}

    package mutating func add(_ row: Int) {
        if first.count < Self.most { first.append(row) }
        count += 1
    }

    package var words: LocalizedText {
        let isCut = count > first.count
        let english = first.map(String.init).joined(separator: ", ") + (isCut ? " … (\(count) rows)" : "")
        return LocalizedText(
            "第 " + first.map(String.init).joined(separator: "、") + (isCut ? "等 \(count) 行" : " 行"),
            en: (count == 1 ? "row " : "rows ") + english)
    }
}

/// Equal remarks about several rows, with some of the row numbers.
private struct Remarks: Sendable {
    private struct Key: Hashable {
        let sheet: String
        let text: LocalizedText
    }

    private var rows: [Key: RowNumbers] = [:]
    private var order: [Key] = []

    mutating func add(_ remark: ImportReport.Remark) {
        let key = Key(sheet: remark.sheet, text: remark.text)
        if rows[key] == nil { order.append(key) }
        rows[key, default: RowNumbers()].add(remark.row)
    }

    var sentences: [LocalizedText] {
        order.map { key in LocalizedText.sheet(key.sheet, before: (rows[key] ?? RowNumbers()).words) + .colon + key.text
        }
    }
}
