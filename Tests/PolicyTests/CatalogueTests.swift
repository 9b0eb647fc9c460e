import Policy
import Testing

/// Several policies form one catalogue of evidence; different meanings of one key are reported.
@Suite struct CatalogueTests {
    private static let other = Head.with("policy: head", "policy: other").replacing("title: 最小政策", with: "title: 另一政策")

    private func policy(_ text: String) throws -> Policy {
        try #require(readPolicy(text, file: "catalogue.yaml").policy)
    }

    private func findings(_ old: String, _ new: String) throws -> [CatalogueFinding] {
        let changed = Self.other.replacing(old, with: new)
        try #require(old.isEmpty || changed != Self.other)
        return EvidenceCatalogue([try policy(Head.text)]).findings(adding: try policy(changed))
    }

    @Test func equalKindsGiveNoFinding() throws {
        #expect(try findings("", "") == [])
        #expect(try findings("    name: 课程", "    name: 课程\n    evidence: [结业证书]") == [])
        let newer = try policy(Head.with("hours: 0.01..200", "integer: 1.."))
        #expect(EvidenceCatalogue([try policy(Head.text)]).findings(adding: newer) == [])
    }

    /// The reported difference; the policy is still valid.
    @Test(arguments: [
        (
            "name: 学时, hours: 0.01..200", "name: 学分, hours: 0.01..200",
            "“课程”（course）的“学分”（credit）要填：学时数（最多两位小数），为 0.01 至 200。"
                + "在“最小政策”叫“学时”，要填：学时数（最多两位小数），为 0.01 至 200。是同一项的，请改成一致；不是的，请换一个键。"
        ),
        (
            "professional: { name: 专业科目 }", "professional: { name: 专业课 }",
            "“课程”（course）的“科目”（subject）要填：公需科目、专业课。"
                + "在“最小政策”叫“科目”，要填：公需科目、专业科目。是同一项的，请改成一致；不是的，请换一个键。"
        ),
        (
            "name: 课程", "name: 网课",
            "认定形式 course 在本政策叫“网课”，在“最小政策”叫“课程”。是同一种的，请用同一个名称；不是的，请换一个键。"
        ),
        (
            "  course:", "  lesson:",
            "认定形式“课程”在本政策的键是 lesson，在“最小政策”是 course。是同一种的，请用同一个键；不是的，请换一个名称。"
        ),
        (
            "hours: 0.01..200", "hours: 0.01..500",
            "“课程”（course）的“学时”（credit）要填：学时数（最多两位小数），为 0.01 至 500。"
                + "在“最小政策”要填：学时数（最多两位小数），为 0.01 至 200。只有一边接受的内容，按另一边的政策不能认定，请核对文件。"
        ),
        (
            "date: any", "date: 2020-01-01..",
            "“课程”（course）的“结束日期”（ended-on）要填：日期（如 2022-06-01），至少为 2020-01-01。"
                + "在“最小政策”要填：日期（如 2022-06-01）。只有一边接受的内容，按另一边的政策不能认定，请核对文件。"
        ),
        (
            "one-of: subjects", "one-of: { professional: 专业科目, elective: 选修 }",
            "“课程”（course）的“科目”（subject）要填：专业科目、选修。"
                + "在“最小政策”要填：公需科目、专业科目。只有一边接受的内容，按另一边的政策不能认定，请核对文件。"
        ),
    ]) func aDifferenceIsReported(_ old: String, _ new: String, _ words: String) throws {
        let found = try findings(old, new)
        #expect(found.map(\.words.chinese) == [words])
        #expect(found.map(\.isClash) == [false])
    }

