import CCryptoBoringSSL
import Crypto
import Foundation

/// HMAC-SHA256 (RFC 2104, FIPS 198-1) for many short records under one key.
///
/// swift-crypto's own `HMAC` allocates four objects for each record, which costs more than the hashing. This type keeps
/// the two states that the key determines and copies them on the stack. The hashing is by the same library.
struct KeyedHash: @unchecked Sendable {
    static let length = 32
    private static let block = 64

    private let inner: SHA256_CTX
    private let outer: SHA256_CTX

    /// `key` has at most 64 bytes.
    init(key: SymmetricKey) {
        let bytes = key.withUnsafeBytes { Array($0) }
        inner = Self.state(bytes, pad: 0x36)
        outer = Self.state(bytes, pad: 0x5c)
    }

    private static func state(_ key: [UInt8], pad: UInt8) -> SHA256_CTX {
        var state = SHA256_CTX()
        let padded = (key + [UInt8](repeating: 0, count: block - key.count)).map { $0 ^ pad }
        CCryptoBoringSSL_SHA256_Init(&state)
        CCryptoBoringSSL_SHA256_Update(&state, padded, block)
        return state
    }

    /// Passes the 32 bytes to `body`.
    func code<T>(of bytes: UnsafeRawBufferPointer, _ body: (UnsafeRawBufferPointer) throws -> T) rethrows -> T {
        try withUnsafeTemporaryAllocation(byteCount: Self.length, alignment: 8) { code in
            let out = code.baseAddress?.assumingMemoryBound(to: UInt8.self)
            var state = inner
            CCryptoBoringSSL_SHA256_Update(&state, bytes.baseAddress, bytes.count)
            CCryptoBoringSSL_SHA256_Final(out, &state)
            state = outer
            CCryptoBoringSSL_SHA256_Update(&state, out, Self.length)
            CCryptoBoringSSL_SHA256_Final(out, &state)
            return try body(UnsafeRawBufferPointer(code))
        }
    }
}
