import Database
import Foundation
import Kernel
import Signing

/// Uploads and what is made for download, stored once by what they hold, and encrypted: a list of people has their ID
/// numbers in it. They are in the database, so that every node reads them and a backup holds them.
package struct Files: Sendable {
    package let keys: KeyRing
    package let outside: Outside

    package init(keys: KeyRing, outside: Outside) { (self.keys, self.outside) = (keys, outside) }

    package static let migrations = FileSchema.migrations
    /// In bytes.
    package static let largest = 32 << 20
    /// What is no longer named by anything is dropped after so many milliseconds.
    package static let life = 30 * 86_400_000

    /// Keeps the bytes; the same bytes again cost nothing. Failure: `file.too-large`.
    package func keep(_ bytes: [UInt8], _ transaction: Transaction) throws -> FileHash {
        guard bytes.count <= Self.largest else { throw Failure.fileTooLarge }
        let hash = FileHash(bytes)
        let sealed = try keys.seal(bytes, context: hash.context)
        try FileStore(transaction).put(hash, size: bytes.count, sealed, at: outside.now())
        return hash
    }

    /// Failure: `file.gone` where it was dropped after its time.
    package func read(_ hash: FileHash, _ transaction: Transaction) throws -> [UInt8] {
        guard let sealed = try FileStore(transaction).sealed(hash) else { throw Failure.fileGone }
        return try keys.open(sealed, context: hash.context)
    }

    /// Drops what was kept so long ago that nobody asks for it any more; answers how many.
    package func sweep(_ transaction: Transaction) throws -> Int {
        try FileStore(transaction).drop(before: outside.now() - Self.life)
    }
}

/// By what a file is known: SHA-256 of its bytes.
package struct FileHash: Sendable, Hashable {
    package let bytes: [UInt8]

    init(_ file: [UInt8]) { bytes = sha256(file) }

    /// As a row holds it.
    package init(kept bytes: [UInt8]) { self.bytes = bytes }

    var context: String { "file/\(bytes.hexadecimal)" }
}

extension Failure {
    static let fileTooLarge = Failure(
        .badInput, "file.too-large", "文件超过 32 MB，没有接收。请分成几份再上传。",
        en: "The file has more than 32 MB and was not taken. Send it in parts.")

    static let fileGone = Failure(
        .notFound, "file.gone", "这个文件已过保存期（30 天），不能再下载。请重新办理一次。",
        en: "This file was kept for 30 days and is gone. Make it again.")
}
