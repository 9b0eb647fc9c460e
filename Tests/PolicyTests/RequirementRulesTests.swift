import Kernel
import Policy
import Testing

/// Checks rules in the policy language with the examples that they contain.
///
/// The rules are added to the smallest policy, and every example in them must pass.
func expectRight(_ rules: String, sourceLocation: SourceLocation = #_sourceLocation) {
    let text = "based-on: head.yaml\npolicy: rules\n" + rules
    let reading = readPolicy(text, file: "rules.yaml") { name, _ in name == "head.yaml" ? (Head.text, name) : nil }
    #expect(reading.examples > 0, sourceLocation: sourceLocation)
    for finding in reading.findings { Issue.record("\(finding)", sourceLocation: sourceLocation) }
}

@Suite("Requirements")
struct WantedTests {
    /// A share is rounded up to a hundredth of an hour.
    @Test func aShareIsRoundedUp() {
        expectRight(
            """
            requirements:
              - { count: all, at-least: 100, clause: notice 一 }
              - { count: { subject: professional }, at-least: { share: 2/3, of: total }, clause: notice 一 }
            examples:
              - { name: 三分之二, given: { professional: 100 }, expect: { wanted: { professional: 66.67 } } }
              - name: 差一点
                given: [{ professional: 66.66 }, { public: 40 }]
                expect: { short: { professional: 0.01 } }

            """)
    }

    /// A share of a share, five deep.
    @Test func nestedSharesAreComputed() {
        expectRight(
            """
            requirements:
              - { count: all, at-least: 64, clause: notice 一 }
              - { count: { kind: course }, key: a, name: 甲, at-least: { share: 1/2, of: total }, clause: notice 一 }
              - { count: { subject: public }, key: b, name: 乙, at-least: { share: 1/2, of: a }, clause: notice 一 }
              - { count: { subject: professional }, key: c, name: 丙, at-least: { share: 1/2, of: b }, clause: notice 一 }
              - count: { kind: course, subject: public }
                key: d
                name: 丁
                at-least: { share: 1/2, of: c }
                clause: notice 一
              - count: { kind: course, subject: professional }
                key: e
                name: 戊
                at-least: { share: 1/2, of: d }
                clause: notice 一
            examples:
              - { name: 各级, given: { course: { credit: 64 } }, expect: { wanted: { d: 4, e: 2 } } }

            """)
    }

    /// A limit on everything but one subject.
    @Test func aLimitAppliesToTheOtherSubjects() {
        expectRight(
            """
            requirements:
              - { count: all, at-least: 90, clause: notice 一 }
              - { count: { none-of: { subject: public } }, at-most: 30, clause: notice 一 }
            examples:
              - { name: 专业, given: { course: { credit: 64 } }, expect: { uncounted: 34 } }
              - { name: 公需, given: { course: { credit: 64, subject: public } }, expect: { uncounted: 0 } }

            """)
    }

    /// Whole years up to the day of evaluation.
    @Test func yearsAgoCountsWholeYears() {
        expectRight(
            """
            person: { title-since: { name: 取得职称日期, date: any } }
            judged-on: 06-30
            exempt:
              - { when: { title-since: { years-ago: 0..0 } }, says: 一年内免修, clause: notice 五 }
            examples:
              - { name: 差一天满一年, person: { title-since: 2021-07-01 }, given: [], expect: { outcome: 免修 } }
              - { name: 正好满一年, person: { title-since: 2021-06-30 }, given: [], expect: { outcome: 不合格 } }
              - { name: 当天取得, person: { title-since: 2022-06-30 }, given: [], expect: { outcome: 免修 } }

            """)
    }
}

