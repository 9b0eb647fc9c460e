import Database
import Documents
import Foundation
import Kernel
import People
import Registry
import Testbed
import Testing

/// People who are known by another paper than a resident's card.
@Suite struct PaperTests {
    private static let head = "姓名,证件类型,身份证号,单位名称,单位性质,行政区划\n"

    private func send(_ city: City, _ rows: [String]) async throws -> ImportReport {
        let path = city.folder.appending(path: "people.csv").path
        let text = Self.head + rows.map { $0 + ",示例机械厂,企业,370902\n" }.joined()
        try Data(text.utf8).write(to: URL(filePath: path))
        return try await SheetImport(city.registry).people(path, rehearsing: false)
    }

    private func find(_ city: City, _ number: String, _ kind: IDNumber.Kind) async throws -> Person? {
        try await city.database.read { try PersonStore($0, city.people).find(IDNumber(number, kind)) }
    }

    /// Kind and number together are one person's: the same number on two papers is two people.
    @Test(arguments: Engine.allCases) func kindAndNumberAreOnePersons(_ engine: Engine) async throws {
        try await withCity(engine) { city in
            let rows = [
                "Anna Lee,护照,E12345678", "陈大文,港澳居民来往内地通行证,H12345678", "林小明,台湾居民来往大陆通行证,12345678",
                "John Smith,外国人永久居留身份证,USA110080010111", "李约翰,护照,H12345678", "岳明远,,\(try Cast.number(1).text)",
            ]
            #expect(try await send(city, rows).created == 6)
            #expect(try await send(city, rows).unchanged == 6)
            #expect(try await find(city, "H12345678", .passport)?.name == "李约翰")
            #expect(try await find(city, "H12345678", .permitOfHongKongAndMacao)?.name == "陈大文")
            let card = try required(try await find(city, "USA110080010111", .foreignersCard))
            let number = try await city.database.read { try PersonStore($0, city.people).idNumber(of: card.number) }
            #expect(number?.text == "USA110080010111" && number?.kind == .foreignersCard)
        }
    }

    /// One mistyped letter is somebody else's number, and no check character tells it.
    @Test(arguments: Engine.allCases) func aMistypedNumberRenamesNobody(_ engine: Engine) async throws {
        try await withCity(engine) { city in
            _ = try await send(city, ["李约翰,护照,H12345678"])
            let other = try await send(city, ["Anna Lee,护照,h 12345678"])
            #expect(
                other.failures.map(\.words) == [
                    "此护照号码登记的是另一姓名，没有导入。请核对证件类型和号码；确已更名的，加一列“曾用名”，填写原登记的姓名"
                ])
            for (former, changed) in [("李约汉", 0), ("李 约翰", 1)] {
                let path = city.folder.appending(path: "people.csv").path
                let text = "姓名,曾用名,证件类型,证件号码\n李安娜,\(former),护照,H12345678\n"
                try Data(text.utf8).write(to: URL(filePath: path))
                let report = try await SheetImport(city.registry).people(path, rehearsing: false)
                #expect(report.changed == changed && report.failures.count == 1 - changed, "\(former)")
                #expect(report.notes.contains { $0.contains("不认识的列") } == false)
            }
            #expect(try await find(city, "H12345678", .passport)?.name == "李安娜")
        }
    }

    @Test(arguments: Engine.allCases) func whatIsNoNumberOfItsPaperIsRefused(_ engine: Engine) async throws {
        try await withCity(engine) { city in
            let report = try await send(
                city,
                [
                    "Anna Lee,,E12345678", "Anna Lee,护照,E1", "陈大文,港澳居民来往内地通行证,A12345678", "陈大文,驾驶证,370902",
                    "John Smith,,USA110080010111", "Wang Li,港澳台居民居住证,\(try Cast.number(2).text)",
                ])
            #expect(report.created == 2)
            #expect(
                report.failures.map(\.words) == [
                    "身份证号应为 18 位，这里是 9 位。请核对后重填。其他证件请在“证件类型”一栏写明",
                    "护照号码应为 5 至 12 位字母和数字。请对照证件重填，并核对证件类型。",
                    "港澳居民来往内地通行证号码应为 H 或 M 加 8 位数字。请对照证件重填，并核对证件类型。",
                    "“驾驶证”不符。应为：居民身份证、护照、港澳居民来往内地通行证、台湾居民来往大陆通行证、外国人永久居留身份证、港澳台居民居住证",
                ])
            #expect(report.failures.map(\.columns) == [["身份证号"], ["身份证号"], ["身份证号"], ["证件类型"]])
        }
    }

    @Test(arguments: Engine.allCases) func hoursAreOfWhoIsMeant(_ engine: Engine) async throws {
        try await withCity(engine) { city in
            _ = try await send(city, ["Anna Lee,护照,E12345678"])
            let path = city.folder.appending(path: "hours.csv").path
            let head = "证件类型,身份证号,认定形式,编号,课程名称,学习平台,科目,课程年度,课程学时,考试,考试合格日期\n"
            let course = "线上课程,K,智能制造,平台,专业科目,2022,30,合格,2022-06-01\n"
            try Data((head + "护照,E12345678,\(course)").utf8).write(to: URL(filePath: path))
            #expect(try await SheetImport(city.registry).hours(path, rehearsing: false).created == 1)
            try Data((head + "台湾居民来往大陆通行证,12345678,\(course)").utf8).write(to: URL(filePath: path))
            #expect(try await SheetImport(city.registry).hours(path, rehearsing: false).failures.count == 1)
        }
    }

    /// Where the paper has a column, its number is called by another name in most lists.
    @Test(arguments: Engine.allCases) func theNumberIsFoundByItsOtherNames(_ engine: Engine) async throws {
        try await withCity(engine) { city in
            let path = city.folder.appending(path: "people.csv").path
            for (turn, title) in ["证件号码", "身份证号码", "公民身份号码", "证件号\n"].enumerated() {
                let text =
                    "姓名,证件种类,\"\(title)\",单位名称,单位性质,行政区划\n岳明远,护照,E1234567\(turn),示例机械厂,企业,370902\n"
                try Data(text.utf8).write(to: URL(filePath: path))
                let report = try await SheetImport(city.registry).people(path, rehearsing: false)
                #expect(report.created == 1 && report.notes.isEmpty, "\(title): \(report.notes)")
            }
        }
    }

    @Test(arguments: Engine.allCases) func theNameIsKeptBesideAsItWasTyped(_ engine: Engine) async throws {
        try await withCity(engine) { city in
            _ = try await send(city, ["买买提•阿卜杜拉,护照,E12345678", "岳明远,护照,E22345678"])
            let typed = try await city.database.read { transaction in
                let store = PersonStore(transaction, city.people)
                return try ["E12345678", "E22345678"].map { number in
                    try store.find(IDNumber(number, .passport)).flatMap { try store.typedName(of: $0.number) }
                }
            }
            #expect(typed == ["买买提•阿卜杜拉", nil])
        }
    }
}
