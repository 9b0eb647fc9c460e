import Foundation
import Kernel

/// Reads the visible sheets of an .xlsx, or a .csv, detected by content, row by row in bounded memory. The rows of a
/// sheet come together; the sheets come in the order of the file. At the end comes a row without cells for each hidden
/// sheet that is not empty.
///
/// Failures are ``Failure``. An error thrown by `row` ends the reading and is passed on.
package func readSheet(
    _ path: String, limits: SheetLimits = .standard, _ row: (SheetRow) throws -> Void
) throws {
    try withoutActuallyEscaping(row) { row in
        let head = try ByteFile(path).next(1024)
        switch head.prefix(4) {
        case []: throw Failure.sheetEmpty
        case [0x50, 0x4B, 0x03, 0x04], [0x50, 0x4B, 0x05, 0x06]: try readWorkbook(path, limits, row)
        case [0xD0, 0xCF, 0x11, 0xE0]: throw Failure.sheetOld
        default:
            if let failure = Failure(markup: head) { throw failure }
            try readText(path, limits, row)
        }
    }
}

/// Relations lead from the file to the workbook and to its sheets. The members come in any order, so the file is read
/// once for each step.
private func readWorkbook(
    _ path: String, _ limits: SheetLimits, _ row: @escaping (SheetRow) throws -> Void
) throws {
    let read = { (parts: [String: any XMLReaderDelegate]) in
        var zip = Zip(path, limit: limits.bytes)
        try zip.members { name in try parts[name.lowercased()].map { try XMLReader(name, $0) } }
    }
    let package = RelationReader(of: "")
    try read([package.member: package])
    let book = package.types["officeDocument"] ?? "xl/workbook.xml"
    let (workbook, relations) = (WorkbookReader(), RelationReader(of: book))
    try read([book: workbook, relations.member: relations])
    var waiting = workbook.sheets.reduce(into: [String: String]()) { waiting, sheet in
        if let member = relations.members[sheet.relation] { waiting[member] = sheet.name }
    }
    guard !waiting.isEmpty else { throw Failure.sheetNone }
    let (styles, strings, merges) = (StyleReader(), StringsReader(limits), waiting.mapValues { _ in MergeReader() })
    var parts: [String: any XMLReaderDelegate] = [
        relations.types["styles"] ?? "xl/styles.xml": styles,
        relations.types["sharedStrings"] ?? "xl/sharedstrings.xml": strings,
    ]
    parts.merge(merges) { $1 }
    let hidden = workbook.hidden.compactMap { sheet in
        relations.members[sheet.relation].flatMap { waiting[$0] == nil ? (sheet.name, $0, FilledReader()) : nil }
    }
    for (_, member, reader) in hidden { parts[member] = reader }
    try read(parts)
    for (member, sheet) in waiting { try merges[member]?.refuse(as: sheet) }
    let context = SheetContext(
        strings: strings.texts, forms: styles.forms, is1904: workbook.is1904, isUnreckoned: workbook.isUnreckoned)
    let count = waiting.count
    var zip = Zip(path, limit: limits.bytes)
    try zip.members { name throws in
        guard let sheet = waiting.removeValue(forKey: name.lowercased()) else { return nil }
        return try XMLReader(name, WorksheetReader(sheet, context, limits, row))
    }
    guard waiting.count < count else { throw Failure.sheetNone }
    for (sheet, _, reader) in hidden where reader.isFilled { try row(.hidden(sheet: sheet)) }
}

private func readText(_ path: String, _ limits: SheetLimits, _ row: @escaping (SheetRow) throws -> Void) throws {
    let encoding = try TextEncoding(of: path, limits)
    let parser = DelimitedReader(limits, row)
    try encoding.decode(path, line: { parser.line }) { try parser.take($0) }
    try parser.end()
}

extension Failure {
    private static let page = ["<html", "<!doctype html", "<table", "<head", "<meta", "<body", "<div"]

    /// The failure for web pages and XML with a spreadsheet's file name, detected by their first bytes in any encoding;
    /// `nil` for other files.
    fileprivate init?(markup head: [UInt8]) {
        let start = head.drop { [0, 0xEF, 0xBB, 0xBF, 0xFE, 0xFF].contains($0) || $0 <= 0x20 }
        let text = String(decoding: start.filter { $0 > 0 && $0 < 0x80 }, as: UTF8.self).lowercased()
        let has = { (words: [String]) in words.contains { text.contains($0) } }
        if start.first == UInt8(ascii: "<"), has(["office:spreadsheet", "<workbook"]) {
            self = .sheetXML
        } else if start.first == UInt8(ascii: "<"), has(Self.page) {
            self = .sheetWebPage
        } else if text.hasPrefix("<?xml") {
            self = .sheetXML
        } else if text.hasPrefix("mime-version:") {
            self = .sheetWebPage
        } else {
            return nil
        }
    }
}
