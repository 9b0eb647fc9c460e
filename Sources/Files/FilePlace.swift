import Kernel

/// By what a file is known: a keyed hash of its bytes.
package struct FileHash: Sendable, Hashable {
    package let bytes: [UInt8]

    /// As a row holds it.
    package init(kept bytes: [UInt8]) { self.bytes = bytes }

    /// A piece in the database stands at its place of a file of this size, and nowhere else.
    func context(_ size: Int, _ piece: Int) -> String { "file/\(bytes.hexadecimal)/\(size)/\(piece)" }

    /// The head of a sealed file in the folder opens as that of a file of this size only.
    func headContext(_ size: Int) -> String { "file-head/\(bytes.hexadecimal)/\(size)" }
}

/// Where a file lies in the folder. A name is never used twice, so a late removal hits no newer file.
struct FilePlace: Sendable, Hashable {
    let hash: FileHash
    /// Eight bytes.
    let random: [UInt8]
    let isPublic: Bool

    /// Made of hexadecimal digits alone, whatever a row says: no row leads out of the folder.
    var folder: String { (isPublic ? "public/" : "sealed/") + hash.bytes.prefix(1).hexadecimal }
    var path: String { "\(folder)/\(hash.bytes.hexadecimal)-\(random.hexadecimal)" }

    init(hash: FileHash, random: [UInt8], isPublic: Bool) {
        (self.hash, self.random, self.isPublic) = (hash, random, isPublic)
    }

    /// Reads `sealed/ab/HASH-RANDOM`; `nil` where a file has another name.
    init?(path: String) {
        guard let match = path.wholeMatch(of: #/(public|sealed)/[0-9a-f]{2}/([0-9a-f]{64})-([0-9a-f]{16})/#) else {
            return nil
        }
        let bytes = { (text: Substring) in
            stride(from: 0, to: text.count, by: 2).compactMap { place in
                UInt8(text.dropFirst(place).prefix(2), radix: 16)
            }
        }
        self.init(
            hash: FileHash(kept: bytes(match.2)), random: bytes(match.3), isPublic: match.1 == "public")
        guard self.path == path else { return nil }
    }
}
