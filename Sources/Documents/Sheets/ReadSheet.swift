import Foundation
import Kernel

/// Reads the sheets of an .xlsx that are shown, or a .csv, told apart by what is in the file, row by row in bounded
/// memory. The rows of a sheet come together; the sheets come in the order in which the file holds them.
///
/// Failures are ``Failure``; what `row` throws ends the reading and passes through.
package func readSheet(
    _ path: String, limits: SheetLimits = .standard, _ row: (SheetRow) throws -> Void
) throws {
    try withoutActuallyEscaping(row) { row in
        let head = try ByteFile(path).next(8)
        switch head.prefix(4) {
        case []: throw Failure.sheetEmpty
        case [0x50, 0x4B, 0x03, 0x04], [0x50, 0x4B, 0x05, 0x06]: try readWorkbook(path, limits, row)
        case [0xD0, 0xCF, 0x11, 0xE0]: throw Failure.sheetOld
        default: try readText(path, limits, row)
        }
    }
}

/// The members come in any order and the sheet needs the others: the file is gone through twice.
private func readWorkbook(
    _ path: String, _ limits: SheetLimits, _ row: @escaping (SheetRow) throws -> Void
) throws {
    var zip = Zip(path, limit: limits.bytes)
    let (workbook, relations) = (WorkbookReader(), RelationReader())
    let (styles, strings) = (StyleReader(), StringsReader(limits))
    let parts: [String: any MarkupEvents] = [
        "xl/workbook.xml": workbook, "xl/_rels/workbook.xml.rels": relations,
        "xl/styles.xml": styles, "xl/sharedstrings.xml": strings,
    ]
    let merges = MergeReader()
    try zip.members { name throws in
        let name = name.lowercased()
        if name.hasPrefix("xl/worksheets/"), name.hasSuffix(".xml") { return try Markup(name, merges.sheet(name)) }
        return try parts[name].map { try Markup(name, $0) }
    }
    let context = SheetContext(strings: strings.texts, isDate: styles.isDate, is1904: workbook.is1904)
    var waiting = workbook.sheets.reduce(into: [String: String]()) { waiting, sheet in
        if let member = relations.members[sheet.relation]?.lowercased() { waiting[member] = sheet.name }
    }
    guard !waiting.isEmpty else { throw Failure.sheetNone }
    for (member, sheet) in waiting { try merges.refuse(member, as: sheet) }
    zip = Zip(path, limit: limits.bytes)
    let count = waiting.count
    try zip.members { name throws in
        guard let sheet = waiting.removeValue(forKey: name.lowercased()) else { return nil }
        return try Markup(name, WorksheetReader(sheet, context, limits, row))
    }
    guard waiting.count < count else { throw Failure.sheetNone }
}

private func readText(_ path: String, _ limits: SheetLimits, _ row: @escaping (SheetRow) throws -> Void) throws {
    let encoding = try TextEncoding(of: path, limits)
    let parser = DelimitedReader(limits, row)
    try encoding.decode(path, line: { parser.line }) { try parser.take($0) }
    try parser.end()
}
