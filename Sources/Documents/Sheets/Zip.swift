import CArchive
import Foundation
import Kernel

/// Streams members of a zip file, 64 KiB at a time, and counts the unpacked bytes.
struct Zip {
    typealias Chunk = UnsafeRawBufferPointer

    let path: String
    private let limit: Int
    private var unpacked = 0

    /// A file may unpack to `free` bytes, plus `ratio` times its own size.
    private static let (free, ratio) = (64 << 20, 200)
    private static let mostMembers = 10_000

    init(_ path: String, limit: Int) {
        self.path = path
        let size = OpenFile(reading: path)?.size ?? 0
        self.limit = min(limit, Self.free + Self.ratio * size)
    }

    /// Reads the members in order; `reader` returns the reader for a member's name, or `nil` to skip it.
    mutating func members(_ reader: (String) throws -> (any MemberReader)?) throws {
        guard let archive = archive_read_new() else { throw Failure.sheetDamaged("zip") }
        defer { archive_read_free(archive) }
        archive_read_support_format_zip_seekable(archive)
        guard archive_read_open_filename(archive, path, 65_536) == ARCHIVE_OK else {
            throw Failure.sheetDamaged("zip")
        }
        var count = 0
        while let name = try Self.next(archive) {
            count += 1
            guard count <= Self.mostMembers else { throw Failure.sheetMarkup("zip") }
            guard let reader = try reader(name) else { continue }
            try read(archive, name, into: reader)
        }
    }

    /// The next member's name, empty if it cannot be read; `nil` at the end.
    private static func next(_ archive: OpaquePointer) throws -> String? {
        var entry: OpaquePointer?
        let result = archive_read_next_header(archive, &entry)
        guard result != ARCHIVE_EOF else { return nil }
        guard result == ARCHIVE_OK || result == ARCHIVE_WARN else { throw Failure.sheetDamaged("zip") }
        return archive_entry_pathname(entry).map { String(cString: $0) } ?? ""
    }

    private mutating func read(_ archive: OpaquePointer, _ name: String, into reader: any MemberReader) throws {
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 65_536, alignment: 16)
        defer { buffer.deallocate() }
        while true {
            let count = archive_read_data(archive, buffer.baseAddress, buffer.count)
            guard count >= 0 else { throw Failure.sheetDamaged(name) }
            if count == 0 { return try reader.end() }
            unpacked += count
            guard unpacked <= limit else { throw Failure.sheetTooBig(limit) }
            try reader.take(Chunk(rebasing: buffer[..<count]))
        }
    }
}

/// Reads a member of a zip file.
protocol MemberReader {
    func take(_ chunk: Zip.Chunk) throws
    func end() throws
}
