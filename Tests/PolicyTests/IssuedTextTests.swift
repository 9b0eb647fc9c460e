import Policy
import Testing

/// The text of a source is cut by its own numbers.
@Suite("Texts as issued")
struct IssuedTextTests {
    private static let rules = IssuedText(
        """
        示例规定
        第一章 总则
        第一条 为了规范继续教育。
        第二条 本规定适用于下列人员：
        （一）企业人员；
        (二) 事业单位人员。
        第二章 附则
        第三条　每年九十学时。
        其中公需三十学时。
        前款所称公需，见第一条。
        附件1
        一、格式
        1．表头
        （1）姓名。
        ①汉字。
        """)

    /// A place, as it is cited, its id, and the beginning of its text.
    private static let places: [(String, String?, String?, String?)] = [
        ("二(一)", "二（一）", "二-一", "（一）继续教育学时要求"),
        ("二（一）", "二（一）", "二-一", "（一）继续教育学时要求"),
        ("二、(三)3.", "二（三）3", "二-三-3", "3.发表学术、技术论文"),
        ("2(一)", nil, nil, nil), ("二(五)", nil, nil, nil), ("九", nil, nil, nil), ("", nil, nil, nil),
        ("二(二)第三段", "二（二）第三段", "二-二-第3段", "各县（市、区）、功能区"),
        ("二(二)第九段", nil, nil, nil), ("二(三)3第1段", "二（三）3", "二-三-3", "3.发表学术、技术论文"),
        ("二(二)乡村", nil, nil, nil), ("3.5", nil, nil, nil), ("二〇二二", nil, nil, nil), ("第二款", nil, nil, nil),
    ]

    private static let articles: [(String, String?)] = [
        ("第八条", nil), ("第1条", "第一条 为了规范继续教育。"), ("第一章第一条", "第一条 为了规范继续教育。"),
        ("第二条(二)", "(二) 事业单位人员。"), ("第二条第（二）项", "(二) 事业单位人员。"),
        ("第二条第一款第（二）项", "(二) 事业单位人员。"), ("第三条第二款", "其中公需三十学时。"), ("第三条第四款", nil), ("第二章", "第二章 附则"),
        ("附件1一1(1)①", "①汉字。"), ("一", nil),
    ]

    @Test func theNoticeHasItsClauses() throws {
        let text = try #require(try Published.policy("taian/2022.yaml").sources.first?.text)
        #expect(
            text.places == [
                "一", "二", "二(一)", "二(二)", "二(三)", "二(三)1", "二(三)2", "二(三)3", "二(三)4", "三", "四", "四(一)", "四(二)",
                "四(三)", "四(四)",
            ])
        // The date at the end belongs to no clause.
        #expect(text.passages.last?.paragraphs == ["2022年4月19日"] && text.passages.last?.path == nil)
        #expect(text.passage(at: "四(四)")?.paragraphs.count == 1)
    }

    @Test(arguments: places)
    func aPlaceIsFound(_ place: String, _ words: String?, _ anchor: String?, _ start: String?) throws {
        let text = try #require(try Published.policy("taian/2022.yaml").sources.first?.text)
        let found = text.passage(at: place)
        #expect(found?.path?.words == words)
        #expect(found?.path?.anchor == anchor)
        let isRight = start.map { found?.paragraphs.first?.hasPrefix($0) == true } ?? (found == nil)
        #expect(isRight)
    }

    @Test(arguments: articles)
    func articlesAreNumberedThroughTheText(_ place: String, _ required: String?) {
        #expect(Self.rules.passage(at: place)?.paragraphs.first == required)
    }

    @Test func eachLevelLiesInTheOneAbove() {
        #expect(
            Self.rules.passages.map { "\($0.depth) \($0.path?.words ?? "-")" } == [
                "0 -", "1 第一章", "2 第一条", "2 第二条", "3 第二条（一）", "3 第二条（二）", "1 第二章", "2 第三条", "1 附件1", "2 附件1一",
                "3 附件1一1", "4 附件1一1（1）", "5 附件1一1（1）①",
            ])
        let second = Self.rules.passage(at: "第二条")
        #expect(second.map { Self.rules.whole($0).count } == 3)
        let places = Self.rules.passages.compactMap { $0.path?.anchor }
        #expect(Set(places).count == places.count)
    }

    /// Numbers in running text and a number that was used before begin no clause.
    @Test(arguments: [
        ("2022年重点", 1), ("3.5学时", 1), ("二〇二二年起", 1), ("第二项规定", 1), ("附件：1.表格", 1), ("一、又是一", 1), ("二、是二", 2),
        ("2.是二", 2), ("2、是二", 2), ("（二）是二", 2), ("十二、是十二", 2), ("二十、是二十", 2), ("一百零二、是一百零二", 2),
    ])
    func onlyAMarkedNumberBeginsAClause(_ line: String, _ required: Int) {
        let text = IssuedText("一、甲\n内容。\n\(line)\n")
        #expect(text.places.count == required, "\(text.places)")
        #expect(text.lines == ["一、甲", "内容。", line])
    }

    @Test func theSignatureBelongsToNoClause() {
        let text = IssuedText("标题\n一、甲\n内容。\n示例市人力资源和社会保障局\n二〇二二年四月十九日\n（此件公开发布）\n")
        #expect(text.passages.map(\.depth) == [0, 1, 0])
        #expect(text.passages[1].paragraphs == ["一、甲", "内容。"])
        #expect(text.passages[2].paragraphs == ["示例市人力资源和社会保障局", "二〇二二年四月十九日", "（此件公开发布）"])
    }
}
