import CXLSXWriter
import Foundation
import Kernel

package enum SheetValue: Sendable {
    case text(String)
    /// A number that can be summed.
    case hours(CreditHours)
    case number(Int)
    case day(Day)
    /// The month of a day, shown without the day.
    case month(Day)
    case empty
}

extension SheetValue {
    /// A cell as it was read, so that reading it again gives the same: damaged values stay damaged until corrected.
    init(_ cell: SheetCell) {
        switch (cell.kind, Day(cell.text), Day(cell.text + "-01")) {
        case (.day, let day?, _): self = .day(day)
        case (.month, _, let day?): self = .month(day)
        case (.number, _, _) where cell.isDamagedNumber:
            self = .text(Double(cell.text).map { String(format: "%.14E", $0) } ?? cell.text)
        default: self = .text(cell.text)
        }
    }
}

package struct SheetColumn: Sendable {
    package let title: String
    /// Width in characters.
    package let width: Int
    /// The choices of its cells; a spreadsheet offers them if they have at most 250 bytes together.
    package let choices: [String]
    /// The hint that a spreadsheet shows when a cell of the column is selected.
    package let hint: String

    package init(title: String, width: Int, choices: [String] = [], hint: String = "") {
        (self.title, self.width, self.choices, self.hint) = (title, width, choices, hint)
    }
}

