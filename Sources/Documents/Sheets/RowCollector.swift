import Kernel

/// Collects the cells of a row, enforces the limits, and passes on rows that are not empty.
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

    /// Puts a cell at its column, from 0. Empty cells are skipped.
    mutating func put(_ cell: SheetCell, column: Int, row: Int) throws {
        guard !cell.text.isEmpty else { return }
        guard column < limits.columns else { throw Failure.sheetColumns(limits.columns, row: row) }
        guard cell.text.utf8.count <= limits.cellLength else {
            throw Failure.sheetCell(limits.cellLength, row: row, column: column + 1)
        }
        // A cell of twenty bytes may refer to a text of 100,000 bytes, so a small file could expand to terabytes.
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

/// The amount passed on from all sheets of a file.
final class SheetUsage {
    var rows = 0
    var bytes = 0
}
