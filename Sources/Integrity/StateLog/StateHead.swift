import Foundation
import Kernel
import Logging
import Signing

/// The signed end of the state log in a small file outside the database. It detects an older database and missing last
/// changes.
package struct StateHead: Sendable {
    struct Content: Codable {
        let format: Int
        let number: Int
        /// The code of that change, in hexadecimal.
        let mac: String
        /// Milliseconds since 1970.
        let time: Int
        let key: Int
        let suite: Int
        let signature: Data
    }

    let keys: KeyRing
    /// `nil` if no head is stored.
    let folder: String?

    package init(_ keys: KeyRing, folder: String?) { (self.keys, self.folder) = (keys, folder) }

    private var path: String? { folder.map { $0 + "/state-head.json" } }

    /// Whether a head is stored.
    package var exists: Bool { path.map { FileManager.default.fileExists(atPath: $0) } ?? false }

    /// Whether a head with changes is stored. Failure: `state.head`.
    package var hasChanges: Bool { get throws { try known().map { $0.number > 0 } ?? false } }

    /// Stores the head of an empty log, unless there is one.
    package func begin(at now: Int) throws { try renew(number: 0, mac: [], at: now) }

    private static func signed(_ number: Int, _ mac: String, _ time: Int) -> [UInt8] {
        Array("xueshi state head 1 \(number) \(mac) \(time)".utf8)
    }

    /// The stored head. Failure: `state.head`.
    func known() throws(Failure) -> Content? {
        guard let path else { return nil }
        return try read(path)
    }

    /// Compares the codes of the changes with the stored head.
    func compare(_ macs: [[UInt8]], _ known: Content?) throws(Failure) {
        guard let path else { return }
        guard let known else {
            if macs.isEmpty { return }
            throw .stateHeadMissing(path)
        }
        guard known.number <= macs.count else { throw .statesRolledBack(known.number, macs.count) }
        if known.number > 0, macs[known.number - 1].hexadecimal != known.mac { throw .statesBroken(known.number) }
    }

    /// Stores this head, unless a later one is stored.
    func renew(number: Int, mac: [UInt8], at now: Int) throws {
        guard let path, let folder else { return }
        do {
            try FileManager.default.createDirectory(
                atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
            try FileLock.alone(folder) {
                if let known = try read(path), known.number >= number { return }
                try write(number, mac.hexadecimal, now, to: path)
            } refused: {
                Failure.stateHeadUnwritten(folder)
            }
        } catch let failure as Failure {
            throw failure
        } catch {
            throw Failure.stateHeadUnwritten(path)
        }
    }

    /// The same after a commit. A failure is only logged, because the next renewal writes the head.
    func keep(number: Int, mac: [UInt8], at now: Int) {
        do {
            try renew(number: number, mac: mac, at: now)
        } catch {
            let code = (error as? Failure)?.code ?? "\(type(of: error))"
            Logger(label: "xueshi").error("state head", metadata: ["reason": "\(code)"])
        }
    }

    private func write(_ number: Int, _ mac: String, _ now: Int, to path: String) throws {
        let signed = try keys.sign(Self.signed(number, mac, now))
        let content = Content(
            format: 1, number: number, mac: mac, time: now, key: signed.key, suite: signed.suite,
            signature: Data(signed.bytes))
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
        try encoder.encode(content).write(to: URL(filePath: path), options: .atomic)
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)
    }

    func remove() throws {
        guard let path, FileManager.default.fileExists(atPath: path) else { return }
        try FileManager.default.removeItem(atPath: path)
    }

    /// `nil` if there is none.
    private func read(_ path: String) throws(Failure) -> Content? {
        guard let data = FileManager.default.contents(atPath: path) else {
            if FileManager.default.fileExists(atPath: path) { throw .stateHeadAltered(path) }
            return nil
        }
        guard let content = try? JSONDecoder().decode(Content.self, from: data), content.format == 1,
            keys.verify(
                Self.signed(content.number, content.mac, content.time),
                Signature(key: content.key, suite: content.suite, bytes: Array(content.signature))) == .valid
        else { throw .stateHeadAltered(path) }
        return content
    }
}

extension Failure {
    fileprivate static func stateHeadMissing(_ path: String) -> Failure {
        Failure(
            .damaged, "state.head-missing", "变更记录的签名链头不见了（\(path)）。请从备份取回；确实无法取回的，见 ledger verify --renew-root。",
            en: "The signed head of the changes of state is not in \(path). Restore it, or see ledger verify --help."
        )
    }

    fileprivate static func stateHeadAltered(_ path: String) -> Failure {
        Failure(
            .damaged, "state.head", "变更记录的签名链头被改动或无法读取（\(path)）。请从备份取回。",
            en: "The signed head of the changes of state in \(path) is altered or cannot be read. Restore it.")
    }

    fileprivate static func stateHeadUnwritten(_ path: String) -> Failure {
        Failure(
            .unavailable, "state.head-unwritten", "变更记录的签名链头不能写入 \(path)。请检查目录权限和磁盘空间后再运行一次。",
            en: "The head of the changes of state cannot be written to \(path). Check folder and disk, then run again.")
    }
}
