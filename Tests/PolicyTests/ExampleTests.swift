import Kernel
import Policy
import Testing

/// The expectations that an example may contain, and the messages of failing examples.
@Suite("Examples of a policy file")
struct ExampleTests {
    private static let term = """
        policy: terms
        title: 聘期
        jurisdiction: "370900"
        in-force: 2020-01-01
        sources: { notice: { title: 通知 } }
        hour: { round: down, to: 0.01, clause: notice 一 }
        person:
          qualified-on: { name: 取得资格日期, date: any }
          employer: { name: 单位性质, one-of: { enterprise: 企业, government: 机关 } }
        applies-to: { when: { employer: enterprise }, clause: notice 一 }
        period: { every: 3, start: qualified-on, counts-from: next-year }
        subjects:
          public: { name: 公需科目 }
          professional: { name: 专业科目 }
        requirements:
          - { count: { subject: professional }, at-least: 60, clause: notice 一 }
          - { count: { subject: public }, each: year, at-least: 20, clause: notice 二 }
        carry-over:
          - { count: { subject: professional }, years: 3, at-most: 30, clause: notice 三 }
        recognition:
          course:
            name: 课程
            clause: notice 四
            subject: professional
            credited-to: on
            facts:
              title: { name: 课程名称, text: required }
              on: { name: 日期, date: any }
            once: { key: [title], per: lifetime, clause: notice 四 }
            hours: [{ fixed: 40 }]
            sample: { title: 甲, on: 2021-06-01 }
          general:
            name: 公需课
            clause: notice 四
            subject: public
            credited-to: on
            facts:
              on: { name: 日期, date: any }
            hours: [{ fixed: 20 }]
            sample: { on: 2021-06-01 }
        examples:

        """

    /// The findings for one example, in Chinese and without the place.
    private func found(_ example: String) -> [String] {
        let text = Self.term + "  - { name: 例, \(example) }\n"
        return readPolicy(text, file: "f").findings.map { String($0.words.chinese) }
    }

    /// A failing example reports why an hour does not count, with the clause of the rule.
    @Test func aFailingExampleReportsUncountedHours() {
        let once = "    once: { key: [subject], per: year, clause: notice 九 }\n    hours:"
        let text =
            Head.with("    hours:", once) + """
                examples:
                  - { name: 两次, given: [{ course: {} }, { course: { credit: 5 } }], expect: { outcome: 合格 } }

                """
        let found = readPolicy(text, file: "f").findings.map(\.words.chinese)
        #expect(found == ["示例“两次”：结果应为 合格，实际为 不合格（不合格；总学时差 66；第 2 笔有 5 学时不计：与第 1 笔重复，只计一次（九））"])
    }

    private static let qualified = "person: { qualified-on: 2020-05-01, employer: enterprise }"

