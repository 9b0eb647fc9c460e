import Kernel
import Web

/// The number of a certificate: 80 random bits as 16 characters, so that numbers cannot be found by counting.
package struct CertificateNumber: Sendable, Hashable, Comparable, CustomStringConvertible {
    static let length = 10

    package let bytes: [UInt8]

    init(bytes: [UInt8]) { self.bytes = bytes }

    static func random(_ system: SystemInputs) -> CertificateNumber { CertificateNumber(bytes: system.random(length)) }

    /// Reads a number as people type it; hyphens, spaces and lower case are accepted. `nil` for anything else.
    package init?(_ text: some StringProtocol) {
        let plain = String(text.filter { $0 != "-" && $0 != " " })
        guard plain.utf8.count == 16, let bytes = Base32.decode(plain) else { return nil }
        self.bytes = bytes
    }

    /// The number in a URL: `7K3MQ6TZ4HXB2DPW`.
    package var text: String { Base32.encode(bytes) }

    /// The printed number: `7K3M-Q6TZ-4HXB-2DPW`.
    package var grouped: String {
        var grouped = ""
        for (place, letter) in text.unicodeScalars.enumerated() {
            if place > 0, place.isMultiple(of: 4) { grouped += "-" }
            grouped.unicodeScalars.append(letter)
        }
        return grouped
    }

    package static func < (a: Self, b: Self) -> Bool { a.text < b.text }
    package var description: String { text }
}

/// Not public in paths: routes about somebody's certificate check whose it is. Verification takes the typed text.
extension CertificateNumber: PathValue {
    package var pathText: String { text }
    package init?(pathText: String) { self.init(pathText) }
}
