import Foundation
import Kernel

/// A checked key of the key file.
struct Key {
    static let lastID = 0x7FFF_FFFF

    let id: Int
    let suite: Suite
    let created: Day
    let retired: Day?
    let secret: [UInt8]

    /// `nil` if the entry has an unknown suite, a wrong length, or an invalid id or day.
    init?(_ entry: KeyFile.Entry) {
        guard 1...Self.lastID ~= entry.id, let number = UInt8(exactly: entry.suite),
            let suite = Suite(rawValue: number),
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

    /// All keys in the order of the file, oldest first; `nil` if one is invalid or none is in use.
    static func all(_ entries: [KeyFile.Entry]) -> [Key]? {
        let keys = entries.compactMap(Key.init)
        let isWhole = keys.count == entries.count && Set(keys.map(\.id)).count == keys.count
        return isWhole && keys.contains { $0.retired == nil } ? keys : nil
    }
}
