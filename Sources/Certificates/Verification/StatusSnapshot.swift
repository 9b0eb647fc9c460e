import Database
import Foundation
import Kernel
import People
import Registry
import Signing

/// The certificates that were superseded or revoked at a time, signed, for verification without the database. JSON.
package struct StatusSnapshot: Codable, Sendable {
    let format: Int
    /// Milliseconds since 1970.
    package let time: Int
    package let superseded: [String]
    package let revoked: [String]
    let key: Int
    let suite: Int
    let signature: Data

    /// `xueshi certificate status 1`, the time, the superseded and the revoked numbers, one line each.
    private static func signed(_ time: Int, _ superseded: [String], _ revoked: [String]) -> [UInt8] {
        let lists = [superseded, revoked].map { $0.joined(separator: " ") }
        return Array((["xueshi certificate status 1", String(time)] + lists).joined(separator: "\n").utf8)
    }

    init(_ superseded: [String], _ revoked: [String], at time: Int, _ keys: KeyRing) throws(Failure) {
        let signature = try keys.sign(Self.signed(time, superseded, revoked))
        (format, self.time, self.superseded, self.revoked) = (1, time, superseded, revoked)
        (key, suite, self.signature) = (signature.key, signature.suite, Data(signature.bytes))
    }

    /// Failure: `verify.status` if it is not a snapshot.
    package init(reading bytes: Data) throws(Failure) {
        guard let read = try? JSONDecoder().decode(Self.self, from: bytes), read.format == 1,
            0...Self.lastTime ~= read.time
        else {
            throw Failure(
                .badInput, "verify.status", "这不是证书状态快照。请用 xueshi status export 导出的文件。",
                en: "This is no status snapshot. Use what xueshi status export writes.")
        }
        self = read
    }

    package var json: String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
        return (try? encoder.encode(self)).map { String(decoding: $0, as: UTF8.self) } ?? ""
    }

    /// The end of the year 9999, in milliseconds.
    private static let lastTime = 253_402_300_799_999

    /// Whether a key signed the snapshot during its validity, and each list holds only numbers in ascending order. The
    /// order makes the signed bytes unambiguous.
    func isGenuine(_ keys: [PublicKey]) -> Bool {
        guard Self.isInOrder(superseded), Self.isInOrder(revoked), let known = keys.first(where: { $0.id == key }),
            known.wasUsed(on: Day(milliseconds: time))
        else { return false }
        let made = Signature(key: key, suite: suite, bytes: Array(signature))
        return known.verify(Self.signed(time, superseded, revoked), made) == .valid
    }

    private static func isInOrder(_ numbers: [String]) -> Bool {
        numbers.allSatisfy { CertificateNumber($0)?.text == $0 } && zip(numbers, numbers.dropFirst()).allSatisfy(<)
    }
}

extension Certificates {
    /// Reads all certificates, one page of people after another.
    package func statusSnapshot(progress: @Sendable (Int) -> Void = { _ in }) async throws -> StatusSnapshot {
        let time = people.system.now()
        var (superseded, revoked, last, done): ([String], [String], Int, Int) = ([], [], 0, 0)
        while true {
            let after = last
            let page: (superseded: [String], revoked: [String], end: Int)? = try await database.read { transaction in
                let store = store(transaction)
                let people = try store.people(after: after, limit: 500)
                guard let first = people.first, let end = people.last else { return nil }
                var (superseded, revoked): ([String], [String]) = ([], [])
                for certificate in try store.all(from: first, through: end).values.joined() {
                    switch try state(of: certificate, transaction) {
                    case .valid: break
                    case .superseded: superseded.append(certificate.number.text)
                    case .revoked: revoked.append(certificate.number.text)
                    }
                }
                return (superseded, revoked, end)
            }
            guard let page else { break }
            superseded += page.superseded
            revoked += page.revoked
            last = page.end
            done += 500
            progress(done)
        }
        return try StatusSnapshot(superseded.sorted(), revoked.sorted(), at: time, people.keys)
    }
}
