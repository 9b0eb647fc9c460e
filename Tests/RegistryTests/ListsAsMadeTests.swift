import Database
import Documents
import Foundation
import Kernel
import People
import Testbed
import Testing

@testable import Registry

/// Lists as people and programs write them are imported as meant, and everything else is reported.
@Suite struct ListsAsMadeTests {
    private func book(_ city: City, hidden: Set<Int> = [], _ rows: [[Made]]) throws -> String {
        try makeBook(city.folder.path + "/list.xlsx", hidden: hidden, rows)
    }

    private func text(_ city: City, _ text: String) throws -> String {
        let path = city.folder.path + "/list.csv"
        try Data(text.utf8).write(to: URL(filePath: path))
        return path
    }

    private static let people: [Made] = ["姓名", "身份证号", "单位名称", "单位性质", "行政区划", "任职起始日期", "职称"]
    private static let training: [Made] = [
        "身份证号", "认定形式", "编号", "培训名称", "举办单位", "科目", "培训学时", "结束日期",
    ]

    private func person(
        _ who: String, name: Made? = nil, unit: Made = "示例中学", since: Made = "2020-09-01", title: Made = "教师"
    ) throws -> [Made] {
        [name ?? .text(who), .text(try Cast.idNumber(of: who).text), unit, "事业单位", "泰山区", since, title]
    }

    private func training(
        number: Made = "1", title: Made = "新技术", hours: Made = "24", day: Made = "2022-06-25"
    ) throws -> [Made] {
        [
            .text(try Cast.idNumber(of: "岳明远").text), "线下培训", number, title, "泰安示例基地", "专业科目", hours, day,
        ]
    }

    private static let lost = "，原来的内容已丢失。请把该列设为“文本”格式后重新填写"

    /// A row with such a cell is not imported; the other rows are.
    @Test(arguments: Engine.allCases) func damagedCellsFailTheirRow(_ engine: Engine) async throws {
        try await withCity(engine) { city in
            let reckon = "公式还没有算出结果。请用电子表格软件打开、保存后再导入，或直接填写内容"
            let rows: [(row: [Made], told: String)] = [
                (try person("汶小溪", name: .error("#N/A")), "“姓名”：公式没有结果（#N/A）。请改正公式，或直接填写内容"),
                (try person("汶小溪", unit: .error("#REF!")), "“单位名称”：公式没有结果（#REF!）。请改正公式，或直接填写内容"),
                (try person("汶小溪", title: "#N/A"), "“职称”：公式没有结果（#N/A）。请改正公式，或直接填写内容"),
                (try person("汶小溪", name: .formula), "“姓名”：" + reckon),
                (try person("汶小溪", since: .formula), "“任职起始日期”：" + reckon),
                (try person("汶小溪", title: .day("44621")), "“职称”：填写的内容被表格软件当作日期（2022-03-01）" + Self.lost),
                (try person("汶小溪", title: .month("44621")), "“职称”：填写的内容被表格软件当作日期（2022-03）" + Self.lost),
                (
                    try person("汶小溪", title: .number("1.04225202105E+17")),
                    "“职称”：填写的内容被表格软件当作数字（1.04225202105E+17），末几位已丢失。请把该列设为“文本”格式后重新填写"
                ),
                (try person("汶小溪", since: .month("44621")), "“任职起始日期”：“2022-03”只有年月，没有日。请补上日，写成 2022-03-×× 的形式"),
                (
                    try person("汶小溪", since: .number("44621")),
                    "“任职起始日期”：“44621”是表格软件里日期的序号，不是日期。它一般表示 2022-03-01：核对无误的，请写成 2022-03-01"
                ), (try person("汶小溪", since: "去年"), "“任职起始日期”：“去年”不是日期。应写成年-月-日，如 2022-06-01"),
            ]
            let lists = SheetImport(city.registry)
            for (row, told) in rows {
                let report = try await lists.people(
                    try book(city, [Self.people, row, person("岳明远")]), dryRun: true)
                #expect(figures(report.created, report.failures.count) == figures(1, 1), "\(told)")
                #expect(report.failures.map { $0.place + "：" + $0.words } == ["工作表“名单”第 2 行" + told])
            }
        }
    }

