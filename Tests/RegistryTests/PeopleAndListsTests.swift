import Database
import Documents
import Foundation
import Kernel
import People
import Registry
import Signing
import Testbed
import Testing

@Suite struct PeopleAndListsTests {
    private static let head = "姓名,身份证号,单位名称,单位性质,行政区划,人员关系,任职起始日期\n"

    private func write(_ city: City, _ name: String, _ bytes: [UInt8]) throws -> String {
        let path = city.folder.appending(path: name).path
        try Data(bytes).write(to: URL(filePath: path))
        return path
    }

    private func row(_ name: String, _ unit: String = "示例中学,事业单位,泰山区,聘用关系,2020-09-01") throws -> String {
        "\(name),\(try Cast.idNumber(of: name).text),\(unit)\n"
    }

    @Test(arguments: Engine.allCases) func aListSentAgainChangesNothing(_ engine: Engine) async throws {
        try await withCity(engine) { city in
            let text = try Self.head + row("岳明远") + row("汶小溪")
            let path = try write(city, "people.csv", Array(("\u{FEFF}" + text).utf8))
            let lists = SheetImport(city.registry)
            let dryRun = try await lists.people(path, dryRun: true)
            #expect(figures(dryRun.rows, dryRun.created) == figures(2, 2))
            let first = try await lists.people(path, dryRun: false)
            #expect(figures(first.rows, first.created, first.failures.count) == figures(2, 2, 0))
            let again = try await lists.people(path, dryRun: false)
            #expect(figures(again.unchanged, again.created) == figures(2, 0))
            let moved = try write(
                city, "moved.csv", Array((Self.head + row("岳明远", "示例医院,事业单位,肥城市,聘用关系,2022-03-01")).utf8))
            let difference = try await lists.people(moved, dryRun: true)
            #expect(
                difference.notes.map { $0.replacing(#/人员 [0-9]+/#, with: "人员") } == [
                    "第 2 行：人员 单位为“示例医院”（自 2022-03-01 起）"
                ])
            #expect(try await lists.people(moved, dryRun: false).changed == 1)
            // The old list, sent again, undoes no move.
            let old = try await lists.people(path, dryRun: false)
            #expect(figures(old.changed, old.unchanged) == figures(0, 2))
            #expect(try await lists.people(moved, dryRun: false).unchanged == 1)
        }
    }

    @Test(arguments: Engine.allCases) func eachFailedRowReportsItsPlaceAndRemedy(_ engine: Engine) async throws {
        try await withCity(engine) { city in
            let good = try row("岳明远")
            let rows = [
                good, "汶小溪,110105194912310021,示例中学,事业单位,泰山区,聘用关系,2020-09-01\n",
                ",\(try Cast.idNumber(of: "安澜")),,,,,\n",
                try row("徂松岩", "新单位,事业单位,火星区,聘用关系,2020-09-01"), try row("梁父石", "新单位,外星企业,泰山区,聘用关系,2020-09-01"),
                try row("傅云亭", "示例中学,事业单位,泰山区,聘用关系,2020-13-01"),
            ]
            let path = try write(city, "people.csv", Array((Self.head + rows.joined()).utf8))
            let report = try await SheetImport(city.registry).people(path, dryRun: false)
            #expect(figures(report.rows, report.created) == figures(6, 1))
            #expect(report.failures.map(\.row) == [3, 4, 5, 6, 7])
            #expect(report.failures.map(\.columns) == [["身份证号"], ["姓名", "身份证号"], ["行政区划"], ["单位性质"], ["任职起始日期"]])
            let out = city.folder.appending(path: "failed.xlsx").path
            try report.writeFailures(to: out)
            var lines: [[String]] = []
            try readSheet(out) { lines.append($0.cells.map(\.text)) }
            #expect(lines.count == 6)
            #expect(lines[1][0].hasPrefix("第 3 行“身份证号”"))
        }
    }

    @Test(arguments: Engine.allCases) func ofContradictingRowsOneIsImported(_ engine: Engine) async throws {
        try await withCity(engine) { city in
            let id = try Cast.idNumber(of: "岳明远").text
            let unit = "示例中学,事业单位,泰山区,聘用关系,2020-09-01\n"
            let text = Self.head + "岳明远,\(id),\(unit)岳明远,\(id),\(unit)岳明达,\(id),\(unit)"
            let path = try write(city, "people.csv", Array(text.utf8))
            let lists = SheetImport(city.registry)
            let first = try await lists.people(path, dryRun: false)
            #expect(figures(first.created, first.unchanged, first.failures.count) == figures(1, 1, 1))
            #expect(first.failures.first?.words.contains("与第 2 行的身份证号相同而内容不同，以第 2 行为准") == true)
            let again = try await lists.people(path, dryRun: false)
            #expect(figures(again.changed, again.unchanged) == figures(0, 2))
        }
    }

