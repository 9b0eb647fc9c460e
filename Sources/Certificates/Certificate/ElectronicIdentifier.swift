/// The identifier of an electronic certificate of GB/T 36904:
/// `1.2.156.3005.2.<type>.<issuer>.<serial>.<version>.<check>`.
package enum ElectronicIdentifier {
    static let root = "1.2.156.3005.2"
    package static func text(type: String, issuer: String, serial: String, version: String = "001") -> String? {
        guard let check = check(type + issuer + serial + version) else { return nil }
        return [root, type, issuer, serial, version, String(check)].joined(separator: ".")
    }

    /// ISO 7064 MOD 37,36 over the parts without dots; `nil` if a part contains anything but digits and capital
    /// letters.
    static func check(_ text: String) -> Character? {
        var product = 36
        for character in text.utf8 {
            guard let value = value(of: character) else { return nil }
            let sum = (product + value) % 36
            product = (sum == 0 ? 36 : sum) * 2 % 37
        }
        let check = UInt8((37 - product) % 36)
        return Character(Unicode.Scalar(check < 10 ? check + UInt8(ascii: "0") : check - 10 + UInt8(ascii: "A")))
    }

    /// 0 to 9 for a digit, 10 to 35 for a capital letter.
    private static func value(of character: UInt8) -> Int? {
        switch character {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): Int(character - UInt8(ascii: "0"))
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): Int(character - UInt8(ascii: "A")) + 10
        default: nil
        }
    }
}
