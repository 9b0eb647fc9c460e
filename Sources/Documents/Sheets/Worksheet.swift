import Foundation
import Kernel

/// What a worksheet's cells refer to.
struct SheetContext {
    var strings = SharedTexts()
    var isDate: [Bool] = []
    var is1904 = false
    let use = SheetUse()
}

/// The rows of a worksheet, as they come.
final class WorksheetReader: MarkupEvents {
    private static let lastRow = 1_048_576
    private static let lastColumn = 16_384

    /// A cell while it is read.
    private struct Open {
        var column = 0
        var kind = ""
        var style = 0
        var formula = false
    }

    private let context: SheetContext
    private var rows: Rows
    private var text: CellText
    private var row = 0
    private var cell = Open()
    private var isInCell = false

    init(_ name: String, _ context: SheetContext, _ limits: SheetLimits, _ take: @escaping (SheetRow) throws -> Void) {
        self.context = context
        rows = Rows(name, limits, context.use, take)
        text = CellText(limit: limits.cellLength)
    }

    func start(_ name: Markup.Name, _ attributes: Markup.Attributes) throws {
        switch name {
        case "row": try startRow(attributes)
        case "c": try startCell(attributes)
        case "f": cell.formula = true
        default: text.start(name)
        }
    }

    func end(_ name: Markup.Name) throws {
        switch name {
        case "c": try endCell()
        case "row": try rows.end(row)
        default: text.end(name)
        }
    }

    func text(_ bytes: UnsafeRawBufferPointer) throws {
        guard isInCell else { return }
        guard text.add(bytes) else { throw Failure.sheetCell(text.limit, row: row, column: cell.column + 1) }
    }

    private func startRow(_ attributes: Markup.Attributes) throws {
        let number = attributes.has("r") ? attributes.int("r") : row + 1
        guard let number, number > row, number <= Self.lastRow else {
            throw Failure.sheetDamaged("第 \(row + 1) 行 (row \(row + 1))")
        }
        row = number
        cell.column = -1
    }

    private func startCell(_ attributes: Markup.Attributes) throws {
        let column = attributes["r"].map { Self.column($0, row: row) } ?? cell.column + 1
        guard let column, 0..<Self.lastColumn ~= column else {
            throw Failure.sheetDamaged("第 \(row) 行 (row \(row))")
        }
        cell = Open(column: column, kind: attributes.string("t") ?? "n", style: attributes.int("s") ?? 0)
        isInCell = true
    }

    /// The column, from 0, of `B2`; `nil` where this is no place in the row.
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
        guard !text.isEmpty else { return }
        try rows.put(value(text.take()), column: cell.column, row: row)
    }

    private func value(_ raw: String) throws -> SheetCell {
        switch cell.kind {
        case "n": number(raw)
        case "s": SheetCell(try shared(raw).unescaped.trimmed, formula: cell.formula)
        case "b": SheetCell(raw == "1" ? "TRUE" : "FALSE", formula: cell.formula)
        case "d": SheetCell(Day(raw.prefix(10))?.description ?? raw, formula: cell.formula)
        default: SheetCell(raw.unescaped.trimmed, formula: cell.formula)
        }
    }

    private func shared(_ raw: String) throws -> String {
        guard let text = Int(raw).flatMap({ context.strings[$0] }) else {
            throw Failure.sheetDamaged("第 \(row) 行 (row \(row))")
        }
        return text
    }

    private func number(_ raw: String) -> SheetCell {
        let number = CellNumber(raw.trimmed)
        let isDate = context.isDate.indices.contains(cell.style) && context.isDate[cell.style]
        if isDate, let day = number.day(is1904: context.is1904) {
            return SheetCell(day.description, formula: cell.formula)
        }
        return SheetCell(number.text, isNumber: true, formula: cell.formula)
    }
}
