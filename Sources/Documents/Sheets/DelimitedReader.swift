import Kernel

/// Reads comma-separated values (RFC 4180) in UTF-8: quoted cells may contain line ends, lines end in CRLF, LF or CR,
/// and the separator is a comma, semicolon or tab as in the first line.
final class DelimitedReader {
    private enum State {
        case start, plain, quoted
        /// After a quotation mark inside quotes. It ends the quotes, unless another quotation mark follows.
        case closing
    }

    private static let quote = UInt8(ascii: "\"")

    private let limit: Int
    private var rows: RowCollector
    private var separator: UInt8?
    private var state = State.start
    private var text: [UInt8] = []
    private var column = 0
    private var row = 1
    private var opened = 1
    private var last: UInt8 = 0
    /// The line in the file, from 1; quoted cells may span several lines.
    private(set) var line = 1

    init(_ limits: SheetLimits, _ take: @escaping (SheetRow) throws -> Void) {
        limit = limits.cellLength
        rows = RowCollector("", limits, SheetUsage(), take)
    }

    func take(_ bytes: ArraySlice<UInt8>) throws {
        let separator = separator ?? Self.separator(of: bytes)
        self.separator = separator
        for byte in bytes { try take(byte, separator) }
    }

    private func take(_ byte: UInt8, _ separator: UInt8) throws {
        let isSecondHalf = byte == 10 && last == 13
        if byte == 13 || byte == 10 && !isSecondHalf { line += 1 }
        last = byte
        if state == .quoted { return try takeQuoted(byte) }
        switch byte {
        case 10, 13: if !isSecondHalf { try endLine() }
        case separator: try endCell()
        case Self.quote where state != .plain: open()
        default: try add(byte, then: .plain)
        }
    }

    private func takeQuoted(_ byte: UInt8) throws {
        if byte == Self.quote { state = .closing } else { try add(byte, then: .quoted) }
    }

    /// A quotation mark at the start of a cell opens quotes; directly after a closing one it is a literal mark.
    private func open() {
        if state == .closing { text.append(Self.quote) } else { opened = line }
        state = .quoted
    }

    private func add(_ byte: UInt8, then next: State) throws {
        guard text.count < limit else { throw Failure.sheetCell(limit, row: row, column: column + 1) }
        text.append(byte)
        state = next
    }

    private func endCell() throws {
        try rows.put(SheetCell(String(decoding: text, as: UTF8.self).typed), column: column, row: row)
        text.removeAll(keepingCapacity: true)
        column += 1
        state = .start
    }

    private func endLine() throws {
        try endCell()
        try rows.end(row)
        column = 0
        row += 1
    }

    func end() throws {
        guard state != .quoted else { throw Failure.sheetQuote(line: opened) }
        if column > 0 || state != .start { try endLine() }
    }

    /// The most frequent of comma, semicolon and tab in the first line, outside quotes.
    private static func separator(of bytes: ArraySlice<UInt8>) -> UInt8 {
        var counts: [(byte: UInt8, count: Int)] = [(44, 0), (59, 0), (9, 0)]
        var isQuoted = false
        for byte in bytes {
            if byte == quote { isQuoted.toggle() }
            if isQuoted { continue }
            if byte == 10 || byte == 13 { break }
            if let index = counts.firstIndex(where: { $0.byte == byte }) { counts[index].count += 1 }
        }
        return counts.reduce(counts[0]) { $1.count > $0.count ? $1 : $0 }.byte
    }
}
