import Database
import Foundation
import Kernel
import Testbed
import Testing

@testable import Files

/// Files of all sizes, their places and their content.
@Suite struct StoreTests {
    private static let chunk = SealedChunks.size
    private static let sizes = [0, 1, chunk - 1, chunk, chunk + 1, 2 * chunk, 3 * chunk + 7]

    @Test(arguments: Engine.allCases) func keptFilesAreReadBack(_ engine: Engine) async throws {
        try await withFiles(engine) { bed in
            for (kind, size) in [FilesBed.scan, FilesBed.media, .list].flatMap({ kind in Self.sizes.map { (kind, $0) } }
            ) {
                let bytes = FilesBed.bytes(size)
                let hash = try await bed.keep(bytes, kind)
                let file = try await bed.files.open(hash, bed.database)
                #expect(file.size == size)
                #expect(try await bed.read(hash) == bytes)
                #expect(try await bed.database.read { try bed.files.read(hash, $0) } == bytes)
                for start in [0, 1, Self.chunk - 1, Self.chunk, size - 1] where 0..<size ~= start {
                    let some = try await file.read(start..<min(start + 9, size))
                    #expect(!some.isEmpty && Array(bytes[start...].prefix(some.count)) == some)
                }
            }
        }
    }

    /// Files of up to one chunk are in the database, larger ones in the folder: personal files encrypted, public ones
    /// in plain text, each once.
    @Test func smallFilesAreInTheDatabaseAndLargeOnesInTheFolder() async throws {
        try await withFiles(.sqlite) { bed in
            _ = try await bed.keep(FilesBed.bytes(Self.chunk))
            _ = try await bed.keep(FilesBed.bytes(Self.chunk), FilesBed.media)
            #expect(bed.left.isEmpty)
            let bytes = FilesBed.bytes(3 * Self.chunk)
            let (sealed, open) = (try await bed.keep(bytes), try await bed.keep(bytes, FilesBed.media))
            #expect(sealed != open)
            #expect(try await bed.keep(bytes) == sealed)
            #expect(bed.left.map { $0.prefix(7) } == ["public/", "sealed/"])
            #expect(try Data(contentsOf: await bed.url(open)) == Data(bytes))
            let lying = try Data(contentsOf: await bed.url(sealed))
            #expect(lying.count > bytes.count && lying.range(of: Data(bytes[1000..<1016])) == nil)
            for path in bed.left + ["", "sealed", "public", "incoming", "xueshi-files"] {
                let mode = try FileManager.default.attributesOfItem(atPath: bed.folder.path + "/" + path)[
                    .posixPermissions]
                #expect((mode as? Int).map { $0 & 0o077 } == 0, "\(path)")
            }
        }
    }

    /// A file that arrives in many parts, as over a network.
    @Test(arguments: [1000, 65_536, 200_000]) func aDraftAcceptsPartsOfAnySize(_ part: Int) async throws {
        try await withFiles(.sqlite) { bed in
            let bytes = FilesBed.bytes(5 * Self.chunk + 3)
            let draft = try await bed.files.draft(FilesBed.scan, of: 7, bed.database)
            for start in stride(from: 0, to: bytes.count, by: part) {
                try draft.append(bytes[start..<min(start + part, bytes.count)])
            }
            #expect(draft.size == bytes.count && draft.header == Array(bytes.prefix(512)))
            let staged = try draft.finish()
            let hash = try await bed.database.write { try bed.files.keep(staged, $0) }
            #expect(try await bed.read(hash) == bytes)
            #expect(try await bed.keep(bytes) == hash)
        }
    }

    // MARK: - Interrupted writes

