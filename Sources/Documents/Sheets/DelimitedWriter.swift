import Foundation
import Kernel

/// Writes the rows of a list in order. The file is in its place once ``finish()`` returns.
package protocol RowWriter {
    func row(_ values: [SheetValue]) throws(Failure)
    func finish() throws(Failure)
}

/// A writer for a list: a .csv if the file's name or the caller asks for it, otherwise a workbook.
///
/// Failure: `sheet.unwritten`.
package func listWriter(
    path: String, isDelimited: Bool = false, sheet: String, columns: [SheetColumn]
) throws(Failure) -> any RowWriter {
    guard isDelimited || path.hasSuffix(".csv") else {
        return try SheetWriter(path: path, sheet: sheet, columns: columns)
    }
    let writer = try DelimitedWriter(path: path)
    try writer.row(columns.map { .text($0.title) })
    return writer
}

/// Writes a .csv for spreadsheets (RFC 4180, CRLF line ends) in constant memory.
package final class DelimitedWriter: RowWriter {
    private let path: String
    private let temporary: String
    private let file: Int32
    private var bytes = Array(byteOrderMark.utf8)
    private var isOpen = true
    /// The number of bytes written at a time.
    private static let piece = 65_536

    /// Failure: `sheet.unwritten`.
    package init(path: String) throws(Failure) {
        self.path = path
        // A file without a name is written in place.
        temporary = path.hasPrefix("/proc/self/fd/") ? path : "\(path).\(getpid()).new"
        file = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        guard file >= 0 else { throw .sheetUnwritten(path, String(cString: strerror(errno))) }
        bytes.reserveCapacity(Self.piece * 2)
    }

    deinit {
        guard isOpen, file >= 0 else { return }
        close(file)
        if temporary != path { unlink(temporary) }
    }

    /// Failure: `sheet.unwritten`.
    package func row(_ values: [SheetValue]) throws(Failure) {
        bytes.addDelimited(values)
        if bytes.count >= Self.piece { try flush() }
    }

    /// Moves the file to its place. Failure: `sheet.unwritten`.
    package func finish() throws(Failure) {
        guard isOpen else { return }
        try flush()
        isOpen = false
        guard close(file) == 0 else { throw fault() }
        guard temporary != path else { return }
        defer { unlink(temporary) }
        guard rename(temporary, path) == 0 else { throw fault() }
    }

    private func flush() throws(Failure) {
        var done = 0
        while done < bytes.count {
            let count = bytes.withUnsafeBytes { write(file, $0.baseAddress.map { $0 + done }, $0.count - done) }
            guard count > 0 || errno == EINTR else { throw fault() }
            done += max(0, count)
        }
        bytes.removeAll(keepingCapacity: true)
    }

    private func fault() -> Failure { .sheetUnwritten(path, String(cString: strerror(errno))) }
}

/// A line of a .csv for spreadsheets (RFC 4180), with CRLF at its end.
///
/// Spreadsheets execute a text that begins like a formula, so such a text gets an apostrophe in front. A file of these
/// lines must begin with ``byteOrderMark``; otherwise Excel assumes the computer's default encoding.
package func delimitedLine(_ values: [SheetValue]) -> String {
    var bytes: [UInt8] = []
    bytes.addDelimited(values)
    return String(decoding: bytes, as: UTF8.self)
}

/// The first characters of a UTF-8 file of ``delimitedLine(_:)``.
package let byteOrderMark = "\u{FEFF}"

extension [UInt8] {
    fileprivate mutating func addDelimited(_ values: [SheetValue]) {
        for (place, value) in values.enumerated() {
            if place > 0 { append(UInt8(ascii: ",")) }
            switch value {
            case .text(let text): addQuoted(text)
            case .hours(let hours): append(contentsOf: hours.description.utf8)
            case .number(let number): append(contentsOf: String(number).utf8)
            case .day(let day): append(contentsOf: day.description.utf8)
            case .month(let day): append(contentsOf: day.description.prefix(7).utf8)
            case .empty: break
            }
        }
        append(contentsOf: [13, 10])
    }

    private mutating func addQuoted(_ text: String) {
        let begin = text.mayRun ? "'" : ""
        // Any of " , ; and white space other than blanks.
        guard text.utf8.contains(where: { [34, 44, 59, 9, 10, 13].contains($0) }) else {
            append(contentsOf: begin.utf8)
            append(contentsOf: text.utf8)
            return
        }
        append(34)
        append(contentsOf: begin.utf8)
        for byte in text.utf8 {
            if byte == 34 { append(34) }
            append(byte)
        }
        append(34)
    }
}

extension String {
    /// Whether the text begins like a formula. Some programs skip white space before the sign.
    fileprivate var mayRun: Bool {
        guard let first = utf8.first else { return false }
        let begins = unicodeScalars.first { !$0.properties.isWhitespace }?.value
        let runs = [0x3D, 0x2B, 0x2D, 0x40, 0xFF1D, 0xFF0B, 0xFF0D, 0xFF20].contains(begins)
        return runs || first == 9 || first == 10 || first == 13
    }
}
