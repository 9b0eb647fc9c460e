import Foundation
import Kernel

/// The structure of a JSON text. Values of texts are kept, those of numbers and flags are not.
indirect enum JSONTree: Sendable, Equatable {
    case object([String: JSONTree])
    case array([JSONTree])
    case text(String)
    /// `integer`: a whole number that fits 64 bits; `number`: any other number.
    case integer, number
    case flag
    case null
}

/// Reads JSON strictly (RFC 8259): UTF-8, no name twice in an object, a limited depth, no control characters in texts.
/// It refuses what parsers read differently and characters that databases do not store.
struct JSONReader {
    /// Why a text is not valid JSON.
    enum Reason: Error, Equatable {
        case encoding, ended, unexpected, trailing, deep, control, number, escape
        case repeated(String)
    }

    /// The reason with its line and column, from 1.
    struct Fault: Error, Equatable {
        let reason: Reason
        let line: Int
        let column: Int
    }

    /// The greatest depth of nesting.
    static let deepest = 16

    private let bytes: [UInt8]
    private var place = 0

    private init(_ bytes: [UInt8]) { self.bytes = bytes }

    static func read(_ bytes: [UInt8]) throws(Fault) -> JSONTree {
        var reader = JSONReader(bytes)
        do throws(Reason) {
            if let bad = reader.firstBadByte {
                reader.place = bad
                throw .encoding
            }
            let tree = try reader.value(depth: 0)
            reader.skipBlanks()
            if reader.place < bytes.count { throw .trailing }
            return tree
        } catch {
            throw reader.fault(error)
        }
    }

    private func fault(_ reason: Reason) -> Fault {
        let before = bytes.prefix(place)
        let line = before.count { $0 == UInt8(ascii: "\n") } + 1
        let start = before.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
        // Continuation bytes of UTF-8 are not counted.
        return Fault(reason: reason, line: line, column: before[start...].count { $0 & 0xC0 != 0x80 } + 1)
    }

    private var firstBadByte: Int? {
        if String(validating: bytes, as: UTF8.self) != nil { return nil }
        var (parser, rest, good) = (Unicode.UTF8.ForwardParser(), bytes.makeIterator(), 0)
        while case .valid(let scalar) = parser.parseScalar(from: &rest) { good += scalar.count }
        return good
    }
}

// MARK: - Values

extension JSONReader {
    private var next: UInt8? { place < bytes.count ? bytes[place] : nil }

    private mutating func skipBlanks() {
        while let byte = next, [0x20, 0x09, 0x0A, 0x0D].contains(byte) { place += 1 }
    }

    private mutating func skip(_ byte: UInt8) throws(Reason) {
        guard let found = next else { throw .ended }
        guard found == byte else { throw .unexpected }
        place += 1
    }

    private mutating func value(depth: Int) throws(Reason) -> JSONTree {
        skipBlanks()
        guard let byte = next else { throw .ended }
        switch byte {
        case UInt8(ascii: "{"), UInt8(ascii: "["):
            guard depth < Self.deepest else { throw .deep }
            return try byte == UInt8(ascii: "{") ? object(depth: depth + 1) : array(depth: depth + 1)
        case UInt8(ascii: "\""): return .text(try text())
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return try number()
        case UInt8(ascii: "t"): return try word("true", .flag)
        case UInt8(ascii: "f"): return try word("false", .flag)
        case UInt8(ascii: "n"): return try word("null", .null)
        default: throw .unexpected
        }
    }

    private mutating func word(_ word: String, _ tree: JSONTree) throws(Reason) -> JSONTree {
        for byte in word.utf8 { try skip(byte) }
        return tree
    }

    private mutating func object(depth: Int) throws(Reason) -> JSONTree {
        var fields: [String: JSONTree] = [:]
        place += 1
        skipBlanks()
        while next != UInt8(ascii: "}") {
            if !fields.isEmpty { try skip(UInt8(ascii: ",")) }
            skipBlanks()
            let start = place
            guard next == nil || next == UInt8(ascii: "\"") else { throw .unexpected }
            let name = try text()
            guard fields[name] == nil else {
                place = start
                throw .repeated(name)
            }
            skipBlanks()
            try skip(UInt8(ascii: ":"))
            fields[name] = try value(depth: depth)
            skipBlanks()
            if next == nil { throw .ended }
        }
        place += 1
        return .object(fields)
    }

    private mutating func array(depth: Int) throws(Reason) -> JSONTree {
        var values: [JSONTree] = []
        place += 1
        skipBlanks()
        while next != UInt8(ascii: "]") {
            if !values.isEmpty { try skip(UInt8(ascii: ",")) }
            values.append(try value(depth: depth))
            skipBlanks()
            if next == nil { throw .ended }
        }
        place += 1
        return .array(values)
    }

