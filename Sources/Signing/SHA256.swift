import Crypto
import Foundation

/// The 32 bytes of SHA-256.
package func sha256(_ bytes: some Sequence<UInt8>) -> [UInt8] {
    let array = Array(bytes)
    var digest: [UInt8] = []
    array.withUnsafeBytes { sha256($0, into: &digest) }
    return digest
}

/// SHA-256 of many short records. `digest` becomes the 32 bytes; its memory is reused.
package func sha256(_ bytes: UnsafeRawBufferPointer, into digest: inout [UInt8]) {
    if digest.count != SHA256.byteCount { digest = [UInt8](repeating: 0, count: SHA256.byteCount) }
    digest.withUnsafeMutableBytes { sha256(bytes, into: $0) }
}

/// The same into the first 32 bytes of the caller's memory; shorter memory gets the first bytes.
package func sha256(_ bytes: UnsafeRawBufferPointer, into digest: UnsafeMutableRawBufferPointer) {
    var hash = SHA256()
    hash.update(bufferPointer: bytes)
    hash.finalize().withUnsafeBytes { made in
        digest.copyMemory(from: UnsafeRawBufferPointer(rebasing: made.prefix(digest.count)))
    }
}

/// SHA-256 of bytes that arrive in blocks.
package struct SHA256Stream {
    private var hash = SHA256()

    package init() {}

    package mutating func add(_ block: some DataProtocol) { hash.update(data: block) }

    /// The 32 bytes.
    package func finish() -> [UInt8] { Array(hash.finalize()) }
}
