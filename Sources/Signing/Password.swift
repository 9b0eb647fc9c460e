import CryptoExtras
import Foundation
import Kernel

/// A stored password: scrypt (RFC 7914) with salt and cost, so that the cost can be raised for new passwords.
///
/// 50 bytes: suite, binary logarithm of N, 16 of salt, 32 of the derived key. r is 8, p is 1.
package struct Password: Sendable {
    package let bytes: [UInt8]

    /// New passwords cost 2^15: some 75 ms and 32 MB each time.
    private static let cost: UInt8 = 15
    private static let saltLength = 16
    private static let length = 2 + saltLength + 32

    package init(bytes: [UInt8]) { self.bytes = bytes }

    /// Hashes a password. Needs a permit of ``PasswordQueue``.
    package static func make(
        _ text: String, _ system: SystemInputs, _ turn: PasswordQueue.Permit
    ) async throws -> Password {
        let salt = system.random(saltLength)
        let made = try await derived(text, salt, cost)
        return Password(bytes: [Suite.international.rawValue, cost] + salt + made)
    }

    /// Whether the password is right. It takes the same time without a stored one (`nil`, or bytes of another kind), so
    /// it does not reveal accounts.
    package static func matches(
        _ text: String, _ known: Password?, _ turn: PasswordQueue.Permit
    ) async throws -> Bool {
        let hashed = known.flatMap { $0.isHashed ? $0.bytes : nil }
        let bytes = hashed ?? [Suite.international.rawValue, cost] + [UInt8](repeating: 0, count: length - 2)
        let made = try await derived(text, Array(bytes[2..<2 + saltLength]), bytes[1])
        let isSame = made.equalsInConstantTime(bytes.suffix(32))
        return hashed != nil && isSame
    }

    private var isHashed: Bool {
        bytes.count == Self.length && bytes[0] == Suite.international.rawValue && 10...20 ~= bytes[1]
    }

    /// Separate threads, because each hashing would block a shared one.
    private static let threads = {
        let queue = OperationQueue()
        queue.maxConcurrentOperationCount = 2
        queue.qualityOfService = .userInitiated
        return queue
    }()

    private static func derived(_ text: String, _ salt: [UInt8], _ cost: UInt8) async throws -> [UInt8] {
        try await withCheckedThrowingContinuation { waiter in
            threads.addOperation {
                waiter.resume(
                    with: Result {
                        try KDF.Scrypt.deriveKey(
                            from: Array(text.precomposedStringWithCompatibilityMapping.utf8), salt: salt,
                            outputByteCount: 32, rounds: 1 << Int(cost), blockSize: 8, parallelism: 1
                        ).withUnsafeBytes { Array($0) }
                    })
            }
        }
    }
}

extension Collection<UInt8> {
    /// Whether both are equal. The time depends on the lengths only, so it does not reveal where hashes differ.
    package func equalsInConstantTime(_ other: some Collection<UInt8>) -> Bool {
        count == other.count && zip(self, other).reduce(UInt8(0)) { $0 | $1.0 ^ $1.1 } == 0
    }
}
