import Crypto
import Foundation
import Kernel

/// The keys of an installation: to encrypt what names people, to find it again, and to sign what must not change.
package final class KeyRing: Sendable {
    private struct Signer {
        let key: Curve25519.Signing.PrivateKey
        let open: PublicKey
    }

    private let encryption: [UInt8: SymmetricKey]
    private let sealing: UInt8
    private let lookupKey: SymmetricKey
    private let signers: [Signer]
    /// A public value by which a database knows its keys: other keys have another one. Renewing keeps it.
    package let fingerprint: [UInt8]

    private init(_ file: KeyFile) throws(Refusal) {
        guard file.format == KeyFile.format else { throw Refusal("格式版本 \(file.format) 未知", "its format is unknown") }
        guard let encryption = Key.all(file.encryption), let lookup = Key(file.lookup), lookup.retired == nil,
            let signing = Key.all(file.signing), let first = encryption.first,
            let sealing = encryption.last(where: { $0.retired == nil })
        else { throw Refusal("有密钥缺失、过短、重复或算法未知", "a key is missing, short, double or of an unknown suite") }
        self.encryption = Dictionary(
            uniqueKeysWithValues: encryption.map { (UInt8($0.id), SymmetricKey(data: $0.secret)) })
        self.sealing = UInt8(sealing.id)
        lookupKey = SymmetricKey(data: lookup.secret)
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

// MARK: - The file

extension KeyRing {
    /// Why a file is no key file, in both languages.
    private struct Refusal: Error {
        let why: String
        let english: String
        init(_ why: String, _ english: String) { (self.why, self.english) = (why, english) }
    }

    /// Makes the first keys, in a file of mode 0600 that must not exist yet.
    package static func create(at path: String, on day: Day) throws(Failure) -> KeyRing {
        try KeyDisk.create(encoded(.new(on: day), path), at: path)
        return try load(path)
    }

    package static func load(_ path: String) throws(Failure) -> KeyRing {
        try ring(read(path), path)
    }

    /// Adds new keys to encrypt and sign with, and retires those before them, which still open and verify.
    package static func renew(at path: String, on day: Day) throws(Failure) -> KeyRing {
        let file = try read(path)
        _ = try ring(file, path)
        let renewed = file.renewed(on: day)
        let ring = try ring(renewed, path)
        try KeyDisk.replace(encoded(renewed, path), at: path)
        return ring
    }

    private static func read(_ path: String) throws(Failure) -> KeyFile {
        let bytes = try KeyDisk.read(path)
        guard let file = try? JSONDecoder().decode(KeyFile.self, from: Data(bytes)) else {
            throw .keysUnreadable(path, "内容不完整或不是密钥文件", en: "it is incomplete or no key file")
        }
        return file
    }

    private static func ring(_ file: KeyFile, _ path: String) throws(Failure) -> KeyRing {
        do {
            return try KeyRing(file)
        } catch {
            throw .keysUnreadable(path, error.why, en: error.english)
        }
    }

    private static func encoded(_ file: KeyFile, _ path: String) throws(Failure) -> [UInt8] {
        do {
            return try file.encoded()
        } catch {
            throw .keysUnwritable(path, "JSON")
        }
    }
}

// MARK: - What keys do

extension KeyRing {
    private static let headerLength = 2

    /// Encrypts: suite, key, nonce, ciphertext, tag. What `context` names (table, column, row) is the only place where
    /// it opens.
    package func seal(_ plain: [UInt8], context: String) throws(Failure) -> [UInt8] {
        let header = [Suite.international.rawValue, sealing]
        guard let key = encryption[sealing],
            let box = try? AES.GCM.seal(plain, using: key, authenticating: header + context.utf8),
            let combined = box.combined
        else { throw .sealingFailed }
        return header + combined
    }

    package func open(_ sealed: [UInt8], context: String) throws(Failure) -> [UInt8] {
        let header = Array(sealed.prefix(Self.headerLength))
        guard header.count == Self.headerLength, Suite(rawValue: header[0]) != nil else { throw .sealedDamaged }
        guard let key = encryption[header[1]] else { throw .keysWrong(Int(header[1])) }
        guard let box = try? AES.GCM.SealedBox(combined: sealed.dropFirst(Self.headerLength)),
            let plain = try? AES.GCM.open(box, using: key, authenticating: header + context.utf8)
        else { throw .sealedDamaged }
        return Array(plain)
    }

    /// The 32 bytes by which encrypted text is found: equal for equal text in an equal context, and no way back.
    ///
    /// HMAC-SHA256 of the context's length (four bytes, big-endian), the context and the text, in UTF-8.
    package func lookup(_ text: String, context: String) -> [UInt8] {
        let length = withUnsafeBytes(of: UInt32(context.utf8.count).bigEndian) { Array($0) }
        return Array(HMAC<SHA256>.authenticationCode(for: length + context.utf8 + text.utf8, using: lookupKey))
    }

    package func sign(_ bytes: [UInt8]) throws(Failure) -> Signature {
        guard let signer = signers.last(where: { $0.open.retired == nil }),
            let signature = try? signer.key.signature(for: bytes)
        else { throw .sealingFailed }
        return Signature(key: signer.open.id, suite: signer.open.suite, bytes: Array(signature))
    }

    package func verify(_ bytes: [UInt8], _ signature: Signature) -> Verdict {
        publicKeys.first { $0.id == signature.key }?.verify(bytes, signature) ?? .unknownKey
    }

    package var publicKeys: [PublicKey] { signers.map(\.open) }
}
