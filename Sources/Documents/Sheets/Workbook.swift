import Foundation
import Kernel

/// Reads the sheets of the workbook by name and relation, whether days count from 1904, and whether formulas must be
/// calculated when the file is opened.
final class WorkbookReader: XMLReaderDelegate {
    typealias Sheet = (name: String, relation: String)
    private var shown: [Sheet] = []
    private var notShown: [Sheet] = []
    private(set) var is1904 = false
    private(set) var isUnreckoned = false

    /// The visible sheets; if there are none, the first one.
    var sheets: [Sheet] { shown.isEmpty ? Array(notShown.prefix(1)) : shown }
    /// The others.
    var hidden: [Sheet] { shown.isEmpty ? Array(notShown.dropFirst()) : notShown }
    private static let most = (shown: 100, hidden: 1000)

    func start(_ name: XMLReader.Name, _ attributes: XMLReader.Attributes) throws {
        switch name {
        case "workbookPr": is1904 = attributes.isTrue("date1904")
        case "calcPr": isUnreckoned = attributes.isTrue("fullCalcOnLoad")
        case "sheet": try take(attributes)
        default: break
        }
    }

    private func take(_ attributes: XMLReader.Attributes) throws {
        guard let id = attributes.string("id") else { return }
        let sheet = (attributes.string("name") ?? "", id)
        guard [nil, "visible"].contains(attributes.string("state")) else {
            guard notShown.count < Self.most.hidden else { throw Failure.sheetMany(Self.most.hidden) }
            notShown.append(sheet)
            return
        }
        guard shown.count < Self.most.shown else { throw Failure.sheetMany(Self.most.shown) }
        shown.append(sheet)
    }

    func end(_ name: XMLReader.Name) throws {}
    func text(_ bytes: UnsafeRawBufferPointer) throws {}
}

/// Reads the relations of a part: the members of the file that they refer to, in lower case.
final class RelationReader: XMLReaderDelegate {
    private(set) var members: [String: String] = [:]
    /// The first member of each type, by the last word of the type: officeDocument, styles, sharedStrings.
    private(set) var types: [String: String] = [:]
    private let folder: [Substring]
    /// The member that holds the relations: `xl/_rels/workbook.xml.rels` for `xl/workbook.xml`.
    let member: String
    private static let most = 10_000

    /// `part` is empty for the relations of the whole file.
    init(of part: String) {
        let path = part.split(separator: "/")
        folder = Array(path.dropLast())
        member = (folder + ["_rels", (path.last ?? "") + ".rels"]).joined(separator: "/")
    }

    func start(_ name: XMLReader.Name, _ attributes: XMLReader.Attributes) throws {
        guard name == "Relationship", let id = attributes.string("Id"), let target = attributes.string("Target") else {
            return
        }
        guard members.count < Self.most else { throw Failure.sheetMarkup(member) }
        let found = resolve(target.replacing("\\", with: "/"))
        members[id] = found
        guard let type = attributes.string("Type")?.split(separator: "/").last.map(String.init) else { return }
        types[type] = types[type] ?? found
    }

    /// A target is a path from the folder of the part, or from the root.
    private func resolve(_ target: String) -> String {
        var path = target.hasPrefix("/") ? [] : folder
        for step in target.split(separator: "/") where step != "." {
            if step == ".." { path = path.dropLast() } else { path.append(step) }
        }
        return path.joined(separator: "/").lowercased()
    }

    func end(_ name: XMLReader.Name) throws {}
    func text(_ bytes: UnsafeRawBufferPointer) throws {}
}

/// Finds the merged cells of a worksheet, which are stored after all rows. Only the first cell of a merged range has
/// the text, so the others would silently be read as empty.
final class MergeReader: XMLReaderDelegate {
    private var merged: String?

    /// Merged titles in the first row are harmless.
    func start(_ name: XMLReader.Name, _ attributes: XMLReader.Attributes) throws {
        guard name == "mergeCell", merged == nil, let place = attributes.string("ref"),
            !place.split(separator: ":").allSatisfy({ $0.filter(\.isNumber) == "1" })
        else { return }
        merged = place
    }

    func end(_ name: XMLReader.Name) throws {}
    func text(_ bytes: UnsafeRawBufferPointer) throws {}

    /// Failure: `sheet.merged`.
    func refuse(as sheet: String) throws(Failure) {
        if let merged { throw Failure.sheetMerged(merged, in: sheet) }
    }
}

/// Finds out whether a worksheet has any content.
final class FilledReader: XMLReaderDelegate {
    private(set) var isFilled = false
    private var isInCell = false

    func start(_ name: XMLReader.Name, _ attributes: XMLReader.Attributes) throws { if name == "c" { isInCell = true } }
    func end(_ name: XMLReader.Name) throws { if name == "c" { isInCell = false } }

    func text(_ bytes: UnsafeRawBufferPointer) throws {
        if isInCell, !isFilled { isFilled = bytes.contains { $0 > 0x20 } }
    }
}

/// Reads the texts that cells refer to by number.
final class StringsReader: XMLReaderDelegate {
    private(set) var texts = SharedTexts()
    private var text: CellText
    private let limit: Int

    init(_ limits: SheetLimits) {
        text = CellText(limit: limits.cellLength)
        limit = limits.sharedStrings
    }

    func start(_ name: XMLReader.Name, _ attributes: XMLReader.Attributes) throws { text.start(name) }

    func end(_ name: XMLReader.Name) throws {
        text.end(name)
        guard name == "si" else { return }
        guard texts.count < limit else { throw Failure.sheetTexts(limit) }
        text.take(into: &texts)
    }

    func text(_ bytes: UnsafeRawBufferPointer) throws {
        guard text.add(bytes) else { throw Failure.sheetText(text.limit) }
    }
}

/// Texts in one block of memory: separate strings would take three times as much.
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

/// Collects the text of a cell: its runs in order, without phonetic readings.
struct CellText {
    let limit: Int
    private var bytes: [UInt8] = []
    private var isInText = false
    private var isInReading = false

    init(limit: Int) { self.limit = limit }

    var isEmpty: Bool { bytes.isEmpty }

    mutating func start(_ name: XMLReader.Name) {
        switch name {
        case "t", "v": isInText = !isInReading
        case "rPh": isInReading = true
        default: break
        }
    }

    mutating func end(_ name: XMLReader.Name) {
        switch name {
        case "t", "v": isInText = false
        case "rPh": isInReading = false
        default: break
        }
    }

    /// Returns `false` if the text gets too long.
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
