import Documents
import Foundation
import Kernel
import Registry
import Testing

@testable import Jobs
@testable import Portal

/// The step after an import depends on its stored marks, and never on texts for people.
@Suite struct ImportResultTests {
    private func report(created: Int = 0, changed: Int = 0, pending: Int = 0, failed: Int = 0, takingAway: Int = 0)
        -> ImportReport
    {
        var report = ImportReport()
        (report.created, report.changed, report.takingAway) = (created, changed, takingAway)
        let failure = RowFailure(SheetRow(sheet: "", number: 2, cells: []), "", .quoted("正式导入后会报"))
        report.failures = (0..<failed).map { _ in failure }
        report.failures += (0..<pending).map { _ in failure.pending(.quoted("x")) }
        return report
    }

    @Test func aDryRunIsImportableIfItWouldChangeSomething() {
        let cases: [(ImportReport, Set<JobMark>)] = [
            (report(), []), (report(created: 1), [.importable]), (report(changed: 1), [.importable]),
            (report(pending: 1), [.importable]), (report(failed: 40), []),
            (report(pending: 1, failed: 40), [.importable]), (report(takingAway: 30), [.reducesHours]),
        ]
        for (report, marks) in cases { #expect(ListResult.marks(report, isDryRun: true) == marks) }
        #expect(ListResult.marks(report(created: 1, pending: 1), isDryRun: false) == [.pending])
        #expect(ListResult.marks(report(created: 1, failed: 1), isDryRun: false) == [])
    }

    /// Texts that look like marks are ignored if there are stored marks; in older results without marks they count.
    @Test(arguments: [
        ("say 名单里写着：我报的申请", [JobMark.pending]), ("figure 将新增\t1", [.importable]),
        ("figure 将更改\t0", []), ("say 第 3 行：正式导入后会报共同的上级主管部门处理", [.importable]),
        ("say ……其余的在下载的表里。", [.importable]), ("figure 会减少已登记学时\t30", [.reducesHours]), ("", []),
    ])
    func olderStoredResultsKeepTheirMarks(text: String, marks: [JobMark]) {
        let all: [JobMark] = [.importable, .pending, .reducesHours]
        let (old, new) = (JobResult(text: text), JobResult(text: "marks\n" + text))
        #expect(all.filter { old.has($0) } == marks && all.filter { new.has($0) } == [])
        #expect(old.text == text && new.text == JobResult(text: new.text).text)
        let marked = JobResult(text: "marks importable reduces-hours\nsay x")
        #expect(all.filter { marked.has($0) } == [.importable, .reducesHours])
        #expect(marked.text == "marks importable reduces-hours\nsay x")
    }

    // MARK: - The result as its page shows it

    private func result(_ report: ImportReport, isDryRun: Bool = true) -> JobResult {
        ListResult(report, of: .people, isDryRun: isDryRun).result(isRecognised: false)
    }

    @Test func theHeadlineCountsEveryRowOnce() {
        var one = report(created: 1, failed: 2)
        one.rows = 3
        #expect(result(one).headline == "3 行：1 行可导入，2 行有误")
        #expect(result(one, isDryRun: false).headline == "3 行：1 行已导入，2 行有误")
        var all = report(created: 2, changed: 1, pending: 1, failed: 5, takingAway: 3)
        (all.unchanged, all.rows) = (4, 13)
        #expect(
            result(all).headline
                == "13 行：3 行可导入（新增 2 行，更改 1 行），4 行没有变化，1 行要报上级主管部门，3 行会减少已登记学时，2 行有误")
        #expect(result(all).badRows == 2)
        var same = report(created: 2)
        same.rows = 2
        #expect(result(same).headline == "2 行全部可导入")
        same = report(failed: 1)
        same.rows = 1
        #expect(result(same).headline == "1 行有误" && result(ImportReport()).headline == "名单里没有要导入的行")
    }

    private func fault(_ column: String, _ value: String) -> [String] {
        var report = ImportReport()
        let words = LocalizedText("不对", en: "Wrong")
        report.failures = [RowFailure(SheetRow(number: 7, texts: []), column, words, value: value)]
        return result(report).table?.rows.first ?? []
    }

    /// Numbers that may identify a person are shown without their middle.
    @Test(arguments: [
        ("身份证号", "999999199104130000", "999999********0000"), ("身份证号", "99999919910413000x", "999999********000x"),
        ("手机号", "13800001234", "138****1234"), ("任职起始日期", "2022.06", "2022.06"), ("职称", "", "（空）"), ("", "", "—"),
        ("单位", String(repeating: "泰", count: 70), String(repeating: "泰", count: 60) + "…"),
        ("题名", "Internationalisation", "Internationalisation"), ("书号", "9787000000018", "9787000000018"),
    ])
    func aCellIsShownWithoutPersonalNumbers(column: String, value: String, shown: String) {
        #expect(fault(column, value) == ["7", column.isEmpty ? "整行" : column, shown, "不对"])
    }

