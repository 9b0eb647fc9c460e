import Database
import Foundation
import Kernel
import Testbed
import Testing

@testable import Files

/// Changes of files in the folder are detected.
@Suite struct SealedChunksTests {
    private static let record = SealedChunks.size + 33
    private static let header = SealedChunks.place(of: 0)

    /// Changes of a file of four chunks; `other` is another file of the same size.
    private static let attacks: [(name: String, change: @Sendable (inout Data, _ other: Data) -> Void)] = [
        ("one bit", { file, _ in file[header + 70_000] ^= 1 }),
        ("one bit of the header", { file, _ in file[20] ^= 1 }),
        ("the last chunk cut off", { file, _ in file.removeLast(7 + 33) }),
        ("cut within a chunk", { file, _ in file.removeLast(5) }),
        (
            "two chunks exchanged",
            { file, _ in
                let first = file[(header)..<(header + record)]
                file.replaceSubrange(header..<(header + record), with: file[(header + record)..<(header + 2 * record)])
                file.replaceSubrange((header + record)..<(header + 2 * record), with: first)
            }
        ),
        (
            "a chunk repeated",
            { file, _ in
                file.replaceSubrange((header + record)..<(header + 2 * record), with: file[header..<(header + record)])
            }
        ),
        (
            "a chunk of another file",
            { file, other in
                file.replaceSubrange(header..<(header + record), with: other[header..<(header + record)])
            }
        ),
        ("another file", { file, other in file = other }),
        ("another file under this header", { file, other in file.replaceSubrange(header..., with: other[header...]) }),
        ("nothing", { file, _ in file = Data() }),
    ]

    @Test(arguments: attacks.indices) func everyChangeOfAFileIsDetected(_ index: Int) async throws {
        try await withFiles(.sqlite) { bed in
            let size = 3 * SealedChunks.size + 7
            let hash = try await bed.keep(FilesBed.bytes(size))
            let other = try await bed.keep(FilesBed.bytes(size, salt: 1))
            let url = try await bed.url(hash)
            var bytes = try Data(contentsOf: url)
            Self.attacks[index].change(&bytes, try Data(contentsOf: await bed.url(other)))
            try bytes.write(to: url)
            #expect(await bed.failure(hash) == "sealed.damaged", "\(Self.attacks[index].name)")
        }
    }

    /// Shortening a file and changing its row is detected.
    @Test(arguments: [SealedChunks.size * 2, 1, 0, .max, -1]) func aForgedSizeIsDetected(_ size: Int) async throws {
        try await withFiles(.sqlite) { bed in
            let hash = try await bed.keep(FilesBed.bytes(3 * SealedChunks.size))
            let url = try await bed.url(hash)
            if size == SealedChunks.size * 2 {
                try Data(contentsOf: url).prefix(Self.header + 2 * Self.record).write(to: url)
            }
            try await bed.database.write { _ = try $0.execute("UPDATE stored_file SET size = \(size)") }
            if size == 0 {
                // Nothing is read, and no wrong content is shown.
                let failure = await #expect(throws: Failure.self) { try await bed.files.open(hash, bed.database) }
                #expect(failure?.code == "sealed.damaged")
            } else {
                #expect(await bed.failure(hash) == "sealed.damaged")
            }
        }
    }

    /// A chunk that is not the last one is not accepted as the last one, or the reverse.
    @Test(arguments: [false, true]) func theLastChunkCannotBeExchanged(_ isLast: Bool) async throws {
        try await withFiles(.sqlite) { bed in
            let chunks = SealedChunks(bed.files.keys, system: bed.clock.system)
            let plain = FilesBed.bytes(SealedChunks.size)
            let file = try OpenFile.scratch([UInt8](repeating: 0, count: Self.header))
            try file.append(try chunks.seal(plain, 0, isLast: false))
            try file.append(try chunks.seal(plain, 1, isLast: isLast))
            #expect(try chunks.read(0, of: file, size: 2 * SealedChunks.size) == plain)
            let read = { (size: Int) in try chunks.read(1, of: file, size: size) }
            #expect(try read((isLast ? 2 : 3) * SealedChunks.size) == plain)
            let failure = #expect(throws: Failure.self) { try read((isLast ? 3 : 2) * SealedChunks.size) }
            #expect(failure?.code == "sealed.damaged")
        }
    }

    /// A row with the place of another file, or an older copy with the same name.
    @Test func aRowWithAnotherFilesPlaceIsRefused() async throws {
        try await withFiles(.sqlite) { bed in
            let bytes = FilesBed.bytes(3 * SealedChunks.size)
            let (own, other) = (try await bed.keep(bytes), try await bed.keep(FilesBed.bytes(bytes.count, salt: 9)))
            let (url, elsewhere) = (try await bed.url(own), try await bed.url(other))
            try FileManager.default.removeItem(at: url)
            try FileManager.default.copyItem(at: elsewhere, to: url)
            #expect(await bed.failure(own) == "sealed.damaged")
            #expect(try await bed.read(other).count == bytes.count)
        }
    }

    @Test(arguments: [
        "sealed/../../keys.json", "sealed/ab/../x", "public/ab/cd", "sealed/ab/\(String(repeating: "a", count: 64))",
        "sealed/ab/\(String(repeating: "a", count: 64))-0123456789abcdef", "/etc/passwd", "",
        "other/aa/\(String(repeating: "a", count: 64))-0123456789abcdef",
    ])
    func onlyIssuedFileNamesAreRead(_ path: String) {
        #expect(FilePlace(path: path) == nil)
        let good = "sealed/aa/\(String(repeating: "a", count: 64))-0123456789abcdef"
        #expect(FilePlace(path: good)?.path == good)
    }
}
