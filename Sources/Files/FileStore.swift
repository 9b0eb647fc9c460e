import Database
import Kernel

struct FileStore {
    let transaction: Transaction

    init(_ transaction: Transaction) { self.transaction = transaction }

    func put(_ hash: FileHash, size: Int, _ sealed: [UInt8], at now: Int) throws {
        try transaction.execute(
            """
            INSERT INTO file (hash, size, sealed, kept) VALUES (\(hash.bytes), \(size), \(sealed), \(now))
            ON CONFLICT (hash) DO UPDATE SET kept = excluded.kept
            """)
    }

    func sealed(_ hash: FileHash) throws -> [UInt8]? {
        try transaction.first("SELECT sealed FROM file WHERE hash = \(hash.bytes)") { try $0.bytes(0) }
    }

    func drop(before time: Int) throws -> Int {
        try transaction.execute("DELETE FROM file WHERE kept < \(time)")
    }
}
