import Kernel

/// A row of a sheet that has something in it.
package struct SheetRow: Sendable {
    /// The name of its sheet; empty where the file has none.
    package let sheet: String
    /// As the spreadsheet shows it, from 1.
    package let number: Int
    /// From column A to the last cell with text.
    package let cells: [SheetCell]

    package init(sheet: String = "", number: Int, cells: [SheetCell]) {
        (self.sheet, self.number, self.cells) = (sheet, number, cells)
    }
}

package struct SheetCell: Sendable, Hashable {
    /// Without white space and invisible marks at its ends. Dates read `2022-06-01`.
    package let text: String
    package let isNumber: Bool
    /// The text is what the formula gave when the file was saved.
    package let formula: Bool

    package init(_ text: String, isNumber: Bool = false, formula: Bool = false) {
        self.text = text
        self.isNumber = isNumber
        self.formula = formula
    }

    package static let empty = SheetCell("")
}

extension SheetCell {
    /// A spreadsheet took an ID for a number and lost its last digits: `3.70902E+17`, or a number of over 15 digits.
    package var isDamagedNumber: Bool {
        isScientific || isNumber && text.utf8.prefix { $0 != UInt8(ascii: ".") }.count(where: \.isDigit) > 15
    }

    private var isScientific: Bool {
        guard let first = text.utf8.first, first.isDigit || first == UInt8(ascii: "-") else { return false }
        return text.utf8.contains { $0 | 0x20 == UInt8(ascii: "e") }
            && text.wholeMatch(of: #/-?[0-9]+(\.[0-9]+)?[eE][+-]?[0-9]+/#) != nil
    }
}

/// How much of a file is read before it is refused.
package struct SheetLimits: Sendable {
    /// Rows with something in them, of all sheets.
    package let rows: Int
    package let columns: Int
    /// Bytes of a cell's text in UTF-8.
    package let cellLength: Int
    /// Bytes of all that is read, unpacked; and of all texts handed over, since cells may share one long text.
    package let bytes: Int

    package init(rows: Int, columns: Int, cellLength: Int, bytes: Int) {
        self.rows = rows
        self.columns = columns
        self.cellLength = cellLength
        self.bytes = bytes
    }

    /// What a spreadsheet program holds, in at most 256 columns and 512 MiB.
    package static let standard = SheetLimits(
        rows: 1_048_576, columns: 256, cellLength: 100_000, bytes: 512 << 20)

    /// Texts that cells share are kept in memory while the rows go by.
    var sharedStrings: Int { rows * 8 }
}
