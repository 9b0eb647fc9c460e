import Kernel
import Signing

/// How a personal file lies in the folder: a sealed head, then its bytes in chunks, each sealed by itself, so that any
/// of them is read without the others.
///
/// The head holds a random number and opens only as that of a file of this hash and size. A chunk opens only under this
/// number, at its own index, and as the last one or not. So what was cut off, put in another order, repeated, or taken
/// from another file or an older copy is noticed (as in STREAM: Hoang and others, CRYPTO 2015).
struct SealedChunks: Sendable {
    /// Bytes of a chunk before it is sealed; only the last one has fewer.
    static let size = 64 << 10
    /// More bytes in a sealed value than before: suite, key, nonce and tag.
    private static let overhead = 33
    private static let idSize = 16
    private static let headSize = idSize + overhead

    private let keys: KeyRing
    private let id: [UInt8]

    /// For a file that is being written.
    init(_ keys: KeyRing, system: SystemInputs) { (self.keys, id) = (keys, system.random(Self.idSize)) }

    /// Of a file that is there. Failures: `sealed.damaged`, `keys.wrong`, `file.scratch`.
    init(_ keys: KeyRing, reading file: OpenFile, _ hash: FileHash, size: Int) throws(Failure) {
        self.keys = keys
        id = try keys.open(try file.read(Self.headSize, at: 0), context: hash.headContext(size))
    }

    /// How many chunks a file has: at least one.
    static func count(_ size: Int) -> Int { max(1, (size + Self.size - 1) / Self.size) }

    static func place(of index: Int) -> Int { headSize + index * (size + overhead) }

    func head(_ hash: FileHash, size: Int) throws(Failure) -> [UInt8] {
        try keys.seal(id, context: hash.headContext(size))
    }

    func seal(_ plain: [UInt8], _ index: Int, isLast: Bool) throws(Failure) -> [UInt8] {
        try keys.seal(plain, context: context(index, isLast))
    }

    /// The chunk of a file of `size` bytes. Failures: `sealed.damaged`, `keys.wrong`, `file.scratch`.
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
