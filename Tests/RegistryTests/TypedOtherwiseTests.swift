import Database
import Documents
import Foundation
import Kernel
import People
import Registry
import Testbed
import Testing

/// Numbers and days in full-width characters are read; words that are not names are refused.
@Suite struct TypedOtherwiseTests {
    private static let head: [Made] = ["姓名", "身份证号", "单位名称", "单位性质", "行政区划", "任职起始日期", "手机号"]

    private func row(
        _ number: Int, name: Made = "岳明远", unit: Made = "示例机械厂", region: Made = "370902", since: Made = "2020-09-01",
        phone: Made = ""
    ) throws -> [Made] {
        [name, .text(try Cast.number(number).text), unit, "企业", region, since, phone]
    }

    private func send(_ city: City, _ rows: [[Made]]) async throws -> ImportReport {
        let path = try makeBook(city.folder.path + "/list.xlsx", [Self.head] + rows)
        return try await SheetImport(city.registry).people(path, dryRun: false)
    }

    @Test(arguments: Engine.allCases) func fullWidthNumbersAreRead(_ engine: Engine) async throws {
        try await withCity(engine) { city in
            let person = try await city.add("岳明远")
            let report = try await city.send([
                CourseRow(year: "２０２２", hours: "１２.５", day: "２０２２－０３－０１"),
                CourseRow(number: "2", course: "乙", year: "２０２２.０", hours: "１２．５", day: "２０２２年３月１日"),
                CourseRow(number: "3", course: "丙", hours: "１２，５"),
            ])
            #expect(figures(report.created, report.failures.count) == figures(2, 1))
            #expect(report.failures.map(\.words) == ["“１２，５”不符。应为：学时数（最多两位小数），为 0.01 至 200"])
            #expect(try await city.counted(person) == CreditHours(25))
        }
    }

    @Test(arguments: Engine.allCases) func regionsAndNumbersAreReadInOtherNotations(_ engine: Engine) async throws {
        try await withCity(engine) { city in
            let report = try await send(
                city,
                [
                    row(1, region: "３７０９０２"), row(2, region: .number("370902.0")), row(3, region: "370902.0"),
                    row(4, since: "２０２０／９／１"), row(5, phone: "１５１５３８００００１"), row(6, region: "370.902"),
                ])
            #expect(report.created == 5)
            #expect(report.failures.map(\.columns) == [["行政区划"]])
        }
    }

    /// Placeholder words in the column of names.
    @Test(arguments: Engine.allCases) func placeholdersAreNoNames(_ engine: Engine) async throws {
        try await withCity(engine) { city in
            let words = ["无", "测试", "null", "NULL", "姓名", "test", "Ｔｅｓｔ", "暂无", "合计", "none"]
            let report = try await send(city, try words.enumerated().map { try row($0, name: .text($1)) })
            #expect(report.created == 0)
            let names = ["无", "测试", "null", "NULL", "姓名", "test", "Test", "暂无", "合计", "none"]
            #expect(report.failures.map(\.words) == names.map { "“\($0)”不是姓名。请按证件填写；这一行不是人员的，请删去" })
            let others = try await send(city, [row(20, name: "N/A"), row(21, name: "无 · 名"), row(22, name: "吴测试")])
            #expect(figures(others.created, others.failures.count) == figures(2, 1))
            #expect(others.failures.first?.words == "“N/A”不是姓名：有数字或符号。请按证件填写")
        }
    }

    /// A value that a spreadsheet shows as TRUE is neither a name nor a unit, and stays refused when it is sent again.
    @Test(arguments: Engine.allCases) func aTruthValueIsNeitherNameNorUnit(_ engine: Engine) async throws {
        try await withCity(engine) { city in
            var report = try await send(
                city, [row(1, name: .truth(true)), row(2, unit: .truth(false)), row(3, unit: "FALSE"), row(4)])
            for created in [1, 0] {
                let told = ["TRUE", "FALSE", "FALSE"].map { "填写的是逻辑值（\($0)），不是文字。请改为文字；没有内容的，请留空" }
                #expect(report.created == created)
                #expect(report.failures.map(\.words) == told)
                #expect(report.failures.map(\.columns) == [["姓名"], ["单位名称"], ["单位名称"]])
                let failed = city.folder.path + "/failed.xlsx"
                try report.writeFailures(to: failed)
                report = try await SheetImport(city.registry).people(failed, dryRun: false)
            }
        }
    }
}
