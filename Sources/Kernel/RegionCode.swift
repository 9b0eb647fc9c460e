/// An administrative division by GB/T 2260 (`370902`), or a functional zone in one (`370900-A1`).
///
/// Functional zones (功能区) have no national code. Their code is the parent's with an extension of two characters.
package struct RegionCode: Sendable, Hashable, Comparable, CustomStringConvertible {
    package let text: String

    /// `nil` unless it is six digits, or six digits, a hyphen, a capital and a digit.
    package init?(_ text: some StringProtocol) {
        let bytes = Array(text.utf8)
        guard bytes.count == 6 || bytes.count == 9, bytes[..<6].allSatisfy({ 48...57 ~= $0 }) else { return nil }
        if bytes.count == 9 {
            guard bytes[6] == 45, 65...90 ~= bytes[7], 48...57 ~= bytes[8] else { return nil }
        }
        self.text = String(text)
    }

    /// The whole country, `000000`: above every province.
    package static let country = RegionCode(known: "000000")

    private init(known text: String) { self.text = text }

    /// The division above: county → city → province → country; for a functional zone the code without its extension.
    package var parent: RegionCode? {
        if text.utf8.count == 9 { return RegionCode(text.prefix(6)) }
        if self == Self.country { return nil }
        if text.hasSuffix("0000") { return Self.country }
        return text.hasSuffix("00") ? RegionCode(text.prefix(2) + "0000") : RegionCode(text.prefix(4) + "00")
    }

    /// This division and all divisions above it, nearest first.
    package var upwards: [RegionCode] { [self] + (parent?.upwards ?? []) }

    /// Whether it is equal to the other one or below it.
    package func lies(in other: RegionCode) -> Bool {
        if text == other.text || other == Self.country { return true }
        guard other.text.utf8.count == 6 else { return false }
        let length = other.text.hasSuffix("0000") ? 2 : other.text.hasSuffix("00") ? 4 : 6
        return text.utf8.prefix(length).elementsEqual(other.text.utf8.prefix(length))
    }

    package static func < (a: RegionCode, b: RegionCode) -> Bool { a.text < b.text }
    package var description: String { text }
}