    /// A person must have a name, and must be born before the employment.
    @Test(arguments: Engine.allCases) func impossibleDataOfAPersonIsRefused(_ engine: Engine) async throws {
        try await withCity(engine) { city in
            let unborn = try required("0123456789X".lazy.compactMap { try? IDNumber("99999920990101001\($0)") }.first)
            let id = try Cast.idNumber(of: "岳明远").text
            let rows = [
                ("123", id, "", "姓名"), ("=1+1", id, "", "姓名"), ("岳明远2", id, "", "姓名"), ("··", id, "", "姓名"),
                ("岳明远", unborn.text, "", "身份证号"), ("岳明远", id, "1979-12-31", "任职起始日期"),
            ]
            for (name, number, since, column) in rows {
                let text = Self.since + "\(name),\(number),泰安示例机械有限公司,企业,370902,\(since)\n"
                let path = try write(city, "people.csv", Array(text.utf8))
                let report = try await SheetImport(city.registry).people(path, dryRun: false)
                #expect(report.failures.flatMap(\.columns) == [column], "\(name) \(since)")
            }
            for (place, name) in ["阿不都热合曼·买买提", "O’Neil-Šmith Jr.", "王𬭎"].enumerated() {
                let number = try Cast.number(place).text
                let text = Self.since + "\(name),\(number),泰安示例机械有限公司,企业,370902,\n"
                let path = try write(city, "people.csv", Array(text.utf8))
                #expect(try await SheetImport(city.registry).people(path, dryRun: false).created == 1, "\(name)")
            }
        }
    }

    private static let since = "姓名,身份证号,单位名称,单位性质,行政区划,任职起始日期\n"

    @Test(arguments: Engine.allCases) func aListInGB18030IsRead(_ engine: Engine) async throws {
        try await withCity(engine) { city in
            let path = try write(city, "people.csv", Array((Self.head + row("岳明远")).utf8))
            let out = city.folder.appending(path: "gb.csv").path
            let iconv = Process()
            iconv.executableURL = URL(filePath: "/usr/bin/iconv")
            iconv.arguments = ["-f", "UTF-8", "-t", "GB18030", "-o", out, path]
            try iconv.run()
            iconv.waitUntilExit()
            #expect(try await SheetImport(city.registry).people(out, dryRun: false).created == 1)
        }
    }

    @Test(arguments: Engine.allCases) func hoursOfEveryKindAreImportedFromAWorkbook(_ engine: Engine) async throws {
        try await withCity(engine) { city in
            let person = try await city.add("岳明远")
            let id = try Cast.idNumber(of: "岳明远").text
            let path = city.folder.appending(path: "hours.xlsx").path
            let titles = [
                "身份证号", "认定形式", "编号", "题目", "刊物级别", "刊号", "作者数", "发表日期", "书名", "类别", "书号", "作者身份", "出版日期",
            ]
            let book = "978-7-0000-0001-8"
            let writer = try SheetWriter(
                path: path, sheet: "学时", columns: titles.map { SheetColumn(title: $0, width: 12) })
            try writer.row([id, "论文", "1", "机理", "国内国家级", "CN 37-0001/T", "3", "2022/6/1"])
            try writer.row([id, "著作", "2", nil, nil, nil, nil, nil, "书", "著作", book, "副主编", "2022-08-01"])
            try writer.row([id, "论文", "3", "机理二", "国家级", "CN 37-0001/T", "3", "2022-06-01"])
            try writer.row([id, "诗歌", "4"])
            try writer.finish()
            let lists = SheetImport(city.registry)
            let report = try await lists.hours(path, dryRun: false)
            #expect(figures(report.rows, report.created, report.failures.count) == figures(4, 2, 2))
            #expect(report.failures.flatMap(\.columns) == ["刊物级别", "认定形式"])
            #expect(try await city.counted(person).hundredths == 4166 + 8500)
            let again = try await lists.hours(path, dryRun: false)
            #expect(again.unchanged == 2)
        }
    }