@Suite("Alternatives of any-of")
struct AnyOfRulesTests {
    /// Three levels and two ways; no way applies to the third level.
    @Test func alternativesThatDoNotApplyAreIgnored() {
        expectRight(
            """
            person:
              level: { name: 职称级别, one-of: { senior: 高级, junior: 初级, none: 无职称 } }
            requirements:
              - any-of:
                  - { key: senior, name: 高级, count: all, at-least: 90, when: { level: senior }, clause: notice 一 }
                  - { key: junior, name: 初级, count: all, at-least: 40, when: { level: junior }, clause: notice 一 }
                clause: notice 一
            examples:
              - { name: 高级没学, person: { level: senior }, given: [], expect: { outcome: 不合格, short: { senior: 90 } } }
              - { name: 高级学得不够, person: { level: senior }, given: { public: 89.99 }, expect: { outcome: 不合格 } }
              - { name: 高级学够, person: { level: senior }, given: { public: 90 }, expect: { outcome: 合格 } }
              - { name: 高级不问初级, person: { level: senior }, given: [], expect: { wanted: { junior: 0 } } }
              - { name: 初级没学, person: { level: junior }, given: [], expect: { outcome: 不合格, short: { junior: 40 } } }
              - { name: 初级学够, person: { level: junior }, given: { public: 40 }, expect: { outcome: 合格 } }
              - name: 没有一条适用的，每一条都要求
                person: { level: none }
                given: { public: 40 }
                expect: { outcome: 不合格, short: { senior: 50, junior: 0 } }
              - { name: 级别不明也一样, given: [], expect: { outcome: 不合格, short: { senior: 90, junior: 40 } } }
              - { name: 没有一条适用，各条都达到, person: { level: none }, given: { public: 90 }, expect: { outcome: 合格 } }

            """)
    }

    /// A way that is a list applies if any of its requirements applies, and consists of those that apply.
    @Test func aListRequiresOnlyWhatApplies() {
        expectRight(
            """
            person:
              level: { name: 职称级别, one-of: { senior: 高级, junior: 初级 } }
            requirements:
              - any-of:
                  - - { key: sum, name: 合计, count: all, at-least: 60, clause: notice 一 }
                    - { count: { subject: public }, at-least: 30, when: { level: senior }, clause: notice 一 }
                  - { count: { subject: professional }, at-least: 90, when: { level: senior }, clause: notice 一 }
                clause: notice 一
            examples:
              - { name: 初级没学, person: { level: junior }, given: [], expect: { outcome: 不合格, short: { sum: 60 } } }
              - { name: 初级只看合计, person: { level: junior }, given: { professional: 60 }, expect: { outcome: 合格 } }
              - { name: 高级还看公需, person: { level: senior }, given: { professional: 60 }, expect: { outcome: 不合格 } }
              - name: 高级两项
                person: { level: senior }
                given: [{ public: 30 }, { professional: 30 }]
                expect: { outcome: 合格 }
              - { name: 高级另一条, person: { level: senior }, given: { professional: 90 }, expect: { outcome: 合格 } }

            """)
    }

    /// If no way applies, the shortfall is reported for each way.
    @Test func withoutAnApplicableAlternativeEachShortfallIsReported() throws {
        let text = Head.text.replacing(
            "- { count: all, at-least: 90, clause: notice 一 }",
            with: """
                - any-of:
                    - { key: few, name: 少学, count: all, at-least: 20, when: { level: low }, clause: notice 一 }
                    - { key: many, name: 多学, count: all, at-least: 90, when: { level: high }, clause: notice 一 }
                  clause: notice 一
                """.replacing("\n", with: "\n  ")
        ).replacing("subjects:\n", with: "person: { level: { name: 级别, one-of: { low: 低, high: 高 } } }\nsubjects:\n")
        let reading = readPolicy(text, file: "ways.yaml")
        let policy = try #require(reading.policy, "\(reading.findings)")
        let year = Year(2022).period
        let hoursRequirements = { (facts: [DatedFact]) in
            policy.ways(in: year, facts: facts, entries: [], today: year.from).map {
                "\($0.hoursRequirement) \($0.hours)"
            }
        }
        #expect(hoursRequirements([DatedFact("level", .text("high"))]) == ["多学 90"])
        #expect(hoursRequirements([DatedFact("level", .text("low"))]) == ["少学 20"])
        #expect(hoursRequirements([]) == ["少学 20", "多学 70"])
    }

