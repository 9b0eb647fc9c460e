import Kernel
import Testing

@testable import Policy

/// Texts of rules for people: no keys, no notation of the file, no "by a table".
@Suite("Texts of rules")
struct WordsTests {
    private func policy(_ text: String) throws -> Policy {
        let reading = readPolicy(text, file: "words.yaml")
        #expect(reading.findings.filter { $0.weight == .error }.map(\.description) == [])
        return try #require(reading.policy)
    }

    @Test(arguments: [
        ("370902", "适用于山东省内区划代码为 370902 的地区"), ("370000", "适用于山东省"), ("110000", "适用于北京市"),
        ("000000", "适用于全国"), ("990000", "适用于区划代码为 990000 的地区"),
    ])
    func aRegionIsShownByName(_ code: String, _ words: String) throws {
        let policy = try policy(Head.with("370900", code))
        #expect(PolicyText(policy).head[1] == "2022-01-01 起施行，" + words)
        #expect(PolicyText(policy, region: "泰安市泰山区").head[1] == "2022-01-01 起施行，适用于泰安市泰山区")
    }

    @Test func aWindowStatesItsPurpose() throws {
        let windows = """
            windows:
              - { count: all, from: 2022-01-01, clause: notice 四 }
              - { count: { subject: public }, to: 2022-12-31, clause: notice 四 }

            """
        #expect(
            try policy(Head.text + windows).windowWords == [
                "学习时间：自 2022-01-01 起，没有截止日期（四）", "公需科目的学习时间：没有开始日期，至 2022-12-31 止（四）",
            ])
    }

    private static let lecture = """
          lecture:
            name: 讲座
            clause: notice 三
            subject: professional
            credited-to: on
            facts:
              times: { name: 次数, integer: 1.. }
              hours: { name: 时长, hours: 0.5.. }
              on: { name: 日期, date: any }
            requires:
              - { if: { hours: 1.5.. }, says: 不足一个半小时, clause: notice 三 }
            hours:
              - per: { count: times, hours: { level: { senior: 6, junior: 4 } } }
              - times: { level: { senior: 2, junior: 1/2 } }
              - cap: { times: { 1..2: 40, 3..: 60 } }
            sample: { times: 2, hours: 2, on: 06-01 }
        person:
          level: { name: 职称级别, one-of: { senior: 高级, junior: 初级 } }

        """

    @Test func tablesBoundsAndFactorsAreWritten() throws {
        let shown = PolicyText(try policy(Head.text + Self.lecture)).lines
        for line in [
            "    按“次数”，每 1 计 按职称级别：高级 6 学时，初级 4 学时", "    按“职称级别”：初级乘以 1/2，高级乘以 2",
            "    每项不超过 按次数：次数 1 至 2 40 学时，次数 3 及以上 60 学时",
            "    须时长为 1.5 及以上，否则不予认定：不足一个半小时（三）",
        ] { #expect(shown.contains(line), "\(line)\n\(shown.joined(separator: "\n"))") }
        #expect(!shown.contains { $0.contains("..") || $0.contains("按表") })
    }

    /// The table's row depends on a fact of the person, not of the evidence.
    @Test func aRateByAFactOfThePersonIsShown() throws {
        let policy = try policy(Head.text + Self.lecture)
        let evidence = Evidence("lecture", try #require(policy.kind("lecture")).sample)
        guard case .credited(let credited) = policy.decide(evidence, [DatedFact("level", .text("senior"))]) else {
            Issue.record("refused")
            return
        }
        #expect(policy.explanation(of: credited, evidence).first?.chinese == "讲座：次数 2，每 1 计 6 学时，得 12 学时（三）")
    }

    /// A factor from the evidence's or the person's row is shown as a number, in decimals if two are enough.
    @Test(arguments: [
        ("times: 150%", "乘以系数 1.5，得 36 学时"), ("times: 1/3", "乘以系数 1/3，得 8 学时"),
        ("times: { subject: { public: 1, professional: 1/2 } }", "乘以系数 0.5，得 12 学时"),
        ("times: { level: { senior: 2, junior: 1 } }", "乘以系数 2，得 48 学时"),
    ])
    func factorsAreShown(_ step: String, _ words: String) throws {
        let person = "person:\n  level: { name: 级别, one-of: { senior: 高级, junior: 初级 } }\n"
        let uses = "exempt: [{ when: { level: junior }, says: 免, clause: notice 五 }]\n"
        let policy = try policy(Head.with("    sample", "      - \(step)\n    sample") + person + uses)
        let evidence = Evidence("course", try #require(policy.kind("course")).sample)
        guard case .credited(let credited) = policy.decide(evidence, [DatedFact("level", .text("senior"))]) else {
            Issue.record("refused")
            return
        }
        #expect(policy.explanation(of: credited, evidence)[1].chinese == words)
    }

    /// The step, the number of authors, and the sentence.
    @Test(arguments: [
        ("per: { count: credit, hours: 2 }", 1, "课程：学时 24，每 1 计 2 学时，得 48 学时（二）"),
        ("per: { count: credit, each: 10, hours: 5 }", 1, "课程：学时 24，每 10 计 5 学时，得 10 学时（二）"),
        ("share: { among: authors }", 1, "作者数 1，不分摊"), ("share: { among: authors }", 3, "按作者数 3 均分，每人 8 学时"),
    ])
    func stepsAreShown(_ step: String, _ authors: Int, _ words: String) throws {
        let first = "- per: { count: credit, hours: 1, partial: yes }"
        let steps = step.hasPrefix("per") ? "- \(step)" : "\(first)\n      - \(step)"
        let text = Head.text.replacing(first, with: steps)
            .replacing("    facts:\n", with: "    facts:\n      authors: { name: 作者数, integer: 1.. }\n")
            .replacing("sample: {", with: "sample: { authors: \(authors),")
        let policy = try policy(text)
        let evidence = Evidence("course", try #require(policy.kind("course")).sample)
        guard case .credited(let credited) = policy.decide(evidence, []) else {
            Issue.record("refused")
            return
        }
        #expect(policy.explanation(of: credited, evidence).map(\.chinese).contains(words))
    }

    /// If the period is not one fixed span, a yearly day is shown without a year.
    @Test(arguments: [("05-31", "当年 5 月 31 日"), ("next 04-30", "次年 4 月 30 日"), ("previous 12-31", "上年 12 月 31 日")])
    func aYearlyDayIsShownWithoutAYear(_ day: String, _ words: String) throws {
        let deadline = "deadlines: { plan: { name: 报计划, by: \(day), clause: notice 四 } }\n"
        let policy = try policy(Head.with("{ year: 2022 }", "{ every: 1, from: 2020-01-01 }") + deadline)
        #expect(policy.deadlineWords == ["报计划：\(words)前（四）"])
    }

    @Test(arguments: [
        ("per-month: 7.5", "每月至少 7.5 学时"),
        ("per-month: 7.5, while: { level: senior }", "每月至少 7.5 学时，只算当月 1 日级别为高级的月份"),
    ])
    func monthlyRequirementsAreShown(_ least: String, _ words: String) throws {
        let person = "person:\n  level: { name: 级别, one-of: { senior: 高级, junior: 初级 } }\n"
        let uses = "exempt: [{ when: { level: junior }, says: 免, clause: notice 五 }]\n"
        let policy = try policy(Head.with("at-least: 90", "at-least: { \(least) }") + person + uses)
        #expect(policy.required(policy.hoursRequirements[0]) == words)
    }

    /// With several documents a clause names its document; with one it does not.
    @Test(arguments: [
        ("{ notice: { title: 通知 } }", "（一）"),
        ("{ notice: { title: 通知 }, rules: { title: 规定 } }", "（《通知》一）"),
        ("{ notice: { title: 关于印发《规定》的通知 }, rules: { title: 规定 } }", "（《关于印发〈规定〉的通知》一）"),
        ("{ notice: { title: 《通知》 }, rules: { title: 规定 } }", "（《通知》一）"),
    ])
    func aClauseNamesItsDocument(_ sources: String, _ words: String) throws {
        let policy = try policy(Head.with("{ notice: { title: 通知 } }", sources))
        #expect(policy.requirementWords == ["总学时：至少 90 学时" + words])
        #expect(policy.hoursRequirements[0].clause.cited == "一")
    }

    /// A cap states the people it applies to, and its way.
    @Test func aCapStatesItsPeople() throws {
        let ways = """
            any-of:
                  - { count: { subject: public }, at-least: 30, at-most: 40, clause: notice 二 }
                  - { key: fewer, name: 较少学时, count: all, at-least: 60, clause: notice 三 }
                clause: notice 二
              - { count: all, at-most: 200, clause: notice 四, when: { level: senior } }
            """
        let person = "person:\n  level: { name: 级别, one-of: { senior: 高级, junior: 初级 } }\n"
        let text = Head.with("{ count: all, at-least: 90, clause: notice 一 }", ways)
        let words = try policy(text + person).capWords
        #expect(
            words == [
                "公需科目：每周期最多计 40 学时，只限按“公需科目”达到的方式（二）", "全部学时：级别为高级的，每周期最多计 200 学时（四）",
            ])
    }

    private static let either = """
        { key: hours, name: 总学时, count: all, at-least: 72, clause: notice 一 }
              - - { key: fewer, name: 较少学时, count: all, at-least: 60, clause: notice 一 }
                - { count: { subject: public }, at-least: 30, clause: notice 一 }
            clause: notice 二
        """

    /// The text and the shortfall state that one of two ways is enough.
    @Test func theTextStatesThatOneAlternativeIsEnough() throws {
        let text = Head.with("{ count: all, at-least: 90, clause: notice 一 }", "any-of:\n      - " + Self.either)
        let policy = try policy(text)
        let lines = [
            "以下 2 种方式，达到其中一种即可（二）：", "  方式 1：总学时（计全部学时）：至少 72 学时（一）",
            "  方式 2：较少学时（计全部学时）：至少 60 学时（一）", "  并且：公需科目：至少 30 学时（一）",
        ]
        #expect(PolicyText(policy).sections.first { $0.title == "学时要求" }?.lines == lines)
        let entry = Entry(
            number: 1, day: day(2022, 5, 1), year: Year(2022), hours: CreditHours(72), subject: "professional", kind: ""
        )
        let standing = policy.standing(in: Year(2022).period, entries: [entry])
        #expect(
            policy.words(forLinesOf: standing, []).map(\.chinese) == [
                "总学时：要求 72，已登记 72，计入 72（一）", "较少学时：要求 60，已登记 72，计入 72，超出 12（一）",
                "公需科目：要求 30，已登记 0，计入 0，可不按这一方式（一）",
            ])
    }
}