    /// A damaged cell comes back damaged until somebody corrects it, not as a text that would be accepted.
    @Test(arguments: Engine.allCases) func anUncorrectedCellIsRefusedAgain(_ engine: Engine) async throws {
        try await withCity(engine) { city in
            _ = try await city.add("岳明远")
            let rows = try [
                training(number: .number("2.0220601E+19")), training(number: .day("44621")),
                training(number: .error("#VALUE!")), training(number: .formula), training(day: .month("44713")),
                training(number: .number("104225202105009000")),
            ]
            let lists = SheetImport(city.registry)
            var path = try book(city, [Self.training] + rows)
            for _ in 1...2 {
                let report = try await lists.hours(path, dryRun: false)
                #expect(report.failures.map(\.columns) == [["编号"], ["编号"], ["编号"], ["编号"], ["结束日期"], ["编号"]])
                path = city.folder.path + "/failed.xlsx"
                try report.writeFailures(to: path)
            }
        }
    }

    /// Two weeks of one course whose long numbers a spreadsheet cut to the same value do not correct each other.
    @Test(arguments: Engine.allCases) func aCutNumberDoesNotCorrectAnotherItem(_ engine: Engine) async throws {
        try await withCity(engine) { city in
            let person = try await city.add("岳明远")
            for title in ["研修班一", "研修班二"] {
                let row = try training(number: .number("2.0220601E+19"), title: .text(title))
                let report = try await SheetImport(city.registry).hours(
                    try book(city, [Self.training, row]), dryRun: false)
                #expect(report.failures.flatMap(\.columns) == ["编号"])
            }
            #expect(try await city.counted(person) == .zero)
        }
    }

    /// Java libraries write every number with a fraction: the item is the same, and its correction finds it.
    @Test(arguments: Engine.allCases) func numbersWithAZeroFractionAreWhole(_ engine: Engine) async throws {
        try await withCity(engine) { city in
            let person = try await city.add("岳明远")
            let lists = SheetImport(city.registry)
            let sent: [(number: Made, hours: Made, told: [Int])] = [
                (.number("1002.0"), .number("24.0"), figures(1, 0, 0)),
                (.number("1002"), .number("16"), figures(0, 1, 0)),
                ("1002", "16", figures(0, 0, 1)), (.number("1002.0"), "16.0", figures(0, 0, 1)),
            ]
            for (number, hours, told) in sent {
                let row = try training(number: number, hours: hours)
                let report = try await lists.hours(try book(city, [Self.training, row]), dryRun: false)
                #expect(figures(report.created, report.changed, report.unchanged) == told, "\(number) \(hours)")
            }
            #expect(try await city.counted(person) == CreditHours(16))
            let id = try Cast.idNumber(of: "岳明远").text
            let head = "身份证号,认定形式,编号,题目,刊物级别,刊号,作者数,发表日期\n"
            let paper = { (authors: String) in "\(id),论文,8,机理,省级,CN 37-0001/T,\(authors),2022-06-01\n" }
            let half = try await lists.hours(try text(city, head + paper("3.5")), dryRun: false)
            #expect(half.failures.map(\.words) == ["“3.5”不符。应为：整数，至少为 1"])
            #expect(try await lists.hours(try text(city, head + paper("2.0")), dryRun: false).created == 1)
            #expect(try await city.counted(person) == CreditHours(16 + 25))
        }
    }

    /// A time slightly before midnight is the day that the spreadsheet shows, also at the end of a year.
    @Test(arguments: Engine.allCases) func aCalculatedDayIsTheShownDay(_ engine: Engine) async throws {
        try await withCity(engine) { city in
            let person = try await city.add("岳明远")
            let rows = try [
                training(number: "1", title: "甲", day: .day("44561.99999999999")),
                training(number: "2", title: "乙", day: .day("44926.9999884259")),
            ]
            let report = try await SheetImport(city.registry).hours(
                try book(city, [Self.training] + rows), dryRun: false)
            #expect(report.created == 2)
            #expect(try await city.counted(person, 2021) == .zero)
            #expect(try await city.counted(person) == CreditHours(48))
        }
    }

