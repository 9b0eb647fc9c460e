import Documents
import Foundation
import Kernel
import Testing

@Suite("CSV files from common programs")
struct DelimitedTests {
    private let folder = SheetFolder()

    private func read(_ text: String) throws -> [[String]] { try texts(folder.file(text.utf8)) }

    @Test(arguments: [
        ("a,b\n1,2\n", [["a", "b"], ["1", "2"]]),
        ("a,b\r\n1,2", [["a", "b"], ["1", "2"]]),
        ("a,b\r1,2\r", [["a", "b"], ["1", "2"]]),
        ("a;b,c;d\n1;2;3", [["a", "b,c", "d"], ["1", "2", "3"]]),
        ("a\tb\n1\t2", [["a", "b"], ["1", "2"]]),
        ("\"a,\"\"x\"\"\",b\n\"1\r\n2\",3", [["a,\"x\"", "b"], ["1\r\n2", "3"]]),
        ("a,,b,,\n,,\n,x", [["a", "", "b"], ["", "x"]]),
        (" a\u{3000},\u{200B}b\u{202C}\n", [["a", "b"]]),
        ("a\"b,\"\"\n", [["a\"b"]]),
    ])
    func cellsAreSplitCorrectly(text: String, cells: [[String]]) throws {
        #expect(try read(text) == cells)
    }

    @Test func rowsAreNumberedAsTheSpreadsheetShows() throws {
        let path = try folder.file("h\n\n\"a\nb\"\r\n\r\nc".utf8)
        #expect(try rows(path).map(\.number) == [1, 3, 5])
    }

    @Test(arguments: [
        "姓名,证号\n张三,1\n", "䶮,𬭎\n", "€,ä\n", "联通\n",
    ])
    func everyEncodingIsRead(text: String) throws {
        let cells = [text.split(separator: "\n").map { $0.split(separator: ",").map(String.init) }].flatMap { $0 }
        #expect(try read(text) == cells)
        #expect(try read("\u{FEFF}" + text) == cells)
        let chinese = try #require(text.data(using: String.Encoding(rawValue: 0x8000_0632)))
        #expect(try texts(folder.file(chinese)) == cells)
        let little = try #require("\u{FEFF}".appending(text).data(using: .utf16LittleEndian))
        #expect(try texts(folder.file(little)) == cells)
    }

    /// UTF-16 without a mark is detected by the zero bytes beside commas, digits and line ends.
    @Test(arguments: [String.Encoding.utf16LittleEndian, .utf16BigEndian])
    func utf16IsReadWithoutAByteOrderMark(encoding: String.Encoding) throws {
        let text = "姓名,身份证号\n一一,110105194912310\n丁一,2\n"
        let bytes = try #require(text.data(using: encoding))
        #expect(try texts(folder.file(bytes)) == [["姓名", "身份证号"], ["一一", "110105194912310"], ["丁一", "2"]])
        #expect(failure { _ = try texts(folder.file(bytes.dropLast())) }?.code == "sheet.cut")
    }

    @Test func charactersAreNotSplitBetweenPieces() throws {
        for shift in 0..<4 {
            let text = String(repeating: "a", count: shift) + String(repeating: "䶮𬭎,\n", count: 20_000)
            #expect(try read(text).last == ["䶮𬭎"])
            let chinese = try #require(text.data(using: String.Encoding(rawValue: 0x8000_0632)))
            #expect(try texts(folder.file(chinese)).last == ["䶮𬭎"])
        }
    }

    @Test func aDamagedNumberIsDetected() throws {
        let line = "3.70902E+17,370902199001011234,1E5x,5e3,-1,1.0422520180500E17,1e+21\n"
        let cells = try rows(folder.file(line.utf8))[0].cells
        #expect(cells.map(\.isDamagedNumber) == [true, false, false, false, false, true, true])
    }

    @Test func faultsAreReportedWithTheirPlace() throws {
        let cases: [([UInt8], String, String)] = [
            (Array("a\nb,\"c\nd\n".utf8), "sheet.quote", "line 2"),
            (Array("a\nb,c\u{0}\n".utf8), "sheet.control", "Row 2, column 2"),
            (Array("a\nb,c\u{85}d\n".utf8), "sheet.control", "Row 2, column 2"),
            ([65, 10, 0xFF, 10], "sheet.encoding", "line 2"), ([65, 10, 0xD5], "sheet.cut", "line 2"),
            ([0xEF, 0xBB, 0xBF, 65, 10, 0xFF], "sheet.encoding", "line 2"), ([], "sheet.empty", "empty"),
            ([0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1], "sheet.old", ".xls"),
        ]
        for (bytes, code, words) in cases {
            let found = failure { _ = try texts(folder.file(bytes)) }
            #expect(found?.code == code)
            #expect(found?.words.english.contains(words) == true)
        }
        #expect(failure { _ = try texts(folder.path + ".none") }?.kind == .notFound)
    }

    @Test func limitsAreEnforced() throws {
        let small = SheetLimits(rows: 2, columns: 2, cellLength: 4, bytes: 100)
        let cases = [
            ("a\n\n\nb\nc", "sheet.rows"), ("a,b,c", "sheet.columns"), ("a,12345", "sheet.cell"),
            (String(repeating: "\n", count: 101), "sheet.size"), ("a,b,,,\n1234", nil),
        ]
        for (text, code) in cases {
            #expect(failure { _ = try texts(folder.file(text.utf8), limits: small) }?.code == code)
        }
    }

    @Test(arguments: [
        ("张三", "张三"), ("=1+1", "'=1+1"), ("+1", "'+1"), ("-1", "'-1"), ("@a", "'@a"), (" =1", "' =1"),
        ("\t1", "\"'\t1\""), ("\r=1", "\"'\r=1\""), ("＝1", "'＝1"), ("a\"b", "\"a\"\"b\""),
        ("a,b", "\"a,b\""), ("a\nb", "\"a\nb\""), ("", ""),
    ])
    func noWrittenTextIsAFormula(text: String, written: String) {
        #expect(delimitedLine([.text(text)]) == written + "\r\n")
    }

    @Test func writtenRowsAreReadBack() throws {
        let values: [SheetValue] = [.text("䶮,\"\n"), .empty, .hours(CreditHours(hundredths: 4166)), .number(-3)]
        let path = try folder.file((byteOrderMark + delimitedLine(values)).utf8)
        #expect(try texts(path) == [["䶮,\"", "", "41.66", "-3"]])
    }

    @Test func errorsOfTheConsumerAreRethrown() throws {
        struct Enough: Error {}
        let path = try folder.file("a\nb\n".utf8)
        #expect(throws: Enough.self) { try readSheet(path) { _ in throw Enough() } }
        let book = folder.book(rows: #"<row><c><v>1</v></c></row><row><c><v>2</v></c></row>"#)
        #expect(throws: Enough.self) { try readSheet(book) { _ in throw Enough() } }
    }
}
