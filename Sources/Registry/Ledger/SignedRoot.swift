import Foundation
import Kernel
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

    /// Writes heads and root into the folder, and removes the heads of the root before.
    package static func write(_ heads: Heads, to folder: String, _ people: (keys: KeyRing, outside: Outside)) throws {
        let old = try? read(folder, people.keys)
        let time = people.outside.now()
        let digest = sha256(heads.bytes).hexadecimal
        let signature = try people.keys.sign(signed(time, digest))
        let root = SignedRoot(
            format: 1, time: time, chains: heads.count, entries: heads.total, heads: digest, key: signature.key,
            suite: signature.suite, signature: Data(signature.bytes))
        let place = URL(filePath: folder)
        do {
            try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
            try Data(heads.bytes).write(to: place.appending(path: root.file), options: .atomic)
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
            try encoder.encode(root).write(to: place.appending(path: name), options: .atomic)
        } catch {
            throw Failure(
                .unavailable, "ledger.root-unwritten", "账本签名根不能写入 \(folder)。请检查目录权限和磁盘空间后再运行一次。",
                en: "The ledger's signed root cannot be written to \(folder). Check the folder and the disk, run again."
            )
        }
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
            let bytes = try? [UInt8](Data(contentsOf: place.appending(path: root.file))), bytes.count % Heads.size == 0,
            sha256(bytes).hexadecimal == root.heads,
            keys.verify(
                signed(root.time, root.heads),
                Signature(key: root.key, suite: root.suite, bytes: Array(root.signature))) == .valid
        else {
            throw Failure(
                .damaged, "ledger.root", "账本签名根或其链头文件被改动或不完整（\(folder)）。请从备份取回后再核对。",
                en:
                    "The ledger's signed root or its heads in \(folder) are altered or cut. Take them from a backup."
            )
        }
        return (root, Heads(bytes))
    }
}
