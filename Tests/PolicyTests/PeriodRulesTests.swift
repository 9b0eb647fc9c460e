import Kernel
import Testbed
import Testing

@testable import Policy

@Suite("The years of a period")
struct OwnYearsTests {
    private let term = """
        person:
          appointment: { name: 聘任岗位, text: required }
        period: { year: removed, term: appointment }

        """
    private let appointed = "person: { appointment: { is: 工程师, from: 2021-03-15, to: 2024-03-14 } }"

    /// A term of three years from 15 March has three years.
    @Test func aTermOfThreeYearsHasThreeYears() {
        expectRight(
            term + """
                requirements:
                  - { count: all, at-least: { per-year: 90 }, clause: notice 一 }
                  - { count: { subject: public }, each: year, at-least: 20, clause: notice 一 }
                  - key: calendar
                    name: 每个自然年公需
                    count: { subject: public }
                    each: calendar-year
                    at-least: 10
                    clause: notice 一
                examples:
                  - name: 三年聘期
                    year: 2022
                    \(appointed)
                    given: []
                    expect: { wanted: { total: 270, public: 60, calendar: 40 } }
                  - name: 聘期第一年的两头
                    year: 2022
                    \(appointed)
                    given:
                      - entry: { subject: public, hours: 10, day: 2021-03-15, year: 2021 }
                      - entry: { subject: public, hours: 10, day: 2022-03-14, year: 2022 }
                    expect: { short: { public: 40, calendar: 20 } }
                  - name: 聘期第二年第一天
                    year: 2022
                    \(appointed)
                    given:
                      - entry: { subject: public, hours: 20, day: 2022-03-14, year: 2022 }
                      - entry: { subject: public, hours: 20, day: 2022-03-15, year: 2022 }
                    expect: { short: { public: 20 } }

                """)
    }

    /// Hours credited to one year and dated in another belong to the year of the term that begins in the credited year.
    @Test func hoursCreditedToAYearBelongToTheTermOfThatYear() {
        let madeUp = { (year: Int) in "{ entry: { subject: public, hours: 20, year: \(year), day: 2025-05-01 } }" }
        expectRight(
            term + """
                requirements:
                  - { count: { subject: public }, each: year, at-least: 20, clause: notice 一 }
                examples:
                  - name: 补三年
                    year: 2022
                    \(appointed)
                    given: [\(madeUp(2021)), \(madeUp(2022)), \(madeUp(2023))]
                    expect: { outcome: 合格, counted: { public: 60 } }
                  - name: 最后一年
                    year: 2022
                    \(appointed)
                    given: [\(madeUp(2023)), \(madeUp(2024))]
                    expect: { counted: { public: 40 }, short: { public: 40 } }
                  - name: 聘期以后
                    year: 2022
                    \(appointed)
                    given: [\(madeUp(2025))]
                    expect: { counted: { public: 0 } }

                """)
    }

    /// A paper of June that is issued in October belongs to the school year that ended in August.
    @Test func aWindowKeepsItemsInTheirPeriod() {
        expectRight(
            """
            period: { year: removed, every: 1, from: 2021-09-01 }
            windows:
              - { count: all, from: 09-01, to: 12-31, clause: notice 四 }
            recognition:
              course:
                dated: issued-on
                facts:
                  issued-on: { name: 发证日期, date: any }
                sample: { ended-on: 2022-06-01, issued-on: 2022-10-01 }
            examples:
              - { name: 上一学年, year: 2022, given: { course: {} }, expect: { counted: { total: 24 } } }
              - { name: 下一学年, year: 2023, given: { course: {} }, expect: { counted: { total: 0 } } }

            """)
    }

    /// A cap of 10 hours in each year of the term.
    @Test func aYearlyCapAppliesInEachYearOfATerm() {
        let entry = { (day: String) in "{ entry: { subject: public, hours: 10, day: \(day), year: \(day.prefix(4)) } }"
        }
        expectRight(
            term + """
                requirements:
                  - { count: all, at-least: 90, at-most: { hours: 10, per: year }, clause: notice 一 }
                examples:
                  - name: 同一聘期年
                    year: 2022
                    \(appointed)
                    given: [\(entry("2021-12-01")), \(entry("2022-02-01"))]
                    expect: { counted: { total: 10 } }
                  - name: 两个聘期年
                    year: 2022
                    \(appointed)
                    given: [\(entry("2022-02-01")), \(entry("2022-12-01"))]
                    expect: { counted: { total: 20 } }

                """)
    }

    /// A school year is one year, and it is required as a whole once it has begun.
    @Test func aSchoolYearIsOneYear() {
        expectRight(
            """
            period: { year: removed, from: 2021-09-01, to: 2022-08-31 }
            requirements:
              - { count: all, at-least: { per-year: 90 }, clause: notice 一 }
              - { count: { subject: public }, each: year, at-least: 20, clause: notice 一 }
            recognition:
              course:
                sample: { ended-on: 2022-06-01 }
            examples:
              - { name: 一学年, given: [], expect: { wanted: { total: 90, public: 20 } } }

            """)
    }

