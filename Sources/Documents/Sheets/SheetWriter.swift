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
            let text = workbook_add_format(book)
        else { throw .sheetUnwritten(path, name) }
        (self.book, self.sheet, self.text) = (book, sheet, text)
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
            try check(worksheet_write_string(sheet, 0, UInt16(index), column.title, bold))
        }
        worksheet_freeze_panes(sheet, 1, 0)
        rows = 1
    }

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
        if !string.isEmpty { try check(worksheet_write_string(sheet, rows, column, string, text)) }
    }

    private func write(_ number: Double, _ column: UInt16) throws(Failure) {
        try check(worksheet_write_number(sheet, rows, column, number, nil))
    }

    /// Closes the file and puts it in its place.
    package func finish() throws(Failure) {
        guard isOpen else { return }
        isOpen = false
        let result = workbook_close(book)
        defer { unlink(temporary) }
        try check(result)
        guard rename(temporary, path) == 0 else { throw .sheetUnwritten(path, String(cString: strerror(errno))) }
    }

    private func check(_ result: lxw_error) throws(Failure) {
        guard result == LXW_NO_ERROR else { throw .sheetUnwritten(path, String(cString: lxw_strerror(result))) }
    }
}