    /// The notice gives hours for diplomas that the state recognises; an old list without the column does not state
    /// this.
    @Test(arguments: Engine.allCases) func hoursOfADiplomaNeedStateRecognition(_ engine: Engine) async throws {
        try await withCity(engine) { city in
            let person = try await city.add("岳明远")
            let id = try Cast.idNumber(of: "岳明远").text
            let head = "身份证号,认定形式,编号,学校,毕业证编号,学制（年）,入学日期,毕业日期"
            let row = "\(id),学历教育,1,泰安示例学院,BY-0001,3,2020-09-01,2023-06-30"
            let lists = SheetImport(city.registry)
            let old = try write(city, "old.csv", Array("\(head)\n\(row)\n".utf8))
            let refused = try await lists.hours(old, dryRun: false).failures
            #expect(refused.flatMap(\.faults).map(\.column) == ["国家承认"])
            #expect(refused.first?.words.contains("“学历教育”要填写国家承认。应为：是、否") == true)
            let no = try write(city, "no.csv", Array("\(head),国家承认\n\(row),否\n".utf8))
            let response = try await lists.hours(no, dryRun: false).failures.first?.words
            #expect(response?.contains("只登记国家承认的学历教育") == true)
            let yes = try write(city, "yes.csv", Array("\(head),国家承认\n\(row),是\n".utf8))
            #expect(try await lists.hours(yes, dryRun: false).failures.isEmpty)
            #expect(try await city.counted(person) == CreditHours(100))
        }
    }

    @Test(arguments: Engine.allCases) func aListWithoutARequiredColumnIsRefused(_ engine: Engine) async throws {
        try await withCity(engine, policies: []) { city in
            let lists = SheetImport(city.registry)
            let lacking = try write(city, "a.csv", Array("姓名,单位\n甲,乙\n".utf8))
            let failure = await #expect(throws: Failure.self) { try await lists.people(lacking, dryRun: false) }
            #expect(failure?.code == "sheet.columns")
            let double = try write(city, "b.csv", Array("姓名,姓名,身份证号\n甲,乙,丙\n".utf8))
            let twice = await #expect(throws: Failure.self) { try await lists.people(double, dryRun: false) }
            #expect(twice?.code == "sheet.header")
        }
    }

    @Test(arguments: Engine.allCases) func idNumbersAreStoredEncrypted(_ engine: Engine) async throws {
        try await withCity(engine, policies: []) { city in
            let person = try await city.add("岳明远")
            let id = try Cast.idNumber(of: "岳明远")
            let people = city.people
            let (sealed, found, opened) = try await city.database.read { transaction in
                let store = PersonStore(transaction, people)
                let sealed = try transaction.first("SELECT id_sealed FROM person") { try $0.bytes(0) } ?? []
                return (sealed, try store.find(id)?.number, try store.idNumber(of: person))
            }
            #expect(!sealed.isEmpty && !String(decoding: sealed, as: UTF8.self).contains(id.text.suffix(6)))
            #expect(found == person)
            #expect(opened == id)
        }
    }