    /// A course in the year of a change of terms belongs to the term that contains its day.
    @Test func aCourseOfTheYearInWhichTheTermChanges() throws {
        let beijing = try Published.policy("beijing/default.yaml")
        let terms = [
            DatedFact("appointment", .text("甲岗"), Period(from: day(2018, 3, 15), to: day(2021, 3, 14))),
            DatedFact("appointment", .text("乙岗"), Period(from: day(2021, 3, 15), to: day(2024, 3, 14))),
        ]
        var facts = try #require(beijing.kind("course")).sample
        facts["year"] = .integer(2021)
        for (completed, term) in [(day(2021, 3, 14), 0), (day(2021, 3, 15), 1), (day(2021, 12, 31), 1)] {
            facts["completed-on"] = .day(completed)
            let evidence = Evidence("course", facts)
            guard case .credited(let credited) = beijing.decide(evidence, terms) else {
                Issue.record("\(completed) is refused")
                continue
            }
            let entry = beijing.entry(credited.lines[0], of: credited, evidence, number: 1)
            for (place, fact) in terms.enumerated() {
                let counted = beijing.standing(in: fact.during, facts: terms, entries: [entry]).lines[0].counted
                #expect(counted == (place == term ? CreditHours(24) : .zero), "\(completed)")
            }
        }
    }

    @Test func theYearOfATermIsNamedByItsBeginning() throws {
        let hoursRequirement = "{ count: { subject: public }, each: year, at-least: 20, clause: notice 一 }"
        let text = "based-on: head.yaml\npolicy: t\n" + term + "requirements:\n  - \(hoursRequirement)\n"
        let reading = readPolicy(text, file: "t.yaml") { name, _ in (Head.text, name) }
        let policy = try #require(reading.policy, "\(reading.findings)")
        let period = Period(from: day(2021, 3, 15), to: day(2024, 3, 14))
        let lines = policy.standing(in: period, entries: []).lines
        #expect(lines.map { policy.name(of: $0) } == [2021, 2022, 2023].map { "公需科目（\($0) 年开始的一年）" })
    }
}

@Suite("Each hour belongs to one period")
struct OnePeriodTests {
    /// A cycle that restarts ends the older cycle on the day before.
    @Test func aRestartedCycleEndsTheOlderOne() {
        let person = "person: { qualified-on: [2020-01-01, 2022-06-01] }"
        let before = "{ entry: { subject: public, hours: 10, day: 2022-05-31, year: 2022 } }"
        let after = "{ entry: { subject: public, hours: 20, day: 2022-06-01, year: 2022 } }"
        let madeUp = "{ entry: { subject: public, hours: 40, day: 2026-01-01, year: 2022 } }"
        expectRight(
            """
            person:
              qualified-on: { name: 取得资格日期, date: any }
            period: { year: removed, every: 3, start: qualified-on }
            examples:
              - { name: 旧周期, year: 2021, \(person), given: [\(before), \(after)], expect: { counted: { total: 10 } } }
              - { name: 新周期, year: 2023, \(person), given: [\(before), \(after)], expect: { counted: { total: 20 } } }
              - { name: 补学，旧周期, year: 2021, \(person), given: [\(madeUp)], expect: { counted: { total: 0 } } }
              - { name: 补学，新周期, year: 2023, \(person), given: [\(madeUp)], expect: { counted: { total: 40 } } }

            """)
    }

    /// If terms overlap, the later one counts from its first day; the order of the facts has no effect.
    @Test(arguments: [false, true]) func ofOverlappingTermsTheLaterCounts(turned: Bool) {
        let terms = ["{ is: 甲岗, from: 2020-01-01, to: 2022-12-31 }", "{ is: 乙岗, from: 2022-06-01, to: 2025-05-31 }"]
        let person = "person: { appointment: [\((turned ? terms.reversed() : terms).joined(separator: ", "))] }"
        let after = "{ entry: { subject: public, hours: 20, day: 2022-07-01, year: 2022 } }"
        expectRight(
            """
            person:
              appointment: { name: 聘任岗位, text: required }
            period: { year: removed, term: appointment }
            examples:
              - { name: 旧聘期, year: 2021, \(person), given: [\(after)], expect: { counted: { total: 0 } } }
              - { name: 新聘期, year: 2023, \(person), given: [\(after)], expect: { counted: { total: 20 } } }

            """)
    }

    /// Every day has at most one period, and the first and last day of a period belong to it, whatever restarts.
    @Test(arguments: 1...40) func everyDayHasOnePeriod(seed: UInt64) {
        var numbers = SeededNumbers(seed)
        let first = day(2015, 1, 1)
        let date = { (numbers: inout SeededNumbers) in first.adding(days: Int.random(in: 0..<4000, using: &numbers)) }
        let starts = (0..<3).map { _ in DatedFact("start", .day(date(&numbers))) }
        let terms = (0..<4).map { turn -> DatedFact in
            let from = date(&numbers)
            let to = from.adding(days: Int.random(in: 0..<1500, using: &numbers))
            return DatedFact("term", .text("第 \(turn) 任"), Period(from: from, to: to))
        }
        for rule in [PeriodRule.cycle(years: 3, start: .fact("start", nextYear: false)), .term("term")] {
            for _ in 0..<200 {
                let day = date(&numbers)
                guard let period = rule.period(containing: day, starts + terms) else { continue }
                #expect(period.contains(day))
                #expect(rule.period(containing: period.from, starts + terms) == period)
                #expect(rule.period(containing: period.to, starts + terms) == period)
                #expect(rule.period(containing: day, (starts + terms).shuffled(using: &numbers)) == period)
            }
        }
    }
}
