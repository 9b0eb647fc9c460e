import Foundation
import Testbed
import Testing

/// In English, the output of every command has Chinese only in what it quotes.
@Suite struct EnglishOutputTests {
    /// Every command of the help runs on the sample city, with lists of faulty rows, except those that run until they
    /// are stopped or measure speed.
    @Test func everyCommandSpeaksEnglish() async throws {
        try await withFolder { folder in
            var program = Program(folder: folder.appending(path: "data"))
            (program.language, program.variables) = ("zh_CN.UTF-8", ["LC_ALL": "C"])
            var script = EnglishScript(program: program, folder: folder.path)
            try script.run()
            let known = try LanguageTests.commands(program, [], "SUBCOMMANDS:").filter { words in
                let name = words.joined(separator: " ")
                return !["", "serve"].contains(name) && words.first != "bench"
            }
            let leaves = known.filter { words in !known.contains { $0.count > words.count && $0.starts(with: words) } }
            for words in leaves {
                #expect(script.said.contains { $0.words.starts(with: words) }, "not run: \(words)")
            }
            let quoted = Quoted(lists: script.lists)
            for (words, lines) in script.said {
                for line in lines {
                    let rest = quoted.removed(from: line)
                    #expect(!rest.contains(Quoted.chinese), "\(words): \(line)\nleft: \(rest)")
                }
            }
            script.expectFaults()
        }
    }
}

