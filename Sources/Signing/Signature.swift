import Crypto
import Kernel

/// A signature with the numbers of its key and suite.
package struct Signature: Sendable, Hashable {
    package let key: Int
    package let suite: Int
    package let bytes: [UInt8]

    package init(key: Int, suite: Int, bytes: [UInt8]) {
        self.key = key
        self.suite = suite
        self.bytes = bytes
    }
}

/// The result of checking a signature.
package enum SignatureCheck: Sendable, Hashable {
    case valid
    /// The bytes, the signature or its suite do not match the key.
    case invalid
    /// The key is unknown, so the signature cannot be checked.
    case unknownKey
}

/// The public half of a signing key. With it anybody can check signatures.
package struct PublicKey: Sendable, Hashable {
    package let id: Int
    package let suite: Int
    package let created: Day
    /// The last day of signing with it; earlier signatures stay valid.
    package let retired: Day?
    package let bytes: [UInt8]

    package init(id: Int, suite: Int, created: Day, retired: Day?, bytes: [UInt8]) {
        self.id = id
        self.suite = suite
        self.created = created
        self.retired = retired
        self.bytes = bytes
    }

    /// Whether a signature of this day may have been made with it.
    package func wasUsed(on day: Day) -> Bool { created <= day && day <= retired ?? .last }

    package func verify(_ signed: [UInt8], _ signature: Signature) -> SignatureCheck {
        guard signature.key == id else { return .unknownKey }
        guard signature.suite == suite, suite == Int(Suite.international.rawValue),
            let key = try? Curve25519.Signing.PublicKey(rawRepresentation: bytes)
        else { return .invalid }
        return key.isValidSignature(signature.bytes, for: signed) ? .valid : .invalid
    }
}
