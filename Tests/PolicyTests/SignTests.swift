import Foundation
import Kernel
import Policy
import Testing

/// Files with typical wrong signs: findings give line, column and name of the sign.
@Suite("Signs that are easily overlooked")
struct SignTests {
    private func chinese(_ text: String) -> [String] {
        readPolicy(text, file: "f").findings.map { $0.lines.chinese }
    }

    @Test(arguments: [
        ("title: 最小政策", "title：最小政策", "f:2:6: 错误：这里是全角冒号，应改为半角的“: ”"),
        ("title: 最小政策", "title:最小政策", "f:2:6: 错误：冒号后面少一个空格"),
        ("  public: { name: 公需科目 }", "  public: { name：公需科目 }", "f:9:17: 错误：这里是全角冒号，应改为半角的“: ”"),
        ("{ subject: professional, credit", "{ subject: professional，credit", "f:25:36: 错误：这里是全角逗号，应改为半角的“, ”"),
        ("  public: { name: 公需科目 }", "  public: ｛ name: 公需科目 ｝", "f:9:11: 错误：这里是全角花括号，应改为半角的“{”"),
        ("  public: { name", "\tpublic: { name", "f:9:1: 错误：这里是制表符（Tab），应改为半角空格"),
        ("  public: { name", "\u{3000}public: { name", "f:9:1: 错误：这里是全角空格，应改为半角空格"),
        ("  public: { name", "\u{A0}\u{A0}public: { name", "f:9:1: 错误：这里是不间断空格，应改为半角空格"),
        ("公需科目", "公需\u{8}科目", "f:9:21: 错误：这里有一个看不见的控制字符（U+0008），请删去后重新输入这几个字"),
        ("at-least: 90", "at-least: ９０", "f:12:29: 错误：at-least 写的是“９０”，应为：学时数如 25，或一张表。“９”是全角数字，应改为半角的“9”"),
        (
            "\"370900\"", "“370900”",
            "f:3:15: 错误：jurisdiction 写的是““370900””，应为：行政区划代码（GB/T 2260），如 370900。这里是中文引号，应改为半角的“\"”"
        ),
        ("{ title: 通知 }", "{ title: 通知, 第二号 }", "f:5:31: 错误：这个逗号把一句话断成了两截（“第二号”被当成了另一项）：请给整句加上半角引号"),
        ("{ title: 通知 } }", "{ title: 通知 }, rules：{ title: 规定 } }", "f:5:40: 错误：这里是全角冒号，应改为半角的“: ”"),
        ("policy: head", "＃ 试行\npolicy: head", "f:1:1: 错误：这里是全角井号，应改为半角的“#”"),
        ("title: 最小政策", "title: 最小政策 ＃ 试行", "f:2:13: 错误：这里是全角井号，应改为半角的“#”"),
        ("requirements:", "＃ 要求\nrequirements:", "f:11:1: 错误：这里是全角井号，应改为半角的“#”"),
        ("requirements:", "requirements: ＃ 要求", "f:11:15: 错误：这里是全角井号，应改为半角的“#”"),
        ("partial: yes }", "partial: yes } ＃ 零头", "f:24:56: 错误：这里是全角井号，应改为半角的“#”"),
        ("  - { count: all", "  － { count: all", "f:12:3: 错误：这里是全角短横，应改为半角的“-”"),
        ("      - per", "      － per", "f:24:7: 错误：这里是全角短横，应改为半角的“-”"),
        ("    sample", "    evidence:\n      － 证书\n      － 证明\n    sample", "f:26:7: 错误：这里是全角短横，应改为半角的“-”"),
        (
            "one-of: subjects", "one-of: { public: 公需, 必修, professional: 专业 }",
            "f:20:48: 错误：这个逗号把一句话断成了两截（“必修”被当成了另一项）：请给整句加上半角引号"
        ),
    ])
    func aFullWidthSignIsNamed(_ old: String, _ new: String, _ words: String) {
        #expect(Head.text.contains(old))
        let found = chinese(Head.text.replacing(old, with: new, maxReplacements: 1))
        #expect(found.contains(words), "\(found)")
    }

    @Test func aFullWidthCommaInTheFirstLineIsReported() {
        #expect(chinese("{ policy: head, title: 通知, 第二号 }\n").contains { $0.hasPrefix("f:1:26: 错误：这个逗号把一句话断成了两截") })
    }

    /// Sentences may contain any of these signs.
    @Test func punctuationInSentencesIsNotReported() {
        let says = "title: 关于：“继续教育”，（试行）｛一｝，＃1－2，note：见下"
        #expect(chinese(Head.with("title: 最小政策", "title: \"－ 甲 ＃ 乙\"")) == [])
        #expect(chinese(Head.with("title: 最小政策", says)) == [])
        #expect(chinese(Head.with("title: 最小政策", "title: \"甲, 乙\"")) == [])
        #expect(chinese(Head.with("{ title: 通知 }", "{ title: \"通知, 第二号\" }")) == [])
    }

    private func reading(_ bytes: [UInt8]) throws -> PolicyReading {
        let file = FileManager.default.temporaryDirectory.appending(path: "xueshi-\(UUID().uuidString).yaml")
        try Data(bytes).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        return try readPolicy(at: file.path)
    }

    @Test(arguments: ["\u{FEFF}" + Head.text, Head.text.replacing("\n", with: "\r\n")])
    func byteOrderMarksAndOtherLineEndsAreAccepted(_ text: String) throws {
        #expect(try reading(Array(text.utf8)).findings.map(\.description) == [])
    }

    /// `泰安` in GB18030, and a file in UTF-16.
    @Test(arguments: [
        ([0x70, 0x3A, 0x20, 0xCC, 0xA9, 0xB0, 0xB2], "不是 UTF-8，多半是 GBK/GB18030"),
        ([0xFF, 0xFE, 0x70, 0x00, 0x3A, 0x00], "是 UTF-16"), ([0xFE, 0xFF, 0x00, 0x70], "是 UTF-16"),
    ])
    func otherEncodingsAreReported(_ bytes: [UInt8], _ words: String) {
        do {
            _ = try reading(bytes)
            Issue.record("it was read")
        } catch {
            let failure = error as? Failure
            #expect(failure?.code == "policy.not-utf8")
            #expect(failure?.words.chinese.contains("的编码\(words)。请用记事本或 WPS 打开，“另存为”时编码选 UTF-8") == true)
        }
    }
}
