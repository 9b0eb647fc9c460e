import Kernel

/// A line of a .csv for spreadsheets, after RFC 4180 and with CRLF at its end.
///
/// A spreadsheet runs a text that begins like a formula: such a text gets an apostrophe before it. A file of these
/// lines begins with ``byteOrderMark``, or Excel takes it for the encoding of the computer it runs on.
package func delimitedLine(_ values: [SheetValue]) -> String {
    values.map(\.delimited).joined(separator: ",") + "\r\n"
}

/// What a file of ``delimitedLine(_:)`` in UTF-8 begins with.
package let byteOrderMark = "\u{FEFF}"

extension SheetValue {
    fileprivate var delimited: String {
        switch self {
        case .text(let text): text.guarded.quoted
        case .hours(let hours): hours.description
        case .number(let number): String(number)
        case .empty: ""
        }
    }
}

extension String {
    /// White space before the sign does not stop every program.
    fileprivate var guarded: String {
        guard let first = utf8.first else { return self }
        let begins = unicodeScalars.first { !$0.properties.isWhitespace }?.value
        let runs = [0x3D, 0x2B, 0x2D, 0x40, 0xFF1D, 0xFF0B, 0xFF0D, 0xFF20].contains(begins)
        return runs || first == 9 || first == 10 || first == 13 ? "'" + self : self
    }

    fileprivate var quoted: String {
        guard utf8.contains(where: { [34, 44, 59, 9, 10, 13].contains($0) }) else { return self }
        return "\"" + replacing("\"", with: "\"\"") + "\""
    }
}
