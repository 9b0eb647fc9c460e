import Database
import Documents
import Foundation
import Kernel
import People
import Testbed
import Testing

@testable import Registry

/// Reductions of other counted hours by a list, reported beside the rows themselves.
@Suite struct TakingAwayTests {
    /// The course 公需 of 30 hours that a person with full hours has, submitted again as 专业科目 of an earlier day with more
    /// hours.
    private func twin(_ who: String) -> CourseRow {
        CourseRow(who: who, number: "9", course: "公需", hours: "40", day: "2022-05-01")
    }

    private func officer(_ account: Int, of organisation: Organisation?) -> Submitter {
        Submitter(
            scope: .everybody, account: ID(account), organisation: organisation?.number, isBureau: organisation == nil)
    }

    private static let fallen = "汶小溪：2022年度由合格变为不作硬性要求，公需科目由 30 学时减为 0 学时"

    @Test(arguments: Engine.allCases, [false, true])
    func aNewRowThatDisplacesHoursHasARemark(_ engine: Engine, _ isSettled: Bool) async throws {
        try await withCity(engine) { city in
            _ = try await city.full("汶小溪")
            if isSettled { _ = try await city.registry.settle(Year(2022)) }
            for isDryRun in [true, false] {
                let report = try await city.send([twin("汶小溪")], dryRun: isDryRun)
                #expect(figures(report.created, report.failures.count) == figures(1, 0))
                #expect(report.notes == ["第 2 行：" + Self.fallen])
            }
        }
    }

    /// A row that reduces nothing has no remark.
    @Test(arguments: Engine.allCases) func aNewRowThatReducesNothingHasNoRemark(_ engine: Engine) async throws {
        try await withCity(engine) { city in
            _ = try await city.full("汶小溪")
            let report = try await city.send([CourseRow(who: "汶小溪", number: "9")])
            #expect(figures(report.created, report.notes.count) == figures(1, 0))
        }
    }

    /// Many new rows that displace hours need confirmation, like corrections; the other rows are imported.
    @Test(arguments: Engine.allCases) func manyDisplacingRowsNeedConfirmation(_ engine: Engine) async throws {
        try await withCity(engine) { city in
            let names = (10..<32).map { "学员\($0)" }
            for name in names { _ = try await city.full(name) }
            _ = try await city.add("岳明远")
            let rows = names.map(twin) + [CourseRow()]
            for isDryRun in [true, false] {
                let report = try await city.send(rows, dryRun: isDryRun)
                #expect(figures(report.created, report.failures.count, report.takingAway) == figures(1, 22, 22))
                let words = "学员10：2022年度由合格变为不作硬性要求，公需科目由 30 学时减为 0 学时。名单里减少已登记学时的行太多"
                #expect(report.failures.first?.words.hasPrefix(words) == true)
            }
            let meant = try await city.send(rows, mayReduceHours: true)
            #expect(figures(meant.created, meant.unchanged, meant.failures.count) == figures(22, 1, 0))
            #expect(meant.notes.count == 22)
        }
    }

    /// A unit does not displace an item of a platform. The bureau does, and a unit displaces its own items.
    @Test(arguments: Engine.allCases) func anItemOfAnotherSubmitterIsNotDisplaced(_ engine: Engine) async throws {
        try await withCity(engine) { city in
            let person = try await city.full("汶小溪")
            let unit = officer(1, of: city.mill)
            for isDryRun in [true, false] {
                let report = try await city.send(
                    [twin("汶小溪"), CourseRow(who: "汶小溪")], from: unit, dryRun: isDryRun, mayReduceHours: true)
                #expect(figures(report.created, report.failures.count) == figures(1, 1))
                let words =
                    "与test报送的“公需”（2022-06-01，30 学时）重复，登记后\(Self.fallen.replacing("：", with: " "))，没有登记。"
                    + "请与test核对；确需登记的，请市人社局办理"
                #expect(report.failures.first?.words == words)
            }
            #expect(try await city.counted(person) == CreditHours(120))
            let bureau = try await city.send([twin("汶小溪")], from: officer(2, of: nil))
            #expect(figures(bureau.created, bureau.notes.count) == figures(1, 1))
            _ = try await city.add("岳明远")
            _ = try await city.send([CourseRow(course: "公需", subject: "公需科目")], from: unit)
            let own = try await city.send([twin("岳明远")], from: unit)
            #expect(figures(own.created, own.failures.count) == figures(1, 0))
            #expect(own.notes == ["第 2 行：岳明远：2022年度公需科目由 30 学时减为 0 学时"])
        }
    }

