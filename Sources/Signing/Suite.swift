/// The algorithms of a key. Stored with every key and every encrypted or signed value, so that a further suite (such as
/// SM2, SM3 and SM4 of the Chinese standards) becomes a new case and existing bytes keep their meaning.
enum Suite: UInt8 {
    /// AES-256-GCM, HMAC-SHA256, Ed25519.
    case international = 1

    /// The length of a secret key of any use, in bytes.
    var secretLength: Int { 32 }
}
