import Kernel
import Signing

/// The format of a personal file in the folder: an encrypted header, then the bytes in chunks that are encrypted
/// separately, so that each can be read alone.
///
/// The header contains a random number and is bound to the file's hash and size. A chunk is bound to this number, to
/// its index, and to being the last one or not. So truncated, reordered, repeated or foreign chunks are detected (as in
/// STREAM: Hoang and others, CRYPTO 2015).
struct SealedChunks: Sendable {
    /// The bytes of a chunk before encryption; only the last one may be shorter.
    static let size = 64 << 10
    /// The bytes that encryption adds: suite, key, nonce and tag.
    private static let overhead = 33
    private static let idSize = 16
    private static let headerSize = idSize + overhead

    private let keys: KeyRing
    private let id: [UInt8]

    /// For a file that is being written.
    init(_ keys: KeyRing, system: SystemInputs) { (self.keys, id) = (keys, system.random(Self.idSize)) }

    /// For an existing file. Failures: `sealed.damaged`, `keys.wrong`, `file.scratch`.
    init(_ keys: KeyRing, reading file: OpenFile, _ hash: FileHash, size: Int) throws(Failure) {
        self.keys = keys
        id = try keys.open(try file.read(Self.headerSize, at: 0), context: hash.headerContext(size))
    }

    /// The number of chunks of a file: at least one.
    static func count(_ size: Int) -> Int { max(1, (size + Self.size - 1) / Self.size) }

    static func place(of index: Int) -> Int { headerSize + index * (size + overhead) }

    func header(_ hash: FileHash, size: Int) throws(Failure) -> [UInt8] {
        try keys.seal(id, context: hash.headerContext(size))
    }

    func seal(_ plain: [UInt8], _ index: Int, isLast: Bool) throws(Failure) -> [UInt8] {
        try keys.seal(plain, context: context(index, isLast))
    }

    /// One chunk of a file of `size` bytes. Failures: `sealed.damaged`, `keys.wrong`, `file.scratch`.
    func read(_ index: Int, of file: OpenFile, size: Int) throws(Failure) -> [UInt8] {
        let isLast = index == Self.count(size) - 1
        let count = isLast ? size - index * Self.size : Self.size
        let sealed = try file.read(count + Self.overhead, at: Self.place(of: index))
        return try keys.open(sealed, context: context(index, isLast))
    }

    private func context(_ index: Int, _ isLast: Bool) -> String {
        "file-chunk/\(id.hexadecimal)/\(index)/\(isLast ? "last" : "more")"
    }
}
