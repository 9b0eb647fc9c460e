import Database
import Kernel

struct FileStore {
    let transaction: Transaction

    init(_ transaction: Transaction) { self.transaction = transaction }

    /// The file's size; `nil` where it is not there.
    func size(_ hash: FileHash) throws -> Int? {
        try transaction.first("SELECT size FROM stored_file WHERE hash = \(hash.bytes)") { try $0.int(0) }
    }

    func put(_ hash: FileHash, size: Int, at now: Int) throws {
        try transaction.execute(
            """
            INSERT INTO stored_file (hash, size, kept) VALUES (\(hash.bytes), \(size), \(now))
            """)
    }

    func put(_ piece: Int, of hash: FileHash, _ sealed: [UInt8]) throws {
        try transaction.execute(
            """
            INSERT INTO stored_piece (hash, piece, sealed) VALUES (\(hash.bytes), \(piece), \(sealed))
            """)
    }

    func piece(_ piece: Int, of hash: FileHash) throws -> [UInt8]? {
        try transaction.first("SELECT sealed FROM stored_piece WHERE hash = \(hash.bytes) AND piece = \(piece)") {
            try $0.bytes(0)
        }
    }

    func all() throws -> [FileHash] {
        try transaction.rows("SELECT hash FROM stored_file") { FileHash(kept: try $0.bytes(0)) }
    }

    func drop(_ hash: FileHash) throws {
        try transaction.execute("DELETE FROM stored_piece WHERE hash = \(hash.bytes)")
        try transaction.execute("DELETE FROM stored_file WHERE hash = \(hash.bytes)")
    }

    /// Those of a database from before files were kept in pieces.
    func olderHashes() throws -> [[UInt8]] {
        try transaction.rows("SELECT hash FROM file ORDER BY hash") { try $0.bytes(0) }
    }

    func olderSealed(_ hash: [UInt8]) throws -> [UInt8]? {
        try transaction.first("SELECT sealed FROM file WHERE hash = \(hash)") { try $0.bytes(0) }
    }
}