    private mutating func number() throws(Reason) -> JSONTree {
        let start = place
        let signs = Set("+-.eE0123456789".utf8)
        while let byte = next, signs.contains(byte) { place += 1 }
        let written = String(decoding: bytes[start..<place], as: UTF8.self)
        guard written.wholeMatch(of: #/-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?/#) != nil else {
            place = start
            throw .number
        }
        return Int(written) == nil ? .number : .integer
    }
}

// MARK: - Texts

extension JSONReader {
    private mutating func text() throws(Reason) -> String {
        try skip(UInt8(ascii: "\""))
        var text: [UInt8] = []
        while let byte = next, byte != UInt8(ascii: "\"") {
            let start = place
            if byte == UInt8(ascii: "\\") {
                let scalar = try escaped()
                if scalar.isForbidden {
                    place = start
                    throw .control
                }
                text += Array(String(Character(scalar)).utf8)
            } else {
                if byte < 0x20 || byte == 0x7F || isLaterControl { throw .control }
                text.append(byte)
                place += 1
            }
        }
        try skip(UInt8(ascii: "\""))
        return String(decoding: text, as: UTF8.self)
    }

    /// Whether the next character is one of U+0080 to U+009F.
    private var isLaterControl: Bool {
        bytes[place] == 0xC2 && place + 1 < bytes.count && bytes[place + 1] < 0xA0
    }

    private static let shorthands: [UInt8: Unicode.Scalar] = [
        UInt8(ascii: "\""): "\"", UInt8(ascii: "\\"): "\\", UInt8(ascii: "/"): "/", UInt8(ascii: "b"): "\u{8}",
        UInt8(ascii: "f"): "\u{C}", UInt8(ascii: "n"): "\n", UInt8(ascii: "r"): "\r", UInt8(ascii: "t"): "\t",
    ]

    private mutating func escaped() throws(Reason) -> Unicode.Scalar {
        let start = place
        place += 1
        guard let byte = next else { throw .ended }
        place += 1
        if let scalar = Self.shorthands[byte] { return scalar }
        if byte == UInt8(ascii: "u"), let high = unit() {
            if let scalar = Unicode.Scalar(high) { return scalar }
            if 0xD800..<0xDC00 ~= high, bytes[place...].starts(with: Array("\\u".utf8)) {
                place += 2
                if let low = unit(), 0xDC00..<0xE000 ~= low {
                    let code = 0x10000 + (UInt32(high) - 0xD800) << 10 + (UInt32(low) - 0xDC00)
                    if let scalar = Unicode.Scalar(code) { return scalar }
                }
            }
        }
        place = start
        throw .escape
    }

    /// Four hexadecimal digits.
    private mutating func unit() -> UInt16? {
        guard place + 4 <= bytes.count else { return nil }
        let digits = String(decoding: bytes[place..<(place + 4)], as: UTF8.self)
        guard digits.utf8.count == 4, digits.allSatisfy(\.isHexDigit) else { return nil }
        place += 4
        return UInt16(digits, radix: 16)
    }
}

extension Unicode.Scalar {
    /// A control character other than tab and line ends.
    fileprivate var isForbidden: Bool {
        value < 0x20 && ![0x09, 0x0A, 0x0D].contains(value) || 0x7F...0x9F ~= value
    }
}

extension JSONReader.Reason {
    fileprivate var words: LocalizedText {
        switch self {
        case .encoding: LocalizedText("不是 UTF-8 编码", en: "this is not UTF-8")
        case .ended: LocalizedText("内容到此中断", en: "the text ends here")
        case .unexpected: LocalizedText("这里的字符不对", en: "this character is not allowed here")
        case .trailing: LocalizedText("后面还有多余的内容", en: "there is more after the value")
        case .deep: LocalizedText("嵌套超过 \(JSONReader.deepest) 层", en: "it is nested too deeply")
        case .control: LocalizedText("文字里有不能使用的控制字符", en: "a text has a control character")
        case .number: LocalizedText("数字写法不对", en: "this is no number")
        case .escape: LocalizedText("反斜杠后面写得不对", en: "this is no escape sequence")
        case .repeated(let name):
            LocalizedText("字段“\(name.prefix(40))”出现了两次", en: "the field \(name.prefix(40)) occurs twice")
        }
    }
}

extension Failure {
    /// `line`: the line number in NDJSON, whose lines are read one by one.
    static func badJSON(_ fault: JSONReader.Fault = .init(reason: .ended, line: 1, column: 1), line: Int? = nil)
        -> Failure
    {
        let (line, words) = (line ?? fault.line, fault.reason.words)
        return Failure(
            .badInput, "api.json", "内容不是正确的 JSON：第 \(line) 行第 \(fault.column) 个字符处，\(words.chinese)。没有登记任何内容，请改正后再发。",
            en: "This is no JSON: line \(line), character \(fault.column): \(words.english). Nothing was done.")
    }
}
