import Crypto
import Foundation
import Kernel

/// The keys of an installation: for encrypting personal data, finding it, and signing.
package final class KeyRing: Sendable {
    private struct Signer {
        let key: Curve25519.Signing.PrivateKey
        let open: PublicKey
    }

    private let encryption: [Int: SealingKey]
    private let sealing: Int
    private let lookupHash: KeyedHash
    private let signers: [Signer]
    /// Shows that a program with these keys wrote a row of the database.
    package let rowMAC: MACKey
    /// The same for records of the audit log.
    package let auditMAC: MACKey
    /// A public value that identifies the keys of a database. Renewal keeps it.
    package let fingerprint: [UInt8]

    /// `nil` if a key is missing, short, duplicate or of an unknown suite.
    init?(_ file: KeyFile) {
        guard let encryption = Key.all(file.encryption), let lookup = Key(file.lookup), lookup.retired == nil,
            let signing = Key.all(file.signing), let first = encryption.first,
            let sealing = encryption.last(where: { $0.retired == nil })
        else { return nil }
        self.encryption = encryption.reduce(into: [:]) { $0[$1.id] = SealingKey($1.secret) }
        self.sealing = sealing.id
        lookupHash = KeyedHash(key: SymmetricKey(data: lookup.secret))
        rowMAC = MACKey(lookup: lookup, purpose: "row")
        auditMAC = MACKey(lookup: lookup, purpose: "audit")
        signers = signing.compactMap(Self.signer)
        fingerprint = Self.fingerprint(lookup: lookup, encryption: first)
    }

    private static func signer(_ key: Key) -> Signer? {
        guard let secret = try? Curve25519.Signing.PrivateKey(rawRepresentation: key.secret) else { return nil }
        let open = PublicKey(
            id: key.id, suite: Int(key.suite.rawValue), created: key.created, retired: key.retired,
            bytes: Array(secret.publicKey.rawRepresentation))
        return Signer(key: secret, open: open)
    }

    private static func fingerprint(lookup: Key, encryption: Key) -> [UInt8] {
        let inner = HMAC<SHA256>.authenticationCode(
            for: Array("xueshi key ring".utf8), using: SymmetricKey(data: encryption.secret))
        return Array(HMAC<SHA256>.authenticationCode(for: Array(inner), using: SymmetricKey(data: lookup.secret)))
    }
}

// MARK: - Use of the keys

extension KeyRing {
    /// Encrypts `plain`. It can be decrypted only with the same `context` (table, column and row, as in
    /// `person/number/17`).
    ///
    /// One byte suite, four bytes key (big-endian), 12 nonce, as many as `plain` has, 16 tag: 33 more than `plain`.
    package func seal(_ plain: [UInt8], context: String) throws(Failure) -> [UInt8] {
        let header = SealHeader(suite: .international, key: sealing).bytes
        guard let key = encryption[sealing],
            let sealed = key.seal(plain, authenticating: header + context.utf8)
        else { throw .sealingFailed }
        return header + sealed
    }

    /// Failures: `keys.wrong` (unavailable) if the key is not in this ring; `sealed.damaged` if the bytes were not
    /// encrypted with this context or were altered.
    package func open(_ sealed: [UInt8], context: String) throws(Failure) -> [UInt8] {
        guard let header = SealHeader(sealed) else { throw .sealedDamaged }
        guard let key = encryption[header.key] else { throw .keysWrong(header.key) }
        let data = sealed.prefix(SealHeader.length) + context.utf8
        guard let plain = key.open(sealed.dropFirst(SealHeader.length), authenticating: Array(data)) else {
            throw .sealedDamaged
        }
        return plain
    }

    /// The 32 bytes by which an encrypted text is found: equal for equal text and context, and not reversible.
    ///
    /// HMAC-SHA256 of the context's length (four bytes, big-endian), the context and the text, in UTF-8.
    package func lookup(_ text: String, context: String) -> [UInt8] {
        let length = withUnsafeBytes(of: UInt32(context.utf8.count).bigEndian) { Array($0) }
        return (length + context.utf8 + text.utf8).withUnsafeBytes { lookupHash.code(of: $0) { Array($0) } }
    }

    /// The key of ``sign(_:)``: the newest one.
    package var signingKey: PublicKey { signer.open }

    private var signer: Signer { signers.last { $0.open.retired == nil } ?? signers[signers.count - 1] }

    /// Signs with the newest signing key.
    package func sign(_ bytes: [UInt8]) throws(Failure) -> Signature {
        let signer = signer
        guard let signature = try? signer.key.signature(for: bytes) else { throw .sealingFailed }
        return Signature(key: signer.open.id, suite: signer.open.suite, bytes: Array(signature))
    }

    package func verify(_ bytes: [UInt8], _ signature: Signature) -> SignatureCheck {
        publicKeys.first { $0.id == signature.key }?.verify(bytes, signature) ?? .unknownKey
    }

    /// All public keys, including retired ones, oldest first.
    package var publicKeys: [PublicKey] { signers.map(\.open) }
}

/// The bytes before an encrypted value: suite and key.
private struct SealHeader {
    static let length = 5

    let suite: Suite
    let key: Int

    init(suite: Suite, key: Int) { (self.suite, self.key) = (suite, key) }

    init?(_ sealed: [UInt8]) {
        guard sealed.count >= Self.length, let suite = Suite(rawValue: sealed[0]) else { return nil }
        self.init(suite: suite, key: sealed[1..<Self.length].reduce(0) { $0 << 8 | Int($1) })
    }

    var bytes: [UInt8] { [suite.rawValue] + withUnsafeBytes(of: UInt32(truncatingIfNeeded: key).bigEndian, Array.init) }
}
