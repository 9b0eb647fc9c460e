import Database
import Foundation
import Kernel
import People
import Signing

/// The heads of all chains, signed and kept in a folder outside the database: who cuts a chain's tail or removes a
/// person there cannot do so here.
///
/// `ledger-root.json` names the heads file by the hash of its bytes, so both change at once.
package struct SignedRoot: Codable {
    let format: Int
    /// Milliseconds since 1970.
    package let time: Int
    package let chains: Int
    package let entries: Int
    /// SHA-256 of the heads file, in hexadecimal.
    let heads: String
    let key: Int
    let suite: Int
    let signature: Data

    private static let name = "ledger-root.json"
    private var file: String { "ledger-heads-\(heads.prefix(16)).bin" }

    private static func signed(_ time: Int, _ heads: String) -> [UInt8] {
        Array("xueshi ledger root 1 \(time) \(heads)".utf8)
    }

    /// The root of heads that were written, signed.
    private init(_ writer: HeadsWriter, digest: String, _ people: People) throws {
        time = people.outside.now()
        let signed = try people.keys.sign(Self.signed(time, digest))
        (format, chains, entries, heads) = (1, writer.chains, writer.entries, digest)
        (key, suite, signature) = (signed.key, signed.suite, Data(signed.bytes))
    }

    /// Writes heads and root into the folder, and removes the heads of the root before.
    fileprivate static func write(_ folder: String, _ people: People, _ heads: (URL) async throws -> HeadsWriter)
        async throws
    {
        let place = URL(filePath: folder)
        try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
        let old = try? read(folder, people.keys)
        let draft = place.appending(path: "ledger-heads-\(UUID().uuidString).new")
        defer { try? FileManager.default.removeItem(at: draft) }
        var writer = try await heads(draft)
        let root = try SignedRoot(writer, digest: try writer.finish().hexadecimal, people)
        guard rename(draft.path, place.appending(path: root.file).path) == 0 else { throw POSIXError(.EIO) }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
        try encoder.encode(root).write(to: place.appending(path: name), options: .atomic)
        if let old, old.root.file != root.file {
            try? FileManager.default.removeItem(at: place.appending(path: old.root.file))
        }
    }

    /// The root and its heads; `nil` where none was written yet.
    ///
    /// Failure: `ledger.root` (damaged) where file, hash and signature do not fit.
    package static func read(_ folder: String, _ keys: KeyRing) throws -> (root: SignedRoot, heads: Heads)? {
        let place = URL(filePath: folder)
        guard let text = try? Data(contentsOf: place.appending(path: name)) else { return nil }
        guard let root = try? JSONDecoder().decode(SignedRoot.self, from: text),
            let (heads, digest) = Heads.open(place.appending(path: root.file)), digest.hexadecimal == root.heads,
            keys.verify(
                signed(root.time, root.heads),
                Signature(key: root.key, suite: root.suite, bytes: Array(root.signature))) == .valid
        else { throw Failure.rootAltered(folder) }
        return (root, heads)
    }
}

extension Failure {
    static func rootAltered(_ place: String) -> Failure {
        Failure(
            .damaged, "ledger.root", "账本签名根或其链头文件被改动或不完整（\(place)）。请从备份取回后再核对。",
            en: "The ledger's signed root or its heads in \(place) are altered or cut. Take them from a backup.")
    }
}

extension Registry {
    /// Writes the ends of all chains and their signed root into a folder outside the database.
    ///
    /// Failure: `ledger.root-unwritten` (unavailable); the root before then still stands.
    package func writeRoot(to folder: String) async throws {
        do {
            try await SignedRoot.write(folder, people) { file in
                try await database.read { transaction in
                    var writer = try HeadsWriter(file)
                    try LedgerStore(transaction).heads { try writer.add($0) }
                    return writer
                }
            }
        } catch let failure as Failure {
            throw failure
        } catch {
            throw Failure(
                .unavailable, "ledger.root-unwritten", "账本签名根不能写入 \(folder)。请检查目录权限和磁盘空间后再运行一次。",
                en: "The ledger's signed root cannot be written to \(folder). Check the folder and the disk, run again."
            )
        }
    }

    /// The entries of all chains.
    package func entryCount() async throws -> Int {
        try await database.read { try LedgerStore($0).entries() }
    }
}
