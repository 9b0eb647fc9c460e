import Foundation
import Kernel

/// The normal form of a name of a course or a paper, without spelling variants: everything that ``NormalForm`` folds,
/// plus letter case, quotation marks, brackets, dots and dashes. `《BIM 技术（上）》` and `ｂｉｍ技术(上)` become the same name.
/// Cyrillic and Greek letters that look like Latin ones become Latin. Combining marks that are not on a letter of an
/// alphabet, and the signs for a missing object or character, are left out.
///
/// Signs that distinguish names stay (`C++`, `C#`). Marks between two digits stay as one mark (`第1-2讲` is not `第12讲`),
/// except in a number: ASCII text with at least as many digits as letters (`CN 37-0001/T`, an ISBN).
package enum PlainName {
    /// The normal form, or the name itself if the form would be empty.
    package static func form(_ name: String) -> String { plain(name, folded) }

    private static func plain(_ name: String, _ folded: (String) -> String) -> String {
        var scalars = String.UnicodeScalarView()
        eachScalar(name, folded) { if let scalar = Unicode.Scalar($0) { scalars.append(scalar) } }
        return String(scalars)
    }

    /// Whether the two names have the same form.
    package static func same(_ a: String, _ b: String) -> Bool { a == b || form(a) == form(b) }

    /// The normal form of a work's name, part by part.
    package static func work(_ name: String) -> String {
        name.split(separator: "|").map { form(String($0)) }.joined(separator: "|")
    }

    /// A digest that is equal for names of the same form and nearly always different for others. It uses letters and
    /// digits only.
    static func digest(_ name: String) -> UInt64 {
        if let digest = name.utf8.withContiguousStorageIfAvailable(digest) ?? nil { return digest }
        var digest = start
        eachScalar(name, folded) { if $0 != separator { mix($0, into: &digest) } }
        return digest
    }

    /// The form that names had while it kept loose marks; works were claimed under it.
    static func markedForm(_ name: String) -> String { plain(name, marked) }

    /// The form that names had before ``NormalForm`` existed; works were claimed under it.
    static func formerForm(_ name: String) -> String {
        guard Count(name).isOdd else { return form(name) }
        var scalars = String.UnicodeScalarView()
        walk(name.precomposedStringWithCompatibilityMapping.lowercased(), isNumber: false) {
            if let scalar = Unicode.Scalar($0) { scalars.append(scalar) }
        }
        return String(scalars)
    }

    /// The form of a name that contains characters beyond the common letters and marks.
    private static func folded(_ name: String) -> String {
        let marked = marked(name)
        var (kept, isOnLetter) = (String.UnicodeScalarView(), false)
        for scalar in marked.unicodeScalars {
            switch scalar.properties.generalCategory {
            case .nonspacingMark, .spacingMark, .enclosingMark: if !isOnLetter { continue }
            default: isOnLetter = scalar.properties.isAlphabetic && !scalar.properties.isIdeographic
            }
            // U+FFFC stands for an object, U+FFFD for a character that was lost.
            if !(0xFFFC...0xFFFD ~= scalar.value) { kept.append(scalar) }
        }
        return kept.isEmpty ? marked : String(kept)
    }

    /// The same with marks that are not on a letter.
    private static func marked(_ name: String) -> String {
        let plain = String.UnicodeScalarView(name.unicodeScalars.map { latin[$0] ?? $0 })
        return NormalForm.folded(String(plain)).lowercased()
    }

    /// Pairs of a letter and the Latin letter that it looks like: all such Cyrillic letters, and of Greek the capitals
    /// only, because small Greek letters are signs of their own in titles.
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

    /// The digest of a name of common characters; `nil` if a character needs a lookup.
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
        /// Needs a lookup; very few names contain one.
        case odd
    }

    private static func eachScalar(_ name: String, _ folded: (String) -> String, _ take: (UInt32) -> Void) {
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

    /// The counts of character classes in a name.
    private struct Count {
        var digits = 0
        var letters = 0
        /// Letters of ASCII.
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

    /// The half-width, lower-case form.
    private static func narrow(_ value: UInt32) -> UInt32 {
        let value = 0xFF01...0xFF5E ~= value ? value - 0xFEE0 : value
        return 0x41...0x5A ~= value ? value + 0x20 : value
    }

    private static func sort(_ value: UInt32) -> Sort {
        switch value {
        case 0x4E00...0x9FFF, 0x3400...0x4DBF, 0x61...0x7A: .letter
        case 0x30...0x39: .digit
        case 0x20, 0x09, 0x0A, 0x0D, 0x3000: .blank
        // # $ % & * + < = > @ ^ ` distinguish names.
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
