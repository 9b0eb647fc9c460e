import CArchive
import Documents
import Foundation
import Kernel

/// A temporary folder for a test, removed with it.
final class SheetFolder: Sendable {
    let folder: URL

    init() {
        let name = "xueshi-sheets-" + SystemInputs.real.random(8).map { String($0, radix: 16) }.joined()
        folder = FileManager.default.temporaryDirectory.appending(path: name)
        try? FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    var path: String { folder.appending(path: "sheet").path }

    func file(_ bytes: some Sequence<UInt8>) throws -> String {
        try Data(bytes).write(to: URL(filePath: path))
        return path
    }

    /// A zip file of these members, in this order.
    func zip(_ members: [(name: String, text: String)]) -> String {
        let archive = archive_write_new()
        archive_write_set_format_zip(archive)
        archive_write_open_filename(archive, path)
        for (name, text) in members {
            let entry = archive_entry_new()
            archive_entry_set_pathname(entry, name)
            archive_entry_set_size(entry, la_int64_t(text.utf8.count))
            archive_entry_set_filetype(entry, 0o100000)
            archive_entry_set_perm(entry, 0o644)
            archive_write_header(archive, entry)
            _ = Array(text.utf8).withUnsafeBytes { archive_write_data(archive, $0.baseAddress, $0.count) }
            archive_entry_free(entry)
        }
        archive_write_close(archive)
        archive_write_free(archive)
        return path
    }

    /// The text of a member of the zip file.
    func member(_ name: String) throws -> String {
        let archive = archive_read_new()
        defer { archive_read_free(archive) }
        archive_read_support_format_zip(archive)
        archive_read_open_filename(archive, path, 65_536)
        var entry: OpaquePointer?
        while archive_read_next_header(archive, &entry) == ARCHIVE_OK {
            guard String(cString: archive_entry_pathname(entry)) == name else { continue }
            var bytes = [UInt8](repeating: 0, count: 1 << 20)
            let count = archive_read_data(archive, &bytes, bytes.count)
            return String(decoding: bytes.prefix(max(count, 0)), as: UTF8.self)
        }
        return ""
    }

    /// A workbook with these parts; the sheet comes before the parts that it refers to.
    func book(rows: String, strings: String = "", styles: String = "", properties: String = "") -> String {
        let relations = #"<Relationships><Relationship Id="rId7" Target="worksheets/sheet3.xml"/></Relationships>"#
        let sheets = #"<sheets><sheet name="h" state="hidden" r:id="rId1"/><sheet name="a" r:id="rId7"/></sheets>"#
        return zip([
            ("xl/worksheets/sheet3.xml", "<worksheet><sheetData>\(rows)</sheetData></worksheet>"),
            ("xl/sharedStrings.xml", "<sst>\(strings)</sst>"),
            ("xl/styles.xml", "<styleSheet>\(styles)</styleSheet>"),
            ("xl/_rels/workbook.xml.rels", relations),
            ("xl/workbook.xml", #"<workbook xmlns:r="r"><workbookPr \#(properties)/>\#(sheets)</workbook>"#),
        ])
    }
}

func rows(_ path: String, limits: SheetLimits = .standard) throws -> [SheetRow] {
    var rows: [SheetRow] = []
    try readSheet(path, limits: limits) { rows.append($0) }
    return rows
}

func texts(_ path: String, limits: SheetLimits = .standard) throws -> [[String]] {
    try rows(path, limits: limits).map { $0.cells.map(\.text) }
}

func failure(_ body: () throws -> Void) -> Failure? {
    do {
        try body()
        return nil
    } catch {
        return error as? Failure
    }
}
