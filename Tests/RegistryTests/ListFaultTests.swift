import Database
import Documents
import Foundation
import Kernel
import People
import Registry
import Testbed
import Testing

/// Faults of rows in the report, and the returned workbook of failed rows.
@Suite struct ListFaultTests {
    private func write(_ city: City, _ rows: [[String]]) throws -> String {
        let path = city.folder.appending(path: "list.csv").path
        let text = rows.map { $0.joined(separator: ",") + "\n" }.joined()
        try Data(text.utf8).write(to: URL(filePath: path))
        return path
    }

    private static let paper = ["姓名", "身份证号", "认定形式", "编号", "题目", "刊物级别", "刊号", "作者数", "发表日期"]

    private func paper(_ name: String, _ number: String, serial: String = "CN 37-0001/T") throws -> [String] {
        [name, try Cast.idNumber(of: name).text, "论文", number, "机理\(number)", "国内国家级", serial, "1", "2022-06-01"]
    }

    /// Without any policy no row can be read; the report states this once.
    @Test(arguments: Engine.allCases) func withoutAPolicyNoHoursAreImported(_ engine: Engine) async throws {
        try await withCity(engine, policies: []) { city in
            _ = try await city.add("岳明远")
            let path = try write(city, [Self.paper] + (0..<5).map { try paper("岳明远", "\($0)") })
            let failure = await #expect(throws: Failure.self) {
                try await SheetImport(city.registry).hours(path, dryRun: false)
            }
            #expect(failure?.code == "import.no-policy")
            #expect(failure?.words.chinese.contains("请先发布政策，再导入名单") == true)
        }
    }

    @Test(arguments: Engine.allCases) func aPaperNeedsAValidSerialNumber(_ engine: Engine) async throws {
        try await withCity(engine) { city in
            let person = try await city.add("岳明远")
            let typed = ["cn37—0001／t", "ISSN 9999-9994", "978-7-0000-0001-8", "内部资料", "ISSN 9999-9995"]
            let rows = try typed.enumerated().map { try paper("岳明远", "\($0.offset)", serial: $0.element) }
            let path = try write(city, [Self.paper] + rows)
            let report = try await SheetImport(city.registry).hours(path, dryRun: false)
            #expect(report.created == 2)
            let accepted = "应为：国内刊号（如 CN 37-0001/T）或国际刊号（如 ISSN 9999-9994）"
            #expect(
                report.failures.map(\.words) == [
                    "“978-7-0000-0001-8”是书号（ISBN），不是刊号。" + accepted, "“内部资料”不是刊号。" + accepted,
                    "“ISSN 9999-9995”的末位校验码不符，按前 7 位应为 4。请对照刊物。" + accepted,
                ])
            #expect(report.failures.flatMap(\.columns) == ["刊号", "刊号", "刊号"])
            #expect(try await city.counted(person).hundredths == 25000)
            // The same number in another spelling.
            let again = try write(city, [Self.paper, paper("岳明远", "0", serial: "CN 37-0001/T")])
            #expect(try await SheetImport(city.registry).hours(again, dryRun: false).unchanged == 1)
        }
    }

    @Test(arguments: Engine.allCases) func allFaultsOfARowAreReportedTogether(_ engine: Engine) async throws {
        try await withCity(engine) { city in
            _ = try await city.add("岳明远")
            let lists = SheetImport(city.registry)
            var row = try paper("岳明远", "1", serial: "无")
            row[7...8] = ["三", "去年"]
            let hours = try write(city, [Self.paper, row, paper("岳明远", "2")])
            let report = try await lists.hours(hours, dryRun: false)
            #expect(figures(report.rows, report.created, report.failures.count) == figures(2, 1, 1))
            #expect(report.failures[0].columns == ["刊号", "作者数", "发表日期"])
            #expect(report.failures[0].place == "第 2 行")
            #expect(
                report.failures[0].words == "“刊号”：“无”不是刊号。应为：国内刊号（如 CN 37-0001/T）或国际刊号（如 ISSN 9999-9994）；"
                    + "“作者数”：“三”不符。应为：整数，至少为 1；“发表日期”：“去年”不是日期。应为：日期（如 2022-06-01）")
            // The person of that number is unknown; faults of the cells are reported anyway.
            row[1] = try Cast.idNumber(of: "安澜").text
            let stranger = try await lists.hours(try write(city, [Self.paper, row]), dryRun: false)
            #expect(stranger.failures.map(\.columns) == [["身份证号", "刊号", "作者数", "发表日期"]])
            let people = try write(
                city,
                [
                    ["姓名", "身份证号", "手机号", "单位名称", "单位性质", "行政区划", "任职起始日期", "职称级别"],
                    ["岳明远2", "1", "12", "示例中学", "学校", "火星区", "昨天", "特级"],
                    ["安澜", try Cast.idNumber(of: "安澜").text, "12", "示例中学", "", "泰山区", "", ""],
                ])
            let failures = try await lists.people(people, dryRun: false).failures
            #expect(
                failures.map(\.columns) == [
                    ["姓名", "身份证号", "手机号", "单位性质", "行政区划", "任职起始日期", "职称级别"], ["手机号", "单位性质"],
                ])
            // A fault that ends with a full stop does not break the list of faults.
            #expect(failures[0].words.contains("；“手机号”：") && !failures[0].words.contains("。；"), "\(failures[0].words)")
        }
    }

    /// An accountant's paper counts under both policies if the row has the facts of both. With the facts of the city's
    /// policy alone it counts under that one, and the report states what the other needs.
    @Test(arguments: Engine.allCases) func aRowCountsUnderEveryPolicyOfItsPerson(_ engine: Engine) async throws {
        try await withCity(engine, policies: ["taian/2022", "accountants/national"]) { city in
            let book = try await city.database.read { try city.registry.book($0) }
            let template = city.folder.path + "/template.xlsx"
            try ListTemplate.hours(book).write(to: template)
            var titles: [String: [String]] = [:]
            try readSheet(template) { row in
                if titles[row.sheet] == nil { titles[row.sheet] = row.cells.map(\.text) }
            }
            #expect(
                titles["论文"] == [
                    "姓名", "证件类型", "身份证号*", "编号", "题目*", "刊物级别*", "刊号*", "作者数*", "发表日期*", "作者排名", "更正原因", "备注",
                ])
            let accountant = try await city.add("岳明远")
            try await city.database.write { transaction in
                for fact in [
                    DatedFact("profession", .text("会计")), DatedFact("qualified-on", .day(Day(2015, 5, 1) ?? .first)),
                ] {
                    _ = try EmploymentStore(transaction, city.people).put(fact, of: accountant)
                }
            }
            _ = try await city.add("安澜")
            let rows = try [paper("岳明远", "1") + ["1"], paper("岳明远", "2") + [""], paper("安澜", "3") + [""]]
            let path = try write(city, [Self.paper + ["作者排名"]] + rows)
            let report = try await SheetImport(city.registry).hours(path, dryRun: false)
            #expect(figures(report.created, report.failures.count) == figures(3, 0))
            #expect(report.notes == ["第 3 行：按“会计专业技术人员继续教育”没有计学时，缺少作者排名。要计的，补上后用同一编号再导入"])
            let standings = try await city.registry.year(Year(2022), of: accountant).standings
            let entries = standings.map { $0.entries.map(\.hours.description) }.sorted { $0.count < $1.count }
            #expect(entries == [["30"], ["125", "125"]])
            let mended = try write(city, [Self.paper + ["作者排名"], paper("岳明远", "2") + ["2"]])
            let again = try await SheetImport(city.registry).hours(mended, dryRun: false)
            #expect(again.notes == ["第 2 行：更正，原计 0 学时，现计 10 学时"])
            let wrong = try write(city, [Self.paper + ["作者排名"], paper("岳明远", "4") + ["首位"]])
            let refused = try await SheetImport(city.registry).hours(wrong, dryRun: false)
            #expect(refused.failures.flatMap(\.columns) == ["作者排名"])
        }
    }

    /// An ID number whose first digits are no province is accepted, and the report lists the rows.
    @Test(arguments: Engine.allCases) func unknownProvincesOfIDNumbersAreReported(_ engine: Engine) async throws {
        try await withCity(engine) { city in
            let id = { (body: String) in
                try required("0123456789X".lazy.compactMap { try? IDNumber(body + String($0)) }.first).text
            }
            let unit = ["泰安示例机械有限公司", "企业", "370902"]
            let rows = try [("岳明远", "37090219800101001"), ("汶小溪", "00000019800101001"), ("安澜", "99999919800101001")].map
            {
                [$0.0, try id($0.1)] + unit
            }
            let path = try write(city, [["姓名", "身份证号", "单位名称", "单位性质", "行政区划"]] + rows)
            let report = try await SheetImport(city.registry).people(path, dryRun: false)
            #expect(report.created == 3)
            #expect(report.notes == ["第 3、4 行：身份证号前两位不是省级行政区划代码（GB/T 2260），请对照证件核对"])
            #expect(try await SheetImport(city.registry).people(path, dryRun: false).notes.isEmpty)
        }
    }

    /// The returned workbook has the columns of the sent list, in its order, and the template's choices.
    @Test(arguments: Engine.allCases) func failedRowsAreReturnedInTheSentColumns(_ engine: Engine) async throws {
        try await withCity(engine) { city in
            _ = try await city.add("岳明远")
            let path = city.folder.path + "/sent.xlsx"
            let (book, sheets) = (["编号", "身份证号", "书名", "书号", "作者身份", "类别", "出版日期"], ["著作", "论文"])
            let columns = { (titles: [String]) in titles.map { SheetColumn(title: $0, width: 9) } }
            let papers = ["身份证号", "刊物级别", "题目", "作者数", "编号", "刊号", "发表日期"]
            let id = try Cast.idNumber(of: "岳明远").text
            let writer = try SheetWriter(path: path, sheet: "论文", columns: columns(papers))
            for number in ["7", "6", "6"] {
                try writer.row([id, "国家", "甲", "x", number, "CN 37-0001/T", "2022-06-01"])
            }
            try writer.begin(sheet: "著作", columns: columns(book))
            try writer.row(["1", id, "书", "无", "主编", "著作", "2022-06-01"])
            try writer.finish()
            let report = try await SheetImport(city.registry).hours(path, dryRun: false)
            #expect(report.failures.map(\.row) == [2, 3, 4, 2])
            let back = city.folder.path + "/back.xlsx"
            try report.writeFailures(to: back)
            var found: [(sheet: String, cells: [String])] = []
            try readSheet(back) { found.append(($0.sheet, $0.cells.map(\.text))) }
            #expect(found.map(\.sheet) == [String](repeating: sheets[1], count: 4) + [sheets[0], sheets[0]])
            #expect(found[0].cells == ["原因"] + papers && found[4].cells == ["原因"] + book)
            #expect(found[1].cells.dropFirst() == [id, "国家", "甲", "x", "7", "CN 37-0001/T", "2022-06-01"])
            #expect(report.sheets.map { $0.columns.map(\.title) } == [papers, book])
            #expect(report.sheets[0].columns[1].choices == ["国外", "国内国家级", "省级", "市级"])
            #expect(report.sheets[1].columns[4].choices == ["主编", "副主编", "编委"])
            // Sent again unchanged, it has one column of reasons, not two.
            let again = try await SheetImport(city.registry).hours(back, dryRun: false)
            try again.writeFailures(to: back)
            var first: [String] = []
            try readSheet(back) { if first.isEmpty { first = $0.cells.map(\.text) } }
            #expect(first == ["原因"] + papers)
        }
    }

    /// A column that is no longer asked for is ignored, whatever its cells contain.
    @Test(arguments: Engine.allCases) func aListForAnOlderPolicyIsAccepted(_ engine: Engine) async throws {
        try await withCity(engine) { city in
            let person = try await city.add("岳明远")
            let titles = ["身份证号", "认定形式", "编号", "培训名称", "举办单位", "科目", "培训天数", "培训学时", "结束日期"]
            let row = ["线下培训", "1", "新技术", "泰安示例基地", "专业科目", "0.5", "4", "2022-06-01"]
            let path = try write(city, [titles, [try Cast.idNumber(of: "岳明远").text] + row])
            let report = try await SheetImport(city.registry).hours(path, dryRun: false)
            #expect(figures(report.created, report.failures.count) == figures(1, 0))
            #expect(try await city.counted(person).hundredths == 400)
        }
    }

    /// Requirements with the same name in two policies share columns; the cells of other requirements stay empty.
    @Test func requirementsOfAYearAreColumns() async throws {
        try await withCity(.sqlite, policies: ["taian/2022", "accountants/chaozhou-2025"]) { city in
            let book = try await city.database.read { try city.registry.book($0) }
            let columns = StandingColumns(book, Year(2022))
            #expect(
                columns.titles == [
                    "公需科目要求", "公需科目计入", "公需科目还差", "专业科目要求", "专业科目计入", "专业科目还差", "总学时要求", "总学时计入", "总学时还差",
                ])
            let cells = columns.cells([
                ("公需科目", CreditHours(30), CreditHours(40)), ("专业科目", CreditHours(60), CreditHours(20)),
            ])
            let hours = cells.map { cell in if case .hours(let hours) = cell { hours.description } else { "" } }
            #expect(hours == ["30", "40", "0", "60", "20", "40", "", "", ""])
        }
    }
}
