import CXLSXWriter
import Foundation
import Kernel

package enum SheetValue: Sendable {
    case text(String)
    /// A number to add up.
    case hours(CreditHours)
    case number(Int)
    case empty
}

package struct SheetColumn: Sendable {
    package let title: String
    /// In characters.
    package let width: Int

    package init(title: String, width: Int) {
        self.title = title
        self.width = width
    }
}

/// Writes a workbook of one sheet, a row after the other, in memory that does not grow with the rows.
///
/// Columns are text, so that an ID typed into them stays as typed. A text is a text cell whatever it begins with: no
/// spreadsheet runs it as a formula. The file is at its place once ``finish()`` returns and not before.
package final class SheetWriter {
    private let path: String
    private let temporary: String
    private let book: UnsafeMutablePointer<lxw_workbook>
    private let sheet: UnsafeMutablePointer<lxw_worksheet>
    private let text: UnsafeMutablePointer<lxw_format>
    private let number: UnsafeMutablePointer<lxw_format>
    private let columns: Int
    private var rows: UInt32 = 0
    private var isOpen = true

    package init(path: String, sheet name: String, columns: [SheetColumn]) throws(Failure) {
        self.path = path
        temporary = "\(path).\(getpid()).new"
        let folder = (path as NSString).deletingLastPathComponent
        guard access(folder.isEmpty ? "." : folder, W_OK) == 0 else {
            throw .sheetUnwritten(path, String(cString: strerror(errno)))
        }
        var options = lxw_workbook_options(constant_memory: 1, tmpdir: nil, use_zip64: 1)
        guard let book = workbook_new_opt(temporary, &options), let sheet = workbook_add_worksheet(book, name),
            let text = workbook_add_format(book), let number = workbook_add_format(book)
        else { throw .sheetUnwritten(path, name) }
        (self.book, self.sheet, self.text, self.number) = (book, sheet, text, number)
        self.columns = columns.count
        format_set_num_format(text, "@")
        try head(columns)
    }

    deinit {
        if isOpen { abandon() }
    }

    /// Closing is the library's only way to give back all its memory and files.
    private func abandon() {
        workbook_close(book)
        unlink(temporary)
    }

    private func head(_ columns: [SheetColumn]) throws(Failure) {
        let bold = workbook_add_format(book)
        format_set_bold(bold)
        format_set_num_format(bold, "@")
        for (index, column) in columns.enumerated() {
            try check(worksheet_set_column(sheet, UInt16(index), UInt16(index), Double(column.width), text))
            try check(worksheet_write_string(sheet, 0, UInt16(index), column.title.escaped, bold), index)
        }
        worksheet_freeze_panes(sheet, 1, 0)
        rows = 1
    }

    /// A row of texts; `nil` leaves its cell empty.
    package func row(_ texts: [String?]) throws(Failure) {
        try row(texts.map { $0.map(SheetValue.text) ?? .empty })
    }

    /// The next row, from column A. Failures: `sheet.value` for a text of more than 32,767 characters or a row past
    /// the 1,048,576th, `sheet.unwritten` where the disk refuses.
    package func row(_ values: [SheetValue]) throws(Failure) {
        for (column, value) in values.enumerated() { try write(value, UInt16(clamping: column)) }
        rows += 1
    }

    private func write(_ value: SheetValue, _ column: UInt16) throws(Failure) {
        switch value {
        case .text(let string): try write(string, column)
        case .hours(let hours): try write(Double(hours.hundredths) / 100, column)
        // A spreadsheet keeps 15 digits of a number.
        case .number(let number) where number.magnitude >= 1_000_000_000_000_000: try write(String(number), column)
        case .number(let number): try write(Double(number), column)
        case .empty: break
        }
    }

    private func write(_ string: String, _ column: UInt16) throws(Failure) {
        guard !string.isEmpty else { return }
        try check(worksheet_write_string(sheet, rows, column, string.escaped, text), Int(column))
    }

    private func write(_ number: Double, _ column: UInt16) throws(Failure) {
        // With a format of its own, or it would get that of its column and look like a text.
        try check(worksheet_write_number(sheet, rows, column, number, self.number), Int(column))
    }

    /// Closes the file and puts it in its place.
    package func finish() throws(Failure) {
        guard isOpen else { return }
        isOpen = false
        if columns > 0 { worksheet_autofilter(sheet, 0, 0, rows - 1, UInt16(columns - 1)) }
        let result = workbook_close(book)
        defer { unlink(temporary) }
        try check(result)
        guard rename(temporary, path) == 0 else { throw .sheetUnwritten(path, String(cString: strerror(errno))) }
    }

    private func check(_ result: lxw_error, _ column: Int = 0) throws(Failure) {
        switch result {
        case LXW_NO_ERROR: return
        case LXW_ERROR_MAX_STRING_LENGTH_EXCEEDED, LXW_ERROR_WORKSHEET_INDEX_OUT_OF_RANGE:
            throw .sheetValue(String(cString: lxw_strerror(result)), row: Int(rows) + 1, column: column + 1)
        default: throw .sheetUnwritten(path, String(cString: lxw_strerror(result)))
        }
    }
}
