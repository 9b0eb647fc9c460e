import Documents
import Foundation
import Kernel

/// A cell as a spreadsheet stores it.
enum Made: ExpressibleByStringLiteral {
    case text(String)
    /// As written in the file: `2022.0`.
    case number(String)
    case error(String)
    /// A formula without a value.
    case formula
    /// A number of days since 1899-12-30, shown as a day, or as year and month.
    case day(String)
    case month(String)
    /// 是 or 否 as a spreadsheet stores it, shown as TRUE or FALSE.
    case truth(Bool)

    init(stringLiteral text: String) { self = .text(text) }

    var xml: String {
        switch self {
        case .text(let text): "<c t=\"inlineStr\"><is><t xml:space=\"preserve\">\(text)</t></is></c>"
        case .number(let number): "<c><v>\(number)</v></c>"
        case .error(let error): "<c t=\"e\"><f>VLOOKUP(A1,B:C,2,0)</f><v>\(error)</v></c>"
        case .formula: "<c><f>DATE(2022,3,1)</f><v></v></c>"
        case .day(let serial): "<c s=\"1\"><v>\(serial)</v></c>"
        case .month(let serial): "<c s=\"2\"><v>\(serial)</v></c>"
        case .truth(let value): "<c t=\"b\"><v>\(value ? 1 : 0)</v></c>"
        }
    }
}

/// Writes a workbook of one visible sheet whose first row is the header; `beside` are hidden sheets.
func makeBook(
    _ path: String, sheet: String = "名单", hidden: Set<Int> = [], beside: [(name: String, rows: [[Made]])] = [],
    _ rows: [[Made]]
) throws -> String {
    let sheets = [(name: sheet, rows: rows)] + beside
    let listed = sheets.enumerated().map { place, sheet in
        "<sheet name=\"\(sheet.name)\" r:id=\"a\(place)\"\(place > 0 ? " state=\"hidden\"" : "")/>"
    }
    let relations = sheets.indices.map { "<Relationship Id=\"a\($0)\" Target=\"worksheets/s\($0).xml\"/>" }
    var parts = [
        ("_rels/.rels", "<R><Relationship Id=\"a\" Type=\"t/officeDocument\" Target=\"xl/workbook.xml\"/></R>"),
        ("xl/workbook.xml", "<w xmlns:r=\"r\"><sheets>\(listed.joined())</sheets></w>"),
        ("xl/_rels/workbook.xml.rels", "<R>\(relations.joined())</R>"),
        (
            "xl/styles.xml",
            """
            <s><numFmt numFmtId="176" formatCode="yyyy&quot;年&quot;m&quot;月&quot;"/>
            <cellXfs><xf/><xf numFmtId="14"/><xf numFmtId="176"/></cellXfs></s>
            """
        ),
    ]
    parts += sheets.enumerated().map { ("xl/worksheets/s\($0).xml", worksheet($1.rows, hidden: $0 == 0 ? hidden : [])) }
    let zip = try ZipWriter(path)
    for (name, text) in parts { try zip.add(name, Array(text.utf8)) }
    try zip.finish()
    return path
}

private func worksheet(_ rows: [[Made]], hidden: Set<Int>) -> String {
    let data = rows.enumerated().map { place, cells in
        "<row r=\"\(place + 1)\"\(hidden.contains(place + 1) ? " hidden=\"1\"" : "")>"
            + cells.map(\.xml).joined() + "</row>"
    }
    return "<w><sheetData>\(data.joined())</sheetData></w>"
}
