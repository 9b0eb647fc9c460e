import Database
import Documents
import Foundation
import Kernel
import Policy
import Testbed
import Testing

@testable import Registry

/// What a list contains is told by its headers.
@Suite struct ListRecognitionTests {
    private static let paper: ListContent = .hours(kind: "论文")
    private static let mixed: ListContent = .hours(kind: nil)

    private static let cases: [(String, ListContent?)] = [
        ("姓名,身份证号", .people), ("姓名,身份证号,单位名称", .people), ("身份证号,手机号", .people),
        ("姓名,身份证号,单位名称,民族", .people), ("序号,姓名,公民身份号码,工作单位", .people),
        ("身份证号,认定形式,编号,题目", mixed), ("姓名,身份证号,单位名称,认定形式", mixed),
        ("姓名*,身份证号*,题目*,刊物级别*,刊号*,作者数*,发表日期*", paper),
        ("身份证号,课程名称,学习平台,科目,课程年度,课程学时,考试,考试合格日期", .hours(kind: "线上课程")),
        // A title above the header.
        ("泰安示例机械有限公司 2022 年新进人员\n\n姓名,身份证号,单位名称", .people),
        // No list: the import says what is missing.
        ("姓名,单位名称", .people), ("题目,刊物级别,刊号", mixed), ("代码,名称", .people), ("", .people),
        // The headers do not tell.
        ("姓名,身份证号,内容", nil), ("身份证号,题目", nil), ("姓名,身份证号,单位名称,题目,刊物级别,刊号,作者数,发表日期", nil),
    ]

    private func recognise(_ city: City, _ text: String) async throws -> ListRecognition {
        let path = city.folder.path + "/list.csv"
        try Data((text + "\n1,2\n").utf8).write(to: URL(filePath: path))
        return try await SheetImport(city.registry).recognise(path)
    }

    @Test(arguments: Engine.allCases) func theHeadersTellTheContent(_ engine: Engine) async throws {
        try await withCity(engine) { city in
            for (header, content) in Self.cases {
                let found = try await recognise(city, header)
                #expect(found.content == content, "\(header): \(found.possible)")
            }
            let asked = try await recognise(city, "身份证号,题目").possible
            let kinds = try await city.kinds
            #expect(asked == [.people] + kinds.map { .hours(kind: $0) }, "\(asked)")
            let paper = try await recognise(city, "姓名,身份证号,单位名称,题目,刊物级别,刊号,作者数,发表日期").possible
            #expect(paper == [.people, Self.paper])
        }
    }

    /// Sheets with different contents are asked for; a template of hours has a sheet for each kind.
    @Test(arguments: Engine.allCases) func allSheetsAreRead(_ engine: Engine) async throws {
        try await withCity(engine) { city in
            let path = city.folder.path + "/list.xlsx"
            let columns = { (titles: [String]) in titles.map { SheetColumn(title: $0, width: 9) } }
            let writer = try SheetWriter(path: path, sheet: "人员", columns: columns(["姓名", "身份证号", "单位名称"]))
            try writer.row(["甲", "1", "乙"])
            try writer.begin(sheet: "论文", columns: columns(["姓名", "身份证号", "题目"]))
            try writer.row(["甲", "1", "乙"])
            try writer.finish()
            let list = SheetImport(city.registry)
            #expect(try await list.recognise(path).possible == [.people, Self.mixed])
            try await city.registry.hoursTemplate().write(to: path)
            #expect(try await list.recognise(path).content == Self.mixed)
            try await city.registry.peopleTemplate().write(to: path)
            #expect(try await list.recognise(path).content == .people)
        }
    }

    /// A list of papers without a column that says so.
    @Test(arguments: Engine.allCases) func theKindOfTheRowsIsGiven(_ engine: Engine) async throws {
        try await withCity(engine) { city in
            let person = try await city.add("岳明远")
            let path = city.folder.path + "/list.csv"
            let id = try Cast.idNumber(of: "岳明远").text
            let text = "身份证号,编号,题目,刊物级别,刊号,作者数,发表日期\n\(id),1,机理,国内国家级,CN 37-0001/T,1,2022-06-01\n"
            try Data(text.utf8).write(to: URL(filePath: path))
            let list = SheetImport(city.registry)
            guard case .hours(let kind?) = try await list.recognise(path).content else {
                Issue.record("not recognised")
                return
            }
            #expect(try await list.hours(path, kind: kind, dryRun: false).created == 1)
            #expect(try await city.counted(person).hundredths == 12500)
            let without = await #expect(throws: Failure.self) { try await list.hours(path, dryRun: false) }
            #expect(without?.words.chinese.contains("表头缺少：认定形式") == true)
        }
    }
}

extension City {
    fileprivate var kinds: [String] {
        get async throws { try await database.read { try registry.book($0).catalogue.kinds.map(\.kind.name) } }
    }
}
