import Database
import Foundation
import Kernel

/// The facts of an entry that some rule looks at: the text that the chain hashes, and the same as a fold reads it.
final class Tags: Sendable, Hashable {
    let text: String
    let values: [String: String]

    init(_ values: [String: String]) {
        (self.values, text) = (values, FactText.encode(values.mapValues { .text($0) }))
    }

    init(_ text: String) {
        (self.text, values) = (text, FactText.decode(text)?.mapValues(\.description) ?? [:])
    }

    static func == (a: Tags, b: Tags) -> Bool { a === b || a.text == b.text }

    /// Whether its text is these bytes.
    fileprivate func isText(_ bytes: UnsafeRawBufferPointer) -> Bool {
        text.utf8.withContiguousStorageIfAvailable { own in
            guard own.count == bytes.count, let start = own.baseAddress, let other = bytes.baseAddress else {
                return own.isEmpty && bytes.isEmpty
            }
            return memcmp(start, other, own.count) == 0
        } ?? false
    }

    func hash(into hasher: inout Hasher) { hasher.combine(text) }
}

/// Reads tags out of rows. Many people took the same course, so what one answer repeats is read once.
final class TagReader {
    private var known: [Int: Tags] = [:]

    func tags(_ row: Row, _ column: Int) throws -> Tags {
        let known = row.withBytes(column) { bytes -> (place: Int, tags: Tags?) in
            var hasher = Hasher()
            hasher.combine(bytes: bytes)
            let place = hasher.finalize()
            let tags = self.known[place].flatMap { $0.isText(bytes) ? $0 : nil }
            return (place, tags)
        }
        if let tags = known.tags { return tags }
        let tags = Tags(try row.text(column))
        self.known[known.place] = tags
        return tags
    }
}
