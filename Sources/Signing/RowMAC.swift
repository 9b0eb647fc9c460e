import Crypto
import Foundation
import Kernel

/// A message authentication code. It shows that a program with the keys wrote these bytes.
///
/// 21 bytes: one byte suite, four bytes key (big-endian), the first 16 bytes of HMAC-SHA256. The key is derived from
/// the lookup key by HKDF-SHA256 (RFC 5869) with the purpose as `info`, so every key file has it. It is never renewed,
/// because existing codes would become invalid.
package struct MACKey: Sendable {
    package static let length = 21
    private static let header = 5
    private static let kept = length - header

    private let head: [UInt8]
    private let hash: KeyedHash

    init(lookup: Key, purpose: String) {
        head = [lookup.suite.rawValue] + withUnsafeBytes(of: UInt32(lookup.id).bigEndian) { Array($0) }
        let key = HKDF<SHA256>.deriveKey(
            inputKeyMaterial: SymmetricKey(data: lookup.secret), info: Array("xueshi mac \(purpose)".utf8),
            outputByteCount: 32)
        hash = KeyedHash(key: key)
    }

    package func mac(_ bytes: UnsafeRawBufferPointer) -> [UInt8] {
        hash.code(of: bytes) { code in
            [UInt8](unsafeUninitializedCapacity: Self.length) { mac, count in
                for place in 0..<Self.header { mac[place] = head[place] }
                for place in 0..<Self.kept { mac[Self.header + place] = code[place] }
                count = Self.length
            }
        }
    }

    package func mac(_ bytes: [UInt8]) -> [UInt8] { bytes.withUnsafeBytes { mac($0) } }

    /// Whether `mac` is the code of these bytes. The time does not depend on where they differ.
    package func isValid(_ mac: UnsafeRawBufferPointer, of bytes: UnsafeRawBufferPointer) -> Bool {
        guard mac.count == Self.length else { return false }
        return hash.code(of: bytes) { code in
            var difference: UInt8 = 0
            for place in 0..<Self.header { difference |= mac[place] ^ head[place] }
            for place in 0..<Self.kept { difference |= mac[Self.header + place] ^ code[place] }
            return difference == 0
        }
    }

    package func isValid(_ mac: [UInt8], of bytes: [UInt8]) -> Bool {
        mac.withUnsafeBytes { mac in bytes.withUnsafeBytes { isValid(mac, of: $0) } }
    }
}
