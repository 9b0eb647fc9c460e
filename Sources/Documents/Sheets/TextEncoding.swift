import Foundation
import Kernel

/// The encoding of a text file: by its byte order mark; else UTF-16 if zero bytes indicate it; else UTF-8 if the whole
/// file is valid; else GB18030. GB18030 comes last because nearly any bytes are valid in it.
enum TextEncoding: String {
    case utf8 = "UTF-8"
    case utf16LittleEndian = "UTF-16LE"
    case utf16BigEndian = "UTF-16BE"
    case gb18030 = "GB18030"

    static let piece = 65_536

    /// Failures: `sheet.broken`, `sheet.cut`, `sheet.mixed`, if the file is partly UTF-8.
    init(of path: String, _ limits: SheetLimits) throws {
        let head = try ByteFile(path).next(Self.piece)
        if head.starts(with: [0xFF, 0xFE]) {
            self = .utf16LittleEndian
        } else if head.starts(with: [0xFE, 0xFF]) {
            self = .utf16BigEndian
        } else if let wide = Self.wide(head) {
            self = wide
        } else if try Self.isUTF8(path, limits.bytes) {
            self = .utf8
        } else if let failure = try EncodingRuns(of: path).failure {
            throw failure
        } else {
            self = .gb18030
        }
    }

    /// UTF-16 without a mark: commas, digits and line ends have a zero byte, always on the same side. A Chinese
    /// character sometimes has one on the other side; other encodings have none.
    private static func wide(_ bytes: [UInt8]) -> TextEncoding? {
        var noughts = (first: 0, second: 0)
        for (place, byte) in bytes.enumerated() where byte == 0 {
            if place.isMultiple(of: 2) { noughts.first += 1 } else { noughts.second += 1 }
        }
        guard noughts.first + noughts.second > bytes.count / 20 else { return nil }
        let isLittle = noughts.second > noughts.first
        let ends = stride(from: 0, to: bytes.count - 1, by: 2).contains { place in
            let unit = isLittle ? (bytes[place], bytes[place + 1]) : (bytes[place + 1], bytes[place])
            return unit.1 == 0 && (unit.0 == 10 || unit.0 == 13)
        }
        return ends ? isLittle ? .utf16LittleEndian : .utf16BigEndian : nil
    }

    private static func isUTF8(_ path: String, _ limit: Int) throws -> Bool {
        let file = try ByteFile(path)
        var (rest, total): ([UInt8], Int) = ([], 0)
        while true {
            let bytes = try file.next(piece)
            total += bytes.count
            guard total <= limit else { throw Failure.sheetTooBig(limit) }
            if bytes.isEmpty { return rest.isEmpty }
            let whole = rest + bytes
            let cut = whole.lastWhole
            guard String(validating: whole[..<cut], as: UTF8.self) != nil else { return false }
            rest = Array(whole[cut...])
        }
    }

    /// Passes on the text in UTF-8 without its mark. `line` gives the current line for a failure.
    func decode(_ path: String, line: () -> Int, _ take: (ArraySlice<UInt8>) throws -> Void) throws {
        let file = try ByteFile(path)
        let converter = try UTF8Converter(self)
        var isFirst = true
        while true {
            let bytes = try file.next(Self.piece)
            if bytes.isEmpty { break }
            let (text, isRight) = converter.convert(bytes)
            let hasMark = isFirst && text.starts(with: [0xEF, 0xBB, 0xBF])
            if !text.isEmpty { try take(hasMark ? text.dropFirst(3) : text[...]) }
            isFirst = isFirst && text.isEmpty
            guard isRight else { throw Failure.sheetEncoding(line: line()) }
        }
        guard converter.isWhole else { throw Failure.sheetCut(line: line()) }
    }
}

/// Strict conversion to UTF-8; pieces may end inside a character.
private final class UTF8Converter {
    private let handle: iconv_t?
    private var rest: [UInt8] = []
    private var outputLeft = 0

    init(_ encoding: TextEncoding) throws {
        handle = iconv_open("UTF-8", encoding.rawValue)
        guard Int(bitPattern: handle) != -1 else { throw Failure.sheetEncoding(line: 1) }
    }

    deinit {
        if let handle, Int(bitPattern: handle) != -1 { iconv_close(handle) }
    }

    var isWhole: Bool { rest.isEmpty }

    /// The decoded text, up to the first byte sequence that is invalid in the encoding.
    func convert(_ bytes: [UInt8]) -> (text: [UInt8], isRight: Bool) {
        var input = rest + bytes
        var left = input.count
        var isRight = true
        let output = [UInt8](unsafeUninitializedCapacity: input.count * 4) { buffer, initialized in
            isRight = run(&input, &left, buffer)
            initialized = buffer.count - outputLeft
        }
        rest = Array(input.suffix(left))
        return (output, isRight)
    }

    private func run(_ input: inout [UInt8], _ left: inout Int, _ output: UnsafeMutableBufferPointer<UInt8>) -> Bool {
        outputLeft = output.count
        return input.withUnsafeMutableBytes { bytes in
            var from = bytes.baseAddress?.assumingMemoryBound(to: CChar.self)
            var to = UnsafeMutableRawPointer(output.baseAddress)?.assumingMemoryBound(to: CChar.self)
            // An incomplete character at the end of the piece waits for the next piece.
            return iconv(handle, &from, &left, &to, &outputLeft) != -1 || errno == EINVAL
        }
    }
}

extension [UInt8] {
    /// The end of the last complete UTF-8 character.
    fileprivate var lastWhole: Int {
        guard let lead = indices.suffix(3).last(where: { self[$0] & 0xC0 != 0x80 }), self[lead] >= 0xC0 else {
            return count
        }
        let length = self[lead] >= 0xF0 ? 4 : self[lead] >= 0xE0 ? 3 : 2
        return lead + length > count ? lead : count
    }
}
