import Foundation
import Kernel

/// The sheets of the workbook that are shown, by name and relation, and whether days count from 1904.
final class WorkbookReader: MarkupEvents {
    private var shown: [(name: String, relation: String)] = []
    private var firstHidden: (name: String, relation: String)?
    private(set) var is1904 = false

    /// Those that are shown, else its first.
    var sheets: [(name: String, relation: String)] { shown.isEmpty ? firstHidden.map { [$0] } ?? [] : shown }

    func start(_ name: Markup.Name, _ attributes: Markup.Attributes) throws {
        switch name {
        case "workbookPr": is1904 = attributes.isTrue("date1904")
        case "sheet": try take(attributes)
        default: break
        }
    }

    private func take(_ attributes: Markup.Attributes) throws {
        guard let id = attributes.string("id") else { return }
        let sheet = (attributes.string("name") ?? "", id)
        guard [nil, "visible"].contains(attributes.string("state")) else {
            firstHidden = firstHidden ?? sheet
            return
        }
        guard shown.count < 100 else { throw Failure.sheetMany(100) }
        shown.append(sheet)
    }

    func end(_ name: Markup.Name) throws {}
    func text(_ bytes: UnsafeRawBufferPointer) throws {}
}

/// Which member of the file each relation of the workbook means.
final class RelationReader: MarkupEvents {
    private(set) var members: [String: String] = [:]
    private static let most = 10_000

    func start(_ name: Markup.Name, _ attributes: Markup.Attributes) throws {
        guard name == "Relationship", let id = attributes.string("Id"), let target = attributes.string("Target") else {
            return
        }
        guard members.count < Self.most else { throw Failure.sheetMarkup("workbook.xml.rels") }
        members[id] = target.hasPrefix("/") ? String(target.dropFirst()) : "xl/" + target
    }

    func end(_ name: Markup.Name) throws {}
    func text(_ bytes: UnsafeRawBufferPointer) throws {}
}

/// The merged cells of the worksheets, which stand after all rows: of a merged cell only the first place has the text,
/// and the rows beside or below it would silently be read as empty.
final class MergeReader: MarkupEvents {
    private var merged: [String: String] = [:]
    private var member = ""

    func sheet(_ member: String) -> MergeReader {
        self.member = member
        return self
    }

    /// Merged titles in the first row harm nobody.
    func start(_ name: Markup.Name, _ attributes: Markup.Attributes) throws {
        guard name == "mergeCell", merged[member] == nil, let place = attributes.string("ref"),
            !place.split(separator: ":").allSatisfy({ $0.filter(\.isNumber) == "1" })
        else { return }
        merged[member] = place
    }

    func end(_ name: Markup.Name) throws {}
    func text(_ bytes: UnsafeRawBufferPointer) throws {}

    /// Failure: `sheet.merged`.
    func refuse(_ member: String, as sheet: String) throws(Failure) {
        if let place = merged[member] { throw Failure.sheetMerged(place, in: sheet) }
    }
}

/// Which styles of cells show a number as a date.
final class StyleReader: MarkupEvents {
    private(set) var isDate: [Bool] = []
    private var codes: [Int: Bool] = [:]
    private var isInCells = false
    /// More than any spreadsheet keeps.
    private static let (mostCodes, mostStyles) = (10_000, 100_000)

    func start(_ name: Markup.Name, _ attributes: Markup.Attributes) throws {
        switch name {
        case "numFmt":
            if let id = attributes.int("numFmtId") { codes[id] = Self.isDateCode(attributes["formatCode"]) }
        case "cellXfs": isInCells = true
        case "xf" where isInCells: isDate.append(isDateFormat(attributes.int("numFmtId") ?? 0))
        default: break
        }
        guard codes.count <= Self.mostCodes, isDate.count <= Self.mostStyles else {
            throw Failure.sheetMarkup("styles.xml")
        }
    }

    func end(_ name: Markup.Name) throws {
        if name == "cellXfs" { isInCells = false }
    }

