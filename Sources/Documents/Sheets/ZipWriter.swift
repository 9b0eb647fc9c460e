import CArchive
import Foundation
import Kernel

/// Writes files into a zip, one after another. The contents are compressed already, so they are stored uncompressed.
package final class ZipWriter {
    private let path: String
    private var archive: OpaquePointer?

    package init(_ path: String) throws(Failure) {
        self.path = path
        archive = archive_write_new()
        guard archive != nil, archive_write_set_format_zip(archive) == ARCHIVE_OK,
            archive_write_zip_set_compression_store(archive) == ARCHIVE_OK,
            archive_write_set_options(archive, "hdrcharset=UTF-8") >= ARCHIVE_WARN,
            archive_write_open_filename(archive, path) == ARCHIVE_OK
        else { throw fault() }
    }

    deinit { if let archive { archive_write_free(archive) } }

    /// Failure: `sheet.unwritten`, as for a workbook.
    package func add(_ name: String, _ bytes: [UInt8]) throws(Failure) {
        let entry = archive_entry_new()
        defer { archive_entry_free(entry) }
        archive_entry_set_pathname_utf8(entry, name)
        archive_entry_set_size(entry, la_int64_t(bytes.count))
        archive_entry_set_filetype(entry, 0o100000)
        archive_entry_set_perm(entry, 0o644)
        guard archive_write_header(archive, entry) >= ARCHIVE_WARN,
            bytes.isEmpty || archive_write_data(archive, bytes, bytes.count) == bytes.count
        else { throw fault() }
    }

    package func finish() throws(Failure) {
        guard archive_write_close(archive) == ARCHIVE_OK else { throw fault() }
        archive_write_free(archive)
        archive = nil
    }

    private func fault() -> Failure {
        .sheetUnwritten(path, archive.flatMap { archive_error_string($0) }.map { String(cString: $0) } ?? "zip")
    }
}