/// Writes a workbook, one sheet after another and one row after another, in constant memory.
///
/// Columns have the text format, so that typed IDs stay as typed. A text is always a text cell, so no spreadsheet runs
/// it as a formula. The file is in its place only after ``finish()`` returns.
package final class SheetWriter: RowWriter {
    private let path: String
    private let temporary: String
    private let book: UnsafeMutablePointer<lxw_workbook>
    private var sheet: UnsafeMutablePointer<lxw_worksheet>
    private let text: UnsafeMutablePointer<lxw_format>
    private let number: UnsafeMutablePointer<lxw_format>
    private let day: UnsafeMutablePointer<lxw_format>
    private let month: UnsafeMutablePointer<lxw_format>
    private var columns: Int
    private var rows: UInt32 = 0
    private var isOpen = true

    package init(path: String, sheet name: String, columns: [SheetColumn]) throws(Failure) {
        self.path = path
        // A file without a name is written in place.
        let isNameless = path.hasPrefix("/proc/self/fd/")
        temporary = isNameless ? path : "\(path).\(getpid()).new"
        let folder = (path as NSString).deletingLastPathComponent
        guard isNameless || access(folder.isEmpty ? "." : folder, W_OK) == 0 else {
            throw .sheetUnwritten(path, String(cString: strerror(errno)))
        }
        var options = lxw_workbook_options(constant_memory: 1, tmpdir: nil, use_zip64: 1)
        guard let book = workbook_new_opt(temporary, &options), let sheet = workbook_add_worksheet(book, name),
            let text = workbook_add_format(book), let number = workbook_add_format(book),
            let day = workbook_add_format(book), let month = workbook_add_format(book)
        else { throw .sheetUnwritten(path, name) }
        (self.book, self.sheet, self.text, self.number) = (book, sheet, text, number)
        (self.day, self.month) = (day, month)
        self.columns = columns.count
        format_set_num_format(text, "@")
        format_set_num_format(day, "yyyy-mm-dd")
        format_set_num_format(month, "yyyy-mm")
        try head(columns)
    }

    /// Ends the current sheet and begins another. Failure: a sheet of the same name exists.
    package func begin(sheet name: String, columns: [SheetColumn]) throws(Failure) {
        filter()
        guard let sheet = workbook_add_worksheet(book, name) else { throw .sheetUnwritten(path, name) }
        (self.sheet, self.columns) = (sheet, columns.count)
        try head(columns)
    }

    deinit {
        if isOpen { abandon() }
    }

    /// The library releases its memory and files only when the workbook is closed.
    private func abandon() {
        workbook_close(book)
        if temporary != path { unlink(temporary) }
    }

    private func head(_ columns: [SheetColumn]) throws(Failure) {
        let bold = workbook_add_format(book)
        format_set_bold(bold)
        format_set_num_format(bold, "@")
        for (index, column) in columns.enumerated() {
            try check(worksheet_set_column(sheet, UInt16(index), UInt16(index), Double(column.width), text))
            try check(worksheet_write_string(sheet, 0, UInt16(index), column.title.escaped, bold), index)
            try offer(column, UInt16(index))
        }
        worksheet_freeze_panes(sheet, 1, 0)
        rows = 1
    }

    private static let lastRow: UInt32 = 1_048_575

    /// Adds the choices of a column as a list to each of its cells, and the hint for the selected cell.
    private func offer(_ column: SheetColumn, _ index: UInt16) throws(Failure) {
        let isListed = !column.choices.isEmpty && column.choices.joined(separator: ",").utf8.count <= 250
        guard isListed || !column.hint.isEmpty else { return }
        try check(offer(column, index, isListed), Int(index))
    }

    private func offer(_ column: SheetColumn, _ index: UInt16, _ isListed: Bool) -> lxw_error {
        let title = strdup(column.title)
        let hint = strdup(String(column.hint.prefix(250)))
        defer {
            free(title)
            free(hint)
        }
        return withCStrings(column.choices) { choices in
            var rule = lxw_data_validation()
            let kind = isListed ? LXW_VALIDATION_TYPE_LIST : LXW_VALIDATION_TYPE_ANY
            rule.validate = UInt8(truncatingIfNeeded: kind.rawValue)
            if isListed { rule.value_list = choices }
            rule.input_title = title
            rule.input_message = hint
            rule.error_type = UInt8(truncatingIfNeeded: LXW_VALIDATION_ERROR_TYPE_WARNING.rawValue)
            return worksheet_data_validation_range(sheet, 1, index, Self.lastRow, index, &rule)
        }
    }

    /// A row of texts; `nil` leaves its cell empty.
    package func row(_ texts: [String?]) throws(Failure) {
        try row(texts.map { $0.map(SheetValue.text) ?? .empty })
    }

    /// Writes the next row, from column A. Failures: `sheet.value` for a text of more than 32,767 characters or a row
    /// after the 1,048,576th, `sheet.unwritten` if the disk refuses.
    package func row(_ values: [SheetValue]) throws(Failure) {
        for (column, value) in values.enumerated() { try write(value, UInt16(clamping: column)) }
        rows += 1
    }

    private func write(_ value: SheetValue, _ column: UInt16) throws(Failure) {
        switch value {
        case .text(let string): try write(string, column)
        case .hours(let hours): try write(Double(hours.hundredths) / 100, column)
        case .day(let day): try write(CellNumber.serial(day), column, self.day)
        case .month(let day): try write(CellNumber.serial(day), column, month)
        // A spreadsheet stores 15 digits of a number.
        case .number(let number) where number.magnitude >= 1_000_000_000_000_000: try write(String(number), column)
        case .number(let number): try write(Double(number), column)
        case .empty: break
        }
    }

    private func write(_ string: String, _ column: UInt16) throws(Failure) {
        guard !string.isEmpty else { return }
        try check(worksheet_write_string(sheet, rows, column, string.escaped, text), Int(column))
    }

    /// Uses an explicit format; otherwise the number would get the text format of its column.
    private func write(
        _ number: Double, _ column: UInt16, _ format: UnsafeMutablePointer<lxw_format>? = nil
    ) throws(Failure) {
        try check(worksheet_write_number(sheet, rows, column, number, format ?? self.number), Int(column))
    }

    /// Closes the file and moves it to its place.
    package func finish() throws(Failure) {
        guard isOpen else { return }
        isOpen = false
        filter()
        let result = workbook_close(book)
        guard temporary != path else { return try check(result) }
        defer { unlink(temporary) }
        try check(result)
        guard rename(temporary, path) == 0 else { throw .sheetUnwritten(path, String(cString: strerror(errno))) }
    }

    private func filter() {
        if columns > 0 { worksheet_autofilter(sheet, 0, 0, rows - 1, UInt16(columns - 1)) }
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

/// Passes an array of C strings that ends in a null pointer.
private func withCStrings<T>(
    _ texts: [String], _ body: (UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?) -> T
) -> T {
    let copies = texts.map { strdup($0) }
    defer { copies.forEach { free($0) } }
    var pointers = copies + [nil]
    return pointers.withUnsafeMutableBufferPointer { body($0.baseAddress) }
}
