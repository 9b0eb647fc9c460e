import Database
import Documents
import Foundation
import Kernel
import People
import Registry
import Testbed
import Testing

/// Two spellings of a name are the same name.
@Suite struct SpellingTests {
    private static let head = "姓名,身份证号,单位名称,单位性质,行政区划,任职起始日期\n"

    private func send(_ city: City, _ name: String, _ unit: String, _ number: Int = 1) async throws -> ImportReport {
        let path = city.folder.appending(path: "people.csv").path
        let text = Self.head + "\(name),\(try Cast.number(number).text),\(unit),企业,370902,2020-09-01\n"
        try Data(text.utf8).write(to: URL(filePath: path))
        return try await SheetImport(city.registry).people(path, dryRun: false)
    }

    private static let names = [
        "买买提·阿卜杜拉", "买买提•阿卜杜拉", "买买提・阿卜杜拉", "买买提．阿卜杜拉", "买买提.阿卜杜拉", "买买提‧阿卜杜拉",
        "买买提∙阿卜杜拉", "买买提･阿卜杜拉", "买买提●阿卜杜拉", "买买提 · 阿卜杜拉", "买买提\u{200B}·阿卜杜拉", "买买提·阿卜\u{AD}杜拉",
        "买买提·阿卜\u{2060}杜拉", "买买提·阿卜杜拉\u{FE0F}", "买买提·阿\u{A0}卜杜拉",
    ]

