import Kernel
import Testing

@testable import Policy

/// The findings of `policy check` about steps, and the results of steps.
@Suite("Steps, hours and clauses")
struct StepTests {
    private func kind(_ hours: String, facts: String = "", more: String = "") -> String {
        """
          paper:
            name: 论文
            clause: notice 三
            subject: professional
            credited-to: on
            facts:
              rank: { name: 排名, integer: 1.. }
              level: { name: 级别, one-of: { high: 高, middle: 中, low: 低 } }
              on: { name: 日期, date: any }
        \(facts)    hours:
        \(hours)
            sample: { rank: 1, level: high, on: 06-01\(more) }

        """
    }

    private func findings(_ text: String) -> [String] {
        readPolicy(Head.text + text, file: "bad.yaml").findings.map(\.description)
    }

    private func policy(_ text: String) throws -> Policy {
        let reading = readPolicy(text, file: "steps.yaml")
        #expect(reading.findings.map(\.description) == [])
        return try #require(reading.policy)
    }

    @Test(arguments: [
        ("3", "3"), ("0.5", "1/2"), ("1.25", "5/4"), ("10.04", "251/25"), ("2/3", "2/3"), ("50%", "1/2"),
        ("12.5%", "1/8"),
    ])
    func aFactorIsReadExactly(_ text: String, _ fraction: String) throws {
        #expect(try #require(Rational(text)).description == fraction)
    }

    /// Rounding to half hours: direction, hundredths, whether they are shared, and the result.
    @Test(arguments: [
        (Rounding.Direction.down, 49, false, 0), (.down, 50, false, 50), (.nearest, 24, false, 0),
        (.nearest, 25, false, 50),
        (.nearest, 25, true, 0), (.up, 1, false, 50), (.up, 50, false, 50), (.up, 51, true, 50),
    ])
    func hoursAreRounded(_ direction: Rounding.Direction, _ hundredths: Int, _ isShared: Bool, _ rounded: Int) {
        let rounding = Rounding(direction: direction, step: 50)
        #expect(rounding.round(Rational(hundredths), shared: isShared).hundredths == rounded)
    }

    /// Two starting steps with their conditions, and whether the second discards the result of the first.
    @Test(arguments: [
        ("", "", true),
        ("", "level: high", true),
        ("level: high", "", true),
        ("level: high", "level: low", false),
        ("level: [high, middle]", "level: low", false),
        ("level: [high, middle]", "level: [middle, low]", true),
        ("level: high", "none-of: { level: high }", false),
        ("none-of: { level: [high, middle] }", "level: high", false),
        ("none-of: { level: high }", "level: [high, low]", true),
        ("rank: 1..2", "rank: 3..", false),
        ("rank: 1..3", "rank: 3..", true),
        ("any-of: [{ level: high }, { rank: 1 }]", "level: low, rank: 2..", false),
        ("any-of: [{ level: high }, { rank: 1 }]", "level: low", true),
        ("level: high", "rank: 1", true),
    ])
    func aLaterStartReplacesAnEarlierOne(_ first: String, _ second: String, _ isFound: Bool) {
        let when = { (condition: String) in condition.isEmpty ? "" : "\n        when: { \(condition) }" }
        let steps = "      - fixed: 10\(when(first))\n      - fixed: 20\(when(second))"
        let line = first.isEmpty ? 37 : 38
        let words =
            "bad.yaml:\(line):9: error: step 2 of paper starts again and discards the hours of step 1: "
            + "give both a when, so that both never hold at once"
        #expect(findings(kind(steps)) == (isFound ? [words] : []))
    }

    /// The kind's steps, its further fact, and the finding.
    @Test(arguments: [
        ("- fixed: 10..20", "", "step 1 of paper is chosen within 10..20, and no fact holds the choice"),
        ("- by: { level: { high: 10..20, low: 5 } }", "", "step 1 of paper is chosen within 10..20, and no fact"),
        ("- fixed: 10..20", "granted: { name: 核定学时, integer: 10..20 }", "no fact holds the choice"),
        ("- fixed: 10..20", "granted: { name: 核定学时, hours: 1..5 }", "which granted never is"),
        ("- fixed: 10..20", "granted: { name: 核定学时, hours: 10..20 }", ""),
    ])
    func aRangeNeedsAFactWithTheChoice(_ step: String, _ fact: String, _ words: String) {
        let facts = fact.isEmpty ? "" : "      \(fact)\n"
        let granted = fact.isEmpty ? "" : fact.contains("1..5") ? ", granted: 3" : ", granted: 15"
        let found = findings(kind("      \(step)", facts: facts, more: granted))
        #expect(words.isEmpty ? found.isEmpty : found.contains { $0.contains(words) }, "\(found)")
    }

