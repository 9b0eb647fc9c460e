import Testing

@testable import Policy

@Suite("Normal forms of names")
struct PlainNameTests {
    @Test(arguments: [
        ["BIM 技术应用（上）", "ＢＩＭ技术应用(上)", "bim技术应用（上）", "《BIM技术应用（上）》", "「BIM」技术·应用：上。", "BIM\u{00A0}技术\u{200B}应用（上）"],
        [
            "CN 37-0001/T", "CN37-0001/T", "cn 37—0001/t", "ＣＮ　３７－０００１／Ｔ", "CN37‑0001 / T", "CN370001/T",
            "СN 37-0001/Т", "CN\u{00A0}37-0001/T",
        ],
        ["978-7-0000-0000-0", "9787000000000", "９７８－７－００００－００００－０", "978 7 0000 0000 0"],
        ["2021-2022年年鉴", "2021—2022 年年鉴", "２０２１～２０２２年年鉴"],
        ["阿不都·买买提研究", "阿不都•买买提研究", "阿不都・买买提研究", "阿不都．买买提研究", "阿不都●买买提研究", "阿不都･买买提研究"],
        // Letters that look alike: Cyrillic and Greek capitals, radicals, the private use area of GB 18030.
        ["ABC技术在PHP中的应用", "АВС技术在РНР中的应用", "ΑΒC技术在ΡΗΡ中的应用"], ["食品见闻", "⻝品⻅闻"], ["䶮的研究", "\u{E863}的研究"],
        // Marks on Han characters, digits or nothing, and signs for what was lost.
        ["机理第1讲", "机\u{332}理第1\u{332}讲", "\u{301}机理第1讲", "机理\u{FFFC}第1讲\u{FFFD}", "机\u{20DD}理 \u{335}第1讲"],
        ["CN 37-0001/T", "CN 37-0001/T\u{FFFD}"], ["Cafe\u{301} 管理", "CAFÉ管\u{302}理"],
        ["第Ⅲ期", "第III期", "第 ⅲ 期"], ["“十四五”规划", "\"十四五\"规划", "'十四五'规划", "『十四五』规划"], ["——", "——"],
    ])
    func spellingsAreTheSameName(spellings: [String]) {
        for spelling in spellings {
            #expect(PlainName.same(spelling, spellings[0]), "\(spelling)")
            #expect(PlainName.form(PlainName.form(spelling)) == PlainName.form(spelling))
        }
        #expect(Set(spellings.map(PlainName.form)).count == 1)
        #expect(Set(spellings.map(PlainName.digest)).count == 1)
    }

    /// Works claimed under an older form are found by it.
    @Test func worksAreFoundByTheirFormerForm() {
        #expect(PlainName.formerForm("⻝品（上）") == "⻝品上" && PlainName.form("⻝品（上）") == "食品上")
        let marked = "机\u{332}理"
        #expect(PlainName.formerForm(marked) == marked && PlainName.markedForm(marked) == marked)
        #expect(PlainName.form(marked) == "机理" && PlainName.markedForm("⻝品（上）") == "食品上")
        for name in [marked, "⻝品（上）", "CN\u{00A0}37-0001/T", "BIM 技术（上）", "——"] {
            #expect(PlainName.form(PlainName.formerForm(name)) == PlainName.form(name), "\(name)")
        }
    }

    @Test(arguments: [
        ("C++ 程序设计", "C# 程序设计"), ("C++ 程序设计", "C 程序设计"), ("第1-2讲", "第12讲"), ("第1.2节", "第12节"), ("新技术（上）", "新技术（下）"),
        ("Unit 1-2 of grammar", "Unit 12 of grammar"), ("——", "……"), ("A&B 管理", "AB 管理"),
        ("CN 37-0001/T", "CN 37-0002/T"), ("α型材料", "a型材料"), ("5μm工艺", "5mm工艺"),
        ("ヺ型材料", "型材料"), ("x\u{304}图", "x图"), ("\u{FFFD}", "\u{FFFC}"),
    ])
    func differentNamesStayDifferent(one: String, other: String) {
        #expect(!PlainName.same(one, other))
        #expect(PlainName.form(one) != PlainName.form(other))
    }
}
