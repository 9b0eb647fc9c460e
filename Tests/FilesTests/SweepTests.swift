import Database
import Foundation
import Kernel
import Testbed
import Testing

@testable import Files

/// Files with references stay; files without are deleted after 30 days.
@Suite struct SweepTests {
    private static let size = 3 * SealedChunks.size

    private func count(_ bed: FilesBed, _ table: SQL) async throws -> Int? {
        try await bed.database.read { try $0.first("SELECT count(*) FROM \(table)") { try $0.int(0) } }
    }

    @Test(arguments: Engine.allCases, [10, size]) func unreferencedFilesAreDeletedAfterThirtyDays(
        _ engine: Engine, _ size: Int
    ) async throws {
        try await withFiles(engine) { bed in
            let used = try await bed.keep(FilesBed.bytes(size), for: 1)
            _ = try await bed.keep(FilesBed.bytes(size, salt: 1))
            bed.clock.pass(days: 30)
            #expect(try await bed.files.sweep(bed.database) == 0)
            bed.clock.pass(seconds: 1)
            #expect(try await bed.files.sweep(bed.database) == 1)
            bed.clock.pass(days: 400)
            #expect(try await bed.files.sweep(bed.database) == 0)
            #expect(try await bed.read(used) == FilesBed.bytes(size))
            try await bed.release(1)
            bed.clock.pass(days: 30)
            #expect(try await bed.files.sweep(bed.database) == 0)
            bed.clock.pass(seconds: 1)
            #expect(try await bed.files.sweep(bed.database) == 1)
            #expect(await bed.failure(used) == "file.gone")
            #expect(bed.left.isEmpty)
            for table in ["stored_file", "stored_piece", "stored_reference", "dropped_file"] as [SQL] {
                #expect(try await count(bed, table) == 0)
            }
        }
    }

