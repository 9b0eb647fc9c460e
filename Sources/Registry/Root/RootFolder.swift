import Foundation
import Kernel
import Signing

/// Where roots are kept outside the database.
///
/// `ledger-root.txt` is the newest root, `ledger-heads-….bin` the heads of all chains that it was made over, named by
/// their hash, so that both change at once. `roots/` has the earlier ones: each as `TIME.txt`, and in `TIME.bin` those
/// of its heads that the next root has otherwise. From these the heads of any moment are put together again.
package struct RootFolder: Sendable {
    private let place: URL
    private let keys: KeyRing

    package init(_ path: String, _ keys: KeyRing) { (place, self.keys) = (URL(filePath: path), keys) }

    private var newest: URL { place.appending(path: "ledger-root.txt") }
    private var earlier: URL { place.appending(path: "roots") }
    private func heads(_ digest: String) -> URL { place.appending(path: "ledger-heads-\(digest.prefix(16)).bin") }

    /// Whether a root was ever written here, be it by a program from before there were codes.
    package var hasRoot: Bool { FileManager.default.fileExists(atPath: newest.path) || LegacyRoot.exists(place) }

    /// The newest root without its heads, which take a while to read; `nil` where none was written yet.
    ///
    /// Failure: `ledger.root` (damaged) where file and signature do not fit.
    package func root() throws -> SignedRoot? {
        guard let text = try? String(contentsOf: newest, encoding: .utf8) else { return nil }
        return try SignedRoot(reading: text, keys)
    }

    /// The newest root and its heads; `nil` where none was written yet.
    ///
    /// Failure: `ledger.root` (damaged) where file, hash and signature do not fit.
    package func read() throws -> (root: SignedRoot, heads: ChainHeads)? {
        guard let root = try root() else { return try LegacyRoot.read(place, keys) }
        guard let (heads, digest) = ChainHeads.open(heads(root.content.heads)), digest.hexadecimal == root.content.heads
        else { throw Failure.rootAltered(place.path) }
        return (root, heads)
    }

    /// The heads of the newest root, to look single chains up in: they are not read and held against their hash here,
    /// for that takes a while with many people. No heads where there is no root yet.
    ///
    /// Failure: `ledger.root`.
    package func chains() throws -> ChainHeads {
        guard let root = try root() else { return ChainHeads() }
        guard let heads = ChainHeads.lookUp(heads(root.content.heads)) else { throw Failure.rootAltered(place.path) }
        return heads
    }

    /// Keeps a root over heads that were written to a draft in this folder, and of the root before what changed. One
    /// after the other: each is the root before for the next.
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
            // A root that was made by a clock that was ahead comes before this one all the same.
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

    /// A file in this folder that nobody else writes to.
    func draft(_ system: SystemInputs) throws -> URL {
        try FileManager.default.createDirectory(
            at: place, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        return place.appending(path: "ledger-heads-\(system.random(8).hexadecimal).new")
    }

    private func file(_ time: Int, _ type: String) -> URL { earlier.appending(path: "\(time).\(type)") }

    /// Writes those heads that are otherwise afterwards; of a chain that was not there yet a head with no entry.
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

    /// The heads that a root was made over, put together from what was kept since; `nil` where something of it is gone.
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
            // The earliest that says something of a chain says how it was.
            let head = cursors.lazy.compactMap { $0.head }.first { $0.person == person }
            if let head, head.entries > 0 { try writer.add(head) }
            for place in cursors.indices where cursors[place].head?.person == person { try cursors[place].advance() }
        }
        guard try writer.finish().hexadecimal == root.content.heads else { return nil }
        return ChainHeads.open(draft)?.heads
    }
}

/// The root as it was written before codes: over heads alone, by JSON. It is read once, to bring a ledger up to date.
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
