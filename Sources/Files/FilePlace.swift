import Kernel

/// The identity of a file: a keyed hash of its bytes.
package struct FileHash: Sendable, Hashable {
    package let bytes: [UInt8]

    /// From a row.
    package init(kept bytes: [UInt8]) { self.bytes = bytes }

    /// Binds a piece in the database to its place in a file of this size.
    func context(_ size: Int, _ piece: Int) -> String { "file/\(bytes.hexadecimal)/\(size)/\(piece)" }

    /// Binds the header of an encrypted file in the folder to the file's size.
    func headerContext(_ size: Int) -> String { "file-head/\(bytes.hexadecimal)/\(size)" }
}

/// The place of a file in the folder. Names are never reused, so a late removal cannot hit a newer file.
struct FilePlace: Sendable, Hashable {
    let hash: FileHash
    /// Eight bytes.
    let random: [UInt8]
    let isPublic: Bool

    /// Made of hexadecimal digits only, so no row can refer to a path outside the folder.
    var folder: String { (isPublic ? "public/" : "sealed/") + hash.bytes.prefix(1).hexadecimal }
    var path: String { "\(folder)/\(hash.bytes.hexadecimal)-\(random.hexadecimal)" }

    init(hash: FileHash, random: [UInt8], isPublic: Bool) {
        (self.hash, self.random, self.isPublic) = (hash, random, isPublic)
    }

    /// Parses `sealed/ab/HASH-RANDOM`; `nil` for other names.
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
