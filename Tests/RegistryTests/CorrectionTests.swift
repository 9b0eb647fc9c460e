import Database
import Documents
import Foundation
import Kernel
import People
import Policy
import Testbed
import Testing

@testable import Registry

/// A list with a known number corrects the item under that number, and the report states reduced hours.
@Suite struct CorrectionTests {
    /// A duplicate submitted by somebody else that is smaller, earlier or of another subject reduces nothing.
    @Test(arguments: Engine.allCases) func aSmallerDuplicateReducesNoHours(_ engine: Engine) async throws {
        try await withCity(engine) { city in
            let person = try await city.add("岳明远")
            let other = try await city.unit("示例企业二", "370902")
            _ = try await city.recognise(person, SampleEvidence.course("公需综合", 30, "public", on: "2022-05-01"))
            for small in [
                SampleEvidence.course("公需综合", 1, "public", on: "2022-04-30"),
                SampleEvidence.course("公需综合", 2, "professional", on: "2022-04-29"),
            ] {
                #expect(try await city.recognise(person, small, from: .organisation(other.number)).refusal == nil)
            }
            let standing = try required(try await city.registry.year(Year(2022), of: person).standings.first).standing
            #expect(standing.lines[0].counted == CreditHours(30))
            #expect(Set(standing.uncounted.map(\.entry.number)) == [2, 3])
        }
    }

    @Test(arguments: Engine.allCases) func aFailedExamReducesHoursWithARemark(_ engine: Engine) async throws {
        try await withCity(engine) { city in
            let person = try await city.add("岳明远")
            _ = try await city.send([CourseRow()])
            #expect(try await city.counted(person) == CreditHours(30))
            for isDryRun in [true, false] {
                let report = try await city.send([CourseRow(exam: "未考")], dryRun: isDryRun)
                #expect(figures(report.rows, report.changed, report.failures.count) == figures(1, 1, 0))
                #expect(report.notes.count == 1)
                #expect(report.notes.first?.hasPrefix("第 2 行：更正，原计 30 学时，现计 0 学时：线上课程考试合格后才登记学时") == true)
                #expect(try await city.counted(person) == (isDryRun ? CreditHours(30) : .zero))
            }
        }
    }

