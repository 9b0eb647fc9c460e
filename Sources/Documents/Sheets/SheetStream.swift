import Foundation
import Kernel
import Processes

/// The rows of a sheet as bytes, from the process that reads the file to the main process. The reading process may be
/// under the control of a hostile file, so every length and number is checked again.
///
/// A mark, followed by its fields. Numbers are four bytes, little-endian; a text is its length and its UTF-8.
/// `S` a sheet begins: its name. `R` a row: its number, 1 if it is hidden, the number of cells, each a byte (its kind)
/// and a text.
/// `F` a failure: code, Chinese, English; nothing follows. `E` the end; nothing follows.
enum SheetStream {
    private static let version = UInt8(2)
    private static let (longestName, longestWords) = (1000, 4000)

    private enum Mark {
        static let (sheet, row, failure, end) = (UInt8(83), UInt8(82), UInt8(70), UInt8(69))
    }

    /// Reads the sheet and writes its rows.
    static func encode(_ path: String, _ write: @escaping ([UInt8]) throws -> Void) throws {
        var (bytes, sheet): ([UInt8], String?) = ([version], nil)
        bytes.reserveCapacity(300_000)
        do {
            try readSheet(path) { row in
                if sheet != row.sheet {
                    bytes.append(Mark.sheet)
                    bytes.append(text: row.sheet)
                    sheet = row.sheet
                }
                bytes.append(Mark.row)
                bytes.append(number: row.number)
                bytes.append(row.isHidden ? 1 : 0)
                bytes.append(number: row.cells.count)
                for cell in row.cells {
                    bytes.append(cell.kind.rawValue)
                    bytes.append(text: cell.text)
                }
                guard bytes.count > 200_000 else { return }
                try write(bytes)
                bytes.removeAll(keepingCapacity: true)
            }
            bytes.append(Mark.end)
        } catch let failure as Failure {
            bytes.append(Mark.failure)
            for text in [failure.code, failure.words.chinese, failure.words.english] { bytes.append(text: text) }
        }
        try write(bytes)
    }

    /// Passes on the rows of the stream. Failures: those in the stream; `sheet.ended` if the stream breaks off or is
    /// malformed.
    static func decode(
        _ read: @escaping (UnsafeMutableRawBufferPointer) -> Int, _ row: (SheetRow) throws -> Void
    ) throws {
        var source = ByteSource(read)
        let limits = SheetLimits.standard
        var (sheet, rows, bytes) = ("", 0, 0)
        guard try source.byte() == version else { throw Failure.sheetEnded }
        while true {
            switch try source.byte() {
            case Mark.sheet: sheet = try source.text(longestName)
            case Mark.row:
                let number = try source.number(limits.rows)
                let (isHidden, count) = (try source.byte() == 1, try source.number(limits.columns))
                var cells: [SheetCell] = []
                cells.reserveCapacity(count)
                for _ in 0..<count {
                    let (kind, text) = (SheetCell.Kind(rawValue: try source.byte()), try source.text(limits.cellLength))
                    bytes += text.utf8.count
                    guard let kind else { throw Failure.sheetEnded }
                    cells.append(SheetCell(text, kind))
                }
                rows += 1
                guard rows <= limits.rows, bytes <= limits.bytes else { throw Failure.sheetEnded }
                try row(SheetRow(sheet: sheet, number: number, cells: cells, isHidden: isHidden))
            case Mark.failure: throw try failure(&source)
            case Mark.end: return
            default: throw Failure.sheetEnded
            }
        }
    }

    private static func failure(_ source: inout ByteSource) throws -> Failure {
        let code = try source.text(100)
        guard code.wholeMatch(of: #/sheet\.[a-z-]+/#) != nil else { throw Failure.sheetEnded }
        return Failure(.badInput, code, try source.text(longestWords), en: try source.text(longestWords))
    }
}

/// Buffers bytes that arrive in pieces.
private struct ByteSource {
    private let read: (UnsafeMutableRawBufferPointer) -> Int
    private var bytes = [UInt8](repeating: 0, count: 1 << 18)
    private var (place, end) = (0, 0)

    init(_ read: @escaping (UnsafeMutableRawBufferPointer) -> Int) { self.read = read }

    /// Ensures that `count` bytes from ``place`` on are buffered.
    private mutating func require(_ count: Int) throws {
        guard end - place < count else { return }
        let left = end - place
        if count > bytes.count { bytes += [UInt8](repeating: 0, count: count - bytes.count) }
        bytes.withUnsafeMutableBytes { buffer in
            if left > 0, let base = buffer.baseAddress { memmove(base, base + place, left) }
        }
        (place, end) = (0, left)
        while end < count {
            let got = bytes.withUnsafeMutableBytes { [end] in
                read(UnsafeMutableRawBufferPointer(rebasing: $0[end...]))
            }
            guard got > 0 else { throw Failure.sheetEnded }
            end += got
        }
    }

    mutating func byte() throws -> UInt8 {
        try require(1)
        defer { place += 1 }
        return bytes[place]
    }

    mutating func number(_ most: Int) throws -> Int {
        try require(4)
        defer { place += 4 }
        let number = (0..<4).reduce(0) { $0 | Int(bytes[place + $1]) << (8 * $1) }
        guard number <= most else { throw Failure.sheetEnded }
        return number
    }

    mutating func text(_ most: Int) throws -> String {
        let count = try number(most)
        try require(count)
        defer { place += count }
        let text = bytes.withUnsafeBufferPointer { [place] in
            String(validating: UnsafeBufferPointer(rebasing: $0[place..<(place + count)]), as: UTF8.self)
        }
        guard let text else { throw Failure.sheetEnded }
        return text
    }
}

extension [UInt8] {
    fileprivate mutating func append(number: Int) {
        for shift in stride(from: 0, to: 32, by: 8) { append(UInt8(truncatingIfNeeded: number >> shift)) }
    }

    fileprivate mutating func append(text: String) {
        append(number: text.utf8.count)
        append(contentsOf: text.utf8)
    }
}

/// Reads the sheet on standard input and writes its rows to standard output. A child process runs this.
package func streamSheet() throws {
    try SheetStream.encode(LimitedProcess.inputPath) { bytes in
        var done = 0
        while done < bytes.count {
            let count = bytes.withUnsafeBytes {
                Foundation.write(1, $0.baseAddress?.advanced(by: done), $0.count - done)
            }
            guard count > 0 else { throw Failure.sheetEnded }
            done += count
        }
    }
}
