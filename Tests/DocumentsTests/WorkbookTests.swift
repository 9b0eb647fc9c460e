import Documents
import Foundation
import Kernel
import Testing

@Suite("Workbooks are read and written")
struct WorkbookTests {
    private let folder = SheetFolder()

    @Test func writtenRowsAreReadBack() throws {
        let names = ["姓名", "学时", "次数", "备注"]
        let writer = try SheetWriter(
            path: folder.path, sheet: "学时", columns: names.map { SheetColumn(title: $0, width: 20) })
        try writer.row([.text("䶮𬭎"), .hours(CreditHours(hundredths: 4166)), .number(-3), .empty])
        try writer.row([.empty, .hours(CreditHours(90)), .number(370_902_199_001_011_234), .text("a\n<b>&\"")])
        #expect(!FileManager.default.fileExists(atPath: folder.path))
        try writer.finish()
        #expect(
            try texts(folder.path) == [
                names, ["䶮𬭎", "41.66", "-3"], ["", "90", "370902199001011234", "a\n<b>&\""],
            ])
        let cells = try rows(folder.path)[2].cells
        #expect(cells.map { $0.kind == .number } == [false, true, false, false])
        #expect(cells.allSatisfy { !$0.isDamagedNumber })
    }

    @Test(arguments: ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "=cmd|' /C calc'!A0", "{=1}"])
    func textsAreNeverFormulas(text: String) throws {
        let writer = try SheetWriter(path: folder.path, sheet: "a", columns: [SheetColumn(title: "a", width: 9)])
        try writer.row([.text(text)])
        try writer.finish()
        let cell = try rows(folder.path)[1].cells[0]
        #expect(cell.kind == .text)
        #expect(cell.text == text.trimmingCharacters(in: .whitespaces.union(.newlines)))
    }

    @Test(arguments: ["a\u{1}b", "a\u{0}b", "a\u{FFFF}b", "_x0041_", "_x005F_", "__x0041_x", "a\rb"])
    func charactersThatXMLForbidsAreKept(text: String) throws {
        let writer = try SheetWriter(path: folder.path, sheet: "a", columns: [SheetColumn(title: "a", width: 9)])
        try writer.row([text, nil])
        try writer.finish()
        guard !text.utf8.contains(where: { $0 < 2 }) else {
            #expect(failure { _ = try rows(folder.path) }?.code == "sheet.control")
            return
        }
        #expect(try texts(folder.path) == [["a"], [text]])
    }

    @Test func theSheetHasFiltersAndAFrozenHeader() throws {
        let writer = try SheetWriter(path: folder.path, sheet: "a", columns: [SheetColumn(title: "证号", width: 20)])
        try writer.row([.number(5), .hours(CreditHours(hundredths: 4166))])
        try writer.finish()
        let sheet = try folder.member("xl/worksheets/sheet1.xml")
        #expect(sheet.contains(#"<autoFilter ref="A1:A2"/>"#) && sheet.contains(#"state="frozen""#))
        // A number does not get the text format of its column.
        #expect(sheet.contains(#"<c r="A2"><v>5</v></c><c r="B2"><v>41.66</v></c>"#))
        #expect(sheet.contains(#"<col min="1" max="1" width="20.7109375" style="2" customWidth="1"/>"#))
    }

    @Test func anAbandonedWorkbookLeavesNoFile() throws {
        func abandon() throws { _ = try SheetWriter(path: folder.path, sheet: "a", columns: []) }
        try abandon()
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.folder.path) == [])
        let nowhere = folder.path + "/none/a.xlsx"
        #expect(
            failure { _ = try SheetWriter(path: nowhere, sheet: "a", columns: []) }?.code == "sheet.unwritten")
        let long = try SheetWriter(path: folder.path, sheet: "a", columns: [])
        #expect(
            failure { try long.row([String(repeating: "a", count: 40_000)]) }?.code == "sheet.value")
    }

    @Test func cellsAreReadAtTheirColumns() throws {
        let path = folder.book(
            rows: """
                <row r="2"><c r="B2" t="s"><v>0</v></c><c r="D2" t="inlineStr"><is><t>x</t></is></c></row>
                <row r="5"><c t="b"><v>1</v></c><c t="str"><f>A1&amp;""</f><v>f</v></c><c r="XFD5" s="1"/></row>
                <row r="9"/>
                """,
            strings: "<si><r><t>张</t></r><r><t xml:space=\"preserve\">三_x000A_x </t></r><rPh><t>Zhang</t></rPh></si>")
        let found = try rows(path)
        #expect(found.map(\.number) == [2, 5])
        #expect(found.map { $0.cells.map(\.text) } == [["", "张三\nx", "", "x"], ["TRUE", "f"]])
    }

    @Test func prefixedNamesAreRead() throws {
        let path = folder.zip([
            ("xl/workbook.xml", #"<x:workbook xmlns:x="x"><x:sheet r:id="a"/></x:workbook>"#),
            (
                "xl/_rels/workbook.xml.rels",
                #"<Relationships><Relationship Id="a" Target="/xl/S.xml"/></Relationships>"#
            ),
            ("xl/s.xml", #"<x:w><x:row r="1"><x:c r="A1"><x:v>7</x:v></x:c></x:row></x:w>"#),
        ])
        #expect(try texts(path) == [["7"]])
    }

    @Test(arguments: [
        ("1", "1", false), ("41.659999999999997", "41.66", false), ("1E-3", "0.001", false),
        ("370902199001011000", "370902199001011000", true), ("3.70902199001011E17", "3.70902199001011E17", true),
        ("123456789012345", "123456789012345", false), ("1234567890123456", "1234567890123456", true),
        ("0.30000000000000004", "0.3", false), ("-5", "-5", false),
        ("2022.0", "2022", false), ("1001.50", "1001.5", false),
        ("2.0220601E7", "20220601", false), ("104225202105009000.0", "104225202105009000.0", true),
    ])
    func numbersReadAsTheSpreadsheetShowsThem(written: String, text: String, isDamaged: Bool) throws {
        let cell = try rows(folder.book(rows: "<row><c><v>\(written)</v></c></row>"))[0].cells[0]
        #expect(cell == SheetCell(text, .number))
        #expect(cell.isDamagedNumber == isDamaged)
    }

    @Test(arguments: [
        ("1", "1900-01-01", "1904-01-02"), ("59", "1900-02-28", "1904-02-29"), ("60", "60", "1904-03-01"),
        ("61", "1900-03-01", "1904-03-02"), ("44713.75", "2022-06-01", "2026-06-02"), ("-1", "-1", "-1"),
        ("44561.99999999999", "2022-01-01", "2026-01-02"), ("44926.9999884259", "2022-12-31", "2027-01-01"),
        ("1E99", "1E99", "1E99"),
    ])
    func daysAreReadInBothCalendars(serial: String, day: String, day1904: String) throws {
        let styles = """
            <numFmts><numFmt numFmtId="176" formatCode="yyyy&quot;年&quot;m&quot;月&quot;d&quot;日&quot;;@"/>
            <numFmt numFmtId="177" formatCode="[Red]0&quot;day&quot;"/></numFmts>
            <cellStyleXfs><xf numFmtId="14"/></cellStyleXfs>
            <cellXfs><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="176"/><xf numFmtId="177"/></cellXfs>
            """
        let cells = (0...3).map { "<c s=\"\($0)\"><v>\(serial)</v></c>" }.joined()
        let path = folder.book(rows: "<row>\(cells)</row>", styles: styles)
        let plain = try texts(path)[0][0]
        #expect(try texts(path) == [[plain, day, day, plain]])
        let path1904 = folder.book(rows: "<row>\(cells)</row>", styles: styles, properties: "date1904=\"1\"")
        #expect(try texts(path1904) == [[plain, day1904, day1904, plain]])
    }

    @Test(arguments: [
        (#"<row r="0"><c><v>1</v></c></row>"#, "sheet.damaged"),
        (#"<row r="2"/><row r="2"/>"#, "sheet.damaged"), (#"<row r="1048577"/>"#, "sheet.damaged"),
        (#"<row r="1"><c r="A2"><v>1</v></c></row>"#, "sheet.damaged"),
        (#"<row><c r="ZZZZZZ1"><v>1</v></c></row>"#, "sheet.damaged"),
        (#"<row><c t="s"><v>0</v></c></row>"#, "sheet.damaged"), ("<row>", "sheet.damaged"),
        (#"<row><c t="s"><v>-1</v></c></row>"#, "sheet.damaged"), ("<row><c><v>&a;</v></c></row>", "sheet.damaged"),
        (#"<row><c r="XFD1"><v>1</v></c></row>"#, "sheet.columns"),
        (#"<row><c t="str"><v>a_x0001_</v></c></row>"#, "sheet.control"),
        ("<row><c><v>\(String(repeating: "1", count: 100_001))</v></c></row>", "sheet.cell"),
    ])
    func malformedCellsAreRefused(rows: String, code: String) {
        #expect(failure { _ = try texts(folder.book(rows: rows)) }?.code == code)
    }

    @Test func hostileFilesAreRefused() throws {
        let bomb = folder.book(rows: String(repeating: " ", count: 5_000_000))
        let small = SheetLimits(rows: 10, columns: 10, cellLength: 100, bytes: 1_000_000)
        #expect(failure { _ = try texts(bomb, limits: small) }?.code == "sheet.size")
        #expect(failure { _ = try texts(folder.zip([("a.txt", "a")])) }?.code == "sheet.none")
        let laughs = #"<!DOCTYPE a [<!ENTITY b "c">]><workbook>&b;</workbook>"#
        #expect(failure { _ = try texts(folder.zip([("xl/workbook.xml", laughs)])) }?.code == "sheet.doctype")
        let whole = try Data(contentsOf: URL(filePath: folder.book(rows: "<row><c><v>1</v></c></row>")))
        for count in [10, whole.count / 2, whole.count - 30] {
            let cut = failure { _ = try texts(folder.file(whole.prefix(count))) }
            #expect(["sheet.damaged", "sheet.none"].contains(cut?.code))
        }
    }

    @Test func aSharedTextIsCountedForEachCell() throws {
        let cells = String(repeating: #"<c t="s"><v>0</v></c>"#, count: 200)
        let path = folder.book(
            rows: "<row>\(cells)</row>", strings: "<si><t>\(String(repeating: "a", count: 900))</t></si>")
        let limits = SheetLimits(rows: 10, columns: 256, cellLength: 1000, bytes: 100_000)
        #expect(failure { _ = try texts(path, limits: limits) }?.code == "sheet.size")
        let one = SheetLimits(rows: 0, columns: 256, cellLength: 1000, bytes: 1_000_000)
        #expect(failure { _ = try texts(path, limits: one) }?.code == "sheet.texts")
    }

    @Test func aMissingSheetIsRefused() {
        let path = folder.zip([
            ("xl/workbook.xml", #"<workbook><sheet id="a"/></workbook>"#),
            ("xl/_rels/workbook.xml.rels", #"<R><Relationship Id="a" Target="worksheets/s.xml"/></R>"#),
        ])
        #expect(failure { _ = try texts(path) }?.code == "sheet.none")
    }

    @Test func emptyRowsAreSkipped() throws {
        let empty = String(repeating: "<row><c s=\"1\"/></row>", count: 1_000_000)
        let limits = SheetLimits(rows: 2, columns: 2, cellLength: 9, bytes: 100 << 20)
        let path = folder.book(rows: "<row><c><v>1</v></c></row>\(empty)<row><c><v>2</v></c></row>")
        #expect(try rows(path, limits: limits).map(\.number) == [1, 1_000_002])
    }

    /// The cells beside or below a merged cell look filled and are empty.
    @Test(arguments: [("A2:A5", "sheet.merged"), ("A1:C1", nil), ("B1:B2", "sheet.merged")])
    func mergedCellsAreRefused(place: String, code: String?) throws {
        let merged = #"<mergeCells><mergeCell ref="\#(place)"/></mergeCells>"#
        let path = folder.book(rows: "<row><c><v>1</v></c></row></sheetData>\(merged)<sheetData>")
        #expect(failure { _ = try texts(path) }?.code == code)
    }

    /// Macros and hidden rows have no effect on the contents of cells.
    @Test func macrosAreIgnored() throws {
        let path = folder.zip([
            ("xl/vbaProject.bin", "\u{1}macro"),
            ("xl/workbook.xml", #"<w><sheets><sheet name="a" r:id="b" xmlns:r="r"/></sheets></w>"#),
            ("xl/_rels/workbook.xml.rels", #"<R><Relationship Id="b" Target="worksheets/s.xml"/></R>"#),
            ("xl/worksheets/s.xml", #"<w><row hidden="1"><c><f>1+1</f><v>2</v></c><c><f>1/0</f></c></row></w>"#),
        ])
        #expect(try rows(path)[0].cells == [SheetCell("2", .number), SheetCell("=…", .formula)])
        #expect(try rows(path)[0].isHidden)
    }

    @Test func allVisibleSheetsAreRead() throws {
        let writer = try SheetWriter(path: folder.path, sheet: "论文", columns: [SheetColumn(title: "题目", width: 9)])
        try writer.row(["甲"])
        try writer.begin(
            sheet: "著作", columns: [SheetColumn(title: "书名", width: 9, choices: ["乙", "丙"], hint: "任选其一")])
        try writer.row(["乙"])
        try writer.finish()
        let found = try rows(folder.path)
        #expect(found.map(\.sheet) == ["论文", "论文", "著作", "著作"])
        #expect(found.map { $0.cells[0].text } == ["题目", "甲", "书名", "乙"])
        #expect(try folder.member("xl/worksheets/sheet2.xml").contains("\"乙,丙\""))
    }

    @Test func tooManySheetsAreRefused() throws {
        let sheets = (0...100).map { #"<sheet name="s\#($0)" r:id="b" xmlns:r="r"/>"# }.joined()
        #expect(failure { _ = try texts(folder.zip([("xl/workbook.xml", "<w>\(sheets)</w>")])) }?.code == "sheet.many")
    }
}
