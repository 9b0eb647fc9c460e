import Database
import Documents
import Foundation
import Kernel
import People
import Policy
import Testbed
import Testing

@testable import Registry

/// A list that brings a known number again corrects what was brought under it, and says what it takes away.
@Suite struct CorrectionTests {
    /// What is brought again by somebody else, smaller, on an earlier day or as another subject, takes nothing away.
    @Test(arguments: Engine.allCases) func aSmallerTwinTakesNothingAway(_ engine: Engine) async throws {
        try await withCity(engine) { city in
            let person = try await city.add("岳明远")
            let other = try await city.unit("示例企业二", "370902")
            _ = try await city.recognise(person, Brought.course("公需综合", 30, "public", on: "2022-05-01"))
            for small in [
                Brought.course("公需综合", 1, "public", on: "2022-04-30"),
                Brought.course("公需综合", 2, "professional", on: "2022-04-29"),
            ] {
                #expect(try await city.recognise(person, small, from: .organisation(other.number)).refusal == nil)
            }
            let standing = try required(try await city.registry.year(Year(2022), of: person).standings.first).standing
            #expect(standing.lines[0].counted == CreditHours(30))
            #expect(Set(standing.uncounted.map(\.entry.number)) == [2, 3])
        }
    }

    private static let head = "身份证号,认定形式,编号,课程名称,学习平台,科目,课程年度,课程学时,考试,考试合格日期,更正原因\n"

    /// A row of the list: a course of 2022.
    private struct Row {
        var who = "岳明远"
        var number = "1"
        var course = "智能制造"
        var hours = "30"
        var exam = "合格"
        var reason = ""

        func line() throws -> String {
            let id = try Cast.idNumber(of: who).text
            return "\(id),线上课程,\(number),\(course),泰安平台,专业科目,2022,\(hours),\(exam),2022-06-01,\(reason)\n"
        }
    }

    private func send(
        _ rows: [Row], _ city: City, rehearsing: Bool = false, mayTakeAway: Bool = false
    ) async throws -> ImportReport {
        let path = city.folder.appending(path: "hours.csv").path
        try (Self.head + rows.map { try $0.line() }.joined()).write(toFile: path, atomically: true, encoding: .utf8)
        return try await SheetImport(city.registry).hours(
            path, rehearsing: rehearsing, mayTakeAway: mayTakeAway)
    }

    @Test(arguments: Engine.allCases) func aFailedExamTakesHoursAndSaysSo(_ engine: Engine) async throws {
        try await withCity(engine) { city in
            let person = try await city.add("岳明远")
            _ = try await send([Row()], city)
            #expect(try await city.counted(person) == CreditHours(30))
            for isRehearsal in [true, false] {
                let report = try await send([Row(exam: "未考")], city, rehearsing: isRehearsal)
                #expect(figures(report.rows, report.changed, report.failures.count) == figures(1, 1, 0))
                #expect(report.notes.count == 1)
                #expect(report.notes.first?.hasPrefix("第 2 行：更正，原计 30 学时，现计 0 学时：线上课程考试合格后才登记学时") == true)
                #expect(try await city.counted(person) == (isRehearsal ? CreditHours(30) : .zero))
            }
        }
    }