    /// The page lists the first faults; the sheet has a column of its own if there are several sheets.
    @Test func aLongTableIsCut() {
        var report = ImportReport()
        let row = SheetRow(sheet: "论文", number: 2, cells: [])
        let failure = RowFailure(row, "题名", LocalizedText("不对", en: "Wrong"), value: "a\tb")
        report.failures = Array(repeating: failure, count: 600)
        (report.rows, report.sheets) = (600, [("论文", []), ("课程", [])])
        let stored = JobResult(text: result(report).text)
        #expect(stored.table?.titles == ["工作表", "行", "列", "原值", "原因"])
        #expect(stored.table?.rows.count == 500 && stored.table?.rows[0] == ["论文", "2", "题名", "a b", "不对"])
        #expect(stored.table?.caption == "需要处理的行：共 600 处，列出前 500 处，全部在下载的表里")
        #expect(stored.failedRows == 600 && stored.goodRows == 0 && stored.headline == "600 行全部有误")
        #expect(stored == result(report))
    }

    @Test func theContentOfAListIsStoredAsText() {
        for content in [ListContent.people, .hours(kind: nil), .hours(kind: "论文 著作")] {
            #expect(ListContent(text: content.text) == content)
        }
        #expect(ListContent(text: "") == nil && ListContent(text: "places") == nil)
    }
}

/// What uploaded files look like.
@Suite struct UploadedListTests {
    private static func ole(_ part: String) -> [UInt8] {
        [0xD0, 0xCF, 0x11, 0xE0] + [UInt8](repeating: 0, count: 600) + part.utf16.flatMap { [UInt8($0), 0] }
    }

    private static func zip(_ part: String) -> [UInt8] { Array("PK\u{3}\u{4}....\(part)....".utf8) }

    private static let cases: [(String, [UInt8], String)] = [
        ("xlsx", zip("xl/workbook.xml"), ""), ("XLSX", zip("[Content_Types].xml"), ""),
        ("xlsm", zip("xl/workbook.xml"), ""),
        ("csv", Array("姓名,身份证号".utf8), ""), ("csv", [0xB0, 0xA1, 0x2C], ""), ("csv", Array("BM,1".utf8), ""),
        ("xls", Array("<html>".utf8), ""), ("docx", zip("word/document.xml"), "Word 文档"),
        ("xlsx", zip("word/document.xml"), "Word 文档"), ("pptx", zip("ppt/slides"), "PowerPoint 演示文稿"),
        ("ods", zip("application/vnd.oasis.opendocument.spreadsheet"), ".ods 表格"),
        ("xlsb", zip("xl/workbook.bin"), ".xlsb 文件"), ("zip", zip("名单.csv"), "压缩包"),
        ("xls", ole("Workbook"), "旧版 .xls 文件"), ("xlsx", ole("EncryptedPackage"), "加了密码"),
        ("doc", ole("WordDocument"), "Word 文档"), ("ppt", ole("PowerPoint Document"), "PowerPoint 演示文稿"),
        ("xls", ole("x"), "旧版 Office 文件"), ("xlsx", Array("%PDF-1.7".utf8), "PDF 文件"),
        ("xlsx", [0x89, 0x50, 0x4E, 0x47], "图片"), ("csv", [0xFF, 0xD8, 0xFF, 0xE0], "图片"),
        ("xlsx", Array("RIFF....WEBPVP8".utf8), "图片"), ("xlsx", Array("....ftypheic".utf8), "图片"),
        ("bmp", [0x42, 0x4D, 16, 0, 0, 0] + [UInt8](repeating: 0, count: 10), "图片"), ("rar", Array("Rar!".utf8), "压缩包"),
        ("rtf", Array("{\\rtf1".utf8), "Word 文档"), ("txt", Array("姓名".utf8), ".txt 文件"), ("", Array("姓名".utf8), "其他文件"),
    ]

    @Test(arguments: cases) func aFileIsNamedByItsContent(ending: String, bytes: [UInt8], words: String) throws {
        let list = try UploadedList(ending: ending.lowercased(), OpenFile.scratch(bytes))
        guard !words.isEmpty else { return try list.check() }
        let failure = #expect(throws: Failure.self) { try list.check() }
        #expect(["import.not-excel", "import.old"].contains(failure?.code))
        #expect(failure?.words.chinese.contains(words) == true, "\(failure?.words.chinese ?? "")")
    }

    /// The name of a part is found wherever it stands, also on the border of two pieces that are read.
    @Test(arguments: [0, 1 << 20, (1 << 20) - 7, (2 << 20) - 1]) func aPartIsFoundAnywhere(place: Int) throws {
        let name = "Workbook".utf8.flatMap { [$0, 0] as [UInt8] }
        let head: [UInt8] = [0xD0, 0xCF, 0x11, 0xE0]
        let file = try OpenFile.scratch(head + [UInt8](repeating: 1, count: max(0, place - 4)) + name)
        let failure = #expect(throws: Failure.self) { try UploadedList(ending: "xls", file).check() }
        #expect(failure?.words.chinese.contains("旧版 .xls 文件") == true)
    }
}
