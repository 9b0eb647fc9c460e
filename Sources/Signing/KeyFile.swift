import Crypto
import Foundation
import Kernel

/// The key file: JSON with mode 0600, outside the database. Secrets are in base64, days in the form `2026-01-31`.
package struct KeyFile: Codable {
    struct Entry: Codable {
        let id: Int
        let suite: Int
        let created: String
        var retired: String?
        let secret: Data
    }

    static let format = 1

    let format: Int
    var encryption: [Entry]
    let lookup: Entry
    var signing: [Entry]
}

// MARK: - Opening

extension KeyFile {
    /// Creates the first keys in a new file (`keys.exists`).
    ///
    /// The file has mode 0600 and is durable when this returns; after a crash it is complete or absent.
    package static func create(at path: String, system: SystemInputs) throws(Failure) -> KeyRing {
        try KeyDisk.create(KeyFile(system).encoded(path), at: path, system)
        return try load(path)
    }

    /// Failures: `keys.missing`; `keys.mode` if others may read it; `keys.unreadable` if it is not a complete key file,
    /// or has a key of an unknown suite.
    package static func load(_ path: String) throws(Failure) -> KeyRing {
        try ring(read(path), path)
    }

    /// Adds new keys for encrypting and signing, and retires the previous ones, which still decrypt and verify.
    ///
    /// A running program keeps its loaded keys until it is restarted.
    ///
    /// Failure: `keys.clock` if a key is newer than today. If that is accepted, no key is retired before the day it was
    /// made.
    package static func renew(
        at path: String, system: SystemInputs, acceptingClock: Bool = false
    ) throws(Failure) -> KeyRing {
        try KeyDisk.alone(path) { () throws(Failure) in
            let file = try read(path)
            _ = try ring(file, path)
            if let newest = file.newestDay, system.today < newest, !acceptingClock {
                throw .keysClock(system.today, newest)
            }
            let renewed = file.renewed(system)
            let ring = try ring(renewed, path)
            try KeyDisk.replace(renewed.encoded(path), at: path, system)
            return ring
        }
    }

    private static func read(_ path: String) throws(Failure) -> KeyFile {
        let bytes = try KeyDisk.read(path)
        guard let file = try? JSONDecoder().decode(KeyFile.self, from: Data(bytes)) else {
            throw .keysUnreadable(path, "内容不完整或不是密钥文件", en: "it is incomplete or no key file")
        }
        return file
    }

    private static func ring(_ file: KeyFile, _ path: String) throws(Failure) -> KeyRing {
        guard file.format == format else {
            throw .keysUnreadable(path, "格式版本 \(file.format) 未知", en: "its format \(file.format) is unknown")
        }
        guard let ring = KeyRing(file) else {
            throw .keysUnreadable(
                path, "有密钥缺失、过短、重复或算法未知", en: "a key is missing, short, double or of an unknown suite")
        }
        return ring
    }

    private var newestDay: Day? {
        (encryption + signing + [lookup]).flatMap { [$0.created, $0.retired] }.compactMap { $0.flatMap { Day($0) } }
            .max()
    }

    private func encoded(_ path: String) throws(Failure) -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
        guard let data = try? encoder.encode(self) else { throw .keysUnwritable(path, "JSON") }
        return Array(data) + [10]
    }
}

// MARK: - New keys

extension KeyFile {
    /// The first keys of all uses.
    private init(_ system: SystemInputs) {
        self.init(
            format: Self.format, encryption: [.new(beside: [], system)], lookup: .new(beside: [], system),
            signing: [.new(beside: [], system)])
    }

    /// Keeps the lookup key, because stored hashes can be found only with it.
    private func renewed(_ system: SystemInputs) -> KeyFile {
        var file = self
        file.encryption = Self.renewed(encryption, system)
        file.signing = Self.renewed(signing, system)
        return file
    }

    private static func renewed(_ entries: [Entry], _ system: SystemInputs) -> [Entry] {
        let retired = entries.map { entry in
            var entry = entry
            let retired = max(system.today, Day(entry.created) ?? system.today)
            entry.retired = entry.retired ?? retired.description
            return entry
        }
        return retired + [.new(beside: entries, system)]
    }
}

extension KeyFile.Entry {
    fileprivate static func new(beside others: [Self], _ system: SystemInputs) -> Self {
        let secret = SymmetricKey(size: .bits256).withUnsafeBytes { Data($0) }
        return Self(
            id: newID(beside: others, system), suite: Int(Suite.international.rawValue),
            created: system.today.description, secret: secret)
    }

    /// A random id. If all installations numbered their keys from 1, data of another installation would look like
    /// altered own data.
    private static func newID(beside others: [Self], _ system: SystemInputs) -> Int {
        var id = Int(system.random(4).reduce(UInt32(0)) { $0 << 8 | UInt32($1) } & 0x7FFF_FFFF)
        while id == 0 || others.contains(where: { $0.id == id }) { id = id % Key.lastID + 1 }
        return id
    }
}
