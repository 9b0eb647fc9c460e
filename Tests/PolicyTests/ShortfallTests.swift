import Kernel
import Testing

@testable import Policy

@Suite("Ways to meet a shortfall")
struct ShortfallTests {
    private let year = Year(2022)

    private func policy(
        _ more: String = "", _ hoursRequirements: String = "{ count: all, at-least: 90, clause: notice 一 }"
    ) throws
        -> Policy
    {
        let text = Head.with("{ count: all, at-least: 90, clause: notice 一 }", hoursRequirements) + more
        let reading = readPolicy(text, file: "way.yaml")
        #expect(reading.findings.filter { $0.weight == .error }.map(\.description) == [])
        return try #require(reading.policy)
    }

    private func entry(_ hours: Int, _ subject: String = "professional") -> Entry {
        Entry(number: 1, day: day(2022, 5, 1), year: year, hours: CreditHours(hours), subject: subject, kind: "course")
    }

    private func ways(_ policy: Policy, _ entries: [Entry]) -> [Shortfall] {
        policy.ways(in: year.period, facts: [], entries: entries, today: year.period.from)
    }

    private let subjects = """
        { count: { subject: public }, at-least: 30, clause: notice 一 }
          - { count: { subject: professional }, at-least: 60, clause: notice 一 }
          - { count: all, at-least: 90, clause: notice 一 }
        """

    /// Tried items have numbers in a format that the policy accepts.
    @Test func triedItemsHaveAcceptedNumbers() throws {
        for format in TextFormat.allCases {
            for turn in [0, 1, 7, 99, 8999, 123_456] {
                #expect(format.accepts(format.tried(turn)) && format.normal(format.tried(turn)) == format.tried(turn))
            }
        }
    }

    @Test func metRequirementsHaveNoShortfall() throws {
        #expect(try ways(policy(), [entry(90)]) == [])
    }

    private let until = "须在 2022-12-31 前（含当天）取得"

    @Test func missingHoursAreNamed() throws {
        let found = try ways(policy(), [entry(80)])
        #expect(
            found == [
                Shortfall(
                    hoursRequirement: "总学时", hours: CreditHours(10),
                    options: ["再学一门课程即可，10 学时（二），\(until)"])
            ])
    }

    /// Hours of subjects count for the whole too, so the whole is not listed again.
    @Test func aShortfallOfSubjectsIsNotRepeatedForTheTotal() throws {
        let found = try ways(policy("", subjects), [entry(50)])
        #expect(found.map(\.hoursRequirement) == ["公需科目", "专业科目"])
        #expect(found.map(\.hours) == [CreditHours(30), CreditHours(10)])
    }

    /// The subjects are met with 70 hours in all: only the whole is short.
    @Test func aShortfallOfTheTotalAloneIsNamed() throws {
        let hoursRequirements = subjects.replacing("at-least: 60", with: "at-least: 20")
        let found = try ways(policy("", hoursRequirements), [entry(30, "public"), entry(40)])
        #expect(found.map(\.hoursRequirement) == ["总学时"] && found.map(\.hours) == [CreditHours(20)])
    }

    private let exam = """
          exam:
            name: 自学考试
            clause: notice 三
            subject: professional
            credited-to: on
            facts:
              title: { name: 科目, text: required }
              on: { name: 日期, date: any }
            once: { key: [title], per: lifetime, assumed: 一 }
            hours:
              - fixed: 25
            sample: { title: 甲, on: 06-01 }

        """

    @Test(arguments: [
        (70, "再学一门课程即可，20 学时", "自学考试 1 项，每项 25 学时"), (20, "再学课程，共 70 学时", "自学考试 3 项，每项 25 学时"),
    ])
    func itemsOfFixedHoursAreCounted(_ held: Int, _ course: String, _ exams: String) throws {
        let found = try ways(policy(exam), [entry(held)])
        #expect(found.first?.options == ["\(course)（二），\(until)", "\(exams)（三），\(until)"])
    }

    /// A hundredth of an hour is a course more, of the subject that lacks it.
    @Test func theSmallestShortfallIsOneMoreCourse() throws {
        let held = Entry(
            number: 1, day: day(2022, 5, 1), year: year, hours: CreditHours(hundredths: 2999), subject: "public",
            kind: "course")
        let found = try ways(policy("", subjects), [held, entry(60)])
        #expect(found.map(\.hoursRequirement) == ["公需科目"])
        #expect(found[0].options == ["再学一门公需科目的课程即可，约 1 学时（正好差 0.01 学时）（二），\(until)"])
    }

    @Test(arguments: [
        ("online-course", "线上课程", 30, 30_00, "再学一门线上课程即可，30 学时"),
        ("online-course", "线上课程", 30, 30_01, "再学线上课程，约 31 学时（正好差 30.01 学时）"),
        ("training", "线下培训", 24, 1_50, "再参加一次线下培训即可，约 2 学时（正好差 1.5 学时）"), ("patent", "专利", 10, 5_00, "再取得一项专利即可，5 学时"),
        ("patent", "专利", 0, 5_00, "再取得专利，共 5 学时"),
    ])
    func theNextStepIsAnAct(_ kind: String, _ name: String, _ usual: Int, _ short: Int, _ words: String) {
        let step = NextStep(kind: kind, name: name, usual: CreditHours(usual))
        #expect(step.words(toEarn: CreditHours(hundredths: short)) == words)
    }

    /// After the end of the period, only the declaration of items earned before is suggested.
    @Test(arguments: [
        (0, "须在 2022-12-31 前（含当天）取得"), (1, "限 2022-12-31 前（含当天）已取得、尚未登记的"),
    ])
    func aPastPeriodIsReportedAsOver(_ late: Int, _ words: String) throws {
        let found = try policy().ways(
            in: year.period, facts: [], entries: [entry(80)], today: Day(number: year.period.to.number + late))
        #expect(found.first?.options == ["再学一门课程即可，10 学时（二），\(words)"])
    }

    /// Four exams are too many for a short way, and a cap rules out further courses.
    @Test func suggestionsRespectCaps() throws {
        let cap = "    at-most:\n      - { hours: 50, per: year, assumed: 一 }\n    hours:\n      - per"
        let text = Head.with("    hours:\n      - per", cap).replacing("{ hours: 50", with: "{ hours: 50")
        let reading = readPolicy(text + exam, file: "way.yaml")
        let policy = try #require(reading.policy)
        #expect(
            ways(policy, [entry(50)]) == [
                Shortfall(
                    hoursRequirement: "总学时", hours: CreditHours(40),
                    options: ["自学考试 2 项，每项 25 学时（三），\(until)"])
            ])
        #expect(ways(policy, []).map(\.options) == [[]])
    }
}
