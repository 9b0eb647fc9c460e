/// Credit hours (学时) as a whole number of hundredths. Hours are exact, so no floating point is used.
package struct CreditHours: Sendable, Hashable, Comparable, Codable {
    /// Hundredths of an hour; negative only in a reversal.
    package let hundredths: Int

    package static let zero = CreditHours(hundredths: 0)
    /// Ten million hours. A larger number is a typing error.
    package static let bound = CreditHours(hundredths: 1_000_000_000)

    package init(hundredths: Int) { self.hundredths = hundredths }

    /// Whole hours.
    package init(_ hours: Int) { hundredths = hours * 100 }

    /// Parses `90`, `41.66` or `0.5`; `nil` for a third decimal, a sign, an exponent, or more than ``bound``.
    package init?(_ text: some StringProtocol) {
        var (value, wholeDigits, decimals) = (0, 0, 0)
        var isPastPoint = false
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9") where isPastPoint: decimals += 1
            case UInt8(ascii: "0")...UInt8(ascii: "9"): wholeDigits += 1
            case UInt8(ascii: ".") where !isPastPoint && wholeDigits > 0:
                isPastPoint = true
                continue
            default: return nil
            }
            guard wholeDigits <= 8, decimals <= 2 else { return nil }
            value = value * 10 + Int(byte - UInt8(ascii: "0"))
        }
        guard wholeDigits > 0, decimals > 0 || !isPastPoint else { return nil }
        let hundredths = decimals == 0 ? value * 100 : decimals == 1 ? value * 10 : value
        guard hundredths <= Self.bound.hundredths else { return nil }
        self.init(hundredths: hundredths)
    }

    package static func < (a: Self, b: Self) -> Bool { a.hundredths < b.hundredths }
    package static func + (a: Self, b: Self) -> Self { Self(hundredths: a.hundredths + b.hundredths) }
    package static func - (a: Self, b: Self) -> Self { Self(hundredths: a.hundredths - b.hundredths) }
    package static prefix func - (a: Self) -> Self { Self(hundredths: -a.hundredths) }
    package static func += (a: inout Self, b: Self) { a = a + b }
    package static func -= (a: inout Self, b: Self) { a = a - b }

    package init(from decoder: any Decoder) throws {
        hundredths = try decoder.singleValueContainer().decode(Int.self)
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(hundredths)
    }
}

extension CreditHours: CustomStringConvertible {
    /// `41.66`, `37.5`, `90`: without trailing zeros.
    package var description: String {
        let (whole, part) = hundredths.magnitude.quotientAndRemainder(dividingBy: 100)
        let sign = hundredths < 0 ? "-" : ""
        if part == 0 { return "\(sign)\(whole)" }
        return part % 10 == 0 ? "\(sign)\(whole).\(part / 10)" : "\(sign)\(whole).\(part < 10 ? "0" : "")\(part)"
    }
}