    @Test(arguments: Engine.allCases) func anotherKeyFileIsRefusedAtTheStart(_ engine: Engine) async throws {
        try await withCity(engine, policies: []) { city in
            let other = try KeyFile.create(at: city.folder.path + "/other.json", system: .real)
            let failure = await #expect(throws: Failure.self) {
                try await People(keys: other, system: .real).checkKeys(city.database)
            }
            #expect(failure?.code == "people.wrong-keys")
        }
    }

    @Test(arguments: Engine.allCases) func unitNamesAreUniqueInARegion(_ engine: Engine) async throws {
        try await withCity(engine, policies: []) { city in
            let failure = await #expect(throws: Failure.self) { try await city.unit("泰安示例机械有限公司", "370902") }
            #expect(failure?.code == "organisation.taken")
        }
    }

    /// The place of a person on a day follows the dated employments; so does the policy.
    @Test(arguments: Engine.allCases) func aNewEmploymentEndsThePreviousOne(_ engine: Engine) async throws {
        try await withCity(engine, policies: []) { city in
            let person = try await city.add("岳明远", since: required(Day("2020-01-01")))
            let next = try await city.unit("肥城示例厂", "370983")
            let people = city.people
            let history = try await city.database.write { transaction in
                let store = EmploymentStore(transaction, people)
                let move = Employment(
                    organisation: next.number, relation: "labour",
                    during: Period(from: try required(Day("2022-07-01")), to: .last))
                #expect(try store.put(move, of: person))
                #expect(try !store.put(move, of: person))
                return try store.histories(from: person.number, through: person.number)[person.number]
            }
            #expect(history?.unit(on: try required(Day("2022-06-30")))?.name == "泰安示例机械有限公司")
            #expect(history?.unit(on: try required(Day("2022-07-01")))?.name == "肥城示例厂")
            #expect(history?.employments.map(\.employment.during.to.description) == ["2022-06-30", "9999-12-31"])
        }
    }

    /// An unfilled template is read without rows, each kind has its sheet, and failed rows come back in the same
    /// sheets.
    @Test(arguments: Engine.allCases) func failedRowsAreReturnedInTheTemplate(_ engine: Engine) async throws {
        try await withCity(engine) { city in
            _ = try await city.add("岳明远")
            let book = try await city.database.read { try city.registry.book($0) }
            let lists = SheetImport(city.registry)
            let path = city.folder.path + "/template.xlsx"
            try ListTemplate.hours(book).write(to: path)
            let empty = try await lists.hours(path, dryRun: false)
            #expect(empty.rows == 0)
            let kinds = Set(book.current.flatMap(\.policy.kinds).map(\.name))
            let told = try required(empty.notes.first)
            #expect(empty.notes.count == 1 && told.hasPrefix("其中 \(kinds.count) 行是模板的示例，没有导入：工作表“"))
            #expect(kinds.allSatisfy { told.contains("工作表“\($0)”第 2 行") })
            var sample: [String] = []
            try readSheet(path) { row in
                if row.sheet == "论文", row.number == 2 { sample = row.cells.map(\.text) }
            }
            try ListTemplate.people(book, []).write(to: path)
            #expect(try await lists.people(path, dryRun: false).rows == 0)
            let id = try Cast.idNumber(of: "岳明远").text
            let titles = ["姓名", "身份证号*", "编号", "题目*", "刊物级别*", "刊号*", "作者数*", "发表日期*", "备注"]
            let columns = titles.map { SheetColumn(title: $0, width: 12) }
            let paper = { (number: String, authors: String) in
                ["岳明远", id, number, "甲", "国内国家级", "CN 37-0001/T", authors, "2022-06-01"]
            }
            let writer = try SheetWriter(path: path, sheet: "论文", columns: columns)
            // Without 证件类型 and 作者排名, which are missing in this list.
            sample.remove(at: 1)
            try writer.row(Array(sample.prefix(8)) + ["示例，导入时自动跳过"])
            try writer.row(paper("1", "三"))
            try writer.begin(sheet: "随笔", columns: [SheetColumn(title: "想法", width: 9)])
            try writer.finish()
            let report = try await lists.hours(path, dryRun: false)
            #expect(figures(report.rows, report.failures.count) == figures(1, 1))
            #expect(report.failures[0].place == "工作表“论文”第 3 行“作者数”")
            #expect(report.notes == ["其中 1 行是模板的示例，没有导入：工作表“论文”第 2 行", "工作表“随笔”没有名单的表头，已跳过"])
            let failed = city.folder.path + "/failed.xlsx"
            try report.writeFailures(to: failed)
            // The returned workbook of failed rows, corrected by hand.
            let mended = try SheetWriter(
                path: failed, sheet: "论文", columns: [SheetColumn(title: "原因", width: 9)] + columns)
            try mended.row(["第 3 行“作者数”"] + paper("1", "3"))
            try mended.finish()
            let again = try await lists.hours(failed, dryRun: false)
            #expect(figures(again.created, again.failures.count) == figures(1, 0))
            let corrected = try SheetWriter(path: failed, sheet: "论文", columns: columns)
            try corrected.row(paper("1", "2"))
            try corrected.finish()
            let difference = try await lists.hours(failed, dryRun: true)
            #expect(difference.notes == ["第 2 行：更正，原计 41.66 学时，现计 62.5 学时"])
        }
    }

    @Test func withoutAPolicyThereIsNoTemplate() async throws {
        try await withCity(.sqlite, policies: []) { city in
            let book = try await city.database.read { try city.registry.book($0) }
            let failure = #expect(throws: Failure.self) { try ListTemplate.hours(book).write(to: "x.xlsx") }
            #expect(failure?.code == "template.no-policy")
        }
    }
}