/// What output in English quotes: the kinds of content that stay as they were written.
private struct Quoted {
    static var chinese: Regex<Substring> { #/[\p{Han}\x{3000}-\x{303F}\x{FF00}-\x{FFEF}]/# }

    /// Longer texts come first, since they contain shorter ones.
    private let texts: [String]

    init(lists: [String]) {
        let samples = ["people", "hours", "places"].map { Self.text("Samples/\($0).csv") }
        let policies = ["2021.yaml", "2022.yaml"].map { Self.text("Policies/taian/\($0)") }
        // Names of people, units and items, and titles of columns.
        let cells = (samples + lists).flatMap { $0.split { ",\n\r".contains($0) } }
        // Names and rules of policies, as their authors wrote them.
        let rules = policies.flatMap { $0.split { "\n{}[],:\"#".contains($0) } }
        let issued = Self.text("Policies/taian/2022.notice.txt").split(separator: "\n")
        let written = (cells + rules + issued).map { $0.trimmingCharacters(in: .whitespaces) }
        texts = Set(written + Self.titles + Self.choices + Self.names).filter { $0.contains(Self.chinese) }
            .sorted { ($0.count, $0) > ($1.count, $1) }
    }

    /// The columns of lists that no sample has.
    private static let titles = ["证件类型", "手机号", "统一社会信用代码", "主管部门", "职称取得日期", "曾用名", "更正原因", "编号", "行业", "生效日期"]
    /// The values that a column accepts.
    private static let choices = [
        "企业", "事业单位", "社会中介组织", "机关", "代管（无工作单位）", "劳动关系", "聘用关系", "无工作单位", "正高级", "副高级", "中级", "初级", "无", "是", "否",
        "居民身份证", "港澳台居民居住证", "护照", "港澳居民来往内地通行证", "台湾居民来往大陆通行证", "外国人永久居留身份证",
    ]
    /// An office, the platform of a list, and a requirement that the policy does not name.
    private static let names = ["市人社局", "甲平台", "总学时"]

    /// The output without what it quotes. The clauses of a notice are numbered in Chinese, and a certificate
    /// and its form are in Chinese.
    func removed(from line: String) -> String {
        let certificate = #/^(name|unit|period|result|hours|authority|issued): |\\ncertificate: /#
        guard !line.contains(certificate) else { return "" }
        let rest = texts.reduce(line) { $0.replacing($1, with: "") }
        return rest.replacing(#/[一二三四五六七八九十]+(\([一二三四五六七八九十]+\))?\d*/#, with: "")
    }

    private static func text(_ path: String) -> String {
        (try? String(contentsOf: Program.root.appending(path: path), encoding: .utf8)) ?? ""
    }
}

/// Runs the commands and keeps what they said.
private struct EnglishScript {
    let program: Program
    let folder: String
    private(set) var said: [(words: [String], lines: [String])] = []
    /// The faulty lists.
    let lists = [EnglishScript.people, EnglishScript.hours, EnglishScript.corrections]

    init(program: Program, folder: String) { (self.program, self.folder) = (program, folder) }

    @discardableResult
    private mutating func say(_ words: String...) throws -> Program.Run {
        let run = try program.run(words)
        said.append((words, run.lines))
        return run
    }

    mutating func run() throws {
        try city()
        try imports()
        for person in 1...10 {
            try say("standing", "\(person)", "--year", "2022")
            try say("credit-status", "\(person)")
        }
        try say("policy", "explain", "--person", "3", "--year", "2022")
        try certificates()
        try accounts()
        try ledger()
        try say("demo", "--data", folder + "/demo", "--people", "5")
    }

    private mutating func city() throws {
        try say("migrate", "--data", folder + "/data")
        try say("import", "places", "Samples/places.csv")
        for year in [2021, 2022] {
            let file = "Policies/taian/\(year).yaml"
            try say("policy", "check", file)
            try say("policy", "publish", file)
            try say("policy", "explain", file)
        }
        // A whole policy is a text of rules, so only a clause is shown.
        try say("policy", "show", "Policies/taian/2022.yaml", "--clause", "notice 二(一)")
        for list in ["people", "hours"] { try say("template", list, folder + "/\(list).xlsx") }
    }

    private mutating func imports() throws {
        try say("import", "people", "Samples/people.csv")
        try say("import", "hours", "Samples/hours.csv")
        for (name, text) in [("people", Self.people), ("hours", Self.hours), ("hours", Self.corrections)] {
            let path = folder + "/faulty.csv"
            try Data(text.utf8).write(to: URL(filePath: path))
            let platform = name == "hours" && text == Self.hours ? ["--platform", "甲平台"] : []
            for further in [["--dry-run"], []] {
                let words = ["import", name, path] + platform + further
                said.append((words, try program.run(words).lines))
            }
        }
    }

    private mutating func certificates() throws {
        try say("certificate", "publish", "Certificates/taian.yaml", "--verify-at", "https://example.org")
        try say("certificate", "sample", "Certificates/taian.yaml", folder + "/sample.pdf")
        try say("settle", "--year", "2022", "--person", "3")
        try say("settle", "--year", "2022")
        try say("settle", "--year", "2022", "--check")
        let issued = try say("certificate", "issue", "--year", "2022")
        let number = issued.lines.compactMap { $0.firstMatch(of: #/[0-9A-Z]{4}(-[0-9A-Z]{4}){3}/#)?.0 }.first ?? ""
        try say("certificate", "list", "1")
        try say("certificate", "print", String(number), folder + "/one.pdf")
        try say("certificate", "hours", "2/1", folder + "/hours.pdf")
        try say("verify", String(number))
        try say("certificate", "revoke", String(number), "--reason", "wrong")
        try say("verify", folder + "/one.pdf")
        try say("verify-page", folder + "/verify.html")
        try say("settle", "--year", "2022", "--person", "3", "--reopen", "--reason", "checked")
        try say("standing", "3", "--year", "2022")
    }

    private mutating func accounts() throws {
        try say("account", "add", "--role", "bureau", "--login", "chief", "--name", "Chief")
        try say("account", "grant", "--login", "chief", "--role", "administrator")
        try say("account", "token", "--login", "chief", "--permit", "people")
        try say("account", "revoke", "--login", "chief", "--role", "administrator")
        try say("account", "reset", "--login", "chief")
        try say("people", "merge", "10", "1", "--reason", "the same")
        try say("people", "unmerge", "10", "--reason", "two people")
        try say("audit", "verify")
        try say("audit", "list", "--limit", "200")
        try say("audit", "export", folder + "/audit.csv")
    }

    private mutating func ledger() throws {
        for words in [["verify"], ["replay"], ["decide-again"], ["root"]] {
            said.append((["ledger"] + words, try program.run(["ledger"] + words).lines))
        }
        try say("export", "standings", "--year", "2022", folder + "/standings.xlsx")
        try say("export", "ledger", "--person", "1", folder + "/ledger.xlsx")
        try say("keys", "export")
        try say("keys", "rotate")
        try say("status", "show")
        try say("status", "export", folder + "/status.json")
        try say("clock")
        try say("files", "sweep")
        try say("files", "check")
    }

    /// The faulty lists were read as such: many rows failed, and the sentences name what would be accepted.
    func expectFaults() {
        let lines = said.filter { $0.words.first == "import" && !$0.words.contains("--dry-run") }.flatMap(\.lines)
        #expect(lines.count { $0.hasPrefix("row ") } > 30, "\(lines)")
        for sentence in [
            "is no name", "The ID number's check character does not match", "A mobile number has 11 digits",
            "is no day",
            "is a month", "is not accepted. Accepted: ", "Nobody is registered with this ID number",
            "There is no kind", "is after today", "belongs to", "hours before", "submits for the first time",
            "is outside of the accepted time", "does not count: the same as row 11", "The work is registered with",
        ] { #expect(lines.contains { $0.contains(sentence) }, "\(sentence)\n\(lines.joined(separator: "\n"))") }
        let short = said.first { $0.words == ["standing", "4", "--year", "2022"] }?.lines ?? []
        #expect(short.contains("Result: waived") && short.last?.contains(" waived=1") == true, "\(short)")
        let items = said.filter { $0.words.first == "credit-status" }.flatMap(\.lines)
        for title in ["  Now with:  ", "  Next step: "] { #expect(items.contains { $0.hasPrefix(title) }, "\(items)") }
    }

    private static let people = """
        姓名,证件类型,身份证号,手机号,单位名称,统一社会信用代码,单位性质,行政区划,主管部门,人员关系,任职起始日期,职称级别,民族
        合计,,999999198503120018,,,,,,,,,,
        岳3,,999999198503120018,,,,,,,,,,
        ,,999999198503120018,,,,,,,,,,
        王甲,,999999198503120019,,,,,,,,,,
        王乙,,99999919850312001,,,,,,,,,,
        王丙,海员证,999999198503120018,,,,,,,,,,
        王丁,护照,999999198503120018,,,,,,,,,,
        岳明远,,999999198503120018,123,,,,,,,,,
        岳明远,,999999198503120018,,泰安示例机械有限公司,911,企业,370902,,,,,
        岳明远,,999999198503120018,,泰安示例机械有限公司,,机关,370902,,,,,
        岳明远,,999999198503120018,,新示例公司,,,,,,,,
        岳明远,,999999198503120018,,新示例公司,,,370902,,,,,
        岳明远,,999999198503120018,,新示例公司,,企业,火星,,,,,
        岳明远,,999999198503120018,,新示例公司,,企业,370902,火星局,,,,
        岳明远,,999999198503120018,,,,企业,,,,,,
        岳明远,,999999198503120018,,泰安示例机械有限公司,,企业,370902,,临时工,,特级,
        岳明远,,999999198503120018,,泰安示例机械有限公司,,企业,370902,,,2022.06,,
        岳明远,,999999198503120018,,泰安示例机械有限公司,,企业,370902,,,去年,,
        岳明远,,999999198503120018,,泰安示例机械有限公司,,企业,370902,,,44737,,
        岳明远,,999999198503120018,,泰安示例机械有限公司,,企业,370902,,,1980-01-01,,
        王小平,,999999198010100107,13800000000,泰安示例中学,,事业单位,370911,,聘用关系,2023-01-01,中级,汉族
        王大平,,999999198010100107,13800000000,泰安示例中学,,事业单位,370911,,聘用关系,2023-01-01,中级,
        """

    private static let hours = """
        姓名,身份证号,认定形式,编号,课程名称,学习平台,科目,专题,课程年度,课程学时,考试,考试合格日期,题目,刊物级别,刊号,作者数,发表日期,体重
        王甲,999999198003120011,线上课程,Y-1,甲,泰安示例学习平台,专业科目,,2022,10,合格,2022-06-01,,,,,,
        王五,999999199008260026,线上课程,Y-2,甲,泰安示例学习平台,专业科目,,2022,10,合格,2022-06-01,,,,,,
        汶小溪,999999199008260026,钓鱼,Y-3,甲,泰安示例学习平台,专业科目,,2022,10,合格,2022-06-01,,,,,,
        汶小溪,999999199008260026,线上课程,Y-4,甲,泰安示例学习平台,专业科目,,2022,十,合格,2022-06-01,,,,,,
        汶小溪,999999199008260026,线上课程,Y-5,甲,泰安示例学习平台,专业科目,,2022,10学时,合格,去年,,,,,,
        汶小溪,999999199008260026,线上课程,Y-6,甲,泰安示例学习平台,专业科目,,2022,10,合格,2099-06-01,,,,,,
        汶小溪,999999199008260026,线上课程,Y-7,甲,泰安示例学习平台,专业科目,,2012,10,合格,2012-06-01,,,,,,
        汶小溪,999999199008260026,线上课程,Y-8,甲,泰安示例学习平台,专业科目,,2022,10,合格,,,,,,,
        汶小溪,999999199008260026,线上课程,Y-9,乙,泰安示例学习平台,专业科目,,2022,10,不合格,,,,,,,
        汶小溪,999999199008260026,线上课程,Y-10,丙,泰安示例学习平台,专业科目,,2022,10,合格,2022-06-01,,,,,,
        汶小溪,999999199008260026,线上课程,Y-10,丁,泰安示例学习平台,专业科目,,2022,10,合格,2022-06-01,,,,,,
        汶小溪,999999199008260026,线上课程,Y-11,丙,泰安示例学习平台,专业科目,,2022,10,合格,2022-06-01,戊,,,,,
        汶小溪,999999199008260026,论文,Y-12,,,,,,,,,机理之二,省级,CN 37-0001,1,2015-06-01,
        汶小溪,999999199008260026,论文,Y-13,,,,,,,,,机理之二,省级,ISSN 1234-5678,0,2022-06-01,
        汶小溪,999999199008260026,论文,Y-14,,,,,,,,,机理之三,省级,978-7-0000-0001-8,1,2022-06-01,
        徂松岩,999999197811050037,论文,Y-15,,,,,,,,,泰山石材锯切机理研究,省级,CN 37-0001/T,3,2022-06-01,
        徂松岩,999999197811050037,论文,Y-16,,,,,,,,,泰山石材锯切机理研究,国内国家级,CN 37-0001/T,3,2022-06-01,
        """

    private static let corrections = """
        姓名,身份证号,认定形式,编号,课程名称,学习平台,科目,专题,课程年度,课程学时,考试,考试合格日期,更正原因
        岳明远,999999198503120018,线上课程,K-002,智能制造技术应用,泰安示例学习平台,专业科目,,2022,20,合格,2022-06-02,
        岳明远,999999198503120018,线上课程,K-001,别的课程,泰安示例学习平台,公需科目,,2022,30,合格,2022-05-10,
        岳明远,999999198503120018,线上课程,K-001,专业技术人员职业道德,泰安示例学习平台,公需科目,,2021,30,合格,2022-05-10,
        汶小溪,999999199008260026,线上课程,Y-10,丙,泰安示例学习平台,专业科目,,2022,10,合格,2022-06-01,
        """
}
