import Policy
import Testing

/// The findings of `policy check` for bad files, with places and texts.
@Suite("Findings of policy check")
struct FindingsTests {
    /// All findings for the head with one replacement, without the file's name.
    private func findings(_ old: String = "", _ new: String = "", adding more: String = "") -> [String] {
        let text = (old.isEmpty ? Head.text : Head.with(old, new)) + more
        #expect(old.isEmpty || Head.text.contains(old))
        return readPolicy(text, file: "bad.yaml").findings.map { String($0.description.dropFirst("bad.yaml:".count)) }
    }

    /// The same in Chinese, without the place.
    private func chinese(_ old: String, _ new: String, adding more: String = "") -> [String] {
        #expect(old.isEmpty || Head.text.contains(old))
        let text = (old.isEmpty ? Head.text : Head.text.replacing(old, with: new, maxReplacements: 1)) + more
        return readPolicy(text, file: "bad.yaml").findings.map(\.words.chinese)
    }

    @Test func theMinimalPolicyHasNoFindings() { #expect(findings() == []) }

    @Test func anUnknownKeyIsReportedWithTheNearest() {
        #expect(
            findings("    credited-to: ended-on", "    credited-too: ended-on").contains {
                $0.hasPrefix(
                    "18:5: error: \"credited-too\" is not known here; did you mean \"credited-to\"? accepted: ")
            })
        let far = findings("policy: head", "policy: head\nzzzzzz: 1")
        #expect(far.count == 1)
        #expect(far[0].hasPrefix("2:1: error: \"zzzzzz\" is not known here; accepted: applies-to, carry-over, "))
    }

