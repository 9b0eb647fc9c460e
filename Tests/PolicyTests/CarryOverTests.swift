import Kernel
import Testbed
import Testing

@testable import Policy

@Suite("Carry-over of surplus")
struct CarryOverTests {
    private func rules(
        _ carryOver: String, _ hoursRequirements: [String] = ["{ count: all, at-least: 24, clause: notice 一 }"]
    )
        -> String
    {
        """
        period: { year: removed, every: 1, from: 2020-01-01 }
        requirements:
        \(hoursRequirements.map { "  - " + $0 }.joined(separator: "\n"))
        carry-over:
          - { \(carryOver), clause: notice 四 }
        examples:

        """
    }

    /// 60 hours in 2020 with 24 required per year: 36 are carried over, 24 of them meet 2021, and 12 meet half of 2022.
    @Test func eachHourIsUsedOnce() {
        expectRight(
            rules("count: all, years: 2") + """
                  - name: 当年
                    year: 2020
                    given: { entry: { subject: public, hours: 60 } }
                    expect: { outcome: 合格, surplus: { total: 36 } }
                  - name: 次年
                    year: 2021
                    given: { entry: { subject: public, hours: 60, year: 2020 } }
                    expect: { outcome: 合格, counted: { total: 24 }, surplus: { total: 0 } }
                  - name: 第三年
                    year: 2022
                    given: { entry: { subject: public, hours: 60, year: 2020 } }
                    expect: { outcome: 不合格, short: { total: 12 } }
                  - name: 第四年
                    year: 2023
                    given: { entry: { subject: public, hours: 60, year: 2020 } }
                    expect: { outcome: 不合格, short: { total: 24 } }

                """)
    }

    /// Unused carried hours are not carried a second time: with `years: 1` nothing of 2020 is left in 2022.
    @Test func aCarriedHourKeepsItsYear() {
        expectRight(
            rules("count: all, years: 1") + """
                  - name: 六十学时第三年
                    year: 2022
                    given: { entry: { subject: public, hours: 60, year: 2020 } }
                    expect: { outcome: 不合格, short: { total: 24 } }
                  - name: 次年自己学够
                    year: 2021
                    given:
                      - entry: { subject: public, hours: 48, year: 2020 }
                      - entry: { subject: public, hours: 24, year: 2021 }
                    expect: { outcome: 合格, counted: { total: 24 }, surplus: { total: 0 } }
                  - name: 次年自己学够，第三年没有了
                    year: 2022
                    given:
                      - entry: { subject: public, hours: 48, year: 2020 }
                      - entry: { subject: public, hours: 24, year: 2021 }
                    expect: { outcome: 不合格, short: { total: 24 } }

                """)
    }

    /// 10 hours of 2020 and 10 of 2021 are carried; 12 are missing in 2022, 8 in 2023. The oldest go first, so all
    /// count.
    @Test func theOldestAreUsedFirst() {
        let given = """
            given:
                  - entry: { subject: public, hours: 34, year: 2020 }
                  - entry: { subject: public, hours: 34, year: 2021 }
                  - entry: { subject: public, hours: 12, year: 2022 }
                  - entry: { subject: public, hours: 16, year: 2023 }
            """
        expectRight(
            rules("count: all, years: 2") + """
                  - name: 第三年
                    year: 2022
                    \(given)
                    expect: { outcome: 合格, counted: { total: 24 } }
                  - name: 第四年
                    year: 2023
                    \(given)
                    expect: { outcome: 合格, counted: { total: 24 } }
                  - name: 第五年
                    year: 2024
                    \(given)
                    expect: { outcome: 不合格, short: { total: 24 } }

                """)
    }

    /// An hour counts for its subject and for the whole. Hours that cannot be carried over are used for the whole
    /// first.
    @Test func carriedHoursCountForTheirSubjectAndTheTotal() {
        let hoursRequirements = [
            "{ count: all, at-least: 90, clause: notice 一 }",
            "{ count: { subject: public }, at-least: 30, clause: notice 一 }",
            "{ count: { subject: professional }, at-least: 50, clause: notice 一 }",
        ]
        let given = """
            given:
                  - entry: { subject: public, hours: 45, year: 2020 }
                  - entry: { subject: professional, hours: 100, year: 2020 }
                  - entry: { subject: public, hours: 30, year: 2021 }
            """
        expectRight(
            rules("count: { subject: professional }, years: 1", hoursRequirements) + """
                  - name: 当年
                    year: 2020
                    \(given)
                    expect: { outcome: 合格, surplus: { total: 55, public: 15, professional: 50 } }
                  - name: 次年专业够，合计差
                    year: 2021
                    \(given)
                    expect: { outcome: 不合格, counted: { professional: 50, public: 30, total: 80 }, short: { total: 10 } }

                """)
        expectRight(
            rules("count: { subject: professional }, years: 1, at-most: 20", hoursRequirements) + """
                  - name: 最多结转二十
                    year: 2021
                    \(given)
                    expect: { counted: { professional: 20, total: 50 }, short: { professional: 30 } }

                """)
    }

