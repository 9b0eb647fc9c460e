import Documents
import Foundation
import Kernel
import Testing

/// Values altered by spreadsheets are recognised, whichever program wrote the workbook.
@Suite struct SpoiltCellTests {
    private let folder = SheetFolder()

    private static let styles = """
        <numFmts><numFmt numFmtId="176" formatCode="yyyy&quot;年&quot;m&quot;月&quot;"/>
        <numFmt numFmtId="177" formatCode="[h]:mm;@"/><numFmt numFmtId="178" formatCode="[Magenta]0.00_m"/>
        <numFmt numFmtId="179" formatCode="h:mm AM/PM"/><numFmt numFmtId="180" formatCode="mmm"/></numFmts>
        <cellXfs><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="176"/><xf numFmtId="177"/><xf numFmtId="178"/>
        <xf numFmtId="179"/><xf numFmtId="180"/><xf numFmtId="17"/><xf numFmtId="57"/><xf numFmtId="58"/></cellXfs>
        """

    /// Cells as Excel, WPS, LibreOffice, openpyxl and POI write them, their values, and the kind of alteration.
    private static let cells: [(String, SheetCell, SheetCell.Kind?)] = [
        (#"<c r="A1" s="1"><v>44737</v></c>"#, SheetCell("2022-06-25", .day), .day),
        (#"<c r="A1" s="9" t="n"><v>44737</v></c>"#, SheetCell("2022-06-25", .day), .day),
        (#"<c r="A1" t="d"><v>2022-06-25T00:00:00</v></c>"#, SheetCell("2022-06-25", .day), .day),
        (#"<c s="2"><v>44713</v></c>"#, SheetCell("2022-06", .month), .month),
        (#"<c s="6"><v>44713</v></c>"#, SheetCell("2022-06", .month), .month),
        (#"<c s="7"><v>44713</v></c>"#, SheetCell("2022-06", .month), .month),
        (#"<c s="8"><v>44713</v></c>"#, SheetCell("2022-06", .month), .month),
        (#"<c s="3"><v>1.25</v></c>"#, SheetCell("30:00", .time), .time),
        (#"<c s="5"><v>0.1256944444</v></c>"#, SheetCell("3:01", .time), .time),
        (#"<c s="4"><v>5.0</v></c>"#, SheetCell("5", .number), nil),
        (#"<c t="e"><f>VLOOKUP(A1,B:C,2,0)</f><v>#N/A</v></c>"#, SheetCell("#N/A", .error), .error),
        (#"<c t="e"><v>#REF!</v></c>"#, SheetCell("#REF!", .error), .error),
        (#"<c><v>NaN</v></c>"#, SheetCell("NaN", .error), .error),
        (#"<c t="str"><f>A1</f><v>#VALUE!</v></c>"#, SheetCell("#VALUE!"), .error),
        (#"<c t="str"><v>Err:502</v></c>"#, SheetCell("Err:502"), .error),
        (#"<c><f>DATE(2022,3,1)</f><v></v></c>"#, SheetCell("=…", .formula), .formula),
        (#"<c><f>A1&amp;"x"</f></c>"#, SheetCell("=…", .formula), .formula),
        (#"<c t="inlineStr"><is><t>=A1&amp;"x"</t></is></c>"#, SheetCell("=A1&\"x\""), .formula),
        (#"<c><f>1+1</f><v>2.0</v></c>"#, SheetCell("2", .number), nil),
        (#"<c t="str"><f>"甲"</f><v>甲</v></c>"#, SheetCell("甲"), nil),
        (#"<c><v>1001.0</v></c>"#, SheetCell("1001", .number), nil),
        (#"<c><v>1.0422520210500E17</v></c>"#, SheetCell("1.0422520210500E17", .number), .number),
        (#"<c t="inlineStr"><is><t>5e3</t></is></c>"#, SheetCell("5e3"), nil),
        (#"<c t="inlineStr"><is><t>'5-1</t></is></c>"#, SheetCell("5-1"), nil),
        (#"<c t="inlineStr"><is><t>'中国梦'主题</t></is></c>"#, SheetCell("'中国梦'主题"), nil),
    ]

    @Test(arguments: cells)
    func aCellReportsItsContentAndDamage(xml: String, cell: SheetCell, spoilt: SheetCell.Kind?) throws {
        let found = try rows(folder.book(rows: "<row r=\"1\">\(xml)</row>", styles: Self.styles))
        #expect(found.map(\.cells) == [[cell]])
        #expect(cell.spoilt == spoilt)
    }

    /// A formula whose result is an empty text is an empty cell.
    @Test func anEmptyFormulaResultIsAnEmptyCell() throws {
        let cells = #"<c t="str"><f>IF(A1="","",1)</f><v></v></c><c><v>1</v></c>"#
        #expect(try rows(folder.book(rows: "<row>\(cells)</row>"))[0].cells == [.empty, SheetCell("1", .number)])
    }

    /// Some libraries store 0 with each formula, and a mark that everything must be calculated.
    @Test(arguments: [("", SheetCell("0", .number)), ("<calcPr fullCalcOnLoad=\"1\"/>", SheetCell("=…", .formula))])
    func anUncalculatedFormulaHasNoValue(mark: String, cell: SheetCell) throws {
        let path = folder.zip([
            ("xl/workbook.xml", #"<w xmlns:r="r"><sheet name="a" r:id="b"/>\#(mark)</w>"#),
            ("xl/_rels/workbook.xml.rels", #"<R><Relationship Id="b" Target="worksheets/s.xml"/></R>"#),
            ("xl/worksheets/s.xml", "<w><row><c><f>A2+1</f><v>0</v></c></row></w>"),
        ])
        #expect(try rows(path)[0].cells == [cell])
    }

    @Test(arguments: [
        ("=\"999999\"", "999999"), ("'3-1", "3-1"), ("'90后'与我", "'90后'与我"), ("=\"a\"\"b\"", "a\"b"), ("=\"\"", ""),
        ("=\"a\"&\"b\"", "=\"a\"&\"b\""), ("'", ""), ("=1+1", "=1+1"),
    ])
    func signsThatProtectACodeAreRemoved(text: String, typed: String) throws {
        let line = "x,\"\(text.replacing("\"", with: "\"\""))\",y\n"
        #expect(try texts(folder.file(line.utf8)) == [["x", typed, "y"]])
    }

    /// The package's relations name the workbook, and the workbook's relations name the other parts.
    @Test(arguments: [
        (
            "xl/workbook22.xml", "xl/workbook22.xml", "xl/_rels/workbook22.xml.rels", "worksheets/s.xml",
            "xl/worksheets/s.xml"
        ),
        ("/book/workbook.xml", "book/workbook.xml", "book/_rels/workbook.xml.rels", "../s.xml", "s.xml"),
        ("workbook.xml", "workbook.xml", "_rels/workbook.xml.rels", "/xl/S.xml", "xl/s.xml"),
        (
            "xl/workbook.xml", "xl\\workbook.xml", "xl\\_rels\\workbook.xml.rels", "worksheets\\s.xml",
            "xl\\worksheets\\s.xml"
        ),
    ])
    func theWorkbookIsFoundByItsRelationships(
        target: String, book: String, relations: String, sheet: String, part: String
    ) throws {
        let path = folder.zip([
            (part, #"<w><row><c t="s"><v>0</v></c></row></w>"#), ("texts.xml", "<s><si><t>甲</t></si></s>"),
            ("_rels/.rels", #"<R><Relationship Id="x" Type="http://a/officeDocument" Target="\#(target)"/></R>"#),
            (book, #"<w xmlns:r="r"><sheet name="a" r:id="b"/></w>"#),
            (
                relations,
                #"<R><Relationship Id="b" Target="\#(sheet)"/>"#
                    + #"<Relationship Id="c" Type="http://a/sharedStrings" Target="/texts.xml"/></R>"#
            ),
        ])
        #expect(try texts(path) == [["甲"]])
    }

    @Test(arguments: [
        ("\u{FEFF}<html><table><tr><td>姓名</td></tr></table></html>", "sheet.web-page"),
        ("\r\n<!DOCTYPE HTML><body>", "sheet.web-page"), ("<table border=1><tr>", "sheet.web-page"),
        ("MIME-Version: 1.0\r\nContent-Type: multipart/related", "sheet.web-page"),
        ("<?xml version=\"1.0\"?><Workbook xmlns=\"urn:schemas-microsoft-com:office:spreadsheet\">", "sheet.xml"),
        ("<?xml version=\"1.0\"?><names/>", "sheet.xml"), ("<姓名>,x\n", nil),
    ])
    func webPagesAndXMLAreReportedAsSuch(text: String, code: String?) throws {
        #expect(failure { _ = try texts(folder.file(text.utf8)) }?.code == code)
        let wide = try #require(("\u{FEFF}" + text).data(using: .utf16LittleEndian))
        #expect(failure { _ = try texts(folder.file(wide)) }?.code == code)
    }

    private func chinese(_ text: String) throws -> [UInt8] {
        Array(try #require(text.data(using: String.Encoding(rawValue: 0x8000_0632))))
    }

    /// Two encodings, a broken byte and a cut character, each with its line.
    @Test func partlyUTF8TextsAreReportedWithTheirLine() throws {
        let head = "姓名,身份证号\n岳明远,1\n"
        let more = "王芳,2\n欧阳清,3\n"
        let cases: [([UInt8], String, String)] = [
            (try chinese(head) + Array(more.utf8), "sheet.mixed", "第 3 行"),
            (Array(head.utf8) + (try chinese(more)), "sheet.mixed", "第 3 行"),
            (Array("\u{FEFF}\(head)".utf8) + (try chinese(more)), "sheet.mixed", "第 3 行"),
            (Array("姓名\r\n岳明远\r\n汶".utf8) + [0xFF] + Array("溪\r\n安澜\r\n".utf8), "sheet.broken", "第 3 行"),
            (Array((head + more).utf8.dropLast(5)), "sheet.cut", "第 4 行"),
            (try chinese(head) + [0xCD], "sheet.cut", "第 3 行"),
        ]
        for (bytes, code, line) in cases {
            let found = failure { _ = try texts(folder.file(bytes)) }
            #expect(found?.code == code)
            #expect(found?.words.chinese.contains(line) == true, "\(found?.words.chinese ?? "")")
        }
        // The line is also correct for a byte far behind the first piece that is read.
        let long = Array(String(repeating: "a\n", count: 100_000).utf8)
        let far = failure { _ = try texts(folder.file(long + [0xFF, 10])) }
        #expect(far?.words.english.contains("line 100001") == true)
    }

    /// Texts in GB18030 are not mistaken for UTF-8.
    @Test func gb18030IsNotMistakenForUTF8() throws {
        let names = (0x4E00..<0x9FA5).compactMap(UnicodeScalar.init).map(String.init)
        var lines = ""
        for place in names.indices {
            lines +=
                names[place] + names[(place * 7 + 1) % names.count] + names[(place * 31 + 5) % names.count] + ",1\n"
        }
        #expect(try texts(folder.file(chinese(lines))).count == names.count)
    }
}
