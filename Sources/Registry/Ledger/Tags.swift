import Database
import Kernel

/// Reads the tags of entries from rows: the facts that rules read. Many people take the same course, so equal texts are
/// parsed once.
final class TagReader {
    private var known: [Int: (text: [UInt8], tags: [String: String])] = [:]

    func tags(_ row: Row, _ column: Int) throws -> [String: String] {
        let place = row.withBytes(column) { bytes in
            var hasher = Hasher()
            hasher.combine(bytes: bytes)
            return hasher.finalize()
        }
        if let known = known[place], row.holds(known.text, column) { return known.tags }
        let tags = row.withBytes(column) { FactText.decode($0) }?.mapValues(\.description) ?? [:]
        known[place] = (try row.bytes(column), tags)
        return tags
    }
}
