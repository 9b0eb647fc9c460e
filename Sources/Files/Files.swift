import Database
import Foundation
import Kernel
import Signing

/// Uploads and what is made for download, stored once by what they hold, and encrypted: a list of people has their ID
/// numbers in it. They are in the database, so that every node reads them and a backup holds them.
///
/// They are sealed and read piece by piece, so that a large file takes no more memory than a small one.
package struct Files: Sendable {
    package let keys: KeyRing
    package let system: SystemInputs

    package init(keys: KeyRing, system: SystemInputs) { (self.keys, self.system) = (keys, system) }

    package static let migrations = FileSchema.migrations
    /// In bytes.
    package static let largest = 32 << 20
    /// Whatever is named by nothing but work that ended is dropped after so many milliseconds: 30 days.
    package static let life = 30 * 86_400_000
    private static let piece = 256 << 10

    /// Keeps a file; the same bytes again cost nothing. Failures: `file.too-large`, `file.scratch`.
    package func keep(_ file: OpenFile, _ transaction: Transaction) throws -> FileHash {
        let size = file.size
        guard size <= Self.largest else { throw Failure.fileTooLarge }
        let (store, hash) = (FileStore(transaction), try hash(of: file, size))
        guard try store.size(hash) == nil else { return hash }
        try store.put(hash, size: size, at: system.now())
        for (index, place) in stride(from: 0, to: size, by: Self.piece).enumerated() {
            let plain = try file.read(min(Self.piece, size - place), at: place)
            try store.put(index, of: hash, try keys.seal(plain, context: hash.context(size, index)))
        }
        return hash
    }

    /// Keyed: whoever sees only the database cannot find a short file by trying what it may hold.
    private func hash(of file: OpenFile, _ size: Int) throws -> FileHash {
        var stream = SHA256Stream()
        for place in stride(from: 0, to: size, by: Self.piece) {
            stream.add(try file.read(min(Self.piece, size - place), at: place))
        }
        return FileHash(kept: keys.lookup(stream.finish().hexadecimal, context: "file"))
    }

    /// The file, without a name. Failure: `file.gone` where it was dropped after its time.
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
        let store = FileStore(transaction)
        guard let size = try store.size(hash) else { throw Failure.fileGone }
        guard 0...Self.largest ~= size else { throw Failure.sealedDamaged }
        for index in 0..<((size + Self.piece - 1) / Self.piece) {
            guard let sealed = try store.piece(index, of: hash) else { throw Failure.fileGone }
            try take(try keys.open(sealed, context: hash.context(size, index)))
        }
    }

    /// Drops every file but these; answers how many.
    package func drop(except used: Set<FileHash>, _ transaction: Transaction) throws -> Int {
        let store = FileStore(transaction)
        let unused = try store.all().filter { !used.contains($0) }
        for hash in unused { try store.drop(hash) }
        return unused.count
    }

    /// Keeps the files of an older database anew, each under its keyed hash; answers which became which.
    package func rekeyOlder(_ transaction: Transaction) throws -> [FileHash: FileHash] {
        let store = FileStore(transaction)
        return try store.olderHashes().reduce(into: [:]) { changed, old in
            guard let sealed = try store.olderSealed(old) else { return }
            let plain = try keys.open(sealed, context: "file/\(old.hexadecimal)")
            changed[FileHash(kept: old)] = try keep(.scratch(plain), transaction)
        }
    }
}

/// By what a file is known: a keyed hash of its bytes.
package struct FileHash: Sendable, Hashable {
    package let bytes: [UInt8]

    /// As a row holds it.
    package init(kept bytes: [UInt8]) { self.bytes = bytes }

    /// A piece stands at its place of a file of this size, and nowhere else.
    func context(_ size: Int, _ piece: Int) -> String { "file/\(bytes.hexadecimal)/\(size)/\(piece)" }
}

extension Failure {
    static let fileTooLarge = Failure(
        .badInput, "file.too-large", "文件超过 32 MB，没有接收。请分成几份再上传。",
        en: "The file has more than 32 MB and was not taken. Send it in parts.")

    package static let fileGone = Failure(
        .notFound, "file.gone", "这个文件已过保存期（30 天），已经删除。请重新办理一次。",
        en: "This file was kept for 30 days and is gone. Make it again.")
}
