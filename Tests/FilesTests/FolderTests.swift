import Database
import Foundation
import Kernel
import Signing
import Testbed
import Testing

@testable import Files

/// A folder that is missing, belongs to another installation, or cannot be written.
@Suite struct FolderTests {
    private static let size = 3 * SealedChunks.size

    private func refused(_ files: Files, _ bed: FilesBed) async -> Failure? {
        await #expect(throws: Failure.self) {
            let draft = try await files.draft(FilesBed.scan, of: 1, bed.database)
            try draft.append(FilesBed.bytes(Self.size))
            let staged = try draft.finish()
            try await files.write([staged], to: bed.database) { _ = try files.keep(staged, $0) }
        }
    }

    private func files(_ bed: FilesBed, at path: String?) -> Files {
        Files(keys: bed.files.keys, system: bed.clock.system, folder: path)
    }

    @Test func aFolderThatCannotBeCreatedIsReported() async throws {
        try await withFiles(.sqlite) { bed in
            let parent = bed.folder.deletingLastPathComponent().path
            for path in [parent + "/none/files", "/proc/files", parent + "/keys.json"] {
                let failure = await refused(files(bed, at: path), bed)
                #expect(failure?.code == "file.folder" && failure?.detail?.contains(path) == true, "\(path)")
                #expect(failure?.words.chinese.contains(path) == false)
            }
            #expect(await refused(files(bed, at: nil), bed)?.code == "file.other-folder")
        }
    }

    /// If the disk with the files is not mounted, nothing is written to the mount point and nothing is swept.
    @Test(arguments: Engine.allCases) func anUnmountedFolderIsDetected(_ engine: Engine) async throws {
        try await withFiles(engine) { bed in
            let used = try await bed.keep(FilesBed.bytes(Self.size), for: 1)
            _ = try await bed.keep(FilesBed.bytes(Self.size, salt: 1))
            let away = bed.folder.deletingLastPathComponent().path + "/away"
            try FileManager.default.moveItem(atPath: bed.folder.path, toPath: away)
            try FileManager.default.createDirectory(at: bed.folder, withIntermediateDirectories: false)
            let failure = await refused(bed.files, bed)
            #expect(failure?.code == "file.other-folder" && bed.left.isEmpty)
            #expect(await bed.failure(used) == "file.missing")
            bed.clock.pass(days: 31)
            #expect(try await bed.files.sweep(bed.database) == 1)
            try FileManager.default.removeItem(at: bed.folder)
            try FileManager.default.moveItem(atPath: away, toPath: bed.folder.path)
            for path in bed.left { try bed.age(path, days: 2) }
            _ = try await bed.files.sweep(bed.database)
            #expect(bed.left.count == 1)
            #expect(try await bed.read(used) == FilesBed.bytes(Self.size))
        }
    }

    /// A folder with other keys is left alone; its files are not strays.
    @Test func anotherInstallationsFolderIsRefused() async throws {
        try await withFiles(.sqlite) { bed in
            _ = try await bed.keep(FilesBed.bytes(Self.size), for: 1)
            try await withFiles(.sqlite) { other in
                #expect(await refused(files(other, at: bed.folder.path), other)?.code == "file.other-folder")
                #expect(bed.left.count == 1)
            }
            // The same keys and another number: a copy of the installation with a new folder.
            let copy = bed.folder.deletingLastPathComponent().path + "/copy"
            #expect(await refused(files(bed, at: copy), bed)?.code == "file.other-folder")
        }
    }

    /// A part of the folder is on another file system, so renaming fails.
    @Test(.enabled(if: isApart)) func aFailedRenameLeavesNoFile() async throws {
        try await withFiles(.sqlite) { bed in
            _ = try await bed.keep(FilesBed.bytes(Self.size), for: 1)
            let elsewhere = URL(filePath: "/dev/shm/xueshi-\(UInt64.random(in: 1...UInt64.max))")
            try FileManager.default.createDirectory(at: elsewhere, withIntermediateDirectories: false)
            defer { try? FileManager.default.removeItem(at: elsewhere) }
            let incoming = bed.folder.appending(path: "incoming")
            try FileManager.default.removeItem(at: incoming)
            try FileManager.default.createSymbolicLink(at: incoming, withDestinationURL: elsewhere)
            let before = bed.left
            #expect(await refused(bed.files, bed)?.code == "file.folder")
            #expect(try FileManager.default.contentsOfDirectory(atPath: elsewhere.path).isEmpty)
            #expect(bed.left == before)
        }
    }

    private static let isApart: Bool = {
        var (here, there) = (stat(), stat())
        return stat(FileManager.default.temporaryDirectory.path, &here) == 0 && stat("/dev/shm", &there) == 0
            && here.st_dev != there.st_dev
    }()

    @Test func aFullDiskAndABrokenFolderHaveDifferentFailures() {
        func codes(_ reasons: [Int32]) -> Set<String> { Set(reasons.map { Failure.folder("x", $0) }.map(\.code)) }
        #expect(codes([ENOSPC, EDQUOT, EFBIG]) == ["file.full"])
        #expect(codes([EROFS, EACCES, EXDEV, EIO]) == ["file.folder"])
    }

    /// Two nodes create the folder at once; it gets one number.
    @Test func twoNodesCreateOneFolder() async throws {
        try await withFiles(.sqlite) { bed in
            let ids = try await withThrowingTaskGroup(of: [UInt8].self) { group in
                for _ in 0..<8 { group.addTask { try required(bed.files.folder).identity() } }
                return try await group.reduce(into: Set<[UInt8]>()) { $0.insert($1) }
            }
            #expect(ids.count == 1 && bed.left.isEmpty)
        }
    }
}