    func text(_ bytes: UnsafeRawBufferPointer) throws {}

    /// The numbers that spreadsheets give to the dates they bring along, those of Chinese editions from 27 on.
    private func isDateFormat(_ id: Int) -> Bool {
        codes[id] ?? (14...17 ~= id || id == 22 || 27...31 ~= id || id == 36 || 50...54 ~= id || 57...58 ~= id)
    }

    /// Year or day occurs outside of quotes, brackets and escapes.
    ///
    /// A quotation or bracket that is never closed ends with the code; a backslash, `_` and `*` each take the character
    /// after them.
    private static func isDateCode(_ code: UnsafePointer<CChar>?) -> Bool {
        guard var at = code else { return false }
        var end: UInt8 = 0
        while at.pointee != 0 {
            let byte = UInt8(bitPattern: at.pointee)
            at += 1
            switch byte {
            case _ where end != 0: if byte == end { end = 0 }
            case UInt8(ascii: "\""): end = byte
            case UInt8(ascii: "["): end = UInt8(ascii: "]")
            case UInt8(ascii: "\\"), UInt8(ascii: "_"), UInt8(ascii: "*"): if at.pointee != 0 { at += 1 }
            case UInt8(ascii: "y"), UInt8(ascii: "Y"), UInt8(ascii: "d"), UInt8(ascii: "D"): return true
            default: break
            }
        }
        return false
    }
}

/// The texts that cells refer to by number.
final class StringsReader: MarkupEvents {
    private(set) var texts = SharedTexts()
    private var text: CellText
    private let limit: Int

    init(_ limits: SheetLimits) {
        text = CellText(limit: limits.cellLength)
        limit = limits.sharedStrings
    }

    func start(_ name: Markup.Name, _ attributes: Markup.Attributes) throws { text.start(name) }

    func end(_ name: Markup.Name) throws {
        text.end(name)
        guard name == "si" else { return }
        guard texts.count < limit else { throw Failure.sheetTexts(limit) }
        text.take(into: &texts)
    }

    func text(_ bytes: UnsafeRawBufferPointer) throws {
        guard text.add(bytes) else { throw Failure.sheetText(text.limit) }
    }
}

/// Texts in one piece of memory: a string of its own for each would take three times as much.
struct SharedTexts {
    private var bytes: [UInt8] = []
    private var ends: [Int] = []

    var count: Int { ends.count }

    mutating func append(_ text: [UInt8]) {
        bytes += text
        ends.append(bytes.count)
    }

    subscript(_ index: Int) -> String? {
        guard ends.indices.contains(index) else { return nil }
        return String(decoding: bytes[(index > 0 ? ends[index - 1] : 0)..<ends[index]], as: UTF8.self)
    }
}

/// Collects the text of a cell: its runs one after the other, without the readings above them.
struct CellText {
    let limit: Int
    private var bytes: [UInt8] = []
    private var isInText = false
    private var isInReading = false

    init(limit: Int) { self.limit = limit }

    var isEmpty: Bool { bytes.isEmpty }

    mutating func start(_ name: Markup.Name) {
        switch name {
        case "t", "v": isInText = !isInReading
        case "rPh": isInReading = true
        default: break
        }
    }

    mutating func end(_ name: Markup.Name) {
        switch name {
        case "t", "v": isInText = false
        case "rPh": isInReading = false
        default: break
        }
    }

    /// `false` where it gets too long.
    mutating func add(_ more: UnsafeRawBufferPointer) -> Bool {
        guard isInText else { return true }
        bytes.append(contentsOf: more)
        return bytes.count <= limit
    }

    mutating func take(into texts: inout SharedTexts) {
        texts.append(bytes)
        bytes.removeAll(keepingCapacity: true)
    }

    mutating func take() -> String {
        defer { bytes.removeAll(keepingCapacity: true) }
        return String(decoding: bytes, as: UTF8.self)
    }
}
