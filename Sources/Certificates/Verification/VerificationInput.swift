/// What was presented for verification.
package enum VerificationInput: Sendable {
    /// The content of the QR code, with the number from its address if there was one.
    case code(CertificateCode, number: CertificateNumber?)
    /// The printed number alone.
    case number(CertificateNumber)
    /// Anything else, or a code that is cut off or of a later format.
    case unreadable

    /// Reads an address with a code, a code, or a number.
    package init(_ text: some StringProtocol) {
        let plain = String(text.filter { !$0.isWhitespace })
        let address = plain.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false)
        let named = address[0].split(separator: "/").last.flatMap { CertificateNumber($0) }
        if address.count == 2 {
            self = Self.code(address[1], named) ?? .unreadable
        } else if let named {
            self = .number(named)
        } else {
            self = Self.code(plain[...], nil) ?? .unreadable
        }
    }

    private static func code(_ text: Substring, _ number: CertificateNumber?) -> VerificationInput? {
        guard let bytes = Base32.decode(text), let code = CertificateCode(bytes: bytes) else { return nil }
        return .code(code, number: number)
    }
}
