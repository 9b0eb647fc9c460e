import CCryptoBoringSSL
import Crypto

/// AES-256-GCM (NIST SP 800-38D) for many short values under one key.
///
/// swift-crypto's own `AES.GCM` sets up the key again for each value and copies the value three times, which costs more
/// than the encryption. This type sets it up once, with the same library's functions. It is thread-safe.
final class SealingKey: @unchecked Sendable {
    static let nonce = 12
    static let tag = 16

    private let context: UnsafeMutablePointer<EVP_AEAD_CTX>

    /// `nil` if the key has not 32 bytes.
    init?(_ key: [UInt8]) {
        let algorithm = CCryptoBoringSSL_EVP_aead_aes_256_gcm()
        guard let made = CCryptoBoringSSL_EVP_AEAD_CTX_new(algorithm, key, key.count, Self.tag) else { return nil }
        context = made
    }

    deinit { CCryptoBoringSSL_EVP_AEAD_CTX_free(context) }

    /// A random nonce, the encrypted bytes and the tag; `nil` if the library fails.
    func seal(_ plain: [UInt8], authenticating data: [UInt8]) -> [UInt8]? {
        let nonce = Array(AES.GCM.Nonce())
        var count = 0
        let sealed = [UInt8](unsafeUninitializedCapacity: Self.nonce + plain.count + Self.tag) { out, initialized in
            for (place, byte) in nonce.enumerated() { out[place] = byte }
            let isDone = CCryptoBoringSSL_EVP_AEAD_CTX_seal(
                context, out.baseAddress.map { $0 + Self.nonce }, &count, plain.count + Self.tag, nonce, nonce.count,
                plain, plain.count, data, data.count)
            initialized = isDone == 1 ? Self.nonce + count : 0
        }
        return sealed.isEmpty ? nil : sealed
    }

    /// `nil` unless ``seal(_:authenticating:)`` made these bytes with the same data.
    func open(_ sealed: ArraySlice<UInt8>, authenticating data: [UInt8]) -> [UInt8]? {
        guard sealed.count >= Self.nonce + Self.tag else { return nil }
        return sealed.withUnsafeBufferPointer { bytes -> [UInt8]? in
            guard let start = bytes.baseAddress else { return nil }
            let size = bytes.count - Self.nonce
            var isOpen = false
            let plain = [UInt8](unsafeUninitializedCapacity: size) { out, count in
                isOpen =
                    CCryptoBoringSSL_EVP_AEAD_CTX_open(
                        context, out.baseAddress, &count, size, start, Self.nonce, start + Self.nonce, size, data,
                        data.count) == 1
                if !isOpen { count = 0 }
            }
            return isOpen ? plain : nil
        }
    }
}