    @Test(arguments: Engine.allCases) func anotherItemUnderAKnownNumberIsRefused(_ engine: Engine) async throws {
        try await withCity(engine) { city in
            let person = try await city.add("岳明远")
            _ = try await city.send([CourseRow(course: "公需科目（一）", hours: "60")])
            let other = try await city.send([CourseRow(course: "公需科目（二）", hours: "30")])
            #expect(figures(other.created, other.changed, other.failures.count) == figures(0, 0, 1))
            #expect(
                other.failures.first?.words
                    == "编号“1”已用于“公需科目（一）”（60 学时），与“公需科目（二）”不是同一项，没有登记。另一项请换一个没有用过的编号；确为更正的，请填写更正原因。")
            #expect(try await city.counted(person) == CreditHours(60))
            let spelt = try await city.send([CourseRow(course: "公需科目 (一)", hours: "45")])
            #expect(figures(spelt.changed, spelt.failures.count) == figures(1, 0))
            let meant = try await city.send([CourseRow(course: "公需科目（二）", reason: "原登记名称有误")])
            #expect(figures(meant.changed, meant.failures.count) == figures(1, 0))
            #expect(try await city.counted(person) == CreditHours(30))
        }
    }

    @Test(arguments: Engine.allCases) func anotherKindUnderAKnownNumberIsRefused(_ engine: Engine) async throws {
        try await withCity(engine) { city in
            let person = try await city.add("岳明远")
            _ = try await city.recognise(person, SampleEvidence.course("机理", 30), reference: "1")
            let failure = await #expect(throws: Failure.self) {
                try await city.recognise(person, SampleEvidence.paper("机理", authors: 3), reference: "1")
            }
            #expect(failure?.code == "recognition.other-item")
            #expect(try await city.counted(person) == CreditHours(30))
        }
    }

    /// A person who leaves a policy during a year keeps the hours earned under it, and the page shows since when it
    /// does not apply. The report of a list of people states reduced hours.
    @Test(arguments: Engine.allCases) func leavingAPolicyKeepsTheEarnedHours(_ engine: Engine) async throws {
        try await withCity(engine) { city in
            let person = try await city.add("岳明远")
            _ = try await city.recognise(person, SampleEvidence.course("公需", 30, "public", on: "2022-03-01"))
            _ = try await city.recognise(person, SampleEvidence.course("专业", 60, on: "2022-06-30"))
            let id = try Cast.idNumber(of: "岳明远").text
            let move = { (since: String) in
                let path = city.folder.appending(path: "people.csv").path
                let head = "姓名,身份证号,单位名称,单位性质,行政区划,任职起始日期\n"
                try (head + "岳明远,\(id),泰山示例机关,机关,370902,\(since)\n").write(
                    toFile: path, atomically: true, encoding: .utf8)
                return try await SheetImport(city.registry).people(path, dryRun: false).notes
            }
            let notes = try await move("2022-07-01")
            #expect(notes.count == 1 && !notes[0].contains("学时"), "\(notes)")
            let item = try required(try await city.registry.year(Year(2022), of: person).standings.first)
            #expect(item.standing.lines.last?.counted == CreditHours(90))
            #expect(item.ended == Day("2022-07-01"))
            #expect(item.endedWords?.chinese == "自 2022-07-01 起，本政策不再适用于本人（单位或人员关系已变动）；在此以前登记的学时保留")
            // Items submitted later are credited for days before the move; for days after it no policy applies.
            _ = try await city.recognise(person, SampleEvidence.course("补报", 5, on: "2022-06-01"))
            #expect(try await city.counted(person) == CreditHours(95))
            #expect(try await city.recognise(person, SampleEvidence.course("以后", 5, on: "2022-08-01")).refusal != nil)
            let taken = try await move("2022-01-01")
            #expect(taken.count == 1 && taken[0].hasSuffix("；已登记的学时原计 95 学时，现计 0 学时"), "\(taken)")
        }
    }

    /// A list with a number of new people, of people whom it leaves with fewer than their 30 hours, and of unchanged
    /// rows.
    @Test(
        arguments: Engine.allCases,
        [
            (new: 39, less: 1, same: 0, isTaken: true), (38, 2, 0, true), (37, 3, 0, false), (0, 1, 0, true),
            (0, 2, 0, false),
        ])
    func manyReductionsNeedConfirmation(
        _ engine: Engine, _ list: (new: Int, less: Int, same: Int, isTaken: Bool)
    ) async throws {
        try await withCity(engine) { city in
            let names = (10..<(10 + list.new + list.less + list.same)).map { "学员\($0)" }
            for name in names { _ = try await city.add(name) }
            let (known, new) = (names.prefix(list.less + list.same), names.dropFirst(list.less + list.same))
            _ = try await city.send(known.map { CourseRow(who: $0) })
            let less = known.prefix(list.less).map { CourseRow(who: $0, hours: "20") }
            let all = less + known.dropFirst(list.less).map { CourseRow(who: $0) } + new.map { CourseRow(who: $0) }
            for isDryRun in [true, false] {
                let report = try await city.send(all, dryRun: isDryRun)
                let (taken, refused) = list.isTaken ? (list.less, 0) : (0, list.less)
                #expect(figures(report.rows, report.changed) == figures(names.count, taken))
                #expect(figures(report.failures.count, report.takingAway) == figures(refused, refused))
                #expect(report.failures.map(\.row) == report.failures.map(\.row).sorted())
            }
            guard !list.isTaken else { return }
            let meant = try await city.send(all, mayReduceHours: true)
            #expect(figures(meant.changed, meant.failures.count) == figures(list.less, 0))
        }
    }

    /// Corrections of 30 hours of 专业科目 of 2022, the text of the change, and whether the hours of a year or subject
    /// fall.
    private static let corrections: [(row: CourseRow, words: String, lowers: Bool)] = [
        (CourseRow(year: "2021", reason: "年度有误"), "更正，2022年度专业科目 30 学时改为2021年度专业科目 30 学时", true),
        (CourseRow(subject: "公需科目"), "更正，2022年度专业科目 30 学时改为公需科目 30 学时", true),
        (CourseRow(theme: "知识产权"), "更正，2022年度专业科目 30 学时改为公需科目 30 学时", true),
        (CourseRow(subject: "公需科目", hours: "40"), "更正，2022年度专业科目 30 学时改为公需科目 40 学时", true),
        (CourseRow(hours: "20"), "更正，原计 30 学时，现计 20 学时", true),
        (CourseRow(hours: "45"), "更正，原计 30 学时，现计 45 学时", false),
        (CourseRow(day: "2022-04-01"), "更正，学时不变，日期 2022-06-01 改为 2022-04-01", false),
        (CourseRow(hours: "45", day: "2022-04-01"), "更正，原计 30 学时，现计 45 学时，日期 2022-06-01 改为 2022-04-01", false),
        (CourseRow(theme: "乡村振兴"), "更正，学时不变", false),
    ]

    @Test(arguments: Engine.allCases, corrections.indices)
    func aCorrectionReportsTheChangedHours(_ engine: Engine, _ index: Int) async throws {
        let (row, words, lowers) = Self.corrections[index]
        try await withCity(engine) { city in
            let names = ["岳明远", "汶小溪"]
            for name in names { _ = try await city.add(name) }
            _ = try await city.send(names.map { CourseRow(who: $0) })
            let alone = try await city.send([row], dryRun: true)
            #expect(alone.notes.first == "第 2 行：" + words)
            let both = names.map { name in
                var copy = row
                copy.who = name
                return copy
            }
            let report = try await city.send(both)
            #expect(figures(report.changed, report.takingAway) == (lowers ? figures(0, 2) : figures(2, 0)))
            let meant = try await city.send(both, mayReduceHours: true)
            #expect(figures(meant.changed, meant.unchanged) == (lowers ? figures(2, 0) : figures(0, 2)))
        }
    }

    /// Item numbers that start from 1 in each year's list.
    @Test(arguments: Engine.allCases) func anotherYearUnderAKnownNumberIsAnotherItem(_ engine: Engine) async throws {
        try await withCity(engine) { city in
            let person = try await city.add("岳明远")
            let next = try await city.send([CourseRow(year: "2031")])
            #expect(next.failures.count == 1)
            // An item without hours can be corrected as before.
            #expect(try await city.send([CourseRow(year: "2021")]).changed == 1)
            let report = try await city.send([CourseRow(year: "2022")])
            #expect(figures(report.changed, report.failures.count) == figures(0, 1))
            let words =
                "编号“1”已用于2021年度的“智能制造”（30 学时），本次填的是2022年度，没有登记。"
                + "2022年度的另一项请换一个没有用过的编号；原登记的年度有误、确为更正的，请填写更正原因。"
            #expect(report.failures.first?.words == words)
            #expect(try await city.counted(person, 2021) == CreditHours(30))
            let meant = try await city.send([CourseRow(year: "2022", reason: "年度有误")])
            #expect(figures(meant.changed, meant.failures.count) == figures(1, 0))
            #expect(try await city.counted(person, 2021) == .zero)
            #expect(try await city.counted(person) == CreditHours(30))
        }
    }

    /// A failed exam has no day, so the cell may stay empty; a passed exam needs it.
    @Test(arguments: Engine.allCases, ["未考", "不合格"])
    func aFailedExamMayHaveNoDay(_ engine: Engine, _ exam: String) async throws {
        try await withCity(engine) { city in
            let person = try await city.add("岳明远")
            _ = try await city.send([CourseRow()])
            let lacking = try await city.send([CourseRow(day: "")])
            #expect(lacking.failures.first?.words == "“线上课程”考试为合格的，要填写考试合格日期。应为：日期（如 2022-06-01）")
            let report = try await city.send([CourseRow(exam: exam, day: "")])
            #expect(figures(report.changed, report.failures.count) == figures(1, 0))
            #expect(report.notes.first?.hasPrefix("第 2 行：更正，原计 30 学时，现计 0 学时：线上课程考试合格后才登记学时") == true)
            #expect(try await city.counted(person) == .zero)
            let new = try await city.send([CourseRow(number: "2", exam: exam, day: "")])
            #expect(new.failures.first?.words.hasPrefix("线上课程考试合格后才登记学时") == true)
        }
    }

    /// More than twenty rows are too many in a list of any length; they are not kept in memory.
    @Test func moreThanTwentyReductionsAreTooMany() throws {
        var rows = ReducingRows()
        let row = SheetRow(sheet: "", number: 2, cells: [])
        for _ in 0..<20 { rows.add((row, try SheetHeader(row), .quoted("x"))) }
        #expect(rows.parted(among: 100_000).taken.count == 20)
        for _ in 0..<80 { rows.add((row, try SheetHeader(row), .quoted("x"))) }
        #expect(figures(rows.count, rows.held.count) == figures(100, 21))
        #expect(rows.parted(among: 100_000).refused.count == 100)
    }
}
