import Foundation
import Kernel

/// The workbook data that a worksheet's cells refer to.
struct SheetContext {
    var strings = SharedTexts()
    var forms: [NumberForm] = []
    var is1904 = false
    /// Formulas must be calculated when the file is opened: a 0 beside a formula means no value.
    var isUnreckoned = false
    let use = SheetUsage()
}

/// Reads the rows of a worksheet in order.
final class WorksheetReader: XMLReaderDelegate {
    private static let lastRow = 1_048_576
    private static let lastColumn = 16_384

    /// A cell while it is read.
    private struct Open {
        var column = 0
        var kind = ""
        var style = 0
        var isFormula = false
    }

    private let context: SheetContext
    private var rows: RowCollector
    private var text: CellText
    private var row = 0
    private var cell = Open()
    private var isInCell = false
    private var isHidden = false

    init(_ name: String, _ context: SheetContext, _ limits: SheetLimits, _ take: @escaping (SheetRow) throws -> Void) {
        self.context = context
        rows = RowCollector(name, limits, context.use, take)
        text = CellText(limit: limits.cellLength)
    }

    func start(_ name: XMLReader.Name, _ attributes: XMLReader.Attributes) throws {
        switch name {
        case "row": try startRow(attributes)
        case "c": try startCell(attributes)
        case "f": cell.isFormula = true
        default: text.start(name)
        }
    }

    func end(_ name: XMLReader.Name) throws {
        switch name {
        case "c": try endCell()
        case "row": try rows.end(row, isHidden: isHidden)
        default: text.end(name)
        }
    }

    func text(_ bytes: UnsafeRawBufferPointer) throws {
        guard isInCell else { return }
        guard text.add(bytes) else { throw Failure.sheetCell(text.limit, row: row, column: cell.column + 1) }
    }

    private func startRow(_ attributes: XMLReader.Attributes) throws {
        let number = attributes.has("r") ? attributes.int("r") : row + 1
        guard let number, number > row, number <= Self.lastRow else {
            throw Failure.sheetDamaged("第 \(row + 1) 行 (row \(row + 1))")
        }
        row = number
        isHidden = attributes.has("hidden") && attributes.isTrue("hidden")
        cell.column = -1
    }

    private func startCell(_ attributes: XMLReader.Attributes) throws {
        let column = attributes["r"].map { Self.column($0, row: row) } ?? cell.column + 1
        guard let column, 0..<Self.lastColumn ~= column else {
            throw Failure.sheetDamaged("第 \(row) 行 (row \(row))")
        }
        cell = Open(column: column, kind: attributes.string("t") ?? "n", style: attributes.int("s") ?? 0)
        isInCell = true
    }

    /// The column, from 0, of `B2`; `nil` if this is not a place in the row.
    private static func column(_ place: UnsafePointer<CChar>, row: Int) -> Int? {
        var at = place
        var column = 0
        while 65...90 ~= at.pointee, column <= lastColumn {
            column = column * 26 + Int(at.pointee) - 64
            at += 1
        }
        return column > 0 && Int(String(cString: at)) == row ? column - 1 : nil
    }

    private func endCell() throws {
        isInCell = false
        // A formula whose result is an empty text stores an empty text; one without any value was never calculated.
        guard !text.isEmpty else {
            if cell.isFormula, cell.kind != "str" { try put(.unreckoned) }
            return
        }
        try put(value(text.take()))
    }

    private func put(_ found: SheetCell) throws { try rows.put(found, column: cell.column, row: row) }

    private func value(_ raw: String) throws -> SheetCell {
        switch cell.kind {
        case "n": number(raw)
        case "s": SheetCell(try shared(raw).unescaped.typed)
        case "b": SheetCell(raw == "1" ? "TRUE" : "FALSE", .truth)
        case "d": Day(raw.prefix(10)).map { SheetCell($0.description, .day) } ?? SheetCell(raw)
        case "e": SheetCell(raw.trimmed, .error)
        default: SheetCell(raw.unescaped.typed)
        }
    }

    private func shared(_ raw: String) throws -> String {
        guard let text = Int(raw).flatMap({ context.strings[$0] }) else {
            throw Failure.sheetDamaged("第 \(row) 行 (row \(row))")
        }
        return text
    }

    private func number(_ raw: String) -> SheetCell {
        if cell.isFormula, context.isUnreckoned, raw == "0" { return .unreckoned }
        let number = CellNumber(raw.trimmed)
        let form = context.forms.indices.contains(cell.style) ? context.forms[cell.style] : .plain
        if let shown = number.cell(form, is1904: context.is1904) { return shown }
        return number.text.map { SheetCell($0, .number) } ?? SheetCell(raw.trimmed, .error)
    }
}

extension SheetCell {
    /// The formula text itself is not needed.
    fileprivate static let unreckoned = SheetCell("=…", .formula)
}
