import Database
import Kernel
import Signing

/// A stored file that is open for reading at any place. A file in the folder stays readable while this exists, even if
/// it is swept.
package struct StoredFile: Sendable {
    package let hash: FileHash
    package let size: Int
    /// Reads chunks of this size by index.
    private let chunkSize: Int
    private let chunk: @Sendable (Int) async throws -> [UInt8]

    init(_ row: FileRow, _ chunk: @escaping @Sendable (Int) async throws -> [UInt8]) {
        (hash, size, self.chunk) = (row.hash, row.size, chunk)
        chunkSize = row.place == nil ? Files.piece : SealedChunks.size
    }

    /// An entity tag: equal for equal bytes only.
    package var tag: String { hash.bytes.prefix(16).hexadecimal }

    /// Returns bytes from the start of a range: at least one, at most the rest of one chunk. `range` is within the file
    /// and not empty.
    ///
    /// Failures: `sealed.damaged`, `keys.wrong`; `file.gone` if it was swept meanwhile.
    package func read(_ range: Range<Int>) async throws -> [UInt8] {
        let index = range.lowerBound / chunkSize
        let bytes = try await chunk(index)
        let (start, end) = (
            range.lowerBound - index * chunkSize, min(range.upperBound - index * chunkSize, bytes.count)
        )
        guard start < end else { throw Failure.sealedDamaged }
        return end - start == bytes.count ? bytes : Array(bytes[start..<end])
    }

    /// Calls `body` with all bytes, chunk by chunk.
    package func each(_ body: ([UInt8]) throws -> Void) async throws {
        var place = 0
        while place < size {
            let bytes = try await read(place..<size)
            try body(bytes)
            place += bytes.count
        }
    }
}

extension Files {
    /// Opens a file. Failures: `file.gone` if it was deleted; `file.missing`; `sealed.damaged`.
    package func open(_ hash: FileHash, _ database: Database) async throws -> StoredFile {
        let row = try await database.read { transaction in try self.row(of: hash, transaction) }
        guard let place = row.place else {
            let read: @Sendable (Int) async throws -> [UInt8] = { index in
                try await database.read { transaction in try self.piece(index, of: row, transaction) }
            }
            return StoredFile(row, read)
        }
        let chunk = try chunks(of: row, at: place)
        return StoredFile(row) { try chunk($0) }
    }

    /// A copy of the file without a name. Failures: those of ``open(_:_:)``, and `file.scratch`.
    package func unpack(_ hash: FileHash, _ transaction: Transaction) throws -> OpenFile {
        let file = try OpenFile.scratch()
        try each(hash, transaction) { try file.append($0) }
        return file
    }

    /// The same in memory.
    package func read(_ hash: FileHash, _ transaction: Transaction) throws -> [UInt8] {
        var bytes: [UInt8] = []
        try each(hash, transaction) { bytes += $0 }
        return bytes
    }

    private func each(_ hash: FileHash, _ transaction: Transaction, _ take: ([UInt8]) throws -> Void) throws {
        let row = try row(of: hash, transaction)
        let chunk = try row.place.map { try chunks(of: row, at: $0) }
        let chunkSize = row.place == nil ? Self.piece : SealedChunks.size
        for index in 0..<((row.size + chunkSize - 1) / chunkSize) {
            try take(try chunk?(index) ?? piece(index, of: row, transaction))
        }
    }

    private func row(of hash: FileHash, _ transaction: Transaction) throws -> FileRow {
        guard let row = try FileStore(transaction).find(hash) else { throw Failure.fileGone }
        // No file is this large: a forged size must not crash the process.
        guard 0..<(1 << 50) ~= row.size else { throw Failure.sealedDamaged }
        return row
    }

    private func piece(_ index: Int, of row: FileRow, _ transaction: Transaction) throws -> [UInt8] {
        guard let sealed = try FileStore(transaction).piece(index, of: row.hash) else { throw Failure.fileGone }
        return try keys.open(sealed, context: row.hash.context(row.size, index))
    }

    /// A function that reads chunks of a file in the folder.
    private func chunks(of row: FileRow, at place: FilePlace) throws -> @Sendable (Int) throws -> [UInt8] {
        guard let folder else { throw Failure.fileMissing(place.path) }
        let file = try folder.open(place)
        if place.isPublic {
            return { index in
                let start = index * SealedChunks.size
                let bytes = try file.read(min(SealedChunks.size, row.size - start), at: start)
                guard bytes.count == min(SealedChunks.size, row.size - start) else { throw Failure.sealedDamaged }
                return bytes
            }
        }
        let chunks = try SealedChunks(keys, reading: file, row.hash, size: row.size)
        return { try chunks.read($0, of: file, size: row.size) }
    }
}