    /// The example and its findings; empty if the example holds.
    @Test(arguments: [
        ("given: [], year: 2020, \(qualified), expect: { outcome: 不要求 }", []),
        (
            "given: [], year: 2021, \(qualified), expect: { outcome: 不要求 }",
            [
                "示例“例”：结果应为 不要求，实际为 不合格"
                    + "（不合格；专业科目差 60；公需科目（2021 年）差 20；公需科目（2022 年）差 20；公需科目（2023 年）差 20）"
            ]
        ),
        ("given: [], year: 2020, \(qualified), expect: { outcome: 合格 }", ["示例“例”：2020年度不在任何一期内（不要求）"]),
        (
            "given: [], year: 2021, person: { qualified-on: 2020-05-01, employer: government }, "
                + "expect: { outcome: 不适用 }",
            []
        ),
        (
            "given: [{ general: {} }, { general: { on: 2022-06-01 } }], year: 2021, \(qualified), "
                + "expect: { short: { public: { 2021: 0, 2022: 0, 2023: 20 } } }", []
        ),
        (
            "given: [{ general: {} }, { general: { on: 2022-06-01 } }], year: 2021, \(qualified), "
                + "expect: { short: { public: { 2021: 20 } } }",
            ["示例“例”：公需科目（2021 年）差应为 20，实际为 0（不合格；专业科目差 60；公需科目（2023 年）差 20）"]
        ),
        (
            "given: { carried: { from: 2020, subject: professional, hours: 45 } }, year: 2021, \(qualified), "
                + "expect: { carried: 30, short: { professional: 30 } }", []
        ),
        (
            "given: [{ course: {} }, { course: { on: 2022-01-01 } }], year: 2021, \(qualified), "
                + "expect: { counted: { professional: 80 } }",
            [
                "示例“例”：专业科目计入应为 80，实际为 40（不合格；专业科目差 20；公需科目（2021 年）差 20；公需科目（2022 年）差 20；"
                    + "公需科目（2023 年）差 20；第 2 笔有 40 学时不计：与第 1 笔重复，只计一次（四））"
            ]
        ),
    ])
    func failuresShowExpectedAndActualValues(_ example: String, _ words: [String]) { #expect(found(example) == words) }

    @Test func invalidExpectationsAreReported() {
        let found = found("given: { carried: { from: soon, subject: art, hours: 1 } }, expect: { outcome: 优秀 }")
        #expect(
            found == [
                "from 写的是“soon”，应为：年度，如 2022", "subject 写的是“art”，应为：public, professional",
                "outcome 写的是“优秀”，应为：合格, 不合格, 免修, 不要求, 不适用",
            ])
        #expect(
            self.found("given: [], \(Self.qualified), expect: { short: { public: { soon: 1 } } }").first
                == "这里应是年度，如 2022")
    }

    /// The policy of a failing example stays available, so that its author can see it.
    @Test func aPolicyWithAFailingExampleStaysAvailable() throws {
        let text = Self.term + "  - { name: 例, given: [], year: 2021, \(Self.qualified), expect: { outcome: 合格 } }\n"
        let reading = readPolicy(text, file: "f")
        #expect(reading.failedExamples == 1 && reading.findings.count == 1)
        let policy = try #require(reading.policy)
        #expect(ExampleText(policy, try #require(policy.examples.first)).lines.map(\.chinese).contains("  结果：不合格"))
    }

    /// Findings in Chinese, each with its place.
    @Test(arguments: [
        (
            "jurisdiction: \"370900\"", "jurisdiction: 泰安",
            "f:3:15: 错误：jurisdiction 写的是“泰安”，应为：行政区划代码（GB/T 2260），如 370900"
        ),
        ("  course:\n", "  corse:\n", ""),
        ("in-force:", "inforce:", "f:4:1: 错误：这里没有“inforce”，是不是“in-force”？可写："),
        ("at-least: 60, clause: notice 一", "at-least: 60", "f:16:5: 错误：这条规则没有依据：请写 clause: 文件 条款，或 assumed: 为何这样约定"),
        (
            "at-least: 60, clause: notice 一", "at-least: 60, clause: rule 一",
            "f:16:63: 错误：clause 所指的文件不在 sources 中：这里没有“rule”"
        ),
        ("once: { key: [title]", "once: { key: [name]", "f:29:18: 错误：once 中这里没有“name”。可写：title、on"),
        ("hours: [{ fixed: 40 }]", "hours: [{ cap: 40 }]", "f:30:13: 错误：hours 的第一步应是 fixed、by 或 per"),
        ("subject: public\n", "subject: general\n", "f:35:14: 错误：这里没有“general”。可写：public、professional"),
        ("{ subject: public }, each: year", "{ subject: public }, each: month", "f:17:41: 错误：each 写的是“month”，应为：year"),
    ])
    func findingsAreInChinese(_ old: String, _ new: String, _ words: String) {
        let text = Self.term.replacing("examples:\n", with: "")
        #expect(text.contains(old))
        let found = readPolicy(text.replacing(old, with: new, maxReplacements: 1), file: "f").findings
        #expect(words.isEmpty || found.contains { $0.lines.chinese.hasPrefix(words) }, "\(found.map(\.lines.chinese))")
        for finding in found {
            let hasChinese = finding.words.chinese.unicodeScalars.contains { 0x4E00...0x9FFF ~= $0.value }
            #expect(hasChinese && !finding.words.english.isEmpty)
        }
    }
}
