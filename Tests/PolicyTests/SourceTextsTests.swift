import Foundation
import Policy
import Testing

/// A policy contains the texts of its sources, and `policy check` compares its clauses with them.
@Suite("Texts of sources in policy files")
struct SourceTextsTests {
    private static let notice = "通知\n\n一、学时要求\r\n每年九十学时。\n二、课程\n（一）线上课程\n（二）线下培训\n"
    private static let head = Head.with("{ title: 通知 }", "{ title: 通知, number: 示例〔2022〕1号, text: n.txt }")

    /// The reading of a text whose files are given.
    private func read(_ text: String, _ files: [String: String] = ["n.txt": notice]) -> PolicyReading {
        readPolicy(text, file: "p.yaml") { name, _ in files[name].map { ($0, name) } }
    }

    @Test func theFlatPolicyContainsTheText() throws {
        let reading = read(Self.head)
        #expect(reading.findings.map(\.description) == [])
        let published = try #require(publishedPolicy(reading.flat, file: "flat"))
        let text = try #require(published.sources.first?.text)
        #expect(text.lines == ["通知", "一、学时要求", "每年九十学时。", "二、课程", "（一）线上课程", "（二）线下培训"])
        #expect(PolicyText(published).head.contains("依据：通知（示例〔2022〕1号），附原文，共 33 字"))
        #expect(read(reading.flat, [:]).flat == reading.flat)
    }

    @Test func aPolicyWithoutATextHasNone() throws {
        let policy = try #require(publishedPolicy(Head.text, file: "head"))
        #expect(policy.sources.first?.text == nil && policy.citation(of: "notice 一") == nil)
        #expect(PolicyText(policy).head.contains("依据：通知"))
    }

    /// The texts of the findings in Chinese.
    @Test(arguments: [
        (
            "clause: notice 二\n", "clause: notice 二(五)\n",
            "clause 所指的条款不在 notice 的原文中：这里没有“二(五)”，是不是“二(一)”？可写：一、二、二(一)、二(二)"
        ),
        ("text: n.txt", "text: m.txt", "text：本文件旁边没有可读的 m.txt（扩展名 .md 或 .txt，编码 UTF-8，路径从本文件所在的文件夹算起）"),
        ("text: n.txt", "text: n.yaml", "text：本文件旁边没有可读的 n.yaml（扩展名 .md 或 .txt，编码 UTF-8，路径从本文件所在的文件夹算起）"),
        ("text: n.txt", "text: none.md", "原文里没有以条款号开头的行（如“一、”“（一）”“1.”“第一条”）"),
        ("text: n.txt", "text: odd.md", "这里有一个看不见的控制字符（U+0007），请删去后重新输入这几个字"),
        ("text: n.txt", "text: large.txt", "各文件的原文合计超过 256 KiB"),
        ("text: n.txt", "text: [n.txt]", "text 应是一个词或一句话"),
    ])
    func faultsAreFound(_ old: String, _ new: String, _ required: String) {
        let files = [
            "n.txt": Self.notice, "n.yaml": Self.notice, "none.md": "没有条款号。\n", "odd.md": "一、甲\u{7}\n",
            "large.txt": "一、甲\n" + String(repeating: "文", count: 90_000),
        ]
        let found = read(Self.head.replacing(old, with: new), files)
        #expect(found.findings.map(\.words.chinese) == [required])
        #expect(found.policy == nil)
    }

