import Foundation
import Kernel

/// A key of the file, checked.
struct Key {
    static let lastID = 0x7FFF_FFFF

    let id: Int
    let suite: Suite
    let created: Day
    let retired: Day?
    let secret: [UInt8]

    /// `nil` where the entry is of an unknown suite, short, or not to be told from others.
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

    /// All of them in the order of the file, the oldest first, one at least still in use; `nil` otherwise.
    static func all(_ entries: [KeyFile.Entry]) -> [Key]? {
        let keys = entries.compactMap(Key.init)
        let isWhole = keys.count == entries.count && Set(keys.map(\.id)).count == keys.count
        return isWhole && keys.contains { $0.retired == nil } ? keys : nil
    }
}
