import Database
import Documents
import Foundation
import Kernel
import People
import Registry
import Testbed
import Testing

/// Titles of columns as lists of other systems have them.
@Suite struct HeaderNameTests {
    private func path(_ city: City, _ text: String) throws -> String {
        let path = city.folder.appending(path: "list.csv").path
        try Data(text.utf8).write(to: URL(filePath: path))
        return path
    }

    /// The notes without the remark that the numbers of invented people belong to no province.
    private static func notes(_ report: ImportReport) -> [String] {
        report.notes.filter { !$0.contains("GB/T 2260") }
    }

    @Test(arguments: Engine.allCases) func columnsAreFoundByOtherNamesAndWithRemarks(_ engine: Engine) async throws {
        try await withCity(engine) { city in
            let id = try Cast.idNumber(of: "岳明远").text
            let lists = SheetImport(city.registry)
            let head = "姓名,身份证号码（18位）,工作单位(全称),单位性质,行政区划,手机号码,任职起始日期［年-月-日］,备注（选填）\n"
            let row = { (phone: String) in "岳明远,\(id),示例中学,事业单位,泰山区,\(phone),2020-09-01,x\n" }
            let bad = try await lists.people(path(city, head + row("1")), dryRun: true)
            #expect(bad.failures.map(\.columns) == [["手机号码"]])
            let report = try await lists.people(path(city, head + row("15153800001")), dryRun: false)
            #expect(report.created == 1 && Self.notes(report).isEmpty, "\(report.notes)")
            let plain = "姓名,身份证号,单位名称,单位性质,行政区划,手机号,任职起始日期\n"
            let again = try await lists.people(
                path(city, plain + row("15153800001").replacing(",x", with: "")), dryRun: false)
            #expect(again.unchanged == 1)
            let courses = "身份证号,认定形式,编号,课程名称,学习平台,科目,课程年度,课程学时（学时数）,考试,考试合格日期\n"
            let course = "\(id),线上课程,1,智能制造,泰安平台,专业科目,2022,30,合格,2022-06-01\n"
            let other = courses.replacing("（学时数）", with: "（分钟）")
            #expect(try await lists.hours(path(city, other + course), dryRun: true).created == 0)
            #expect(try await lists.hours(path(city, courses + course), dryRun: false).created == 1)
        }
    }

    /// Columns are named as a spreadsheet names them: after Z comes AA.
    @Test(arguments: Engine.allCases, [(25, "Z"), (26, "AA"), (51, "AZ"), (52, "BA")])
    func aColumnWithoutATitleHasItsLetters(_ engine: Engine, _ column: (place: Int, letters: String)) async throws {
        try await withCity(engine) { city in
            let id = try Cast.idNumber(of: "岳明远").text
            let others = (2..<column.place).map { "另\($0)" }
            let row = ["岳明远", id] + others.map { _ in "" } + ["x"]
            let head = ["姓名", "身份证号"] + others + [""]
            let list = [head, row].map { $0.joined(separator: ",") + "\n" }.joined()
            let report = try await SheetImport(city.registry).people(path(city, list), dryRun: true)
            #expect(report.notes.contains { $0.contains("\(column.letters) 列没有表头") }, "\(report.notes)")
        }
    }

    /// A remark stays where the title alone is another column, where two columns would get the title, and where the
    /// title is not known.
    @Test(arguments: Engine.allCases) func ambiguousRemarksInTitlesAreKept(_ engine: Engine) async throws {
        try await withCity(engine) { city in
            let id = try Cast.idNumber(of: "岳明远").text
            let titles = ["手机号（备用）", "职称（旧）", "职称（新）", "民族（汉）", "（职称级别）"]
            let list = "姓名,身份证号,手机号,\(titles.joined(separator: ","))\n岳明远,\(id),15153800001,1,甲,乙,是,中级\n"
            let report = try await SheetImport(city.registry).people(path(city, list), dryRun: true)
            #expect(report.created == 1)
            #expect(Self.notes(report) == ["不认识的列：\(titles.joined(separator: "、"))。这些列没有导入，请对照模板核对列名"])
        }
    }
}