    @Test(arguments: Engine.allCases) func anotherSpellingIsTheSameName(_ engine: Engine) async throws {
        try await withCity(engine) { city in
            for (turn, name) in Self.names.enumerated() {
                let report = try await send(city, name, "示例机械厂")
                #expect(
                    figures(report.created, report.unchanged, report.failures.count)
                        == figures(turn == 0 ? 1 : 0, turn == 0 ? 0 : 1, 0), "\(name)")
            }
            let store = try await city.database.read { try PersonStore($0, city.people).find(Cast.number(1)) }
            #expect(store?.name == "买买提·阿卜杜拉")
            let other = try await send(city, "买买提·阿卜杜勒", "示例机械厂")
            #expect(other.notes.first?.contains("姓名由“买买提·阿卜杜拉”改为“买买提·阿卜杜勒”") == true)
            #expect(other.notes.last == "第 2 行：姓名变更。已颁发给此人的证书随之失效，请重新颁发")
        }
    }

    /// Passports have names in capital letters, and word processors use their own apostrophe.
    @Test(arguments: Engine.allCases) func capitalsAreTheSameName(_ engine: Engine) async throws {
        try await withCity(engine) { city in
            for (turn, name) in ["O'Brien Sean", "O’BRIEN SEAN", "o`brien sean"].enumerated() {
                let report = try await send(city, name, "示例机械厂")
                #expect(report.created == (turn == 0 ? 1 : 0) && report.unchanged == (turn == 0 ? 0 : 1), "\(name)")
            }
        }
    }

    /// The first spelling is kept.
    @Test(arguments: Engine.allCases) func theFirstSpellingOfANameIsKept(_ engine: Engine) async throws {
        try await withCity(engine) { city in
            for (number, name) in Self.names.enumerated() {
                #expect(try await send(city, name, "示例机械厂", number).created == 1)
                let found = try await city.database.read { try PersonStore($0, city.people).find(Cast.number(number)) }
                #expect(found?.name == "买买提·阿卜杜拉", "\(name)")
            }
        }
    }

    /// A list of hours may use another spelling of the name.
    @Test(arguments: Engine.allCases) func hoursAcceptAnotherSpellingOfTheName(_ engine: Engine) async throws {
        try await withCity(engine) { city in
            _ = try await send(city, "买买提·阿卜杜拉", "泰安示例机械有限公司")
            let path = city.folder.appending(path: "hours.csv").path
            for (turn, name) in Self.names.enumerated() {
                let text =
                    "姓名,身份证号,认定形式,编号,课程名称,学习平台,科目,课程年度,课程学时,考试,考试合格日期\n"
                    + "\(name),\(try Cast.number(1).text),线上课程,K,智能制造,平台,专业科目,2022,30,合格,2022-06-01\n"
                try Data(text.utf8).write(to: URL(filePath: path))
                let report = try await SheetImport(city.registry).hours(path, dryRun: false)
                #expect(
                    figures(report.created, report.unchanged) == figures(turn == 0 ? 1 : 0, turn == 0 ? 0 : 1),
                    "\(name)")
            }
        }
    }

    /// The number of an item is recognised in any spelling, within a file and in the next file.
    @Test(arguments: Engine.allCases) func anItemNumberIsRecognisedInAnySpelling(_ engine: Engine) async throws {
        try await withCity(engine) { city in
            _ = try await send(city, "岳明远", "泰安示例机械有限公司")
            let path = city.folder.appending(path: "hours.csv").path
            let head = "身份证号,认定形式,编号,课程名称,学习平台,科目,课程年度,课程学时,考试,考试合格日期\n"
            let row = { (number: String, hours: Int) in
                "\(try Cast.number(1).text),线上课程,\(number),智能制造,平台,专业科目,2022,\(hours),合格,2022-06-01\n"
            }
            for number in ["ＫＣ－０１", "KC-01", "kc-01", "Kc－01", "KC - 01"] {
                try Data((head + row(number, 30)).utf8).write(to: URL(filePath: path))
                let report = try await SheetImport(city.registry).hours(path, dryRun: false)
                #expect(report.created + report.unchanged == 1 && report.failures.isEmpty, "\(number)")
                #expect(report.created == (number == "ＫＣ－０１" ? 1 : 0), "\(number)")
            }
            for number in ["KC-02", "ＫＣ－０２"] {
                let rows = try row(number, 20) + row(number.lowercased(), 10)
                try Data((head + rows).utf8).write(to: URL(filePath: path))
                let report = try await SheetImport(city.registry).hours(path, dryRun: false)
                #expect(report.failures.map(\.columns) == [["编号"]], "\(number)")
            }
        }
    }

    @Test(arguments: Engine.allCases) func aUnitIsFoundInAnySpelling(_ engine: Engine) async throws {
        try await withCity(engine) { city in
            let before = try await city.database.read { try OrganisationStore($0).count() }
            let spellings = [
                "示例（集团）有限公司", "示例(集团)有限公司", "示例 （集团） 有限公司", "示例【集团】有限公司", "示例〔集团〕有限公司",
                "示例（集团）有限公司\u{200B}",
            ]
            for (number, name) in spellings.enumerated() {
                #expect(try await send(city, "岳明远", name, number).created == 1, "\(name)")
            }
            for (number, name) in ["示例·文化馆", "示例•文化馆"].enumerated() {
                #expect(try await send(city, "岳明远", name, number + 10).created == 1, "\(name)")
            }
            #expect(try await city.database.read { try OrganisationStore($0).count() } == before + 2)
            #expect(try await send(city, "岳明远", "示例(集团)二公司", 20).created == 1)
            #expect(try await city.database.read { try OrganisationStore($0).count() } == before + 3)
            let drawn = ["ABC－示例厂", "abc-示例厂", "Abc—示例厂", "ABC–示例厂", "ABC——示例厂", "ＡＢＣ−示例厂"]
            for (number, name) in drawn.enumerated() {
                #expect(try await send(city, "岳明远", name, number + 30).created == 1, "\(name)")
            }
            #expect(try await city.database.read { try OrganisationStore($0).count() } == before + 4)
            #expect(try await send(city, "岳明远", "ABC示例厂", 40).created == 1)
            #expect(try await city.database.read { try OrganisationStore($0).count() } == before + 5)
        }
    }

    /// Two units whose names differ only in spelling, from before the normal form, stay two and are listed for an
    /// officer.
    @Test(arguments: Engine.allCases) func unitsThatDifferOnlyInSpellingAreListed(_ engine: Engine) async throws {
        try await withCity(engine) { city in
            let region = try required(RegionCode("370902"))
            for name in ["示例（集团）公司", "示例(集团)公司"] {
                try await city.database.write { transaction in
                    _ = try OrganisationStore(transaction).add(
                        name, .employer, uscc: nil, nature: "enterprise", region: region, upstream: nil)
                }
            }
            #expect(try await send(city, "岳明远", "示例(集团)公司").created == 1)
            let report = try await send(city, "汶小溪", "示例【集团】公司", 2)
            #expect(report.failures.first?.words == "名称只有写法不同的单位有 2 个：“示例（集团）公司”、“示例(集团)公司”。请按其中一个的写法填写")
            let found = try await city.database.read { try OrganisationStore($0).namesakes().map { $0.map(\.name) } }
            #expect(found == [["示例（集团）公司", "示例(集团)公司"]])
        }
    }
}
