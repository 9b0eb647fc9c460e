import Kernel
import Signing

/// A one-time code (登录码) with which a person signs in for the first time.
///
/// It is random and has 80 bits, so a keyed hash is enough: nobody can try codes without the keys, and ten thousand are
/// made within seconds. A password that a person chose is guessable and needs scrypt.
struct LoginCode: Sendable {
    /// None looks like another one, on paper or read aloud.
    private static let letters = Array("3478abcdefhjkmnpqrtwxy")
    private static let groups = 3
    private static let groupLength = 6

    /// `k7cr3x-hmwp48-dfa3ye`
    let text: String

    init(_ system: SystemInputs) {
        // Higher bytes are left out, so that every letter is equally likely.
        let most = 256 / Self.letters.count * Self.letters.count
        var drawn: [Character] = []
        while drawn.count < Self.groups * Self.groupLength {
            drawn += system.random(32).filter { Int($0) < most }.map { Self.letters[Int($0) % Self.letters.count] }
        }
        text = (0..<Self.groups).map { group in
            String(drawn[group * Self.groupLength..<(group + 1) * Self.groupLength])
        }.joined(separator: "-")
    }

    init(_ text: String) { self.text = text }

    /// In the place of a hashed password: suite, 0, and 32 bytes of the keyed hash.
    func stored(_ keys: KeyRing) -> Password { Password(bytes: Self.head + Self.hash(text, keys)) }

    private static let head: [UInt8] = [1, 0]

    static func isCode(_ stored: Password) -> Bool { stored.bytes.count == 34 && stored.bytes.starts(with: head) }

    /// Whether a typed code is the stored one. Case, spaces and hyphens make no difference.
    static func matches(_ typed: String, _ stored: Password, _ keys: KeyRing) -> Bool {
        isCode(stored) && hash(typed, keys).equalsInConstantTime(stored.bytes.dropFirst(head.count))
    }

    private static func hash(_ typed: String, _ keys: KeyRing) -> [UInt8] {
        keys.lookup(NormalForm.unit(typed).replacing("-", with: ""), context: "account/code")
    }
}

extension Failure {
    static let codeOver = Failure(
        .denied, "account.code-over", "这个登录码已失效：可能已过期、已作废，或者您已调到别的单位。请向现在单位的主管部门另要一个。",
        en:
            "This login code is not valid: it expired, was revoked, or you moved. Ask your authority for a new one.",
        isRecorded: true)
}
