import Crypto
import Foundation
import Kernel

/// The key file as it is written: JSON, secrets in base64, days as `2026-01-31`.
struct KeyFile: Codable {
    struct Entry: Codable {
        let id: Int
        let suite: Int
        let created: String
        var retired: String?
        let secret: Data
    }

    static let format = 1

    let format: Int
    var encryption: [Entry]
    let lookup: Entry
    var signing: [Entry]
}

extension KeyFile {
    /// A first key of every use.
    static func new(on day: Day) -> KeyFile {
        KeyFile(
            format: format, encryption: [.new(1, on: day)], lookup: .new(1, on: day), signing: [.new(1, on: day)])
    }

    /// New keys to encrypt and sign with; those there were are retired, and still open and verify.
    ///
    /// The lookup key stays: with another one, nothing that was stored under the old one would be found.
    func renewed(on day: Day) -> KeyFile {
        var file = self
        file.encryption = Self.renewed(encryption, on: day)
        file.signing = Self.renewed(signing, on: day)
        return file
    }

    private static func renewed(_ entries: [Entry], on day: Day) -> [Entry] {
        let retired = entries.map { entry in
            var entry = entry
            entry.retired = entry.retired ?? day.description
            return entry
        }
        return retired + [.new((entries.map(\.id).max() ?? 0) + 1, on: day)]
    }

    func encoded() throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
        return Array(try encoder.encode(self)) + [10]
    }
}

extension KeyFile.Entry {
    static func new(_ id: Int, on day: Day) -> Self {
        let secret = SymmetricKey(size: .bits256).withUnsafeBytes { Data($0) }
        return Self(id: id, suite: Int(Suite.international.rawValue), created: day.description, secret: secret)
    }
}

/// A key of the file, checked.
struct Key {
    let id: Int
    let suite: Suite
    let created: Day
    let retired: Day?
    let secret: [UInt8]

    /// `nil` where the entry is of an unknown suite, short, or not to be told from others.
    init?(_ entry: KeyFile.Entry) {
        guard 1...255 ~= entry.id, let number = UInt8(exactly: entry.suite), let suite = Suite(rawValue: number),
            entry.secret.count == suite.secretLength, let created = Day(entry.created)
        else { return nil }
        let retired = entry.retired.map { Day($0) }
        if case .some(.none) = retired { return nil }
        id = entry.id
        self.suite = suite
        self.created = created
        self.retired = retired ?? nil
        secret = Array(entry.secret)
    }

    /// All of them, by id, one at least still in use; `nil` otherwise.
    static func all(_ entries: [KeyFile.Entry]) -> [Key]? {
        let keys = entries.compactMap(Key.init).sorted { $0.id < $1.id }
        let isWhole = keys.count == entries.count && Set(keys.map(\.id)).count == keys.count
        return isWhole && keys.contains { $0.retired == nil } ? keys : nil
    }
}
