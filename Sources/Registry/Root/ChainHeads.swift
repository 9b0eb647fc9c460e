import Foundation
import Kernel
import Signing

/// The end of one chain: the number of its entries and the hash of the last one.
struct ChainHead {
    /// 48 bytes: person and entries as eight bytes each, big-endian, and the hash.
    static let size = 48

    let person: Int
    let entries: Int
    let hash: [UInt8]

    init(person: Int, entries: Int, hash: [UInt8]) {
        (self.person, self.entries, self.hash) = (person, entries, hash)
    }

    init(_ bytes: Data) {
        func integer(_ from: Int) -> Int { bytes.dropFirst(from).prefix(8).reduce(0) { $0 << 8 | Int($1) } }
        self.init(person: integer(0), entries: integer(8), hash: Array(bytes.dropFirst(16).prefix(32)))
    }

    var bytes: Data {
        [person, entries].reduce(into: Data()) { data, number in
            withUnsafeBytes(of: Int64(number).bigEndian) { data.append(contentsOf: $0) }
        } + hash
    }
}

/// The heads of all chains at a moment, by person. The file is read in blocks, so that the memory does not grow with
/// the number of people.
package struct ChainHeads: Sendable {
    private let file: FileHandle?
    private let places: Range<Int>
    /// How many heads are read at once.
    private static let block = 2_000

    /// Without any chain.
    package init() { (file, places) = (nil, 0..<0) }

    /// The heads of a file and the SHA-256 of its bytes; `nil` where it cannot be read or ends within a head.
    static func open(_ url: URL) -> (heads: ChainHeads, digest: [UInt8])? {
        guard let heads = lookUp(url) else { return nil }
        var hash = SHA256Stream()
        var place = 0
        while place < heads.count {
            guard let bytes = try? heads.bytes(place..<min(place + block, heads.count)) else { return nil }
            hash.add(bytes)
            place += block
        }
        return (heads, hash.finish())
    }

    /// The heads of a file, without computing its hash; `nil` where it cannot be read or ends within a head.
    static func lookUp(_ url: URL) -> ChainHeads? {
        guard let file = try? FileHandle(forReadingFrom: url), let end = try? file.seekToEnd(),
            Int(end) % ChainHead.size == 0
        else { return nil }
        return ChainHeads(file, 0..<Int(end) / ChainHead.size)
    }

    private init(_ file: FileHandle?, _ places: Range<Int>) { (self.file, self.places) = (file, places) }

    package var count: Int { places.count }

    /// The heads of the people after `first` and through `last`.
    func part(after first: Int, through last: Int) throws -> ChainHeads {
        ChainHeads(file, try place(after: first)..<(try place(after: last)))
    }

    /// The first position whose person has a higher number.
    private func place(after number: Int) throws -> Int {
        var (low, high) = (places.lowerBound, places.upperBound)
        while low < high {
            let middle = (low + high) / 2
            if ChainHead(try bytes(middle..<middle + 1)).person <= number { low = middle + 1 } else { high = middle }
        }
        return low
    }

    /// Uses `pread`, since parts of one file are read concurrently.
    private func bytes(_ range: Range<Int>) throws -> Data {
        guard let file else { return Data() }
        let length = range.count * ChainHead.size
        var data = Data(count: length)
        let read = data.withUnsafeMutableBytes {
            pread(file.fileDescriptor, $0.baseAddress, length, off_t(range.lowerBound * ChainHead.size))
        }
        guard read == length else { throw Failure.rootAltered("ledger-heads") }
        return data
    }

    /// Reads heads one after the other.
    struct Cursor {
        private let heads: ChainHeads
        private var next: Int
        private var block = Data()
        /// The next head; `nil` at the end.
        private(set) var head: ChainHead?

        init(_ heads: ChainHeads) throws {
            (self.heads, next) = (heads, heads.places.lowerBound)
            try advance()
        }

        mutating func advance() throws {
            if block.isEmpty {
                let end = min(next + ChainHeads.block, heads.places.upperBound)
                block = try heads.bytes(next..<end)
                next = end
            }
            head = block.isEmpty ? nil : ChainHead(block)
            block = block.dropFirst(ChainHead.size)
        }
    }
}

/// Writes heads to a file in blocks, and counts and hashes them.
struct ChainHeadsWriter {
    private let file: FileHandle
    private var hash = SHA256Stream()
    private var block = Data()
    private(set) var chains = 0
    private(set) var entries = 0

    /// Creates the file, or empties it.
    init(_ url: URL) throws {
        try Data().write(to: url)
        file = try FileHandle(forWritingTo: url)
    }

    mutating func add(_ head: ChainHead) throws {
        block.append(head.bytes)
        chains += 1
        entries += head.entries
        if block.count >= 1 << 16 { try flush() }
    }

    private mutating func flush() throws {
        hash.add(block)
        try file.write(contentsOf: block)
        block.removeAll(keepingCapacity: true)
    }

    /// Writes the rest to the disk. Returns the SHA-256 of the file.
    mutating func finish() throws -> [UInt8] {
        try flush()
        try file.synchronize()
        try file.close()
        return hash.finish()
    }
}
