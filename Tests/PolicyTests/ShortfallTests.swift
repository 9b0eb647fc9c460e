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

    @Test func missingHoursAreNamed() throws {
        let found = try ways(policy(), [entry(80)])
        #expect(
            found == [
                Shortfall(hoursRequirement: "总学时", hours: CreditHours(10), options: ["课程满 10 学时（二），2022-12-31 及以前取得"])
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

    @Test(arguments: [(70, "自学考试 1 项，每项 25 学时（三），2022-12-31 及以前取得"), (20, "自学考试 3 项，每项 25 学时（三），2022-12-31 及以前取得")])
    func itemsOfFixedHoursAreCounted(_ held: Int, _ words: String) throws {
        let found = try ways(policy(exam), [entry(held)])
        #expect(found.first?.options == ["课程满 \(90 - held) 学时（二），2022-12-31 及以前取得", words])
    }

    /// After the end of the period, only the declaration of items earned before is suggested.
    @Test(arguments: [
        (0, "2022-12-31 及以前取得"), (1, "限 2022-12-31 及以前已经取得、还没有登记的"),
    ])
    func aPastPeriodIsReportedAsOver(_ late: Int, _ words: String) throws {
        let found = try policy().ways(
            in: year.period, facts: [], entries: [entry(80)], today: Day(number: year.period.to.number + late))
        #expect(found.first?.options == ["课程满 10 学时（二），\(words)"])
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
                    hoursRequirement: "总学时", hours: CreditHours(40), options: ["自学考试 2 项，每项 25 学时（三），2022-12-31 及以前取得"])
            ])
        #expect(ways(policy, []).map(\.options) == [[]])
    }
}
