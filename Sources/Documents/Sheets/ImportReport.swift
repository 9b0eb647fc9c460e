import Kernel

/// Why a row was not imported, and what to do.
package struct RowFailure: Error, Sendable, Hashable {
    package struct Fault: Sendable, Hashable {
        /// The header of the column; empty if the fault concerns the whole row.
        package let column: String
        /// The text of the cell; empty if it is empty or the fault concerns the whole row.
        package let value: String
        package fileprivate(set) var words: String
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

    package init(_ row: SheetRow, _ column: String, _ words: String, value: String = "") {
        (sheet, self.row, faults) = (row.sheet, row.number, [Fault(column: column, value: value, words: words)])
        cells = row.cells.map { cell in
            let isLong = cell.text.utf8.count > Self.longest
            return isLong ? SheetCell(cell.text.prefix(Self.longest / 4) + "…") : cell
        }
    }

    /// Adds a sentence to the last fault.
    package func and(_ sentence: String) -> RowFailure {
        var failure = self
        let last = failure.faults.count - 1
        failure.faults[last].words = failure.faults[last].unended + "。" + sentence
        return failure
    }

    /// The same for a row that waits for another office, which `sentence` names.
    package func pending(_ sentence: String) -> RowFailure {
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

    /// The place as text: 工作表“论文”第 3 行“作者数”; with the column if there is one fault.
    package var place: String {
        (sheet.isEmpty ? "" : "工作表“\(sheet)”") + "第 \(row) 行" + (faults.count == 1 ? faults[0].place : "")
    }

    /// The faults as text, each with its column if there are several.
    package var words: String {
        faults.count == 1
            ? faults[0].words
            : faults.map { $0.place + ($0.column.isEmpty ? "" : "：") + $0.unended }.joined(separator: "；")
    }
}

extension RowFailure.Fault {
    fileprivate var place: String { column.isEmpty ? "" : "“\(column)”" }
    /// The words without a full stop, so that others can follow.
    fileprivate var unended: String { words.last == "。" ? String(words.dropLast()) : words }
}

/// The result of an import.
package struct ImportReport: Sendable {
    package var rows = 0
    package var created = 0
    package var changed = 0
    package var unchanged = 0
    package var failures: [RowFailure] = []
    /// Changes that somebody should check, such as a corrected name.
    package var notes: [String] = []
    private var remarks = Remarks()
    /// The number of failed rows that would reduce hours, in a list with too many of them.
    package var takingAway = 0
    /// The columns of each imported sheet, in the order of the file, with the choices of each column.
    package var sheets: [(name: String, columns: [SheetColumn])] = []

    package init() {}

    package enum Outcome: Sendable {
        case created
        /// With a sentence if somebody should check the change.
        case changed(String)
        case unchanged
        case failed(RowFailure)
        /// An accepted row with a remark; equal remarks of several rows are reported together.
        indirect case remarked(Outcome, Remark)
    }

    package struct Remark: Sendable {
        fileprivate let sheet: String
        fileprivate let row: Int
        fileprivate let words: String

        package init(_ row: SheetRow, _ words: String) {
            (sheet, self.row, self.words) = (row.sheet, row.number, words)
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
            if !note.isEmpty { notes.append(note) }
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
        notes += remarks.sentences
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
                try writer?.row([.text("\(failure.place)：\(failure.words)")] + cells)
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

    package var words: String {
        let some = first.map(String.init).joined(separator: "、")
        return "第 \(some)" + (count > first.count ? "等 \(count) 行" : " 行")
    }
}

/// Equal remarks about several rows, with some of the row numbers.
private struct Remarks: Sendable {
    private var rows: [String: RowNumbers] = [:]
    private var order: [(sheet: String, words: String)] = []

    mutating func add(_ remark: ImportReport.Remark) {
        let key = remark.sheet + "\n" + remark.words
        if rows[key] == nil { order.append((remark.sheet, remark.words)) }
        rows[key, default: RowNumbers()].add(remark.row)
    }

    var sentences: [String] {
        order.map { sheet, words in
            let numbers = rows[sheet + "\n" + words] ?? RowNumbers()
            return (sheet.isEmpty ? "" : "工作表“\(sheet)”") + "\(numbers.words)：\(words)"
        }
    }
}
