import Database
import Documents
import Foundation
import Kernel
import People
import Registry
import Testbed
import Testing

/// People with another document than a resident identity card.
@Suite struct PaperTests {
    private static let head = "姓名,证件类型,身份证号,单位名称,单位性质,行政区划\n"

    private func send(_ city: City, _ rows: [String]) async throws -> ImportReport {
        let path = city.folder.appending(path: "people.csv").path
        let text = Self.head + rows.map { $0 + ",示例机械厂,企业,370902\n" }.joined()
        try Data(text.utf8).write(to: URL(filePath: path))
        return try await SheetImport(city.registry).people(path, dryRun: false)
    }

    private func find(_ city: City, _ number: String, _ kind: IDNumber.Kind) async throws -> Person? {
        try await city.database.read { try PersonStore($0, city.people).find(IDNumber(number, kind)) }
    }

    /// Kind and number together identify a person: the same number on two kinds of document is two people.
    @Test(arguments: Engine.allCases) func kindAndNumberIdentifyAPerson(_ engine: Engine) async throws {
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

    /// A mistyped letter gives another person's number, and there is no check character to detect it.
    @Test(arguments: Engine.allCases) func aMistypedNumberDoesNotRenameAnotherPerson(_ engine: Engine) async throws {
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
                let report = try await SheetImport(city.registry).people(path, dryRun: false)
                #expect(report.changed == changed && report.failures.count == 1 - changed, "\(former)")
                #expect(report.notes.contains { $0.contains("不认识的列") } == false)
            }
            #expect(try await find(city, "H12345678", .passport)?.name == "李安娜")
        }
    }

    @Test(arguments: Engine.allCases) func anInvalidNumberOfItsDocumentIsRefused(_ engine: Engine) async throws {
        try await withCity(engine) { city in
            let report = try await send(
                city,
                [
                    "Anna Lee,,E12345678", "Anna Lee,护照,E1", "陈大文,港澳居民来往内地通行证,A12345678", "陈大文,驾驶证,370902",
                    "John Smith,,USA110080010111", "Wang Li,港澳台居民居住证,\(try Self.card("810000"))",
                ])
            #expect(report.created == 2)
            #expect(
                report.failures.map(\.words) == [
                    "身份证号应为 18 位，这里是 9 位。请核对后重填。其他证件请在“证件类型”一栏写明",
                    "护照号码应为 5 至 12 位字母和数字。请对照证件重填，并核对证件类型。",
                    "港澳居民来往内地通行证号码应为 H 或 M 加 8 位数字。请对照证件重填，并核对证件类型。",
                    "“驾驶证”不符。应为：居民身份证、港澳台居民居住证、护照、港澳居民来往内地通行证、台湾居民来往大陆通行证、外国人永久居留身份证",
                ])
            #expect(report.failures.map(\.columns) == [["身份证号"], ["身份证号"], ["身份证号"], ["证件类型"]])
        }
    }

    @Test(arguments: Engine.allCases) func hoursAreCreditedByKindAndNumber(_ engine: Engine) async throws {
        try await withCity(engine) { city in
            _ = try await send(city, ["Anna Lee,护照,E12345678"])
            let path = city.folder.appending(path: "hours.csv").path
            let head = "证件类型,身份证号,认定形式,编号,课程名称,学习平台,科目,课程年度,课程学时,考试,考试合格日期\n"
            let course = "线上课程,K,智能制造,平台,专业科目,2022,30,合格,2022-06-01\n"
            try Data((head + "护照,E12345678,\(course)").utf8).write(to: URL(filePath: path))
            #expect(try await SheetImport(city.registry).hours(path, dryRun: false).created == 1)
            try Data((head + "台湾居民来往大陆通行证,12345678,\(course)").utf8).write(to: URL(filePath: path))
            #expect(try await SheetImport(city.registry).hours(path, dryRun: false).failures.count == 1)
        }
    }

    /// A number of 18 characters with this beginning.
    private static func card(_ area: String) throws -> String {
        let body = area + "1990010100" + "1"
        return try required("0123456789X".lazy.compactMap { try? IDNumber(body + String($0)) }.first).text
    }

    /// The beginning of a number of 18 characters determines the kind of card.
    @Test(arguments: Engine.allCases) func theNumberDeterminesTheKindOfCard(_ engine: Engine) async throws {
        try await withCity(engine) { city in
            let hongKong = "以 81 或 82 开头", taiwan = "以 83 开头", foreign = "以 9 开头"
            let cases: [(paper: String, area: String, told: String?)] = [
                ("居民身份证", "370902", nil), ("身份证", "999999", nil), ("港澳台居民居住证", "820000", nil),
                ("港澳居民居住证", "810000", nil), ("台湾居民居住证", "830000", nil), ("居住证", "830000", nil),
                ("外国人永久居留身份证", "937840", nil), ("", "810000", nil), ("", "937840", nil),
                ("居民身份证", "810000", "这个号码\(hongKong)，是港澳居民居住证的号码，不是居民身份证的"),
                ("居民身份证", "830000", "这个号码\(taiwan)，是台湾居民居住证的号码，不是居民身份证的"),
                ("居民身份证", "937840", "这个号码\(foreign)，是外国人永久居留身份证的号码，不是居民身份证的"),
                ("港澳台居民居住证", "370902", "这是居民身份证的号码，不是港澳台居民居住证的"),
                ("港澳居民居住证", "830000", "这个号码\(taiwan)，是台湾居民居住证的号码，不是港澳居民居住证的"),
                ("港澳台居民居住证", "999999", "这不是港澳台居民居住证的号码"),
                ("外国人永久居留身份证", "370902", "这是居民身份证的号码，不是外国人永久居留身份证的"),
                ("外国人永久居留身份证", "810000", "这个号码\(hongKong)，是港澳居民居住证的号码，不是外国人永久居留身份证的"),
            ]
            for (paper, area, told) in cases {
                let report = try await send(city, ["岳明远,\(paper),\(try Self.card(area))"])
                #expect(report.failures.map(\.columns) == (told == nil ? [] : [["证件类型"]]), "\(paper) \(area)")
                #expect(report.failures.map(\.words) == told.map { [$0 + "。请对照证件，改正证件类型或号码。"] } ?? [])
            }
        }
    }

    @Test(arguments: Engine.allCases) func documentsAreFoundByTheirManyNames(_ engine: Engine) async throws {
        try await withCity(engine) { city in
            let names = [
                ("普通护照", "E12345671"), ("外国人护照", "E12345672"), ("Passport", "E12345673"), ("ＰＡＳＳＰＯＲＴ", "E12345674"),
                ("因公护照", "E12345675"), ("中华人民共和国护照", "E12345676"), ("护照（外国）", "E12345677"),
                ("港澳居民来往内地通行证（回乡证）", "H12345671"), ("台湾居民来往大陆通行证(台胞证)", "12345671"),
                ("第二代居民身份证", try Self.card("370902")), ("永久居留身份证", "USA110080010111"),
            ]
            for (paper, number) in names {
                #expect(try await send(city, ["岳明远,\(paper),\(number)"]).created == 1, "\(paper)")
            }
        }
    }

    /// One number under one name on two kinds of document is treated as two people, and the report asks for a check.
    @Test(arguments: Engine.allCases) func oneNumberOnTwoDocumentsIsReported(_ engine: Engine) async throws {
        try await withCity(engine) { city in
            let report = try await send(
                city,
                [
                    "陈大文,港澳居民来往内地通行证,H12345678", "陈大文,护照,H12345678", "李约翰,护照,M12345678", "陈小文,港澳居民来往内地通行证,M12345678",
                ])
            #expect(report.created == 4)
            let told = "同名的人员 1 已用这个号码登记，证件是港澳居民来往内地通行证：现按两个人登记。是同一人的，请改正证件类型，并合并这两个人员"
            #expect(report.notes == ["第 3 行：" + told])
            #expect(try await send(city, ["陈大文,护照,H12345678"]).notes.isEmpty)
        }
    }

    /// Messages about a number use the list's name for it, or the name of its document.
    @Test(arguments: Engine.allCases) func messagesNameTheNumberAsTheListDoes(_ engine: Engine) async throws {
        try await withCity(engine) { city in
            let path = city.folder.appending(path: "list.csv").path
            let id = try Cast.number(1).text
            let rows = [
                "岳明远,,\n", "岳明远,,[\(id)]\n", "岳明远,,9.99999E+17\n", "岳明远,护照,E1\n",
                "岳明远,,\(id),x\n岳明远,,\(id),y\n",
            ]
            try Data(("姓名,证件类型,证件号码,职称\n" + rows.joined()).utf8).write(to: URL(filePath: path))
            let people = try await SheetImport(city.registry).people(path, dryRun: true)
            #expect(people.failures.allSatisfy { $0.columns == ["证件号码"] })
            #expect(
                people.failures.map(\.words) == [
                    "没有填写证件号码。请补上", "证件号码里有多余的符号“[”。请删去，只写号码",
                    "证件号码被表格软件当作数字，末几位已丢失。请把该列设为“文本”格式后重新填写",
                    "护照号码应为 5 至 12 位字母和数字。请对照证件重填，并核对证件类型。",
                    "与第 6 行的证件号码相同而内容不同，以第 6 行为准，这一行没有导入。请核对以后只保留正确的一行，不要原样再次上传",
                ])
            let course = "线上课程,K,智能制造,平台,专业科目,2022,30,合格,2022-06-01\n"
            let head = "姓名,证件类型,证件号码,认定形式,编号,课程名称,学习平台,科目,课程年度,课程学时,考试,考试合格日期\n"
            try Data((head + "岳明远,护照,E12345678,\(course)").utf8).write(to: URL(filePath: path))
            let hours = try await SheetImport(city.registry).hours(path, dryRun: true)
            #expect(hours.failures.map { $0.place + $0.words } == ["第 2 行“证件号码”没有登记过这个护照号码的人员。请先导入人员"])
        }
    }

    /// If the document has a column, most lists use another title for its number.
    @Test(arguments: Engine.allCases) func theColumnOfTheNumberIsFoundByOtherNames(_ engine: Engine) async throws {
        try await withCity(engine) { city in
            let path = city.folder.appending(path: "people.csv").path
            for (turn, title) in ["证件号码", "身份证号码", "公民身份号码", "证件号\n"].enumerated() {
                let text =
                    "姓名,证件种类,\"\(title)\",单位名称,单位性质,行政区划\n岳明远,护照,E1234567\(turn),示例机械厂,企业,370902\n"
                try Data(text.utf8).write(to: URL(filePath: path))
                let report = try await SheetImport(city.registry).people(path, dryRun: false)
                #expect(report.created == 1 && report.notes.isEmpty, "\(title): \(report.notes)")
            }
        }
    }

    @Test(arguments: Engine.allCases) func theTypedNameIsStoredToo(_ engine: Engine) async throws {
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