    /// An exempt year uses no carried hours.
    @Test func anExemptYearUsesNothing() {
        expectRight(
            "person: { leave: { name: 休假, one-of: { sick: 病假, none: 无 } } }\n"
                + "exempt: [{ when: { leave: sick }, says: 病假, clause: notice 五 }]\n" + rules("count: all, years: 2")
                    + """
                      - name: 病假之后
                        year: 2022
                        person: { leave: { is: sick, from: 2021-06-01, to: 2021-12-31 } }
                        given: { entry: { subject: public, hours: 48, year: 2020 } }
                        expect: { outcome: 合格 }

                    """)
    }

    /// Carried hours affect the choice of the way: 40 carried hours of 专业科目 meet the second way.
    @Test func carriedHoursAffectTheChoiceOfTheAlternative() {
        let ways = """
            any-of:
                  - { key: broad, name: 广, count: { subject: public }, at-least: 50, clause: notice 一 }
                  - { key: deep, name: 专, count: { subject: professional }, at-least: 60, clause: notice 一 }
                clause: notice 一
            """
        expectRight(
            rules("count: all, years: 1", [ways]) + """
                  - name: 第二条
                    year: 2021
                    given:
                      - entry: { subject: professional, hours: 100, year: 2020 }
                      - entry: { subject: public, hours: 45, year: 2021 }
                      - entry: { subject: professional, hours: 20, year: 2021 }
                    expect: { outcome: 合格, counted: { broad: 45, deep: 60 } }

                """)
    }

    /// Over all years together, no requirement is met by more hours than were earned for it.
    @Test(arguments: 1...40) func anHourMeetsAtMostOneYear(seed: UInt64) throws {
        var numbers = SeededNumbers(seed)
        let hoursRequirements = [
            "{ count: all, at-least: 24, clause: notice 一 }",
            "{ count: { subject: public }, at-least: 10, clause: notice 一 }",
        ]
        let text = "based-on: head.yaml\npolicy: c\n" + rules("count: all, years: 3", hoursRequirements)
        let reading = readPolicy(text.replacing("examples:\n", with: ""), file: "c.yaml") { name, _ in (Head.text, name)
        }
        let policy = try #require(reading.policy, "\(reading.findings)")
        let entries = (1...20).map { number in
            let year = Int.random(in: 2020...2027, using: &numbers)
            return Entry(
                number: number, day: day(year, Int.random(in: 1...12, using: &numbers), 1), year: Year(year),
                hours: CreditHours(hundredths: Int.random(in: 1...2500, using: &numbers)),
                subject: Bool.random(using: &numbers) ? "public" : "professional", kind: "")
        }
        let standings = (2020...2030).map { policy.standing(in: Year($0).period, entries: entries) }
        for (hoursRequirement, subjects) in [["public", "professional"], ["public"]].enumerated() {
            let met = standings.map(\.lines[hoursRequirement]).reduce(CreditHours.zero) {
                $0 + min($1.counted, $1.required)
            }
            let earned = entries.filter { subjects.contains($0.subject) }.reduce(CreditHours.zero) { $0 + $1.hours }
            #expect(met <= earned)
        }
        #expect(standings.map(\.carried).contains { $0 > .zero })
    }

    /// Compares with a model that keeps a list of the years and the remaining hours of each.
    @Test(arguments: 1...60) func carryingOverAgreesWithTheModel(seed: UInt64) throws {
        var numbers = SeededNumbers(seed)
        let years = Int.random(in: 1...3, using: &numbers)
        let text = "based-on: head.yaml\npolicy: c\n" + rules("count: all, years: \(years)")
        let reading = readPolicy(text.replacing("examples:\n", with: ""), file: "c.yaml") { name, _ in (Head.text, name)
        }
        let policy = try #require(reading.policy, "\(reading.findings)")
        let earned = (0..<8).map { _ in Int.random(in: 0...60, using: &numbers) }
        let entries = earned.enumerated().map { turn, hours in
            Entry(
                number: turn + 1, day: day(2020 + turn, 6, 1), year: Year(2020 + turn), hours: CreditHours(hours),
                subject: "public", kind: "")
        }
        var left: [(year: Int, hours: Int)] = []
        for (turn, own) in earned.enumerated() {
            var short = max(0, 24 - own)
            for place in left.indices where turn - left[place].year <= years {
                let taken = min(short, left[place].hours)
                (short, left[place].hours) = (short - taken, left[place].hours - taken)
            }
            left.append((turn, max(0, own - 24)))
            let standing = policy.standing(in: Year(2020 + turn).period, entries: entries.shuffled(using: &numbers))
            #expect(standing.lines[0].short == CreditHours(short), "\(earned) in \(2020 + turn), \(years) years")
        }
    }
}