    @Test func anUnknownValueIsReported() {
        #expect(
            findings("subject: professional", "subject: profesional") == [
                "25:24: error: subject is \"profesional\"; accepted: 公需科目, 专业科目"
            ])
        #expect(
            findings("count: all", "count: { subject: profesional }").last
                == "12:25: error: value of subject: \"profesional\" is not known here; did you mean \"professional\"? "
                + "accepted: public, professional")
        #expect(
            findings("partial: yes", "partial: maybe") == [
                "24:50: error: partial is \"maybe\"; accepted: yes or no"
            ])
        #expect(
            findings("at-least: 90", "at-least: ninety") == [
                "12:29: error: at-least is \"ninety\"; accepted: hours like 25, or a table"
            ])
        #expect(
            findings("jurisdiction: \"370900\"", "jurisdiction: Taian") == [
                "3:15: error: jurisdiction is \"Taian\"; accepted: a region of GB/T 2260 like 370900"
            ])
        #expect(
            findings("in-force: 2022-01-01", "in-force: 2022-02-30") == [
                "4:11: error: in-force is \"2022-02-30\"; accepted: a day like 2022-06-01"
            ])
    }

    @Test func aNumberWithoutAClauseIsReported() {
        #expect(
            findings(" at-least: 90, clause: notice 一", " at-least: 90") == [
                "12:5: error: a rule without a clause: write clause: SOURCE PLACE, or assumed: WHY"
            ])
        #expect(
            findings("    clause: notice 二\n", "") == [
                "15:5: error: a rule without a clause: write clause: SOURCE PLACE, or assumed: WHY"
            ])
        #expect(findings("clause: notice 一", "assumed: 未见") == [])
    }

    private static let ways = "any-of: [{ count: all, at-least: 90 }, { count: { subject: public }, at-least: 30 }]"

    /// The clause of an `any-of` applies to its ways; a missing clause is reported once.
    @Test func alternativesInheritTheClauseOfTheirAnyOf() throws {
        let plain = "count: all, at-least: 90, clause: notice 一"
        let missing = "这条规则没有依据：请写 clause: 文件 条款，或 assumed: 为何这样约定"
        #expect(chinese(plain, Self.ways) == [missing])
        #expect(chinese(plain, Self.ways + ", clause: notice 一") == [])
        let inner = "any-of: [{ \(Self.ways) }, { count: { kind: course }, at-least: 1, key: k, name: 课 }]"
        #expect(chinese(plain, inner) == [missing])
        let text = Head.with(plain, Self.ways.replacing("90 }", with: "90, assumed: 未见 }") + ", clause: notice 一")
        let policy = try #require(readPolicy(text, file: "ways.yaml").policy)
        #expect(policy.hoursRequirements.map(\.clause.short) == ["约定：未见", "一"])
    }

    @Test func twoExamplesOfOneNameAreReported() {
        let examples = """
            examples:
              - { name: 一门, given: { course: {} }, expect: { professional: 24 } }
              - { name: 两门, given: { course: {} }, expect: { professional: 24 } }
              - { name: 一门, given: { course: { credit: 5 } }, expect: { professional: 5 } }

            """
        #expect(chinese("", "", adding: examples) == ["有两个示例都叫“一门”：请给这一个另起名字"])
        #expect(
            findings(adding: examples) == [
                "29:5: warning: two examples have the name \"一门\": give this one another name"
            ])
    }

    @Test func aGapWithoutAnAnswerIsReported() {
        let found = findings(adding: "gaps:\n  - { question: 超出的学时, clause: notice 一 }\n")
        #expect(found.map { $0.hasSuffix("answer is missing") } == [true])
    }

    @Test func aWorkThatSharesAnUnknownFactIsReported() {
        let work = "    work: { key: [credit], same: [level], assumed: 一 }\n    hours:\n"
        #expect(findings("    hours:\n", work).map { $0.contains("work: \"level\" is not known here") } == [true])
    }

    @Test func aClauseWithoutItsSourceIsReported() {
        #expect(
            findings("90, clause: notice 一", "90, clause: notise 一") == [
                "12:41: error: clause names a source that is not listed: \"notise\" is not known here; "
                    + "did you mean \"notice\"? accepted: notice"
            ])
        #expect(
            findings("90, clause: notice 一", "90, clause: notice") == [
                "12:41: error: clause names the source notice but no place in it"
            ])
    }

    private func kind(_ key: String = "paper", hours: String, more: String = "") -> String {
        """
          \(key):
            name: 论文
            clause: notice 三
            subject: professional
            credited-to: on
            facts:
              rank: { name: 排名, integer: 1.. }
              level: { name: 级别, one-of: { high: 高, low: 低 } }
              on: { name: 日期, date: any }
            hours:
        \(hours)
            sample: { rank: 1, level: high, on: 06-01 }
        \(more)
        """
    }

    @Test func overlappingRowsAreReported() {
        let rows = kind(hours: "      - by: { rank: { 1..3: 90, 3..: 60 } }")
        #expect(findings(adding: rows) == ["36:33: error: the rows 1..3 and 3.. overlap: each value needs one row"])
        let same = kind(hours: "      - by: { level: { high: 1, high: 2 } }")
        #expect(findings(adding: same).contains { $0.hasPrefix("36:") && $0.contains("the same key twice: high") })
        let unknown = kind(hours: "      - by: { level: { high: 1, hihgh: 2 } }")
        #expect(
            findings(adding: unknown) == [
                "36:33: error: value of level: \"hihgh\" is not known here; did you mean \"high\"? accepted: high, low"
            ])
    }

    @Test func overlappingRequirementsAreReported() {
        let twice = "requirements:\n  - { key: a, name: 甲, count: all, at-least: 80, clause: notice 一 }"
        #expect(
            findings("requirements:", twice) == [
                "13:5: error: two requirements overlap: total counts what another counts, under the same condition"
            ])
        let exempt = """
            person: { leave: { name: 休假, one-of: { sick: 病假, none: 无 } } }
            exempt:
              - { when: { leave: sick }, says: 病假免修, clause: notice 四 }
              - { when: { leave: sick }, says: 免修, clause: notice 五 }

            """
        #expect(
            findings(adding: exempt) == ["29:5: error: two exemptions overlap: the same condition twice (免修)"])
        let waivers = """
            purposes: { review: { name: 评审, asks: { board: { name: 评委会, one-of: { city: 市, other: 他 } } } } }
            waivers:
              - { for: review, when: { board: city }, says: 免, clause: notice 四 }
              - { for: review, when: { board: city }, says: 放宽, clause: notice 五 }

            """
        #expect(
            findings(adding: waivers) == ["29:5: error: two waivers overlap: the same condition for review twice"])
        let keys =
            "requirements:\n  - { key: total, name: 甲, count: { subject: public }, at-least: 1, clause: notice 一 }"
        #expect(
            findings("requirements:", keys) == [
                "13:5: error: two requirements have the key total: give one another key"
            ])
    }

    @Test func datesInTheWrongOrder() {
        let example = """
            person: { leave: { name: 休假, one-of: { sick: 病假, none: 无 } } }
            exempt: [{ when: { leave: sick }, says: 病假免修, clause: notice 四 }]
            examples:
              - name: 病假
                person: { leave: { is: sick, from: 2022-09-30, to: 2022-03-01 } }
                given: []
                expect: { outcome: 免修 }

            """
        #expect(findings(adding: example) == ["30:56: error: to is before from"])
        #expect(
            findings("period: { year: 2022 }", "period: { from: 2022-12-31, to: 2022-01-01 }").first?
                .contains("period is one of: year; from and to;") == true)
    }

    /// Two alternative sets may require the same hours.
    @Test func alternativesDoNotOverlap() {
        let either = """
              - any-of:
                  - { key: hours, name: 学时, count: all, at-least: 90, clause: notice 一 }
                  - - { key: fewer, name: 较少, count: all, at-least: 60, clause: notice 一 }
                    - { count: { subject: public }, at-least: 30, clause: notice 一 }
                clause: notice 一
            """
        #expect(findings("  - { count: all, at-least: 90, clause: notice 一 }", either) == [])
        let over = "  - { count: all, at-least: 10, clause: notice 一 }\n" + either
        #expect(findings("  - { count: all, at-least: 90, clause: notice 一 }", over).count == 2)
    }

    @Test func rulesThatNeverApplyAreReported() {
        let never = "{ all-of: [{ level: high }, { level: low }] }"
        let step = kind(hours: "      - fixed: 10\n      - times: 2\n        when: \(never)")
        #expect(
            findings(adding: step) == [
                "37:9: error: step 2 of paper can never apply: its condition contradicts itself"
            ])
        let precondition = kind(hours: "      - fixed: 1", more: "    requires: [{ if: \(never), says: 不可能 }]")
        #expect(findings(adding: precondition).first == "26:3: error: a precondition of paper can never hold (不可能)")
        let exempt = """
            person: { leave: { name: 休假, one-of: { sick: 病假, none: 无 } } }
            exempt: [{ when: { all-of: [{ leave: sick }, { leave: none }] }, says: 免修, clause: notice 四 }]

            """
        #expect(
            findings(adding: exempt) == [
                "27:10: error: an exemption (免修) can never apply: its condition contradicts itself"
            ])
    }

    @Test func aRequirementThatNobodyCanMeetIsReported() {
        let subjects = "subjects:\n  elective: { name: 选修 }"
        let text = Head.with("subjects:", subjects)
            .replacing("count: all,", with: "count: { subject: elective },")
            .replacing("one-of: subjects", with: "one-of: { public: 公需, professional: 专业 }")
        let found = readPolicy(text, file: "bad.yaml").findings.map(\.description)
        #expect(
            found.contains(
                "bad.yaml:13:5: error: no recognised kind can fill the requirement elective (选修)"), "\(found)")
    }

    @Test func datesOutsideThePeriodAreReported() {
        #expect(
            findings(
                "period: { year: 2022 }",
                "period: { year: 2022 }\ndeadlines: { plan: { name: 计划, by: 2023-05-31, clause: notice 四 } }")
                == ["8:14: error: the deadline plan on 2023-05-31 lies outside the period 2022"])
        #expect(
            findings(adding: "windows: [{ count: all, from: 2021-01-01, to: 2021-06-30, clause: notice 四 }]\n")
                .contains(
                    "26:11: error: a window closes on 2021-06-30, before the period 2022 begins"))
        #expect(
            findings(adding: "make-up: [{ count: all, opens: 2022-06-01, clause: notice 四 }]\n").contains(
                "26:11: error: make-up opens on 2022-06-01, while the period 2022 still runs"))
        #expect(
            findings(adding: "windows: [{ count: all, from: 2022-06-01, to: 2022-01-01, clause: notice 四 }]\n")
                .contains(
                    "26:11: error: the window closes before it opens"))
        let late = Head.with("ended-on: { name: 结束日期, date: any }", "ended-on: { name: 结束日期, date: 2023-01-01.. }")
            .replacing("ended-on: 06-01", with: "ended-on: 2023-06-01")
        #expect(
            readPolicy(late, file: "bad.yaml").findings.map(\.description).contains(
                "bad.yaml:14:3: error: ended-on of course lies outside the period 2022: it can never be credited"))
    }

    @Test func aWindowWithoutAnEndIsReported() {
        #expect(
            findings(adding: "windows: [{ count: all, clause: notice 四 }]\n") == [
                "26:11: error: a window has at least one end"
            ])
        #expect(findings(adding: "windows: [{ count: all, to: 2022-12-31, clause: notice 四 }]\n") == [])
    }

    @Test(arguments: [
        ("share: { among: credit, rank: credit, parts: [1/2, 2/3] }", "the parts add up to more than the whole"),
        ("each-year: { from: subject, count: credit }", "from is a fact of the kind that is a date or a year"),
        (
            "by: { subject: { public: 1 }, credit: { 1..: 2 } }",
            "a table has one fact, and under it a row for each value"
        ),
    ])
    func aStepThatCannotBeComputedIsReported(_ step: String, _ words: String) {
        let found = findings("    sample", "      - \(step)\n    sample")
        #expect(found.contains { $0.hasSuffix("error: \(words)") }, "\(found)")
    }

    @Test func aFailingExampleReportsGotAndExpected() {
        let examples = """
            examples:
              - name: 错的
                given: { course: { credit: 24 } }
                expect: { professional: 25, outcome: 合格 }
              - { name: 也错, given: { course: { credit: 0 } }, expect: { professional: 24 } }
              - { name: 不拒, given: { course: {} }, expect: { refused: 考试 } }
              - { name: 空的, given: [], expect: {} }

            """
        let found = findings(adding: examples.replacing("  - { name: 空的, given: [], expect: {} }\n", with: ""))
        #expect(
            found == [
                "29:15: error: example “错的”: professional: expected 25, got 24 (short; 总学时 short 66)",
                "29:33: error: example “错的”: outcome: expected 合格, got 不合格 (short; 总学时 short 66)",
                "30:61: error: example “也错”: professional: expected 24, got 0"
                    + " (课程 is refused: 学时 is not accepted. Accepted: a number of hours (up to two decimals), "
                    + "from 0.01 to 200; short; 总学时 short 90)",
                "31:50: error: example “不拒”: expected a refusal with “考试”, got none (short; 总学时 short 66)",
            ])
        #expect(findings(adding: examples).contains("32:5: error: expect is missing or empty: state the result"))
    }

    @Test func circularBasesAreReported() {
        let base = { (name: String, _: String) in (name == "a.yaml" ? "based-on: b.yaml\n" : "based-on: a.yaml\n", name)
        }
        let found = readPolicy("based-on: a.yaml\n", file: "bad.yaml", base: base).findings.map(\.description)
        #expect(found.count == 1)
        #expect(found[0].hasSuffix(".yaml:1:11: error: based-on is circular, or uses more than 8 files"))
        #expect(
            findings("policy: head", "policy: head\nbased-on: none.yaml") == [
                "2:11: error: based-on: there is no file none.yaml beside this one"
            ])
    }

    @Test func duplicateKeysAreReported() {
        let found = findings("title: 最小政策", "title: 最小政策\ntitle: 另一个")
        #expect(found.count == 1 && found[0].hasPrefix("2:1: error: the same key twice: title"), "\(found)")
    }

    @Test func anUnknownTextFormatIsReported() {
        #expect(
            findings("credit: { name: 学时, hours: 0.01..200 }", "credit: { name: 学时, text: doi }").contains {
                $0.hasSuffix("error: text is \"doi\"; accepted: required, serial-number, isbn")
            })
    }

    @Test func invalidSamplesAreReported() {
        #expect(
            findings("credit: 24, ended-on", "credits: 24, ended-on").first
                == "25:38: error: sample: \"credits\" is not known here; did you mean \"credit\"? "
                + "accepted: subject, credit, ended-on")
        #expect(
            findings("ended-on: 06-01", "ended-on: 2023-06-01") == [
                "14:3: error: the sample of course is refused: 结束日期 2023-06-01 is outside of the accepted time: "
                    + "2022 is from 2022-01-01 to 2022-12-31"
            ])
    }

    @Test func anUnusedFactOfPeopleIsReported() {
        #expect(
            findings(adding: "person: { age: { name: 年龄, integer: any } }\n") == [
                "1:1: warning: no rule reads the person's fact age"
            ])
    }

    @Test func aWorkOverSeveralYearsIsReported() {
        let spread = kind(
            hours: "      - fixed: 100\n      - spread: { from: on, count: 2 }", more: "    work: { key: [level] }")
        #expect(findings(adding: spread).contains { $0.hasPrefix("26:3: error: the work of paper counts once") })
    }

    @Test func allFindingsAreReportedInOrder() {
        let found = findings("in-force: 2022-01-01", "in-force: soon\nunknown: 1", adding: "wrong: 2\n")
        #expect(found.map { $0.prefix { $0 != ":" } } == ["4", "5", "27"])
    }
}