    @Test func filesThatAreNotKeptAreDeleted() async throws {
        try await withFiles(.sqlite) { bed in
            do {
                let draft = try await bed.files.draft(FilesBed.scan, of: 7, bed.database)
                try draft.append(FilesBed.bytes(3 * Self.chunk))
                #expect(bed.left.count == 1 && bed.left[0].hasPrefix("incoming/"))
            }
            #expect(bed.left.isEmpty)
            do {
                let staged = try bed.files.stage(.scratch(FilesBed.bytes(3 * Self.chunk)), FilesBed.scan)
                #expect(bed.left.count == 1 && staged.size == 3 * Self.chunk)
            }
            #expect(bed.left.isEmpty)
            let large = await #expect(throws: Failure.self) { try await bed.keep(FilesBed.bytes(4 << 20 + 1)) }
            #expect(large?.code == "file.too-large" && large?.words.chinese.contains("4 MB") == true)
            let draft = try await bed.files.draft(FilesBed.scan, of: 7, bed.database)
            let late = #expect(throws: Failure.self) {
                for _ in 0..<65 { try draft.append(FilesBed.bytes(Self.chunk)) }
            }
            #expect(late?.code == "file.too-large")
        }
    }

    /// If the row cannot be written, the file is deleted at once.
    @Test(arguments: Engine.allCases) func aFailedTransactionLeavesNoFile(_ engine: Engine) async throws {
        try await withFiles(engine) { bed in
            let staged = try bed.files.stage(.scratch(FilesBed.bytes(3 * Self.chunk)), FilesBed.scan)
            await #expect(throws: Failure.fileGone) {
                try await bed.files.write([staged], to: bed.database) { transaction in
                    try bed.files.keep(staged, transaction)
                    throw Failure.fileGone
                }
            }
            #expect(bed.left.isEmpty)
        }
    }

    /// A file stays if two rows of one act use it, or if it was kept twice.
    @Test(arguments: Engine.allCases) func aFileKeptTwiceExistsOnce(_ engine: Engine) async throws {
        try await withFiles(engine) { bed in
            let bytes = FilesBed.bytes(3 * Self.chunk)
            let staged = try (0..<2).map { _ in try bed.files.stage(.scratch(bytes), FilesBed.scan) }
            #expect(bed.left.count == 2)
            for file in staged + staged {
                try await bed.files.write([file], to: bed.database) { transaction in
                    for number in 0..<2 {
                        try FileReferenceStore(transaction).add(
                            try bed.files.keep(file, transaction), of: "paper", number)
                    }
                }
            }
            #expect(bed.left.count == 1)
            #expect(try await bed.read(staged[0].hash) == bytes)
        }
    }

    /// A lost file is restored when it is uploaded again.
    @Test func aLostFileIsRestoredByTheNextUpload() async throws {
        try await withFiles(.sqlite) { bed in
            let bytes = FilesBed.bytes(3 * Self.chunk)
            let hash = try await bed.keep(bytes, for: 1)
            try FileManager.default.removeItem(at: await bed.url(hash))
            #expect(await bed.failure(hash) == "file.missing")
            #expect(try await bed.keep(bytes) == hash)
            #expect(try await bed.read(hash) == bytes)
        }
    }

    /// A check reads every file, and lists altered and missing ones with the rows that use them.
    @Test(arguments: Engine.allCases) func aCheckListsLostFiles(_ engine: Engine) async throws {
        try await withFiles(engine) { bed in
            for (number, size) in [10, 3 * Self.chunk, 3 * Self.chunk, 20].enumerated() {
                _ = try await bed.keep(FilesBed.bytes(size, salt: UInt8(number)), for: number)
            }
            let whole = try await bed.files.check(bed.database)
            #expect(whole.checked == 4 && whole.inFolder == 2 && whole.faults.isEmpty)
            let lost = try await bed.keep(FilesBed.bytes(3 * Self.chunk, salt: 1))
            try FileManager.default.removeItem(at: await bed.url(lost))
            let cut = try await bed.keep(FilesBed.bytes(3 * Self.chunk, salt: 2))
            try Data(contentsOf: await bed.url(cut)).dropLast().write(to: await bed.url(cut))
            let small = try await bed.keep(FilesBed.bytes(20, salt: 3))
            try await bed.database.write { _ = try $0.execute("DELETE FROM stored_piece WHERE hash = \(small.bytes)") }
            let check = try await bed.files.check(bed.database)
            let found = Dictionary(uniqueKeysWithValues: check.faults.map { ($0.references.joined(), $0.isMissing) })
            #expect(found == ["paper 1": true, "paper 2": false, "paper 3": false])
        }
    }

    // MARK: - Limits

    @Test(arguments: Engine.allCases) func uploadsOfAnAccountAreLimitedByDay(_ engine: Engine) async throws {
        let kind = FileKind(largest: 4 << 20, perDay: 300_000)
        try await withFiles(engine) { bed in
            let send = { (account: Int, salt: UInt8) in
                let draft = try await bed.files.draft(kind, of: account, bed.database)
                try draft.append(FilesBed.bytes(150_000, salt: salt))
                let staged = try draft.finish()
                try await bed.files.write([staged], to: bed.database) { _ = try bed.files.keep(staged, $0) }
            }
            try await send(1, 1)
            bed.clock.pass(minutes: 60)
            try await send(2, 2)
            try await send(1, 3)
            let over = await #expect(throws: Failure.self) { try await send(1, 4) }
            #expect(over?.code == "file.day-used" && over?.words.chinese.contains("24 小时内") == true)
            // The first upload leaves the 24 hours an hour earlier.
            #expect(over?.retryAfter == 23 * 3600)
            try await send(2, 5)
            bed.clock.pass(days: 1, seconds: -3601)
            let early = await #expect(throws: Failure.self) { try await send(1, 6) }
            #expect(early?.retryAfter == 1)
            bed.clock.pass(seconds: 1)
            try await send(1, 6)
            #expect(bed.left.count == 5)
        }
    }

    @Test func concurrentUploadsOfAnAccountAreLimited() async throws {
        let kind = FileKind(largest: 4 << 20, atOnce: 2)
        try await withFiles(.sqlite) { bed in
            let first = try await bed.files.draft(kind, of: 1, bed.database)
            do {
                let second = try await bed.files.draft(kind, of: 1, bed.database)
                let third = await #expect(throws: Failure.self) { try await bed.files.draft(kind, of: 1, bed.database) }
                #expect(third?.code == "file.at-once")
                _ = try await bed.files.draft(kind, of: 2, bed.database)
                #expect(first.size + second.size == 0)
            }
            _ = try await bed.files.draft(kind, of: 1, bed.database)
        }
    }
}