    /// A file with two references stays until the second is released. An upload on the last day makes it new.
    @Test(arguments: Engine.allCases) func aFileStaysUntilItsLastReferenceIsReleased(_ engine: Engine) async throws {
        try await withFiles(engine) { bed in
            let hash = try await bed.keep(FilesBed.bytes(Self.size), for: 1)
            _ = try await bed.keep(FilesBed.bytes(Self.size), for: 2)
            try await bed.release(1)
            bed.clock.pass(days: 31)
            #expect(try await bed.files.sweep(bed.database) == 0)
            try await bed.release(2)
            bed.clock.pass(days: 29)
            _ = try await bed.keep(FilesBed.bytes(Self.size))
            bed.clock.pass(days: 29)
            #expect(try await bed.files.sweep(bed.database) == 0)
            #expect(try await bed.read(hash).count == Self.size)
            let gone = await #expect(throws: Failure.self) {
                try await bed.database.write {
                    try FileReferenceStore($0).add(FileHash(kept: [UInt8](repeating: 1, count: 32)), of: "paper", 3)
                }
            }
            #expect(gone?.code == "file.gone")
        }
    }

    @Test func oneSweepDeletesManyFiles() async throws {
        try await withFiles(.sqlite) { bed in
            for salt in 0..<45 { _ = try await bed.keep(FilesBed.bytes(10, salt: UInt8(salt))) }
            bed.clock.pass(days: 31)
            #expect(try await bed.files.sweep(bed.database) == 45)
        }
    }

    /// Sweeps run while rows add references to due files: either the reference is refused, or the file stays.
    @Test(arguments: Engine.allCases, [10, size]) func aSweepKeepsFilesThatGetAReference(
        _ engine: Engine, _ size: Int
    ) async throws {
        try await withFiles(engine) { bed in
            let count: UInt8 = 24
            var hashes: [FileHash] = []
            for salt in 0..<count { hashes.append(try await bed.keep(FilesBed.bytes(size, salt: salt))) }
            bed.clock.pass(days: 31)
            let added = await withTaskGroup(of: (Int, FileHash)?.self, returning: [(Int, FileHash)].self) { group in
                for (number, hash) in hashes.enumerated() {
                    group.addTask {
                        // Half of the files are uploaded again, the others only get references.
                        if number % 2 == 0 {
                            let bytes = FilesBed.bytes(size, salt: UInt8(number))
                            return (try? await bed.keep(bytes, for: number)).map { (number, $0) }
                        }
                        let isAdded = try? await bed.database.write {
                            try FileReferenceStore($0).add(hash, of: "paper", number)
                        }
                        return isAdded == nil ? nil : (number, hash)
                    }
                    if number % 6 == 0 {
                        group.addTask {
                            _ = try? await bed.files.sweep(bed.database)
                            return nil
                        }
                    }
                }
                var added: [(Int, FileHash)] = []
                for await one in group { if let one { added.append(one) } }
                return added
            }
            #expect(added.count { $0.0 % 2 == 0 } == Int(count) / 2)
            for (number, hash) in added {
                #expect(try await bed.read(hash) == FilesBed.bytes(size, salt: UInt8(number)))
            }
            _ = try await bed.files.sweep(bed.database)
            #expect(bed.left.count == (size > SealedChunks.size ? added.count : 0))
        }
    }

    // MARK: - The clock

    @Test func aJumpingClockKeepsReferencedFiles() async throws {
        try await withFiles(.sqlite) { bed in
            let used = try await bed.keep(FilesBed.bytes(Self.size), for: 1)
            let unused = try await bed.keep(FilesBed.bytes(Self.size, salt: 1))
            bed.clock.pass(days: -400)
            #expect(try await bed.files.sweep(bed.database) == 0)
            #expect(try await bed.read(unused).count == Self.size)
            bed.clock.pass(days: 40_000)
            _ = try await bed.files.sweep(bed.database)
            #expect(try await bed.read(used) == FilesBed.bytes(Self.size))
        }
    }

    // MARK: - Interrupted writes

    /// The remains of kill -9 at each step of writing are deleted after a day.
    @Test(arguments: Engine.allCases) func straysAreDeletedAfterADay(_ engine: Engine) async throws {
        try await withFiles(engine) { bed in
            let used = try await bed.keep(FilesBed.bytes(Self.size), for: 1)
            let folder = try required(bed.files.folder)
            let half = try folder.create()
            try half.write([1, 2, 3], at: 0)
            half.isPlaced = true
            let whole = try folder.create()
            let place = folder.newPlace(of: used, isPublic: false)
            try folder.place(whole, at: place)
            #expect(bed.left.count == 3)
            _ = try await bed.files.sweep(bed.database)
            #expect(bed.left.count == 3)
            for path in bed.left { try bed.age(path, days: 2) }
            _ = try await bed.files.sweep(bed.database)
            #expect(bed.left.count == 1)
            #expect(try await bed.read(used) == FilesBed.bytes(Self.size))
        }
    }

    /// Files in use are only looked up; nothing is written for them.
    @Test func aSweepWritesNothingForFilesInUse() async throws {
        try await withFiles(.sqlite) { bed in
            for number in 0..<12 {
                _ = try await bed.keep(FilesBed.bytes(Self.size, salt: UInt8(number)), for: number)
            }
            for path in bed.left { try bed.age(path, days: 2) }
            let before = bed.database.syncs
            #expect(try await bed.files.sweep(bed.database) == 0)
            #expect(bed.database.syncs - before <= 1 && bed.left.count == 12)
        }
    }

    /// A removal that was interrupted by a crash is completed by the next sweep.
    @Test func aKilledSweepIsCompletedByTheNext() async throws {
        try await withFiles(.sqlite) { bed in
            let hash = try await bed.keep(FilesBed.bytes(Self.size))
            try await bed.database.write { transaction in
                let store = FileStore(transaction)
                if let row = try store.find(hash) { try store.delete(row) }
            }
            #expect(bed.left.count == 1)
            _ = try await bed.files.sweep(bed.database)
            #expect(bed.left.isEmpty)
            #expect(try await count(bed, "dropped_file") == 0)
        }
    }

    /// An upload that was marked as a stray is refused, also after the sweep.
    @Test(arguments: Engine.allCases, [true, false]) func aStrayCannotBeKept(
        _ engine: Engine, _ isFinished: Bool
    ) async throws {
        try await withFiles(engine) { bed in
            _ = try await bed.keep(FilesBed.bytes(Self.size), for: 1)
            let late = try bed.files.stage(.scratch(FilesBed.bytes(Self.size, salt: 5)), FilesBed.scan)
            let place = try required(late.place)
            if isFinished {
                try bed.age(place.path, days: 2)
                _ = try await bed.files.sweep(bed.database)
            } else {
                try await bed.database.write { try FileStore($0).drop(place) }
            }
            let failure = await #expect(throws: Failure.self) {
                try await bed.files.write([late], to: bed.database) { _ = try bed.files.keep(late, $0) }
            }
            #expect(failure?.code == "file.swept")
        }
    }
}