    /// Way one counts at most 20 hours of 专业科目; way two requires 60 hours of 专业科目.
    @Test func aCapInAnAlternativeAppliesToItOnly() {
        expectRight(
            """
            requirements:
              - any-of:
                  - - { key: broad, name: 广, count: all, at-least: 60, clause: notice 一 }
                    - { count: { subject: professional }, at-most: 20, clause: notice 一 }
                  - { key: deep, name: 专, count: { subject: professional }, at-least: 60, clause: notice 一 }
                clause: notice 一
            examples:
              - name: 专业六十走第二条
                given: { professional: 60 }
                expect: { outcome: 合格, counted: { broad: 20, deep: 60 }, uncounted: 0 }
              - name: 第一条只计二十
                given: [{ public: 39.99 }, { professional: 50 }]
                expect: { outcome: 不合格, counted: { broad: 59.99, deep: 50 }, short: { broad: 0.01 } }
              - { name: 第一条正好, given: [{ public: 40 }, { professional: 20 }], expect: { outcome: 合格 } }

            """)
    }

    /// A cap applies only to the people for whom its requirement applies.
    @Test func aCapAppliesToThePeopleOfItsRequirement() {
        expectRight(
            """
            person:
              level: { name: 职称级别, one-of: { senior: 高级, junior: 初级 } }
            requirements:
              - { count: all, at-least: 60, clause: notice 一 }
              - { count: { subject: public }, at-least: 10, at-most: 20, when: { level: senior }, clause: notice 一 }
            examples:
              - name: 高级
                person: { level: senior }
                given: { public: 60 }
                expect: { outcome: 不合格, uncounted: 40 }
              - { name: 初级, person: { level: junior }, given: { public: 60 }, expect: { outcome: 合格, uncounted: 0 } }

            """)
    }

    /// A way without requirements would be met by everybody.
    @Test func anAlternativeOfCapsOnlyIsReported() {
        let way = "{ count: all, at-least: 90, clause: notice 一 }"
        let text = Head.with(
            way, "any-of: [\(way), { count: all, at-most: 20, clause: notice 一 }]\n    clause: notice 一")
        let found = readPolicy(text, file: "w.yaml").findings.map(\.description)
        #expect(found.contains { $0.contains("requires nothing") })
    }
}

@Suite("The order of caps")
struct CapOrderTests {
    /// Caps of 25 in all and 5 of 公需科目: 7 of 公需科目 and 20 of 专业科目 give 25, in either order of the file.
    @Test(arguments: [false, true]) func anInnerCapIsAppliedFirst(turned: Bool) {
        let caps = [
            "  - { count: all, at-least: 90, at-most: 25, clause: notice 一 }\n",
            "  - { count: { subject: public }, at-most: 5, clause: notice 一 }\n",
        ]
        expectRight(
            "requirements:\n" + (turned ? caps.reversed() : caps).joined() + """
                examples:
                  - name: 先公需后专业
                    given:
                      - entry: { subject: public, hours: 7, day: 01-05 }
                      - entry: { subject: professional, hours: 20, day: 02-01 }
                    expect: { counted: { total: 25 }, uncounted: 2 }
                  - name: 两项上限都超过
                    given:
                      - entry: { subject: public, hours: 7, day: 01-05 }
                      - entry: { subject: professional, hours: 30, day: 02-01 }
                    expect: { counted: { total: 25 }, uncounted: 12 }

                """)
    }

