import Database
import Documents
import Foundation
import Kernel
import People
import Testbed
import Testing

@testable import Registry

/// Everything in a list besides its rows is reported with its place, and no row is skipped silently.
@Suite struct PassedByTests {
    private func people(_ city: City, _ rows: [[Made]], beside: [(name: String, rows: [[Made]])] = []) async throws
        -> ImportReport
    {
        let path = try makeBook(city.folder.path + "/list.xlsx", beside: beside, rows)
        return try await SheetImport(city.registry).people(path, dryRun: false)
    }

    private func text(_ city: City, _ text: String) async throws -> ImportReport {
        let path = city.folder.path + "/list.csv"
        try Data(text.utf8).write(to: URL(filePath: path))
        return try await SheetImport(city.registry).people(path, dryRun: false)
    }

    /// The header and the sample of the template as issued.
    private func template(_ city: City) async throws -> [[String]] {
        let (book, regions) = try await city.database.read { (try city.registry.book($0), try RegionStore($0).all()) }
        let path = city.folder.path + "/template.xlsx"
        try ListTemplate.people(book, regions).write(to: path)
        var rows: [[String]] = []
        try readSheet(path) { if $0.sheet == "人员" { rows.append($0.cells.map(\.text)) } }
        return rows
    }

    private func notes(_ report: ImportReport) -> [String] { report.notes.filter { !$0.contains("GB/T 2260") } }

    /// A sample row with another person's data is a person, even with the sample's remark. One with the sample's number
    /// is refused with the reason.
    @Test(arguments: Engine.allCases) func onlyTheSampleRowIsSkipped(_ engine: Engine) async throws {
        try await withCity(engine) { city in
            let rows = try await template(city)
            let (head, sample) = (rows[0], rows[1])
            let number = try required(head.firstIndex(of: "身份证号*"))
            let change = { (changes: [Int: String]) in
                sample.enumerated().map { Made.text(changes[$0.offset] ?? $0.element) }
            }
            let day = try required(head.firstIndex(of: "任职起始日期"))
            let report = try await people(
                city,
                [
                    head.map(Made.text), change([:]), change([0: "石敢当", number: Cast.idNumber(of: "石敢当").text]),
                    change([0: "安澜"]), change([0: "", 1: ""]), change([day: "2020/3/1"]), change([day: "2020-03-02"]),
                ])
            #expect(figures(report.rows, report.created) == figures(3, 1))
            #expect(notes(report) == ["其中 3 行是模板的示例，没有导入：工作表“名单”第 2、5、6 行"])
            let told = "这一行写着模板示例的号码和备注，其他格却不是示例。是本人的，请改成本人的号码，并删去备注；是示例的，请删去这一行"
            #expect(report.failures.map(\.place) == [4, 7].map { "工作表“名单”第 \($0) 行“身份证号”" })
            #expect(report.failures.allSatisfy { $0.words == told })
            let found = try await city.database.read { try PersonStore($0, city.people).find(Cast.idNumber(of: "石敢当")) }
            #expect(found?.name == "石敢当")
        }
    }

    @Test(arguments: Engine.allCases) func hiddenSheetsAreReported(_ engine: Engine) async throws {
        try await withCity(engine) { city in
            let rows: [[Made]] = [["姓名", "身份证号"], ["岳明远", .text(try Cast.idNumber(of: "岳明远").text)]]
            let report = try await people(
                city, rows,
                beside: [
                    ("退休", [["姓名", "身份证号"], ["汶小溪", .text(try Cast.idNumber(of: "汶小溪").text)]]), ("空表", []),
                    ("字典", [["是"]]),
                ])
            #expect(figures(report.rows, report.created) == figures(1, 1))
            let told = "被隐藏，里面的内容没有导入。要导入的，请在电子表格软件中右键点工作表标签，选“取消隐藏”，再导入"
            #expect(notes(report) == ["工作表“退休”" + told, "工作表“字典”" + told])
        }
    }

    @Test(arguments: Engine.allCases) func aListWithoutRowsIsReported(_ engine: Engine) async throws {
        try await withCity(engine) { city in
            let report = try await text(city, "姓名,身份证号\n")
            #expect(report.rows == 0)
            #expect(report.notes == ["只有表头，没有数据。请填好以后再导入"])
        }
    }

    /// Columns separated by another sign than a program would write.
    @Test(arguments: ["；", "、", "，", "|", "｜"]) func anUnknownSeparatorIsReported(_ sign: String) async throws {
        try await withCity(.sqlite) { city in
            let id = try Cast.idNumber(of: "岳明远").text
            let words = "第 1 行用“\(sign)”分隔各列，应该用英文逗号“,”。请把分隔各列的“\(sign)”都改为英文逗号，或在电子表格软件中分列后另存为 .xlsx，再导入。"
            for list in ["姓名\(sign)身份证号\n岳明远\(sign)\(id)\n", "姓名\(sign)证件号码,单位名称\n岳明远\(sign)\(id),示例\n"] {
                let failure = await #expect(throws: Failure.self) { try await text(city, list) }
                #expect(failure?.code == "sheet.separator")
                #expect(failure?.words.chinese == words)
            }
        }
    }

    /// A column that occurs under two of its names is ambiguous.
    @Test(arguments: Engine.allCases) func twoColumnsOfTheNumberAreRefused(_ engine: Engine) async throws {
        try await withCity(engine) { city in
            for (head, names) in [
                ("姓名,身份证号,证件号码", "“身份证号”和“证件号码”"), ("姓名,证件号,证件号码", "“证件号”和“证件号码”"), ("姓名,身份证号,身份证号", nil),
            ] {
                let failure = await #expect(throws: Failure.self) { try await text(city, head + "\n岳明远,1,2\n") }
                #expect(failure?.code == "sheet.header")
                let words = names.map { "表头\($0)是同一列的两个名称，分不清以哪一列为准。请合并为一列“身份证号”后再导入。" }
                #expect(failure?.words.chinese == words ?? "表头“身份证号”出现了两次。请删去多余的一列后再导入。")
            }
        }
    }
}
