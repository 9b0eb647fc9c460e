/// Which algorithms a key is for. Kept with every key and every sealed or signed value, so that a further suite (the
/// SM2, SM3 and SM4 of the Chinese standards) is a new case beside the old one and never a new meaning of old bytes.
enum Suite: UInt8 {
    /// AES-256-GCM, HMAC-SHA256, Ed25519.
    case international = 1

    /// The bytes of a secret key of any use.
    var secretLength: Int { 32 }
}
