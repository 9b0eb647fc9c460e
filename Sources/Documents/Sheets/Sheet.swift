import Kernel

/// A row of a sheet that is not empty.
package struct SheetRow: Sendable {
    /// The name of the sheet; empty if the file has none.
    package let sheet: String
    /// The row number that the spreadsheet shows, from 1.
    package let number: Int
    /// From column A to the last cell with text. No cells: the sheet is hidden and was not read.
    package let cells: [SheetCell]
    /// The spreadsheet hides the row, by a filter or because people hid rows that they meant to delete.
    package let isHidden: Bool

    package init(sheet: String = "", number: Int, cells: [SheetCell], isHidden: Bool = false) {
        (self.sheet, self.number, self.cells, self.isHidden) = (sheet, number, cells, isHidden)
    }

    /// A row of texts that do not come from a spreadsheet.
    package init(number: Int, texts: [String]) {
        self.init(number: number, cells: texts.map { SheetCell($0.trimmed) })
    }

    /// Represents a hidden sheet that is not empty.
    static func hidden(sheet: String) -> SheetRow { SheetRow(sheet: sheet, number: 1, cells: [], isHidden: true) }

    package var isHiddenSheet: Bool { cells.isEmpty }
}

package struct SheetCell: Sendable, Hashable {
    /// The type of a cell in the spreadsheet.
    package enum Kind: UInt8, Sendable {
        case text, number
        /// A number shown as a day: `2022-06-01`.
        case day
        /// A number shown as a month or a year without the day: `2022-06`.
        case month
        /// A number shown as hours and minutes: `9:05`.
        case time
        /// The error result of a formula: `#N/A`.
        case error
        /// A formula whose value is not stored in the file.
        case formula
        /// `TRUE` or `FALSE`.
        case truth
    }

    /// The text without white space and invisible marks at its ends.
    package let text: String
    package let kind: Kind

    package init(_ text: String, _ kind: Kind = .text) { (self.text, self.kind) = (text, kind) }

    package static let empty = SheetCell("")
}

extension SheetCell {
    /// How the spreadsheet altered the typed value; `nil` if the text is as typed.
    package var spoilt: Kind? {
        switch kind {
        case .text: Self.spoilt(text)
        case .number: isDamagedNumber ? .number : nil
        case .day, .month, .time, .error, .formula, .truth: kind
        }
    }

    /// A spreadsheet stored an ID as a number and lost its last digits: `3.70902E+17`, or a number of over 15 digits.
    package var isDamagedNumber: Bool {
        switch kind {
        case .number: text.utf8.contains { $0 | 0x20 == UInt8(ascii: "e") } || hasManyDigits
        case .text: Self.spoilt(text) == .number
        case .day, .month, .time, .error, .formula, .truth: false
        }
    }

    private var hasManyDigits: Bool { text.utf8.prefix { $0 != UInt8(ascii: ".") }.count(where: \.isDigit) > 15 }

    /// A text file has no cell types, and cells copied as text contain what they display.
    private static func spoilt(_ text: String) -> Kind? {
        guard let first = text.utf8.first else { return nil }
        switch first {
        case UInt8(ascii: "#"): return errors.contains(text.uppercased()) ? .error : nil
        case UInt8(ascii: "E"): return text.wholeMatch(of: #/Err:[0-9]{3}/#) != nil ? .error : nil
        case UInt8(ascii: "="): return .formula
        case UInt8(ascii: "T"), UInt8(ascii: "F"): return ["TRUE", "FALSE"].contains(text) ? .truth : nil
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
            guard text.utf8.contains(where: { $0 | 0x20 == UInt8(ascii: "e") }) else { return nil }
            // `5e3` may be a typed code.
            return text.wholeMatch(of: #/-?[0-9]+(\.[0-9]+[eE][+-]?|[eE]\+)[0-9]+/#) != nil ? .number : nil
        default: return nil
        }
    }

    private static let errors: Set<String> = [
        "#N/A", "#REF!", "#VALUE!", "#NAME?", "#DIV/0!", "#NUM!", "#NULL!", "#SPILL!", "#CALC!", "#GETTING_DATA",
        "#FIELD!", "#BLOCKED!", "#CONNECT!", "#UNKNOWN!", "#BUSY!",
    ]
}

/// The limits beyond which a file is refused.
package struct SheetLimits: Sendable {
    /// Rows that are not empty, over all sheets.
    package let rows: Int
    package let columns: Int
    /// Bytes of a cell's text in UTF-8.
    package let cellLength: Int
    /// Bytes read after unpacking, and bytes of all texts passed on, since cells may share one long text.
    package let bytes: Int

    package init(rows: Int, columns: Int, cellLength: Int, bytes: Int) {
        self.rows = rows
        self.columns = columns
        self.cellLength = cellLength
        self.bytes = bytes
    }

    /// The limits of spreadsheet programs, with at most 256 columns and 512 MiB.
    package static let standard = SheetLimits(
        rows: 1_048_576, columns: 256, cellLength: 100_000, bytes: 512 << 20)

    /// The number of shared texts, which are kept in memory while rows are read.
    var sharedStrings: Int { rows * 8 }
}
