/// The identifier of an electronic certificate after GB/T 36904:
/// `1.2.156.3005.2.<type>.<issuer>.<serial>.<version>.<check>`.
package enum ElectronicIdentifier {
    static let root = "1.2.156.3005.2"
    private static let alphabet = Array("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ".utf8)

    package static func text(type: String, issuer: String, serial: String, version: String = "001") -> String? {
        guard let check = check(type + issuer + serial + version) else { return nil }
        return [root, type, issuer, serial, version, String(check)].joined(separator: ".")
    }

    /// ISO 7064 MOD 37,36 over the parts without their dots; `nil` where one has anything but digits and capitals.
    static func check(_ text: String) -> Character? {
        var product = 36
        for character in text.utf8 {
            guard let value = alphabet.firstIndex(of: character) else { return nil }
            let sum = (product + value) % 36
            product = (sum == 0 ? 36 : sum) * 2 % 37
        }
        return Character(Unicode.Scalar(alphabet[(37 - product) % 36]))
    }
}
