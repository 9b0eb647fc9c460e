import Foundation
import Testing

/// Help, messages about wrong usage and output are in the language of the terminal.
@Suite struct LanguageTests {
    private static let chinese = Program(folder: URL(filePath: "/nowhere"))
    private static let english = Program(folder: URL(filePath: "/nowhere"), language: "en_US.UTF-8")

    /// `LC_ALL`, `LC_MESSAGES`, `LANG`; what is empty counts as not set.
    @Test(arguments: [
        ("", "", "zh_CN.UTF-8", true), ("", "", "", false), ("C", "zh_CN.UTF-8", "zh_CN.UTF-8", false),
        ("zh_CN.UTF-8", "C", "C", true), ("", "zh_CN.UTF-8", "C", true), ("", "C", "zh_CN.UTF-8", false),
    ])
    func theFirstVariableThatIsSetDecides(_ all: String, _ messages: String, _ lang: String, _ isChinese: Bool) throws {
        let variables = ["LC_ALL": all, "LC_MESSAGES": messages]
        let program = Program(folder: URL(filePath: "/nowhere"), language: lang, variables: variables)
        let first = try program.run("--help").lines.first ?? ""
        #expect(first.hasPrefix(isChinese ? "简介：" : "OVERVIEW: "), "\(first)")
    }

    /// The names in examples that are Chinese: columns of lists, an item, an example of a policy.
    private static let names = [
        "国家级刊物三名作者向下取", "石材", "代码, 名称, 主管部门, 综合管理 (是", "(编号)", "(第 3 笔)", "notice 二(一)",
    ]

    @Test func englishHelpIsEnglish() throws {
        let commands = try Self.commands(Self.english, [], "SUBCOMMANDS:")
        #expect(commands.count > 50)
        for words in commands {
            let run = try Self.english.run(words + ["--help"])
            let text = run.lines.joined(separator: " ").split(separator: " ").joined(separator: " ")
            let rest = Self.names.reduce(text) { $0.replacing($1, with: "") }
            #expect(run.code == 0 && !rest.contains(#/\p{Han}/#), "\(words): \(rest)")
        }
    }

    /// Measurements (bench) are for developers and are described in English.
    @Test func chineseHelpIsChinese() throws {
        let commands = try Self.commands(Self.chinese, [], "命令：")
        #expect(try commands.count == Self.commands(Self.english, [], "SUBCOMMANDS:").count)
        for words in commands where words.first != "bench" {
            let run = try Self.chinese.run(words + ["--help"])
            #expect(run.code == 0 && run.lines.first?.hasPrefix("简介：") == true, "\(words): \(run.lines)")
            let parser = #/OVERVIEW|USAGE|OPTIONS|ARGUMENTS|SUBCOMMANDS|subcommand|default|values:|Show help|See '/#
            let sentence = #/[a-z]{2,} [a-z]+\.( |$)/#
            for line in run.lines {
                #expect(!line.contains(parser) && !line.contains(sentence), "\(words): \(line)")
                #expect(Self.columns(line) <= 80, "\(words): \(line)")
            }
        }
    }

    /// The command and those below it, which its help lists under `title`.
    static func commands(_ program: Program, _ words: [String], _ title: String) throws -> [[String]] {
        let lines = try program.run(words + ["--help"]).lines
        guard let start = lines.firstIndex(of: title) else { return [words] }
        let names = lines[(start + 1)...].compactMap { $0.firstMatch(of: #/^  ([a-z][a-z-]+)/#).map { String($0.1) } }
        return try names.reduce([words]) { try $0 + commands(program, words + [$1], title) }
    }

    private static func columns(_ line: String) -> Int {
        line.unicodeScalars.reduce(0) { $0 + ($1.value < 0x2E80 ? 1 : 2) }
    }

    /// Wrong usage, and what is told in Chinese and in English.
    private static let usage: [([String], String, String)] = [
        (["standing"], "错误：缺少 <person>。", "Error: Missing expected argument '<person>'"),
        (["migrate", "--jsno"], "错误：没有选项 --jsno，是否要写 --json？", "Did you mean '--json'?"),
        (["migrate", "-x"], "错误：没有选项 -x。", "Unknown option '-x'"),
        (["migrate", "x"], "错误：多写了“x”。", "Unexpected argument 'x'"),
        (["migrate", "x", "y"], "错误：多写了 2 个参数：'x', 'y'。", "2 unexpected arguments: 'x', 'y'"),
        (["migrate", "--data"], "错误：--data <data> 没有写值。", "Missing value for '--data <data>'"),
        (["migrate", "--json=1"], "错误：--json 不带值，多写了“1”。", "does not take any value"),
        (["template", "x", "y"], "错误：<list> 不能写“x”，可写 'people'、'hours'。", "one of 'people' and 'hours'."),
        (["serve", "--port", "x"], "错误：--port <port> 不能写“x”。", "The value 'x' is invalid for '--port <port>'"),
        (["settle", "--year", "22"], "不能写“22”：年度写四位数字，如 2022。", "A year has four digits: 2022."),
        (["audit", "list", "--from", "22"], "日期写作 2022-06-01。", "A day is written as 2022-06-01."),
        (
            ["settle", "--year", "2022", "--check", "--reopen"], "错误：--check 和 --reopen 不能同时使用",
            "--check and --reopen exclude each other"
        ),
        (
            ["settle", "--year", "2022", "--reason", "复核"], "错误：--reason 须与 --reopen 同时使用。",
            "--reason goes with --reopen."
        ),
        (["serve", "--port", "99999"], "错误：--port 应为 0 至 65535 的整数。", "--port is a number from 0 to 65535."),
        (
            ["serve", "--statement-seconds", "86401"], "--statement-seconds 应为 0 至 86400 的整数。",
            "--statement-seconds is a number from 0 to 86400."
        ),
        (["audit", "list", "--limit", "0"], "--limit 应为 1 至 10000 的整数。", "--limit is a number from 1 to 10000."),
        (
            ["bench", "policy", "--seconds", "0"], "--seconds 应为 1 至 3600 的整数。",
            "--seconds is a number from 1 to 3600."
        ),
    ]

    @Test(arguments: usage)
    func wrongUsageIsToldInTheLanguage(_ words: [String], _ chinese: String, _ english: String) throws {
        let told = try Self.chinese.run(words)
        let text = told.lines.joined(separator: "\n")
        #expect(told.code == 2 && text.contains(chinese), "\(text)")
        #expect(text.contains("\n用法：xueshi \(words[0])") && text.contains("\n  详细说明：xueshi \(words[0])"), "\(text)")
        #expect(!text.contains(#/Error|Help:|Usage|See '/#), "\(text)")
        let same = try Self.english.run(words)
        #expect(same.code == 2 && same.lines.joined(separator: "\n").contains(english), "\(same.lines)")
        #expect(same.lines.contains { $0.hasPrefix("  See 'xueshi \(words[0])") }, "\(same.lines)")
    }
}
