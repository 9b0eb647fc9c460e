import Crypto
import Kernel

/// A signature, with the number of the key and of the suite that made it.
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

/// What came of checking a signature.
package enum SignatureCheck: Sendable, Hashable {
    case valid
    /// The bytes, the signature or its suite are not those of the key.
    case invalid
    /// Nobody here knows the key: the signature may be right.
    case unknownKey
}

/// The half of a signing key that everybody may have: with it, others check what was signed here.
package struct PublicKey: Sendable, Hashable {
    package let id: Int
    package let suite: Int
    package let created: Day
    /// Since when nothing is signed with it; what was signed before stays valid.
    package let retired: Day?
    package let bytes: [UInt8]

    package init(id: Int, suite: Int, created: Day, retired: Day?, bytes: [UInt8]) {
        self.id = id
        self.suite = suite
        self.created = created
        self.retired = retired
        self.bytes = bytes
    }

    /// Whether something of this day may have been signed with it.
    package func wasUsed(on day: Day) -> Bool { created <= day && day <= retired ?? .last }

    package func verify(_ signed: [UInt8], _ signature: Signature) -> SignatureCheck {
        guard signature.key == id else { return .unknownKey }
        guard signature.suite == suite, suite == Int(Suite.international.rawValue),
            let key = try? Curve25519.Signing.PublicKey(rawRepresentation: bytes)
        else { return .invalid }
        return key.isValidSignature(signature.bytes, for: signed) ? .valid : .invalid
    }
}