    /// A key with another form of value is a clash, because no evidence fits both policies.
    @Test func anotherFormIsAClash() throws {
        let found = try findings("name: 学时, hours: 0.01..200", "name: 学时, integer: 1..200").filter(\.isClash)
        #expect(
            found.map(\.words.chinese) == [
                "“课程”（course）的“学时”（credit）要填：整数，为 1 至 200。同一个键在“最小政策”要填：学时数（最多两位小数），为 0.01 至 200。"
                    + "没有一种填法两边都能用，请给本政策的这一项换一个键。"
            ])
    }

    /// Facts of one form without a common value are a clash, unless both policies accept an item without the fact.
    @Test(arguments: [
        ("integer: 0..10", "integer: 20..30", "20", true), ("integer: ..10", "integer: 10..", "10", false),
        ("hours: 0.5..1", "hours: 1.01..", "2", true), ("hours: ..1", "hours: 1..", "1", false),
        ("date: 2020-01-01..2020-12-31", "date: 2021-01-01..", "2022-01-01", true),
        ("date: ..2021-01-01", "date: 2021-01-01..", "2022-01-01", false),
        ("one-of: { a: 甲, b: 乙 }", "one-of: { c: 丙, d: 丁 }", "c", true),
        ("one-of: { a: 甲, b: 乙 }", "one-of: { b: 乙, c: 丙 }", "c", false),
    ]) func valuesWithoutACommonOneAreAClash(
        _ first: String, _ second: String, _ sample: String, _ isDisjoint: Bool
    ) throws {
        let fact = "subject: { name: 科目, one-of: subjects }"
        let asking = { (text: String, form: String) in
            text.replacing(fact, with: fact + "\n      more: { name: 另一项, \(form) }")
        }
        let catalogue = EvidenceCatalogue([try policy(asking(Head.text, first + ", optional: yes"))])
        for (word, mayLack) in [("", false), (", optional: yes", true), (", needed: { subject: public }", true)] {
            let text = asking(Self.other, second + word).replacing("sample: {", with: "sample: { more: \(sample),")
            let found = catalogue.findings(adding: try policy(text))
            #expect(found.map(\.isClash) == [isDisjoint && !mayLack], "\(word)")
        }
    }

    /// Free text and a book number are compatible; a book number and a journal number are not.
    @Test(arguments: [
        ("required", "isbn", []), ("isbn", "required", []), ("isbn", "isbn", []), ("isbn", "serial-number", [true]),
    ]) func formsOfTextClashWhereNoTextFitsBoth(_ first: String, _ second: String, _ clashes: [Bool]) throws {
        let fact = "subject: { name: 科目, one-of: subjects }"
        let asking = { (text: String, format: String) in
            text.replacing(fact, with: fact + "\n      code: { name: 编号, text: \(format), optional: yes }")
        }
        let found = EvidenceCatalogue([try policy(asking(Head.text, first))])
            .findings(adding: try policy(asking(Self.other, second)))
        #expect(found.map(\.isClash) == clashes)
    }

    /// Facts of people are compared too; a clash is reported before a difference.
    @Test func factsOfPeopleAreCompared() throws {
        let reading = { (text: String, form: String) in
            text.replacing(
                "hour: {",
                with: "person: { leave: { name: 休假, \(form) } }\nexempt:\n"
                    + "  - { when: { leave: 3 }, says: 免修, clause: notice 四 }\nhour: {")
        }
        let before = [
            try policy(reading(Head.with("policy: head", "policy: first"), "integer: 0..20")),
            try policy(reading(Head.text, "one-of: { \"3\": 三, \"4\": 四 }")),
        ]
        let found = EvidenceCatalogue(before).findings(adding: try policy(reading(Self.other, "integer: 0..10")))
        #expect(
            found.map(\.words.chinese) == [
                "人员信息的“休假”（leave）要填：整数，为 0 至 10。同一个键在“最小政策”要填：三、四。"
                    + "没有一种填法两边都能用，请给本政策的这一项换一个键。"
            ])
    }

    /// The policies of the repository can be published together.
    @Test func publishedPoliciesFitTogether() throws {
        let policies = try Published.paths.map(Published.policy)
        for policy in policies {
            let clashes = EvidenceCatalogue(policies).findings(adding: policy).filter(\.isClash)
            #expect(clashes == [], "\(policy.key)")
        }
    }

    /// The first policy gives names and shapes; another adds the facts that the first does not ask for, with its title.
    @Test func theCatalogueIsTheUnion() throws {
        let fact = "subject: { name: 科目, one-of: subjects }"
        let second = Self.other.replacing("credit: { name: 学时,", with: "credit: { name: 学分,")
            .replacing(fact, with: fact + "\n      hall: { name: 地点, text: required }")
            .replacing("sample: {", with: "sample: { hall: 报告厅,")
        let catalogue = EvidenceCatalogue([try policy(Head.text), try policy(second)])
        let kind = try #require(catalogue.kind("课程"))
        #expect(catalogue.kind("course")?.kind.name == "课程" && catalogue.kind("讲座") == nil)
        #expect(catalogue.kinds.map(\.kind.key) == ["course"])
        #expect(kind.facts.map(\.shape.name) == ["科目", "学时", "结束日期", "地点"])
        #expect(kind.facts.map(\.asker) == [nil, nil, nil, "另一政策"])
        #expect(kind.facts.map(\.isNeeded) == [true, true, true, false])
        #expect(kind.isShared)
        #expect(catalogue.factNames == ["科目", "学时", "学分", "结束日期", "地点"])
    }
}
