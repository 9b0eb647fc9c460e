import CryptoExtras
import Foundation
import Kernel

/// A password as it is kept: scrypt (RFC 7914) with its salt and cost, so that the cost can grow beside old ones.
///
/// 50 bytes: suite, binary logarithm of N, 16 of salt, 32 of the derived key. r is 8, p is 1.
package struct Password: Sendable {
    package let bytes: [UInt8]

    /// What is new costs 2^15: some 75 ms and 32 MB each time.
    private static let cost: UInt8 = 15
    private static let saltLength = 16
    private static let length = 2 + saltLength + 32

    package init(bytes: [UInt8]) { self.bytes = bytes }

    /// Failures: `password.busy` where too many wait.
    package static func make(
        _ text: String, _ outside: Outside, in line: PasswordLine = .shared
    ) async throws -> Password {
        let salt = outside.random(saltLength)
        let made = try await line.derived(text, salt, cost)
        return Password(bytes: [Suite.international.rawValue, cost] + salt + made)
    }

    /// Whether it is the password. Takes as long where there is none (`nil`), so that nobody learns who has an account.
    package static func matches(
        _ text: String, _ known: Password?, in line: PasswordLine = .shared
    ) async throws -> Bool {
        let bytes = known?.bytes ?? [Suite.international.rawValue, cost] + [UInt8](repeating: 0, count: length - 2)
        guard bytes.count == length, bytes[0] == Suite.international.rawValue, 10...20 ~= bytes[1] else { return false }
        let made = try await line.derived(text, Array(bytes[2..<2 + saltLength]), bytes[1])
        let difference = zip(made, bytes.suffix(32)).reduce(UInt8(0)) { $0 | $1.0 ^ $1.1 }
        return known != nil && difference == 0
    }
}

/// Where passwords wait to be looked at: two at a time on threads of their own, since each takes its time and memory
/// and would hold up everything else.
package final class PasswordLine: Sendable {
    package static let shared = PasswordLine()

    private let queue: OperationQueue
    private let mostWaiting: Int

    /// Whoever comes when so many wait tries again.
    package init(mostWaiting: Int = 100) {
        queue = OperationQueue()
        queue.maxConcurrentOperationCount = 2
        queue.qualityOfService = .userInitiated
        self.mostWaiting = mostWaiting
    }

    fileprivate func derived(_ text: String, _ salt: [UInt8], _ cost: UInt8) async throws -> [UInt8] {
        guard queue.operationCount < mostWaiting else { throw Failure.passwordsBusy }
        return try await withCheckedThrowingContinuation { waiter in
            queue.addOperation {
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

extension Failure {
    fileprivate static let passwordsBusy = Failure(
        .tooMany, "password.busy", "现在登录的人很多，请过几秒再试。", en: "Many sign in at the moment. Try again in a few seconds.")
}
