import Documents
import Kernel
import People

/// The headers of a file's sheets: the first row of each sheet that is a list. It also counts what was skipped.
package struct ListHeaders {
    /// A sheet that is a list.
    private struct List {
        let header: SheetHeader
        let unknown: [String]
        var rows = 0
        var samples = RowNumbers()
        var hidden = RowNumbers()
        /// The first row with a text in a column without a title, and that column, from 0.
        var untitled: (row: Int, column: Int)?
    }

    /// A sheet that is no list.
    private struct Other {
        let fault: Failure
        let row: Int
        /// The row that was tried as its header.
        let header: SheetHeader?
        /// The number of a later row that has the columns.
        var better: Int?

        var isOtherList: Bool { fault.isSame(as: .otherList(.hours, than: .people)) }
    }

    private let kind: ListColumns.Kind
    private let columns: ListColumns
    private let template: ListTemplate
    private var lists: [String: List] = [:]
    private var others: [String: Other] = [:]
    private var skipped: [String] = []
    package private(set) var order: [String] = []
    private var hiddenSheets: [String] = []
    /// The most rows that a title may take above a header.
    private static let titles = 10

    /// `template`: its sample rows are skipped.
    package init(
        _ kind: ListColumns.Kind, _ columns: ListColumns, _ template: ListTemplate = ListTemplate(sheets: [])
    ) {
        (self.kind, self.columns, self.template) = (kind, columns, template)
    }

    func titles(of sheet: String) -> [String] { lists[sheet]?.header.titles ?? [] }

    /// The header of a row; `nil` for a header itself, a sample row of the template, and a row of a hidden sheet or of
    /// a sheet that is no list.
    package mutating func header(of row: SheetRow) -> SheetHeader? {
        if row.isHiddenSheet {
            hiddenSheets.append(row.sheet)
            return nil
        }
        guard let list = lists[row.sheet] else {
            if others[row.sheet] == nil { begin(row) } else { look(row) }
            return nil
        }
        if template.isSample(row, list.header) {
            lists[row.sheet]?.samples.add(row.number)
            return nil
        }
        lists[row.sheet]?.rows += 1
        if row.isHidden { lists[row.sheet]?.hidden.add(row.number) }
        if list.untitled == nil, let column = list.header.untitled(row) {
            lists[row.sheet]?.untitled = (row.number, column)
        }
        return list.header
    }

    private mutating func begin(_ row: SheetRow) {
        var found: SheetHeader?
        do throws(Failure) {
            let header = try columns.header(row)
            try columns.refuseOther(than: kind, header, on: row.sheet)
            found = header
            try header.require(columns.needed(kind, on: row.sheet))
            lists[row.sheet] = List(header: header, unknown: columns.unknown(kind, header, on: row.sheet))
            order.append(row.sheet)
        } catch {
            others[row.sheet] = Other(fault: error, row: row.number, header: found)
            skipped.append(row.sheet)
        }
    }

    /// Looks for a header below a title.
    private mutating func look(_ row: SheetRow) {
        guard let other = others[row.sheet], other.better == nil, row.number <= other.row + Self.titles,
            let header = try? columns.header(row),
            columns.needed(kind, on: row.sheet).allSatisfy(header.has)
        else { return }
        others[row.sheet]?.better = row.number
    }

    /// Fails where no sheet is a list, with the fault that explains the most.
    package func requireOne() throws {
        guard lists.isEmpty else { return }
        let faults = skipped.compactMap { sheet in others[sheet].map { (sheet, $0) } }
        let told =
            faults.first { $0.1.better != nil } ?? faults.first { $0.1.isOtherList } ?? faults.first
        guard let (sheet, other) = told else { return }
        try other.header?.require(columns.needed(kind, on: sheet), seenIn: other.better)
        throw other.fault
    }

    /// The notes of the report on the sheets: what was not read, and what is hidden.
    package var notes: [LocalizedText] {
        var notes = order.flatMap(notes)
        let samples = order.compactMap { sheet in lists[sheet].map { (sheet, $0.samples) } }.filter { $0.1.count > 0 }
        if !samples.isEmpty {
            let places = samples.map { sheet, rows in LocalizedText.sheet(sheet, before: rows.words) }
            let count = samples.reduce(0) { $0 + $1.1.count }
            notes.append(
                LocalizedText("其中 \(count) 行是模板的示例，没有导入：", en: "Samples of the template, not imported: ")
                    + places.joined(by: LocalizedText("、", en: "; ")))
        } else if lists.values.allSatisfy({ $0.rows == 0 }) {
            notes.append(
                LocalizedText("只有表头，没有数据。请填好以后再导入", en: "There is only a header. Fill in rows and import again"))
        }
        notes += hiddenSheets.map {
            LocalizedText(
                "工作表“\($0)”被隐藏，里面的内容没有导入。要导入的，请在电子表格软件中右键点工作表标签，选“取消隐藏”，再导入",
                en: "Sheet “\($0)” is hidden and was not imported. To import it, unhide it in a spreadsheet first")
        }
        notes += skipped.filter { $0 != ListTemplate.explanations }.map(skippedNote)
        return notes
    }

    private func skippedNote(_ sheet: String) -> LocalizedText {
        let other = others[sheet]
        if let fault = other?.fault, !fault.isSame(as: .missingColumns()) {
            return LocalizedText("工作表“\(sheet)”已跳过：", en: "Sheet “\(sheet)” was skipped: ") + fault.words
        }
        let hint = other?.better.map {
            LocalizedText("；第 \($0) 行像是表头，请删去它上面的行", en: "; row \($0) looks like one: remove the rows above it")
        }
        return LocalizedText(
            "工作表“\(sheet)”没有名单的表头，已跳过", en: "Sheet “\(sheet)” has no header of a list, so it was skipped")
            + (hint ?? .empty)
    }

    private func notes(of sheet: String) -> [LocalizedText] {
        guard let list = lists[sheet] else { return [] }
        let place = sheet.isEmpty ? .empty : LocalizedText("工作表“\(sheet)”：", en: "sheet “\(sheet)”: ")
        var notes: [LocalizedText] = []
        if !list.unknown.isEmpty {
            let names = LocalizedText.list(list.unknown.prefix(20))
            notes.append(
                LocalizedText(
                    "不认识的列：\(names.chinese)。这些列没有导入，请对照模板核对列名",
                    en: "unknown columns: \(names.english). They were not imported; compare the names with the template"
                ))
        }
        if let (row, column) = list.untitled {
            let column = Self.letters(column)
            notes.append(
                LocalizedText(
                    "\(column) 列没有表头，第 \(row) 行起的内容没有导入。请补上列名",
                    en: "column \(column) has no title; its values from row \(row) were not imported. Add a title"))
        }
        if list.hidden.count > 0 {
            notes.append(
                LocalizedText(
                    "其中 \(list.hidden.count) 行被隐藏（\(list.hidden.words.chinese)），一并导入。不要导入的，请从表里删去",
                    en: "hidden rows were imported too (\(list.hidden.words.english)). Remove those that should not be")
            )
        }
        return notes.map { place + $0 }
    }

    /// `A` for 0, `AA` for 26.
    private static func letters(_ column: Int) -> String {
        let last = String(UnicodeScalar(UInt8(65 + column % 26)))
        return column < 26 ? last : letters(column / 26 - 1) + last
    }
}
