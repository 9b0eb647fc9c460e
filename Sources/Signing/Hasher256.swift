import Crypto
import Foundation

/// SHA-256 of many short records: the digest goes into an array that the caller keeps.
package struct Hasher256: Sendable {
    package init() {}

    /// Writes the 32 bytes of the digest; an array of 32 bytes is reused as it is.
    package func sha256(_ bytes: UnsafeRawBufferPointer, into digest: inout [UInt8]) {
        var hash = SHA256()
        hash.update(bufferPointer: bytes)
        if digest.count != SHA256.byteCount { digest = [UInt8](repeating: 0, count: SHA256.byteCount) }
        hash.finalize().withUnsafeBytes { made in
            digest.withUnsafeMutableBytes { $0.copyMemory(from: made) }
        }
    }

    package func sha256(_ bytes: [UInt8]) -> [UInt8] {
        var digest: [UInt8] = []
        bytes.withUnsafeBytes { sha256($0, into: &digest) }
        return digest
    }
}
