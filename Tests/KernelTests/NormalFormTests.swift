import Kernel
import Testing

@Suite("Normal form of typed texts")
struct NormalFormTests {
    /// Typed texts with their forms.
    private static let texts: [(typed: String, form: String)] = [
        ("岳明远", "岳明远"), ("岳 明远", "岳明远"), ("岳\u{3000}明\u{A0}远 ", "岳明远"),
        ("岳\u{200B}明\u{2060}远\u{FE0F}", "岳明远"), ("岳明\u{AD}远", "岳明远"), ("\u{FEFF}岳明远", "岳明远"),
        ("买买提·阿卜杜拉", "买买提·阿卜杜拉"), ("买买提•阿卜杜拉", "买买提·阿卜杜拉"),
        ("买买提・阿卜杜拉", "买买提·阿卜杜拉"), ("买买提･阿卜杜拉", "买买提·阿卜杜拉"),
        ("买买提．阿卜杜拉", "买买提·阿卜杜拉"), ("买买提.阿卜杜拉", "买买提·阿卜杜拉"),
        ("买买提‧阿卜杜拉", "买买提·阿卜杜拉"), ("买买提∙阿卜杜拉", "买买提·阿卜杜拉"),
        ("买买提●阿卜杜拉", "买买提·阿卜杜拉"), ("买买提⋅阿卜杜拉", "买买提·阿卜杜拉"),
        ("示例（集团）公司", "示例(集团)公司"), ("示例(集团) 公司", "示例(集团)公司"), ("示例【集团】公司", "示例(集团)公司"),
        ("示例〔集团〕公司", "示例(集团)公司"), ("ＡＢＣ示例１厂", "ABC示例1厂"), ("abc示例厂", "abc示例厂"),
        // 食 and 见 as radicals, 金 and 車 of the compatibility block.
        ("⻝品厂", "食品厂"), ("⻅习", "见习"), ("⾦⾊", "金色"), ("\u{F90A}\u{F902}", "金車"),
        // GB 18030 had these in the private use area: 䶮 and 龴.
        ("刘\u{E863}", "刘䶮"), ("\u{E81E}", "龴"), ("\u{E815}", "厂"),
        ("John P. Smith", "JohnP.Smith"), ("e\u{301}", "\u{E9}"), ("O’Brien", "O'Brien"), ("O`Brien", "O'Brien"),
        ("", ""), ("3.5", "3.5"),
    ]

    @Test func spellingsHaveOneNormalForm() {
        for (typed, form) in Self.texts {
            #expect(NormalForm.of(typed) == form, "\(typed)")
            #expect(NormalForm.of(form) == form, "\(form)")
        }
    }

    @Test func distinguishingCharactersAreKept() {
        for (a, b) in [("岳明远", "岳明达"), ("示例一厂", "示例二厂"), ("ABC厂", "abc厂"), ("A-1", "A1"), ("甲·乙", "甲乙"), ("1.2", "12")]
        {
            #expect(!NormalForm.same(a, b), "\(a) \(b)")
        }
    }

    @Test func capitalsDoNotDistinguishPeople() {
        for (a, b) in [
            ("John Smith", "JOHN SMITH"), ("Анна Петрова", "АННА ПЕТРОВА"), ("O’Brien Seán", "O'BRIEN SEÁN"),
        ] {
            #expect(NormalForm.sameIgnoringCase(a, b), "\(a)")
        }
        #expect(!NormalForm.sameIgnoringCase("José García", "Jose Garcia"))
    }

    /// A change of the folding needs a new version, because keys of the older form are stored.
    @Test func aChangedFoldingNeedsANewVersion() {
        let forms = Self.texts.map { NormalForm.of($0.typed) }.joined(separator: "|")
        let hash = forms.utf8.reduce(UInt64(0xcbf2_9ce4_8422_2325)) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
        let version = String(hash, radix: 16)
        #expect(version == "fe0358b106ea7ad3")
        #expect(NormalForm.version == 1)
    }

    @Test func aPersonsNameIsStoredInItsReadableForm() {
        let names = [
            ("  岳　明 远 ", "岳明远"), ("买买提 ． 阿卜杜拉", "买买提·阿卜杜拉"), ("Anna  Maria Lee", "Anna Maria Lee"),
            ("ＡＮＮＡ Lee", "ANNA Lee"), ("岳\u{200B}明远", "岳明远"), ("李 Anna", "李Anna"), ("J. Smith", "J. Smith"),
        ]
        for (typed, kept) in names { #expect(NormalForm.personName(typed) == kept, "\(typed)") }
    }
}