    /// Caps of 8 per day and 20 per year: 12, 8 and 8 give 8, 8 and 4.
    @Test(arguments: [false, true]) func aDailyCapIsAppliedBeforeAYearlyOne(turned: Bool) {
        let caps = ["{ hours: 20, per: year }", "{ hours: 8, per: day }"]
        let list = (turned ? caps.reversed() : caps).joined(separator: ", ")
        expectRight(
            """
            requirements:
              - { count: all, at-least: 90, at-most: [\(list)], clause: notice 一 }
            examples:
              - name: 三天
                given:
                  - entry: { subject: public, hours: 12, day: 01-05 }
                  - entry: { subject: public, hours: 8, day: 01-06 }
                  - entry: { subject: public, hours: 8, day: 01-07 }
                expect: { counted: { total: 20 }, uncounted: 8 }

            """)
    }

    /// A kind with one subject lies within that subject.
    @Test func theCapOfAKindIsWithinThatOfItsSubject() {
        expectRight(
            """
            requirements:
              - { count: { subject: professional }, at-least: 90, at-most: 25, clause: notice 一 }
            recognition:
              lecture:
                name: 讲座
                clause: notice 三
                subject: professional
                credited-to: "on"
                facts:
                  "on": { name: 日期, date: any }
                at-most: { hours: 5, per: period }
                hours:
                  - fixed: 7
                sample: { "on": 01-05 }
            examples:
              - name: 讲座在前
                given: [{ lecture: {} }, { entry: { subject: professional, hours: 20, day: 02-01 } }]
                expect: { counted: { professional: 25 }, uncounted: 2 }

            """)
    }

    /// If neither cap lies within the other, the smaller one applies first, in either order of the file.
    @Test(arguments: [false, true]) func ofUnrelatedCapsTheSmallerIsAppliedFirst(turned: Bool) {
        let caps = [
            "  - { count: { mode: online }, at-most: 20, clause: notice 一 }\n",
            "  - { count: { subject: public }, at-most: 10, clause: notice 一 }\n",
        ]
        expectRight(
            """
            recognition:
              course:
                facts:
                  mode: { name: 方式, one-of: { online: 线上, hall: 面授 } }
                sample: { mode: online }
            requirements:
              - { count: all, at-least: 90, clause: notice 一 }

            """ + (turned ? caps.reversed() : caps).joined() + """
                examples:
                  - name: 线上公需在前
                    given:
                      - entry: { subject: public, mode: online, hours: 15, day: 01-05 }
                      - entry: { subject: professional, mode: online, hours: 15, day: 02-01 }
                    expect: { counted: { total: 20 } }

                """)
    }
}

@Suite("Once-rules")
struct OnceRulesTests {
    private let rules = """
        recognition:
          course:
            facts:
              number: { name: 证书编号, text: required, optional: yes }

        """

    /// Items without the fact of the key are never duplicates.
    @Test func itemsWithoutAFactOfTheKeyAreNoDuplicates() {
        expectRight(
            rules + """
                    once: { key: [number], per: year, clause: notice 二 }
                examples:
                  - name: 都没有编号
                    given: [{ course: { credit: 20 } }, { course: {} }]
                    expect: { counted: { total: 44 }, uncounted: 0 }
                  - name: 一项有编号
                    given: [{ course: { number: 甲1 } }, { course: {} }]
                    expect: { counted: { total: 48 } }
                  - name: 编号相同
                    given: [{ course: { number: 甲1 } }, { course: { number: 甲1 } }]
                    expect: { counted: { total: 24 }, uncounted: 24 }
                  - name: 编号不同
                    given: [{ course: { number: 甲1 } }, { course: { number: 甲2 } }]
                    expect: { counted: { total: 48 } }

                """)
    }

    /// The same for works: without a naming fact, an item is not a claim of a work.
    @Test func anItemWithoutItsNamingFactIsNoWork() {
        expectRight(
            rules + """
                    work: { key: [number], assumed: 同一证书只计一次 }
                examples:
                  - { name: 都没有编号, given: [{ course: {} }, { course: {} }], expect: { counted: { total: 48 } } }
                  - name: 编号相同
                    given: [{ course: { number: 甲1 } }, { course: { number: 甲1 } }]
                    expect: { counted: { total: 24 }, uncounted: 24 }

                """)
    }
}
