import Foundation
import Kernel

extension String {
    /// The text without white space, zero-width marks and direction marks at its ends, which are often copied by
    /// accident.
    var trimmed: String {
        guard let first = unicodeScalars.first, let last = unicodeScalars.last else { return self }
        guard first.isBlank || last.isBlank else { return self }
        guard let from = unicodeScalars.firstIndex(where: { !$0.isBlank }),
            let to = unicodeScalars.lastIndex(where: { !$0.isBlank })
        else { return "" }
        return String(unicodeScalars[from...to])
    }

    /// ``trimmed``, and without the signs that people add so that a spreadsheet does not read a code as a number:
    /// `="3-1"`, or an apostrophe in front.
    var typed: String {
        let text = trimmed
        switch text.utf8.first {
        case UInt8(ascii: "'"): return text.dropFirst().contains("'") ? text : String(text.dropFirst()).trimmed
        case UInt8(ascii: "="):
            guard text.utf8.count > 2, text.hasPrefix("=\""), text.hasSuffix("\"") else { return text }
            let inner = text.dropFirst(2).dropLast()
            // `="a"&"b"` is a formula that must be calculated.
            guard !inner.replacing("\"\"", with: "").contains("\"") else { return text }
            return String(inner.replacing("\"\"", with: "\"")).trimmed
        default: return text
        }
    }

    /// Whether there are control characters other than tab and line ends.
    var hasControl: Bool {
        utf8.contains { $0 < 32 && !(9...10 ~= $0 || $0 == 13) || $0 == 127 }
            || utf8.contains(0xC2) && unicodeScalars.contains { 0x80...0x9F ~= $0.value }
    }

    /// The text as a workbook stores it: characters that XML forbids as `_x0001_`, and `_` escaped where the text looks
    /// like such a sequence.
    var escaped: String {
        guard utf8.contains(where: { $0 < 32 || $0 == UInt8(ascii: "_") || $0 == 0xEF }) else { return self }
        let hasMark = utf8.contains(UInt8(ascii: "_"))
        let marked = hasMark ? replacing(#/_(?=x[0-9A-Fa-f]{4}_)/#, with: "_x005F_") : self
        return marked.unicodeScalars.reduce(into: "") { text, scalar in
            if scalar.isSayable { text.unicodeScalars.append(scalar) } else { text += scalar.escaped }
        }
    }

    /// `_x000D_` in a workbook is the character with that number.
    var unescaped: String {
        guard utf8.contains(UInt8(ascii: "_")) else { return self }
        return replacing(#/_x([0-9A-Fa-f]{4})_/#) { match in
            UInt32(match.1, radix: 16).flatMap(Unicode.Scalar.init).map { String(Character($0)) } ?? String(match.0)
        }
    }
}

extension Unicode.Scalar {
    /// XML readers read a carriage return as a line feed.
    fileprivate var isSayable: Bool {
        switch value {
        case 9, 10: true
        case 0..<32, 0xFFFE...0xFFFF: false
        default: true
        }
    }

    fileprivate var escaped: String { String(format: "_x%04X_", value) }

    fileprivate var isBlank: Bool {
        switch value {
        case 0x21...0x7E, 0x4E00...0x9FFF: false
        case 0x200B...0x200F, 0x202A...0x202E, 0x2060, 0xFEFF: true
        default: properties.isWhitespace
        }
    }
}

/// A number in a workbook as the spreadsheet shows it.
struct CellNumber {
    private let written: String

    init(_ written: String) { self.written = written }

    /// `nil` if it is not a finite number.
    private var value: Double? { Double(written).flatMap { $0.isFinite ? $0 : nil } }

    /// With 15 digits, the precision of spreadsheets: `41.659999999999997` is 41.66, and `2022.0` is 2022. Larger
    /// numbers are as written; `nil` if it is not a number.
    var text: String? {
        if written.utf8.count <= 15, written.utf8.allSatisfy(\.isDigit) { return written }
        guard let value else { return nil }
        return value.magnitude < 1e15 ? String(format: "%.15g", value) : written
    }

    /// The cell that the number shows in this format; `nil` if the format does not apply.
    func cell(_ form: NumberForm, is1904: Bool) -> SheetCell? {
        switch form {
        case .plain: nil
        case .day: day(is1904: is1904).map { SheetCell($0.description, .day) }
        case .month: day(is1904: is1904).map { SheetCell(String($0.description.prefix(7)), .month) }
        case .time: time.map { SheetCell($0, .time) }
        }
    }

    /// `9:05`
    private var time: String? {
        guard let value, 0..<Self.end ~= value else { return nil }
        let minutes = Int((value * 86_400).rounded()) / 60
        return "\(minutes / 60):\(minutes % 60 < 10 ? "0" : "")\(minutes % 60)"
    }

    /// The first serial number after the year 9999, where spreadsheet days end.
    private static let end = 2_958_466.0

    /// The serial number of a day. Below 61 it is one less, since February 1900 has 29 days in spreadsheets.
    static func serial(_ day: Day) -> Double {
        let number = day.number + 25_569
        return Double(number < 61 ? number - 1 : number)
    }

    /// The day of the serial number; `nil` if there is none.
    private func day(is1904: Bool) -> Day? {
        guard let value, 0..<Self.end ~= value else { return nil }
        // Calculated values can be slightly before midnight: 44561.99999999999 is shown as the next day.
        let serial = Int((value * 86_400).rounded()) / 86_400
        guard serial < Int(Self.end) else { return nil }
        if is1904 { return Day(number: serial - 24_107) }
        switch serial {
        // 29 February 1900, which did not exist, and the day before the first one.
        case 0, 60: return nil
        case ..<60: return Day(number: serial - 25_568)
        default: return Day(number: serial - 25_569)
        }
    }
}