    @Test func aRequirementThatIsARangeIsReported() {
        let found = readPolicy(Head.with("at-least: 90", "at-least: 80..90"), file: "bad.yaml").findings
        #expect(
            found.map(\.description) == [
                "bad.yaml:12:5: error: the requirement total is a range, from which no value is chosen: "
                    + "write one number"
            ])
    }

    /// One item with two subjects, one of which gets no hours.
    @Test func aSubjectWithoutHoursDoesNotRefuseTheOther() throws {
        let academy = """
              academy:
                name: 研修班
                clause: notice 三
                credited-to: on
                facts:
                  days: { name: 天数, integer: 0..30 }
                  mode: { name: 方式, one-of: { full: 脱产, online: 网络 } }
                  on: { name: 结束日期, date: any }
                gives:
                  - { subject: public, hours: [{ by: { mode: { full: 0, online: 6 } } }] }
                  - { subject: professional, hours: [{ per: { count: days, hours: 6 } }] }
                sample: { days: 5, mode: full, on: 06-01 }

            """
        check(
            try policy(Head.text + academy),
            """
            研修班 -> 专业科目 30 公需科目 0 三
            研修班 方式=网络 -> 专业科目 30 公需科目 6
            研修班 方式=网络 天数=0 -> 专业科目 0 公需科目 6
            研修班 天数=0 -> 拒绝 折算后不足 0.01 学时，不予登记（三）
            """)
    }

    /// A course in minutes, for several lengths of an hour.
    @Test(arguments: [(45, "2"), (40, "2.25"), (50, "1.8"), (60, "1.5")])
    func minutesBecomeHours(_ minutes: Int, _ hours: String) throws {
        let head = Head.with("hour: { round", "hour: { minutes: \(minutes), round")
            .replacing("credit: { name: 学时, hours: 0.01..200 }", with: "credit: { name: 时长（分钟）, integer: 1.. }")
            .replacing("per: { count: credit, hours: 1, partial: yes }", with: "per: { minutes: credit }")
            .replacing("credit: 24", with: "credit: 90")
        let policy = try policy(head)
        check(policy, "课程 -> 专业科目 \(hours)")
        let evidence = Evidence("course", try #require(policy.kind("course")).sample)
        guard case .credited(let credited) = policy.decide(evidence) else { return #expect(Bool(false)) }
        #expect(
            policy.explanation(of: credited, evidence).first?.chinese
                == "课程：时长（分钟） 90，每 \(minutes) 计 1 学时，得 \(hours) 学时（二）")
        let shown = PolicyText(policy).lines
        #expect(shown.contains("  每学时 \(minutes) 分钟，除不尽的向下取到 0.01（一）"))
        #expect(shown.contains("    按“时长（分钟）”，每 \(minutes) 计 1 学时，零头按比例计"))
    }

    @Test(arguments: [
        (
            "hour: { round: down, to: 0.01, clause: notice 一 }\n", "",
            "1:1: error: hour is missing: how hours are rounded"
        ),
        ("hour: { round", "hour: { minutes: 45, round", "1:1: warning: no step reads hour.minutes"),
        ("hour: { round", "hour: { minutes: 0, round", "6:18: error: an hour has at least 1 minute"),
        (
            "count: credit, hours: 1, partial: yes", "minutes: credit",
            "24:25: error: per minutes needs hour: { minutes: … }"
        ),
        (
            "count: credit, hours: 1, partial: yes", "minutes: credit, each: 45",
            "24:33: error: \"each\" is not known here"
        ),
    ])
    func faultsInTheLengthOfAnHourAreReported(_ old: String, _ new: String, _ words: String) {
        let found = readPolicy(Head.with(old, new), file: "bad.yaml").findings.map(\.description)
        #expect(found.contains { $0.hasPrefix("bad.yaml:" + words) }, "\(found)")
    }

    /// A rule keeps its cited clause and the author's assumption.
    @Test func aRuleKeepsItsClauseAndItsAssumption() throws {
        let text = Head.with("at-least: 90, clause: notice 一", "at-least: 90, clause: notice 一, assumed: 未写取法")
            .replacing("clause: notice 二", with: "clause: notice 二\n    assumed: 不论形式")
        let examples = "examples: [{ name: 一门, given: { course: {} }, expect: { clause: 二 } }]\n"
        let policy = try policy(text + examples)
        #expect(policy.hoursRequirements.map(\.clause.short) == ["一；约定：未写取法"])
        let shown = PolicyText(policy).lines
        #expect(shown.contains("  总学时：至少 90 学时（一；约定：未写取法）"))
        #expect(shown.contains("  课程（二；约定：不论形式）"))
    }

    @Test func aYearAsADateIsItsFirstDay() {
        #expect(Fact.integer(2024).asDay == Day(2024, 1, 1))
        #expect(Fact.integer(1_000_000).asDay == nil)
        #expect(Fact.text("2024").asDay == nil)
    }
}
