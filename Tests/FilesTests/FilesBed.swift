import Database
import Foundation
import Kernel
import Signing
import Testbed
import Testing

@testable import Files

/// A store with folder, database and clock, and helpers for tests.
struct FilesBed: Sendable {
    let files: Files
    let database: Database
    let clock: TestClock
    let folder: URL

    static let scan = FileKind(largest: 4 << 20)
    static let media = FileKind(largest: 4 << 20, isPublic: true)

    /// Bytes without repetition at the distance of a chunk.
    static func bytes(_ count: Int, salt: UInt8 = 0) -> [UInt8] {
        (0..<count).map { UInt8(truncatingIfNeeded: $0 ^ $0 >> 7 ^ $0 >> 16) ^ salt }
    }

    func keep(_ bytes: [UInt8], _ kind: FileKind = scan, for number: Int? = nil) async throws -> FileHash {
        let staged = try files.stage(.scratch(bytes), kind)
        return try await files.write([staged], to: database) { transaction in
            let hash = try files.keep(staged, transaction)
            if let number { try FileReferenceStore(transaction).add(hash, of: "paper", number) }
            return hash
        }
    }

    func release(_ number: Int) async throws {
        try await database.write { try FileReferenceStore($0).release(of: "paper", number, at: clock.now) }
    }

    func read(_ hash: FileHash) async throws -> [UInt8] {
        var bytes: [UInt8] = []
        try await files.open(hash, database).each { bytes += $0 }
        return bytes
    }

    /// The code of the failure when a file is read.
    func failure(_ hash: FileHash) async -> String? {
        let failure = await #expect(throws: Failure.self) { try await read(hash) }
        return failure?.code
    }

    /// The paths in the folder except its mark.
    var left: [String] {
        let all = FileManager.default.enumerator(atPath: folder.path)?.compactMap { $0 as? String } ?? []
        return all.filter { path in
            var isFolder: ObjCBool = false
            FileManager.default.fileExists(atPath: folder.path + "/" + path, isDirectory: &isFolder)
            return !isFolder.boolValue && path != "xueshi-files"
        }.sorted()
    }

    func url(_ hash: FileHash) async throws -> URL {
        let row = try await database.read { try FileStore($0).find(hash) }
        return folder.appending(path: try required(row?.place).path)
    }

    /// Makes a file look as if it was last written `days` ago.
    func age(_ path: String, days: Int) throws {
        let then = Date(timeIntervalSinceNow: -86_400 * Double(days))
        try FileManager.default.setAttributes([.modificationDate: then], ofItemAtPath: folder.path + "/" + path)
    }
}

func withFiles(_ engine: Engine, _ body: (FilesBed) async throws -> Void) async throws {
    try await withFolder { folder in
        try await withDatabase(engine, Files.migrations) { database in
            let clock = TestClock()
            let keys = try KeyFile.create(at: folder.path + "/keys.json", system: clock.system)
            let files = Files(keys: keys, system: clock.system, folder: folder.path + "/files")
            try await body(
                FilesBed(files: files, database: database, clock: clock, folder: folder.appending(path: "files")))
        }
    }
}