    @Test(arguments: Engine.allCases) func aRunningNumberReplacesNothing(_ engine: Engine) async throws {
        try await withCity(engine) { city in
            let person = try await city.add("岳明远")
            _ = try await send([Row(course: "公需科目（一）", hours: "60")], city)
            let other = try await send([Row(course: "公需科目（二）", hours: "30")], city)
            #expect(figures(other.created, other.changed, other.failures.count) == figures(0, 0, 1))
            #expect(
                other.failures.first?.words
                    == "编号“1”已用于“公需科目（一）”（60 学时），与“公需科目（二）”不是同一项，没有登记。另一项请换一个没有用过的编号；确为更正的，请填写更正原因。")
            #expect(try await city.counted(person) == CreditHours(60))
            let spelt = try await send([Row(course: "公需科目 (一)", hours: "45")], city)
            #expect(figures(spelt.changed, spelt.failures.count) == figures(1, 0))
            let meant = try await send([Row(course: "公需科目（二）", reason: "原登记名称有误")], city)
            #expect(figures(meant.changed, meant.failures.count) == figures(1, 0))
            #expect(try await city.counted(person) == CreditHours(30))
        }
    }

    @Test(arguments: Engine.allCases) func anotherKindIsAnotherItem(_ engine: Engine) async throws {
        try await withCity(engine) { city in
            let person = try await city.add("岳明远")
            _ = try await city.recognise(person, Brought.course("机理", 30), reference: "1")
            let failure = await #expect(throws: Failure.self) {
                try await city.recognise(person, Brought.paper("机理", authors: 3), reference: "1")
            }
            #expect(failure?.code == "recognition.other-item")
            #expect(try await city.counted(person) == CreditHours(30))
        }
    }

    /// Who leaves a policy in the middle of a year keeps what was earned under it, and reads from when it does not
    /// apply; what a list of people takes away stands in its report.
    @Test(arguments: Engine.allCases) func whoLeavesAPolicyKeepsWhatWasEarned(_ engine: Engine) async throws {
        try await withCity(engine) { city in
            let person = try await city.add("岳明远")
            _ = try await city.recognise(person, Brought.course("公需", 30, "public", on: "2022-03-01"))
            _ = try await city.recognise(person, Brought.course("专业", 60, on: "2022-06-30"))
            let id = try Cast.idNumber(of: "岳明远").text
            let move = { (since: String) in
                let path = city.folder.appending(path: "people.csv").path
                let head = "姓名,身份证号,单位名称,单位性质,行政区划,任职起始日期\n"
                try (head + "岳明远,\(id),泰山示例机关,机关,370902,\(since)\n").write(
                    toFile: path, atomically: true, encoding: .utf8)
                return try await SheetImport(city.registry).people(path, rehearsing: false).notes
            }
            let notes = try await move("2022-07-01")
            #expect(notes.count == 1 && !notes[0].contains("学时"), "\(notes)")
            let item = try required(try await city.registry.year(Year(2022), of: person).standings.first)
            #expect(item.standing.lines.last?.counted == CreditHours(90))
            #expect(item.ended == Day("2022-07-01"))
            #expect(item.endedWords == "自 2022-07-01 起，本政策不再适用于本人（单位或人员关系已变动）；在此以前登记的学时保留")
            // What is brought later for days before the move is credited; for days after it, nothing asks.
            _ = try await city.recognise(person, Brought.course("补报", 5, on: "2022-06-01"))
            #expect(try await city.counted(person) == CreditHours(95))
            #expect(try await city.recognise(person, Brought.course("以后", 5, on: "2022-08-01")).refusal != nil)
            let taken = try await move("2022-01-01")
            #expect(taken.count == 1 && taken[0].hasSuffix("；已登记的学时原计 95 学时，现计 0 学时"), "\(taken)")
        }
    }

    /// A list of so many people who have 30 hours each, and how many of them it leaves with fewer.
    @Test(arguments: Engine.allCases, [(40, 1, true), (40, 2, true), (40, 3, false), (1, 1, true), (2, 2, false)])
    func manyThatTakeHoursAwayAreAskedFor(_ engine: Engine, _ list: (rows: Int, less: Int, isTaken: Bool)) async throws
    {
        try await withCity(engine) { city in
            let names = (0..<list.rows).map { "学员\($0)" }
            for name in names { _ = try await city.add(name) }
            _ = try await send(names.map { Row(who: $0) }, city)
            let less = names.enumerated().map { Row(who: $1, hours: $0 < list.less ? "20" : "30") }
            for isRehearsal in [true, false] {
                let report = try await send(less, city, rehearsing: isRehearsal)
                let (taken, refused) = list.isTaken ? (list.less, 0) : (0, list.less)
                #expect(figures(report.rows, report.changed) == figures(list.rows, taken))
                #expect(figures(report.failures.count, report.takingAway) == figures(refused, refused))
                #expect(report.failures.map(\.row) == report.failures.map(\.row).sorted())
            }
            guard !list.isTaken else { return }
            let meant = try await send(less, city, mayTakeAway: true)
            #expect(figures(meant.changed, meant.failures.count) == figures(list.less, 0))
        }
    }

    /// More than twenty are many in a list of any length; they are not kept in memory.
    @Test func twentyOneAreMany() throws {
        var rows = TakingRows()
        let row = SheetRow(sheet: "", number: 2, cells: [])
        for _ in 0..<20 { rows.add((row, try SheetHeader(row), "x")) }
        #expect(rows.parted(among: 100_000).taken.count == 20)
        for _ in 0..<80 { rows.add((row, try SheetHeader(row), "x")) }
        #expect(figures(rows.count, rows.held.count) == figures(100, 21))
        #expect(rows.parted(among: 100_000).refused.count == 100)
    }
}
