import Foundation
import Kernel
import Signing

/// The folder of signed roots, outside the database.
///
/// `ledger-root.txt` is the newest root. `ledger-heads-….bin` has its chain heads; its name contains their hash, so
/// a new root and its heads become valid at the same time. `roots/` has the earlier roots as `TIME.txt`. `TIME.bin` has
/// those of their heads that differ in the next root. From these files the heads of any earlier root can be rebuilt.
package struct RootFolder: Sendable {
    private let place: URL
    private let keys: KeyRing

    package init(_ path: String, _ keys: KeyRing) { (place, self.keys) = (URL(filePath: path), keys) }

    private var newest: URL { place.appending(path: "ledger-root.txt") }
    private var earlier: URL { place.appending(path: "roots") }
    private func heads(_ digest: String) -> URL { place.appending(path: "ledger-heads-\(digest.prefix(16)).bin") }

    /// Whether a root was ever written here, also in the format from before row MACs.
    package var hasRoot: Bool { FileManager.default.fileExists(atPath: newest.path) || LegacyRoot.exists(place) }

    /// The newest root without its heads, which are slow to read; `nil` where there is none yet.
    ///
    /// Failure: `ledger.root` (damaged) where file and signature do not match.
    package func root() throws -> SignedRoot? {
        guard let text = try? String(contentsOf: newest, encoding: .utf8) else { return nil }
        return try SignedRoot(reading: text, keys)
    }

    /// The newest root and its heads; `nil` where there is none yet.
    ///
    /// Failure: `ledger.root` (damaged) where file, hash and signature do not match.
    package func read() throws -> (root: SignedRoot, heads: ChainHeads)? {
        guard let root = try root() else { return try LegacyRoot.read(place, keys) }
        guard let (heads, digest) = ChainHeads.open(heads(root.content.heads)), digest.hexadecimal == root.content.heads
        else { throw Failure.rootAltered(place.path) }
        return (root, heads)
    }

    /// The heads of the newest root, to look up single chains. They are not compared with their hash, which is slow
    /// with many people. Empty where there is no root yet.
    ///
    /// Failure: `ledger.root`.
    package func chains() throws -> ChainHeads {
        guard let root = try root() else { return ChainHeads() }
        guard let heads = ChainHeads.lookUp(heads(root.content.heads)) else { throw Failure.rootAltered(place.path) }
        return heads
    }

    /// Stores a root whose heads are in a draft file of this folder, and the changed heads of the previous root. Only
    /// one call at a time, because each root refers to the previous one.
    func keep(_ root: SignedRoot, draft: URL) throws {
        try FileLock.alone(place.path) { () throws(any Error) in
            try replace(root, draft)
        } refused: {
            Failure.rootUnwritten(place.path)
        }
    }

    private func replace(_ root: SignedRoot, _ draft: URL) throws {
        let old = try read()
        guard rename(draft.path, heads(root.content.heads).path) == 0 else { throw POSIXError(.EIO) }
        if let old, old.root.content.format == 2 {
            guard let new = ChainHeads.open(heads(root.content.heads))?.heads else { throw POSIXError(.EIO) }
            try FileManager.default.createDirectory(at: earlier, withIntermediateDirectories: true)
            // Orders the previous root before this one, even if its clock was ahead.
            let time = min(old.root.time, root.time - 1)
            try Self.changes(from: old.heads, to: new, at: file(time, "bin"))
            try Data((old.root.text + "\n").utf8).write(to: file(time, "txt"), options: .atomic)
        }
        try Data((root.text + "\n").utf8).write(to: newest, options: .atomic)
        if let old, old.root.content.heads != root.content.heads {
            try? FileManager.default.removeItem(at: heads(old.root.content.heads))
        }
        LegacyRoot.remove(place)
    }

    /// A file in this folder that nothing else writes to. Creates the folder.
    func draft(_ system: SystemInputs) throws -> URL {
        try FileManager.default.createDirectory(
            at: place, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        return place.appending(path: "ledger-heads-\(system.random(8).hexadecimal).new")
    }

    private func file(_ time: Int, _ type: String) -> URL { earlier.appending(path: "\(time).\(type)") }

    /// Writes the old heads that differ in `new`. A chain that is new gets a head without entries.
    private static func changes(from old: ChainHeads, to new: ChainHeads, at url: URL) throws {
        var writer = try ChainHeadsWriter(url)
        var (before, after) = (try ChainHeads.Cursor(old), try ChainHeads.Cursor(new))
        while let person = [before.head?.person, after.head?.person].compactMap({ $0 }).min() {
            let then = before.head.flatMap { $0.person == person ? $0 : nil }
            let now = after.head.flatMap { $0.person == person ? $0 : nil }
            if then?.hash != now?.hash || then?.entries != now?.entries {
                try writer.add(then ?? ChainHead(person: person, entries: 0, hash: Canonical.first))
            }
            if then != nil { try before.advance() }
            if now != nil { try after.advance() }
        }
        _ = try writer.finish()
    }

    /// The heads of an earlier root, rebuilt from the stored changes; `nil` where a file of them is missing or altered.
    package func heads(of root: SignedRoot, _ system: SystemInputs) throws -> ChainHeads? {
        guard let newest = try read() else { return nil }
        let since = (try? FileManager.default.contentsOfDirectory(atPath: earlier.path)) ?? []
        let times = since.compactMap { name in name.hasSuffix(".bin") ? Int(name.dropLast(4)) : nil }
            .filter { $0 >= root.time }.sorted()
        let parts = times.compactMap { ChainHeads.open(file($0, "bin"))?.heads } + [newest.heads]
        let draft = try draft(system)
        defer { try? FileManager.default.removeItem(at: draft) }
        var writer = try ChainHeadsWriter(draft)
        var cursors = try parts.map { try ChainHeads.Cursor($0) }
        while let person = cursors.compactMap({ $0.head?.person }).min() {
            // The earliest file with the person has the head of that moment.
            let head = cursors.lazy.compactMap { $0.head }.first { $0.person == person }
            if let head, head.entries > 0 { try writer.add(head) }
            for place in cursors.indices where cursors[place].head?.person == person { try cursors[place].advance() }
        }
        guard try writer.finish().hexadecimal == root.content.heads else { return nil }
        return ChainHeads.open(draft)?.heads
    }
}

/// The root format from before row MACs: JSON, over heads alone. It is read once, when the ledger is migrated.
private struct LegacyRoot: Codable {
    let time: Int
    let chains: Int
    let entries: Int
    let heads: String
    let key: Int
    let suite: Int
    let signature: Data

    static func read(_ place: URL, _ keys: KeyRing) throws -> (root: SignedRoot, heads: ChainHeads)? {
        guard let text = try? Data(contentsOf: file(place)) else { return nil }
        guard let root = try? JSONDecoder().decode(LegacyRoot.self, from: text),
            let (heads, digest) = ChainHeads.open(place.appending(path: "ledger-heads-\(root.heads.prefix(16)).bin")),
            digest.hexadecimal == root.heads,
            keys.verify(
                Array("xueshi ledger root 1 \(root.time) \(root.heads)".utf8),
                Signature(key: root.key, suite: root.suite, bytes: Array(root.signature))) == .valid
        else { throw Failure.rootAltered(place.path) }
        let content = SignedRoot.Content(
            format: 1, time: root.time, through: 0, chains: root.chains, entries: root.entries, heads: root.heads,
            tables: [:], counts: [:], state: 0, stateCode: "")
        return (try SignedRoot(signing: content, keys), heads)
    }

    static func exists(_ place: URL) -> Bool { FileManager.default.fileExists(atPath: file(place).path) }

    static func remove(_ place: URL) { try? FileManager.default.removeItem(at: file(place)) }

    private static func file(_ place: URL) -> URL { place.appending(path: "ledger-root.json") }
}