    @Test(arguments: Engine.allCases) func daysAreReadAsProgramsWriteThem(_ engine: Engine) async throws {
        try await withCity(engine) { city in
            _ = try await city.add("岳明远")
            let days = ["2022-06-25 00:00:00", "25/6/2022", "44737", "2022.06", "2022-06-25T00:00:00.000+08:00"]
            let rows = try days.enumerated().map {
                try training(number: .text("\($0)"), title: .text("甲\($0)"), day: .text($1))
            }
            let report = try await SheetImport(city.registry).hours(
                try book(city, [Self.training] + rows), dryRun: false)
            #expect(report.created == 2)
            #expect(
                report.failures.map(\.words) == [
                    "“25/6/2022”的年份不在最前面，分不清月和日。应为：日期（如 2022-06-01）",
                    "“44737”是表格软件里日期的序号，不是日期。它一般表示 2022-06-25：核对无误的，请写成 2022-06-25",
                    "“2022.06”只有年月，没有日。请补上日，写成 2022-06-×× 的形式",
                ])
        }
    }

    private static let posts = "姓名,身份证号,单位名称,单位性质,行政区划,任职起始日期\n"

    /// Employments follow one another in any order of rows; two different rows for the same day are refused.
    @Test(arguments: Engine.allCases) func employmentsAreReadInAnyOrderOfRows(_ engine: Engine) async throws {
        try await withCity(engine) { city in
            let row = { (who: String, unit: String, day: String) in
                "\(who),\(try Cast.idNumber(of: who).text),\(unit),事业单位,泰山区,\(day)\n"
            }
            let lists = [
                try row("岳明远", "示例中学", "2010-09-01") + row("岳明远", "示例医院", "2022-03-01"),
                try row("汶小溪", "示例医院", "2022-03-01") + row("汶小溪", "示例中学", "2010-09-01"),
            ]
            for (list, who) in zip(lists, ["岳明远", "汶小溪"]) {
                let sheets = SheetImport(city.registry)
                let report = try await sheets.people(try text(city, Self.posts + list), dryRun: false)
                #expect(figures(report.created, report.changed, report.failures.count) == figures(1, 1, 0))
                let again = try await sheets.people(try text(city, Self.posts + list), dryRun: false)
                #expect(again.unchanged == 2)
                let (people, id) = (city.people, try Cast.idNumber(of: who))
                let units = try await city.database.read { transaction in
                    let number = try required(try PersonStore(transaction, people).find(id)?.number.number)
                    let history = try EmploymentStore(transaction, people).histories(from: number, through: number)[
                        number]
                    return ["2021-12-31", "2022-03-01"].map { history?.unit(on: Day($0) ?? .first)?.name }
                }
                #expect(units == ["示例中学", "示例医院"])
            }
            for day in ["2010-09-01", ""] {
                let rows = try row("安澜", "示例中学", "2010-09-01") + row("安澜", "示例医院", day)
                let report = try await SheetImport(city.registry).people(
                    try text(city, Self.posts + rows), dryRun: true)
                #expect(report.failures.map(\.row) == [3], "\(day)")
            }
            let name =
                try row("安澜", "示例中学", "2010-09-01")
                + row("安澜", "示例医院", "2022-03-01").replacing("安澜,", with: "安兰,")
            #expect(
                try await SheetImport(city.registry).people(try text(city, Self.posts + name), dryRun: true)
                    .failures.count == 1)
        }
    }

    /// A remark like the sample's does not make a row the sample.
    @Test(arguments: Engine.allCases) func aRowWithTheSamplesRemarkIsImported(_ engine: Engine) async throws {
        try await withCity(engine) { city in
            let head = "姓名,身份证号,备注\n"
            let row = { (who: String, remark: String) in "\(who),\(try Cast.idNumber(of: who).text),\(remark)\n" }
            let list = try head + row("岳明远", "示例中学东校区") + row("安澜", "示例，导入时自动跳过") + row("石敢当", "")
            let report = try await SheetImport(city.registry).people(try text(city, list), dryRun: false)
            #expect(figures(report.rows, report.created) == figures(3, 3))
            #expect(Self.notes(report).isEmpty)
        }
    }

    /// The notes without the remark that the numbers of invented people belong to no province.
    private static func notes(_ report: ImportReport) -> [String] {
        report.notes.filter { !$0.contains("GB/T 2260") }
    }

    /// The report names the first twenty of many unknown columns.
    @Test(arguments: Engine.allCases) func unknownColumnsAreReported(_ engine: Engine) async throws {
        try await withCity(engine) { city in
            let others = (1...21).map { "列\($0)" }
            let head = ["姓名", "身份证号", "单位名称", "行政区划", "任职起始日期"] + others
            let row = ["岳明远", try Cast.idNumber(of: "岳明远").text, "泰安示例机械有限公司", "泰山区", "2020-01-01"]
            let list = try text(city, [head, row].map { $0.joined(separator: ",") + "\n" }.joined())
            let report = try await SheetImport(city.registry).people(list, dryRun: true)
            let named = others.prefix(20).joined(separator: "、")
            #expect(Self.notes(report) == ["不认识的列：\(named)。这些列没有导入，请对照模板核对列名"])
        }
    }

    /// The report states which parts were not read, and which rows were hidden.
    @Test(arguments: Engine.allCases) func skippedPartsAreReported(_ engine: Engine) async throws {
        try await withCity(engine) { city in
            let head: [Made] = [
                "序号", "姓名", "身份证号 ＊", "单位名称", "行政　区划", "任职起始\n日期", "民族", "手机 号", "", "备注",
            ]
            let row = { (who: String) -> [Made] in
                [
                    .number("1"), .text(who), .text(try Cast.idNumber(of: who).text), "泰安示例机械有限公司", "泰山区",
                    "2020-01-01", "汉", .number("15153800001.0"), "x",
                ]
            }
            let rows = try [head, row("岳明远"), row("汶小溪"), row("安澜")]
            for isDryRun in [true, false] {
                let report = try await SheetImport(city.registry).people(
                    try book(city, hidden: [3, 4], rows), dryRun: isDryRun)
                #expect(report.created == 3)
                #expect(
                    Self.notes(report) == [
                        "工作表“名单”：不认识的列：民族。这些列没有导入，请对照模板核对列名", "工作表“名单”：I 列没有表头，第 2 行起的内容没有导入。请补上列名",
                        "工作表“名单”：其中 2 行被隐藏（第 3、4 行），一并导入。不要导入的，请从表里删去",
                    ])
            }
        }
    }

    /// Values in a column of another kind are not read, and the report says so.
    @Test(arguments: Engine.allCases) func valuesOfAnotherKindsColumnAreReported(_ engine: Engine) async throws {
        try await withCity(engine) { city in
            _ = try await city.add("岳明远")
            let rows = try [
                Self.training + ["作者数"], training(number: "1", title: "甲") + [""],
                training(number: "2", title: "乙") + ["3"],
            ]
            let report = try await SheetImport(city.registry).hours(try book(city, rows), dryRun: true)
            #expect(report.created == 2)
            #expect(report.notes == ["工作表“名单”第 3 行：“线下培训”不读作者数，填写的内容没有导入"])
        }
    }

    /// The report quotes the header that it found, and points to a later row that is the header.
    @Test(arguments: Engine.allCases) func anInvalidHeaderIsQuotedInTheReport(_ engine: Engine) async throws {
        try await withCity(engine) { city in
            let id = try Cast.idNumber(of: "岳明远").text
            let cases = [
                ("示例中学人员名单\n姓名,身份证号\n岳明远,\(id)\n", "第 1 行读到的是：示例中学人员名单。第 2 行像是表头：请删去它上面的行再导入。"),
                ("姓名,\"身份证号\n18位\"\n", "表头缺少：身份证号。第 1 行读到的是：姓名、身份证号18位。第一行应为表头"),
                ("\n岳明远,\(id)\n", "表头缺少：姓名、身份证号。第 2 行读到的是：岳明远、（数字）。第一行应为表头"),
            ]
            for (list, words) in cases {
                let failure = await #expect(throws: Failure.self) {
                    try await SheetImport(city.registry).people(try text(city, list), dryRun: true)
                }
                #expect(failure?.code == "sheet.columns")
                #expect(failure?.words.chinese.contains(words) == true, "\(failure?.words.chinese ?? "")")
            }
        }
    }

    /// A list is recognised by the columns that only its kind has.
    @Test(arguments: Engine.allCases) func aListOfTheWrongKindIsRecognised(_ engine: Engine) async throws {
        try await withCity(engine) { city in
            let lists = SheetImport(city.registry)
            let hours = ["姓名,身份证号,认定形式,编号\n", "姓名,身份证号,编号,课程名称,课程学时\n"]
            for (list, sign) in zip(hours, ["认定形式", "编号”、“课程名称”、“课程学时"]) {
                let failure = await #expect(throws: Failure.self) {
                    try await lists.people(try text(city, list), dryRun: true)
                }
                #expect(failure?.words.chinese == "表头有“\(sign)”，这是学时清单而不是人员名单。请作为学时清单导入。")
            }
            let people = await #expect(throws: Failure.self) {
                try await lists.hours(try text(city, "姓名,身份证号,单位名称\n"), dryRun: true)
            }
            #expect(people?.code == "import.list")
            #expect(people?.words.chinese == "表头有“单位名称”，这是人员名单而不是学时清单。请作为人员名单导入。")
            let places = await #expect(throws: Failure.self) {
                try await lists.people(try text(city, "代码,名称,主管部门\n"), dryRun: true)
            }
            #expect(places?.words.chinese == "表头有“代码”、“名称”，这是地区名单而不是人员名单。请作为地区名单导入。")
            // A template for hours that is sent as a list of people creates nobody.
            let path = city.folder.path + "/template.xlsx"
            try ListTemplate.hours(try await city.database.read { try city.registry.book($0) }).write(to: path)
            let template = await #expect(throws: Failure.self) { try await lists.people(path, dryRun: true) }
            #expect(template?.code == "import.list")
            // Its sheets beside a list of people are skipped, with the reason.
            let id = try Cast.idNumber(of: "岳明远").text
            let writer = try SheetWriter(
                path: path, sheet: "人员", columns: ["姓名", "身份证号"].map { SheetColumn(title: $0, width: 9) })
            try writer.row(["岳明远", id])
            try writer.begin(
                sheet: "论文", columns: ["姓名", "身份证号", "题目", "刊号"].map { SheetColumn(title: $0, width: 9) })
            try writer.finish()
            let both = try await lists.people(path, dryRun: true)
            #expect(both.created == 1)
            #expect(Self.notes(both) == ["工作表“论文”已跳过：表头有“题目”、“刊号”，这是学时清单而不是人员名单。请作为学时清单导入。"])
        }
    }

    /// The usual ways to protect an ID from the spreadsheet are removed; another sign is reported as such.
    @Test(arguments: Engine.allCases) func signsThatProtectAnIDNumberAreRemoved(_ engine: Engine) async throws {
        try await withCity(engine) { city in
            let id = try Cast.idNumber(of: "岳明远").text
            let typed = ["\"=\"\"\(id)\"\"\"", "'\(id)", "\t\(id)"]
            for cell in typed {
                let list = "姓名,身份证号\n岳明远,\(cell)\n"
                let report = try await SheetImport(city.registry).people(try text(city, list), dryRun: true)
                #expect(report.created == 1, "\(cell)")
            }
            let list = "姓名,身份证号\n岳明远,[\(id)]\n汶小溪,9.99999E+17\n"
            let report = try await SheetImport(city.registry).people(try text(city, list), dryRun: true)
            #expect(
                report.failures.map(\.words) == [
                    "身份证号里有多余的符号“[”。请删去，只写号码", "身份证号被表格软件当作数字，末几位已丢失。请把该列设为“文本”格式后重新填写",
                ])
        }
    }
}