    /// The report of a correction states that the person falls short.
    @Test(arguments: Engine.allCases) func aCorrectionReportsThatThePersonFallsShort(_ engine: Engine) async throws {
        try await withCity(engine) { city in
            _ = try await city.add("汶小溪")
            _ = try await city.send([
                CourseRow(who: "汶小溪", subject: "公需科目"), CourseRow(who: "汶小溪", number: "2", course: "专业", hours: "60"),
            ])
            let report = try await city.send([CourseRow(who: "汶小溪", subject: "公需科目", hours: "20")])
            #expect(
                report.notes == [
                    "第 2 行：更正，原计 30 学时，现计 20 学时", "第 2 行：汶小溪：2022年度由合格变为不作硬性要求，公需科目由 30 学时减为 20 学时",
                ])
        }
    }

    /// People who share a work are named although no row is about them.
    @Test(arguments: Engine.allCases) func peopleWhoShareAWorkAreNamed(_ engine: Engine) async throws {
        try await withCity(engine) { city in
            for name in ["岳明远", "汶小溪"] { _ = try await city.add(name) }
            let send = { (names: [String], level: String) in
                let path = city.folder.appending(path: "papers.csv").path
                let rows = try names.map { name in
                    "\(try Cast.idNumber(of: name).text),论文,1,机理,\(level),CN 37-0001/T,2,2022-06-01\n"
                }
                try ("身份证号,认定形式,编号,题目,刊物级别,刊号,作者数,发表日期\n" + rows.joined())
                    .write(toFile: path, atomically: true, encoding: .utf8)
                return try await SheetImport(city.registry).hours(path, dryRun: false)
            }
            #expect(try await send(["岳明远", "汶小溪"], "国内国家级").created == 2)
            let lower = try await send(["岳明远"], "省级")
            #expect(
                lower.notes == [
                    "第 2 行：更正，原计 62.5 学时，现计 25 学时", "第 2 行：汶小溪（人员 2）：2022年度专业科目由 62.5 学时减为 25 学时",
                ])
            let higher = try await send(["岳明远"], "国内国家级")
            #expect(higher.notes.last == "第 2 行：汶小溪（人员 2）：2022年度专业科目由 25 学时增为 62.5 学时")
        }
    }

    @Test(arguments: Engine.allCases) func aDuplicateIsReportedAsUncounted(_ engine: Engine) async throws {
        try await withCity(engine) { city in
            let person = try await city.add("岳明远")
            _ = try await city.send([CourseRow()])
            let report = try await city.send([CourseRow(number: "2", hours: "20", day: "2022-07-01")])
            #expect(figures(report.created, report.failures.count) == figures(1, 0))
            #expect(report.notes == ["第 2 行：与系统管理员报送的“智能制造”（2022-06-01，30 学时）重复，不计入"])
            #expect(try await city.counted(person) == CreditHours(30))
        }
    }

    /// An uncounted entry names the entry with the higher level.
    @Test(arguments: Engine.allCases) func anUncountedEntryNamesTheHigherLevel(_ engine: Engine) async throws {
        try await withCity(engine) { city in
            let person = try await city.add("岳明远")
            _ = try await city.recognise(person, SampleEvidence.award("救治", "provincial"))
            let path = city.folder.appending(path: "awards.csv").path
            let id = try Cast.idNumber(of: "岳明远").text
            try """
            身份证号,认定形式,编号,奖项,级别,获奖项目,获奖证书编号,获奖日期
            \(id),科学技术奖,1,科学技术进步奖,县级,救治,KJ-1,2022-05-10
            """.write(toFile: path, atomically: true, encoding: .utf8)
            let report = try await SheetImport(city.registry).hours(path, dryRun: false)
            #expect(
                report.notes == ["第 2 行：50 学时不计：同一成果按最高等级计，已计入第 1 笔（约定：通知未写一项成果多级获奖；每人每项按最高级别计）"])
        }
    }

    /// A number belongs to its submitter: from another submitter it is another item, and the report says so.
    @Test(arguments: Engine.allCases) func aNumberOfAnotherSubmitterIsReported(_ engine: Engine) async throws {
        try await withCity(engine) { city in
            _ = try await city.add("岳明远")
            _ = try await city.send([CourseRow(number: "P5")], from: officer(1, of: city.mill))
            let row = CourseRow(number: "P5", course: "另一门")
            let report = try await city.send([row], from: officer(2, of: nil))
            #expect(figures(report.created, report.changed) == figures(1, 0))
            #expect(
                report.notes == [
                    "第 2 行：编号“P5”另由泰安示例机械有限公司报送过，本次按新的一项登记；要更正原来的，请由泰安示例机械有限公司办理"
                ])
            #expect(try await city.send([row], from: officer(2, of: nil)).notes.isEmpty)
        }
    }
}