    /// A name is relative to the file that contains it, and leads out of no folder that bases may be in.
    @Test func aTextIsBesideTheFileThatNamesIt() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "xueshi-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        let files = [
            "rules/city/now.yaml": "based-on: ../province/now.yaml\npolicy: city\n",
            "rules/province/now.yaml": Self.head, "rules/province/n.txt": "\u{FEFF}" + Self.notice,
            "rules/city/n.txt": "一、错\n",
            "rules/city/out.yaml": Self.head.replacing("n.txt", with: "../../out.txt"), "out.txt": Self.notice,
        ]
        for (name, text) in files {
            let file = folder.appending(path: name)
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            try text.write(to: file, atomically: true, encoding: .utf8)
        }
        let reading = try readPolicy(at: folder.appending(path: "rules/city/now.yaml").path)
        #expect(reading.findings.map(\.description) == [])
        #expect(reading.policy?.sources.first?.text?.lines.first == "通知")
        let out = try readPolicy(at: folder.appending(path: "rules/city/out.yaml").path)
        #expect(out.policy == nil && out.findings.count == 1)
    }

    /// A version that was published with a clause that the text does not have stays readable.
    @Test func aPublishedPolicyIsNotCheckedAgain() {
        let flat = read(Self.head).flat.replacing("\"notice 二\"", with: "\"notice 二(五)\"")
        #expect(flat.contains("二(五)") && publishedPolicy(flat, file: "flat") != nil)
    }
}

/// Clauses in sentences.
@Suite("Citations")
struct CitationTests {
    private static let text = "text: \"一、要求\\n（一）学时\\n二、课程\\n\""

    private static func policy(_ sources: String) throws -> Policy {
        let head = Head.with("{ notice: { title: 通知 } }", sources)
        return try #require(readPolicy(head, file: "head").policy)
    }

    /// A sentence with its citations in square brackets.
    private func shown(_ sentence: String, _ policy: Policy) -> String {
        policy.parts(of: sentence).map { part -> String in
            switch part {
            case .text(let text): text
            case .citation(let citation): "[\(citation.words)]"
            }
        }.joined()
    }

    @Test(arguments: [
        ("计 24 学时（二）", "计 24 学时[二]"),
        (
            "约 1 学时（正好差 0.01 学时）（一(一)），须在 2022-12-31 前（含当天）取得",
            "约 1 学时（正好差 0.01 学时）[一（一）]，须在 2022-12-31 前（含当天）取得"
        ),
        ("至少 60 学时（一（一）；约定：按 60）", "至少 60 学时[一（一）]（约定：按 60）"),
        ("超出的学时：不结转（一 未写明）", "超出的学时：不结转[一]（未写明）"),
        ("已登记为“电子商务（一）”（2022-06-01），不重复登记（二）", "已登记为“电子商务（一）”（2022-06-01），不重复登记[二]"),
        ("重复，只计一次（约定：通知未写）", "重复，只计一次（约定：通知未写）"), ("没有这一条（九）", "没有这一条（九）"),
        ("方式（一）和（二", "方式（一）和（二"), ("（一）", "[一]"), ("", ""),
    ])
    func clausesInBracketsAreFound(_ sentence: String, _ required: String) throws {
        let policy = try Self.policy("{ notice: { title: 通知, \(Self.text) } }")
        #expect(shown(sentence, policy) == required)
        #expect(shown(sentence, try Self.policy("{ notice: { title: 通知 } }")) == sentence)
    }

    /// With several sources a clause is cited with its title; only those with a text are found.
    @Test func theSourceIsNamedWhereThereAreSeveral() throws {
        let policy = try Self.policy("{ notice: { title: 通知 }, rules: { title: 示例规定, \(Self.text) } }")
        #expect(shown("计（《示例规定》一(一)）", policy) == "计[《示例规定》一（一）]")
        #expect(shown("计（《通知》一）", policy) == "计（《通知》一）")
        #expect(policy.citation(of: "rules 一(一)")?.name == "依据：《示例规定》一（一）")
        #expect(policy.citation(of: "notice 一") == nil && policy.citation(of: "none 一") == nil)
        #expect(policy.citation(of: "rules 一")?.lines == ["一、要求", "（一）学时"])
    }

    @Test(arguments: [
        ("关于做好继续教育工作的通知", "通知"), ("《示例条例》", "条例"), ("关于印发《示例办法》的通知", "通知"), ("示例办法（试行）", "办法"),
        ("示例", "文件"),
    ])
    func aSourceIsCalledByItsKind(_ title: String, _ required: String) throws {
        let policy = try Self.policy("{ notice: { title: \(title), \(Self.text) } }")
        #expect(policy.citation(of: "notice 一(一)")?.name == "依据：\(required)一（一）")
    }
}
