import Database
import Kernel

/// The rows of files, and the bytes of those in the database.
struct FileStore {
    let transaction: Transaction

    init(_ transaction: Transaction) { self.transaction = transaction }

    /// `nil` if there is no such file.
    func find(_ hash: FileHash) throws -> FileRow? {
        try transaction.first("SELECT size, place, is_public FROM stored_file WHERE hash = \(hash.bytes)") { row in
            let place = try row.optionalBytes(1).map {
                FilePlace(hash: hash, random: $0, isPublic: try row.int(2) == 1)
            }
            return FileRow(hash: hash, size: try row.int(0), place: place)
        }
    }

    func put(_ row: FileRow, at now: Int) throws {
        let isPublic = row.place?.isPublic == true ? 1 : 0
        try transaction.execute(
            """
            INSERT INTO stored_file (hash, size, kept, place, is_public)
            VALUES (\(row.hash.bytes), \(row.size), \(now), \(row.place?.random), \(isPublic))
            """)
    }

    /// Makes it count as new, and sets its place.
    func renew(_ row: FileRow, at now: Int) throws {
        try transaction.execute(
            """
            UPDATE stored_file SET kept = \(now), place = \(row.place?.random) WHERE hash = \(row.hash.bytes)
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

    /// The next hashes after one.
    func hashes(after hash: FileHash?, limit: Int) throws -> [FileHash] {
        try transaction.rows(
            "SELECT hash FROM stored_file WHERE hash > \(hash?.bytes ?? []) ORDER BY hash LIMIT \(limit)"
        ) { FileHash(kept: try $0.bytes(0)) }
    }

    /// The rows that use it: `job 17`.
    func references(to hash: FileHash) throws -> [String] {
        try transaction.rows(
            "SELECT owner, number FROM stored_reference WHERE hash = \(hash.bytes) ORDER BY owner, number"
        ) { "\(try $0.text(0)) \(try $0.int(1))" }
    }

    /// The files of an older database, stored before files were split into pieces.
    func olderHashes() throws -> [[UInt8]] {
        try transaction.rows("SELECT hash FROM file ORDER BY hash") { try $0.bytes(0) }
    }

    func olderSealed(_ hash: [UInt8]) throws -> [UInt8]? {
        try transaction.first("SELECT sealed FROM file WHERE hash = \(hash)") { try $0.bytes(0) }
    }
}

// MARK: - Deletion

extension FileStore {
    /// Files without references since before a time, oldest first.
    func unreferenced(since time: Int, limit: Int) throws -> [FileRow] {
        let hashes = try transaction.rows(
            """
            SELECT hash FROM stored_file
            WHERE kept < \(time) AND NOT EXISTS (SELECT 1 FROM stored_reference r WHERE r.hash = stored_file.hash)
            ORDER BY kept, hash LIMIT \(limit)
            """
        ) { FileHash(kept: try $0.bytes(0)) }
        return try hashes.compactMap { try find($0) }
    }

    func delete(_ row: FileRow) throws {
        try transaction.execute("DELETE FROM stored_piece WHERE hash = \(row.hash.bytes)")
        try transaction.execute("DELETE FROM stored_file WHERE hash = \(row.hash.bytes)")
        if let place = row.place { try drop(place) }
    }

    /// Marks a place as about to be removed, so that no row can refer to it.
    func drop(_ place: FilePlace) throws {
        try transaction.execute(
            """
            INSERT INTO dropped_file (hash, place, is_public)
            VALUES (\(place.hash.bytes), \(place.random), \(place.isPublic ? 1 : 0)) ON CONFLICT DO NOTHING
            """)
    }

    /// Deletes the mark after the removal.
    func forget(_ place: FilePlace) throws {
        try transaction.execute(
            "DELETE FROM dropped_file WHERE hash = \(place.hash.bytes) AND place = \(place.random)")
    }

    func isDropped(_ place: FilePlace) throws -> Bool {
        try transaction.exists(
            "SELECT 1 FROM dropped_file WHERE hash = \(place.hash.bytes) AND place = \(place.random)")
    }

    func dropped(limit: Int) throws -> [FilePlace] {
        try transaction.rows("SELECT hash, place, is_public FROM dropped_file ORDER BY hash, place LIMIT \(limit)") {
            FilePlace(
                hash: FileHash(kept: try $0.bytes(0)), random: try $0.bytes(1), isPublic: try $0.int(2) == 1)
        }
    }
}

// MARK: - The folder, and how much was sent

extension FileStore {
    /// The number of the folder with this database's large files; `nil` before the first of them.
    func folder() throws -> [UInt8]? { try transaction.first("SELECT id FROM file_folder") { try $0.bytes(0) } }

    func keep(folder id: [UInt8]) throws {
        try transaction.execute("INSERT INTO file_folder (id) VALUES (\(id))")
    }

    /// How many bytes an account has sent since a time.
    func sent(by account: Int, since time: Int) throws -> Int {
        try transaction.first(
            """
            SELECT CAST(coalesce(sum(size), 0) AS BIGINT) FROM file_upload
            WHERE account = \(account) AND time > \(time)
            """
        ) { try $0.int(0) } ?? 0
    }

    /// The same, one by one, oldest first. Times are milliseconds since 1970.
    func uploads(of account: Int, since time: Int) throws -> [(time: Int, size: Int)] {
        try transaction.rows(
            "SELECT time, size FROM file_upload WHERE account = \(account) AND time > \(time) ORDER BY time"
        ) { (time: try $0.int(0), size: try $0.int(1)) }
    }

    func put(upload size: Int, by account: Int, at now: Int) throws {
        try transaction.execute(
            "INSERT INTO file_upload (account, time, size) VALUES (\(account), \(now), \(size))")
    }

    func forgetUploads(before time: Int) throws {
        try transaction.execute("DELETE FROM file_upload WHERE time <= \(time)")
    }
}

/// One stored file.
struct FileRow: Sendable, Equatable {
    let hash: FileHash
    let size: Int
    /// `nil` if its bytes are in the database.
    let place: FilePlace?
}
