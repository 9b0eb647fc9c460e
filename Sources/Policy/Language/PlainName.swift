import Foundation
import Kernel

/// The name of a thing, a course or a paper, without what people write now this way and now that: all that
/// ``NormalForm`` folds, and small letters, quotation marks, brackets, dots and dashes. `《BIM 技术（上）》` and
/// `ｂｉｍ技术(上)` are one name. Letters of Cyrillic and Greek that are drawn like Latin ones are these.
///
/// Signs that tell names apart stay (`C++`, `C#`). Marks between two digits stay as one (`第1-2讲` is not `第12讲`), but
/// not in a number: of ASCII, with at least as many digits as letters (`CN 37-0001/T`, an ISBN).
package enum PlainName {
    /// The name itself where nothing of it would be left.
    package static func form(_ name: String) -> String {
        var scalars = String.UnicodeScalarView()
        visit(name) { if let scalar = Unicode.Scalar($0) { scalars.append(scalar) } }
        return String(scalars)
    }

    /// Whether both are one name.
    package static func same(_ a: String, _ b: String) -> Bool { a == b || form(a) == form(b) }

    /// The name of a work, part by part.
    package static func work(_ name: String) -> String {
        name.split(separator: "|").map { form(String($0)) }.joined(separator: "|")
    }

    /// Equal for names of the same form, and nearly always another for others: it looks at letters and digits only.
    static func digest(_ name: String) -> UInt64 {
        if let digest = name.utf8.withContiguousStorageIfAvailable(digest) ?? nil { return digest }
        var digest = start
        visit(name) { if $0 != separator { mix($0, into: &digest) } }
        return digest
    }

    /// The form that a name had before there was ``NormalForm``: works were claimed by it.
    static func formerForm(_ name: String) -> String {
        guard Count(name).isOdd else { return form(name) }
        var scalars = String.UnicodeScalarView()
        walk(name.precomposedStringWithCompatibilityMapping.lowercased(), isNumber: false) {
            if let scalar = Unicode.Scalar($0) { scalars.append(scalar) }
        }
        return String(scalars)
    }

    /// What has more in it than letters and marks that everybody types.
    private static func folded(_ name: String) -> String {
        let plain = String.UnicodeScalarView(name.unicodeScalars.map { latin[$0] ?? $0 })
        return NormalForm.folded(String(plain)).lowercased()
    }

    /// Letters that are drawn like Latin ones, each before its own: of Cyrillic all, of Greek the capitals, for small
    /// ones are signs of their own in titles.
    private static let latin: [Unicode.Scalar: Unicode.Scalar] = {
        let pairs = Array(
            "АAВBЕEКKМMНHОOРPСCТTУYХXІIЈJЅSаaеeоoрpсcуyхxіiјjѕsΑAΒBΕEΖZΗHΙIΚKΜMΝNΟOΡPΤTΥYΧXοo".unicodeScalars)
        return stride(from: 0, to: pairs.count, by: 2).reduce(into: [:]) { $0[pairs[$1]] = pairs[$1 + 1] }
    }()

    private static let start: UInt64 = 0xCBF2_9CE4_8422_2325
    private static let separator: UInt32 = 0x2D

    private static func mix(_ value: UInt32, into digest: inout UInt64) {
        digest = (digest ^ UInt64(value)) &* 0x0000_0100_0000_01B3
    }

    /// Of what nearly every name is made of; `nil` where something must be looked up.
    private static func digest(_ bytes: UnsafeBufferPointer<UInt8>) -> UInt64? {
        var (digest, place) = (start, 0)
        while place < bytes.count {
            var value = UInt32(bytes[place])
            switch value {
            case ..<0x80: place += 1
            case 0xC0..<0xE0:
                value = (value & 0x1F) << 6 | UInt32(bytes[place + 1] & 0x3F)
                place += 2
            case 0xE0..<0xF0:
                value = (value & 0xF) << 12 | UInt32(bytes[place + 1] & 0x3F) << 6 | UInt32(bytes[place + 2] & 0x3F)
                place += 3
            default: return nil
            }
            value = narrow(value)
            switch sort(value) {
            case .digit, .letter: mix(value, into: &digest)
            case .mark, .blank: continue
            case .odd: return nil
            }
        }
        return digest == start ? nil : digest
    }

    private enum Sort {
        case digit
        case letter
        case mark
        case blank
        /// To be looked up; nearly no name has one.
        case odd
    }

    private static func visit(_ name: String, _ take: (UInt32) -> Void) {
        var (name, count) = (name, Count(name))
        if count.isOdd {
            name = folded(name)
            count = Count(name)
        }
        guard count.letters + count.digits > 0 || count.isOdd else {
            return name.unicodeScalars.forEach { take($0.value) }
        }
        walk(name, isNumber: count.isNumber, take)
    }

    /// What a name is made of.
    private struct Count {
        var digits = 0
        var letters = 0
        /// Of ASCII.
        var plainLetters = 0
        var isOdd = false

        init(_ name: String) {
            for scalar in name.unicodeScalars {
                let value = narrow(scalar.value)
                switch sort(value) {
                case .digit: digits += 1
                case .letter:
                    letters += 1
                    if value < 0x80 { plainLetters += 1 }
                case .odd: isOdd = true
                case .mark, .blank: continue
                }
            }
        }

        var isNumber: Bool { !isOdd && letters == plainLetters && digits >= letters }
    }

    private static func walk(_ name: String, isNumber: Bool, _ take: (UInt32) -> Void) {
        var (afterDigit, afterMark) = (false, false)
        for scalar in name.unicodeScalars {
            let value = narrow(scalar.value)
            var found = sort(value)
            if found == .odd { found = lookedUp(scalar) }
            switch found {
            case .blank, .odd: continue
            case .mark: afterMark = true
            case .digit, .letter:
                if afterMark, afterDigit, found == .digit, !isNumber { take(separator) }
                take(value)
                (afterDigit, afterMark) = (found == .digit, false)
            }
        }
    }

    /// The half-width, small form.
    private static func narrow(_ value: UInt32) -> UInt32 {
        let value = 0xFF01...0xFF5E ~= value ? value - 0xFEE0 : value
        return 0x41...0x5A ~= value ? value + 0x20 : value
    }

    private static func sort(_ value: UInt32) -> Sort {
        switch value {
        case 0x4E00...0x9FFF, 0x3400...0x4DBF, 0x61...0x7A: .letter
        case 0x30...0x39: .digit
        case 0x20, 0x09, 0x0A, 0x0D, 0x3000: .blank
        // # $ % & * + < = > @ ^ ` tell names apart.
        case 0x23...0x26, 0x2A, 0x2B, 0x3C...0x3E, 0x40, 0x5E, 0x60: .letter
        case 0x21...0x7E, 0xB7, 0x2010...0x2027, 0x2212, 0x2219, 0x22C5, 0x25CF: .mark
        case 0x3001...0x3003, 0x3008...0x3011, 0x3014...0x301F, 0x30FB, 0xFF5F...0xFF65: .mark
        default: .odd
        }
    }

    private static func lookedUp(_ scalar: Unicode.Scalar) -> Sort {
        switch scalar.properties.generalCategory {
        case .connectorPunctuation, .dashPunctuation, .openPunctuation, .closePunctuation, .initialPunctuation,
            .finalPunctuation, .otherPunctuation:
            .mark
        case .control, .format, .spaceSeparator, .lineSeparator, .paragraphSeparator: .blank
        default: .letter
        }
    }
}
