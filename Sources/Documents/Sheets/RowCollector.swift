import Kernel

/// Gathers the cells of a row, keeps the limits, and hands over rows that have something in them.
struct RowCollector {
    private let sheet: String
    private let limits: SheetLimits
    private let take: (SheetRow) throws -> Void
    private var cells: [SheetCell] = []
    private let use: SheetUsage

    init(
        _ sheet: String, _ limits: SheetLimits, _ use: SheetUsage, _ take: @escaping (SheetRow) throws -> Void
    ) {
        self.sheet = sheet
        self.limits = limits
        self.use = use
        self.take = take
    }

    /// Puts a cell at its column, from 0. Empty ones have no place.
    mutating func put(_ cell: SheetCell, column: Int, row: Int) throws {
        guard !cell.text.isEmpty else { return }
        guard column < limits.columns else { throw Failure.sheetColumns(limits.columns, row: row) }
        guard cell.text.utf8.count <= limits.cellLength else {
            throw Failure.sheetCell(limits.cellLength, row: row, column: column + 1)
        }
        // Twenty bytes of a cell may refer to a text of 100,000: a small file would be terabytes to go through.
        use.bytes += cell.text.utf8.count
        guard use.bytes <= limits.bytes else { throw Failure.sheetTooBig(limits.bytes) }
        if cell.text.hasControl { throw Failure.sheetControl(row: row, column: column + 1) }
        while cells.count < column { cells.append(.empty) }
        if cells.count == column { cells.append(cell) } else { cells[column] = cell }
    }

    mutating func end(_ number: Int, isHidden: Bool = false) throws {
        guard !cells.isEmpty else { return }
        use.rows += 1
        guard use.rows <= limits.rows else { throw Failure.sheetRows(limits.rows) }
        defer { cells.removeAll(keepingCapacity: true) }
        try take(SheetRow(sheet: sheet, number: number, cells: cells, isHidden: isHidden))
    }
}

/// How much was handed over of all sheets of a file.
final class SheetUsage {
    var rows = 0
    var bytes = 0
}
