import Database
import Foundation
import Testbed
import Testing

/// The main workflow on the command line, on both engines.
@Suite struct CommandTests {
    private func with(_ engine: Engine, _ body: (Program) throws -> Void) async throws {
        try await withFolder { folder in
            try await withDatabaseURL(engine) { url in try body(Program(folder: folder, database: url)) }
        }
    }

    @Test(arguments: Engine.allCases) func listsAreImportedAndSettled(_ engine: Engine) async throws {
        try await with(engine) { program in
            try program.prepare()
            let people = try program.run("import", "people", "Samples/people.csv")
            #expect(people.last == "import: rows=10 created=10 changed=0 unchanged=0 failed=0")
            let dryRun = try program.run("import", "hours", "Samples/hours.csv", "--dry-run")
            #expect(dryRun.figure("created") == "22")
            let hours = try program.run("import", "hours", "Samples/hours.csv")
            #expect(hours.code == 1)
            #expect(hours.last == "import: rows=24 created=22 changed=0 unchanged=0 failed=2")
            #expect(try program.run("import", "hours", "Samples/hours.csv").figure("unchanged") == "22")
            let settled = try program.run("settle", "--year", "2022")
            #expect(settled.last == "settle: people=10 qualified=6 short=4 exempt=0 waived=2 differing=0")
            #expect(try program.run("settle", "--year", "2022", "--check").code == 0)
            #expect(try program.run("ledger", "verify").figure("broken") == "0")
            let year = try program.run("standing", "1", "--year", "2022")
            #expect(year.lines.contains { $0.contains("按作者数 3 均分，每人 41.66… 学时") })
            #expect(year.last == "standing: person=1 year=2022 outcome=qualified counted=95.66 registered=95.66")
            let status = try program.run("credit-status", "1", "石材")
            #expect(status.last == "credit-status: person=1 items=1 counted=1 partly=0 uncounted=0 pending=0")
            #expect(status.lines.contains("  现在在：已办完，不用谁再办"))
            let out = program.folder.path + "/out.xlsx"
            #expect(try program.run("export", "standings", "--year", "2022", out).figure("rows") == "10")
            #expect(try program.run("export", "ledger", "--person", "1", out).figure("rows") == "3")
            #expect(try program.run("people", "merge", "10", "1", "--reason", "同一人").code == 0)
            #expect(try program.run("people", "unmerge", "10", "--reason", "两人").code == 0)
            #expect(try program.run("settle", "--year", "2022", "--reopen", "--reason", "复核").code == 0)
            #expect(try program.run("status").last == "status: due=0 failing=0")
            #expect(try program.run("settle", "--year", "2022").code == 0)
            try Self.keepsARoot(program)
            #expect(
                try program.run("people", "unmerge", "1", "--reason", "x").lines.joined().contains("[person.unmerge]"))
            #expect(try program.run("people", "merge", "2", "1", "--reason", " ").code == 2)
            #expect(try program.run("export", "standings", "--year", "2022", "out.ods").code == 2)
            let list = program.folder.appending(path: "list.csv")
            let exported = try program.run("export", "standings", "--year", "2022", list.path)
            let lines = try String(contentsOf: list, encoding: .utf8).components(separatedBy: "\r\n")
            #expect(lines.count == (Int(exported.figure("rows") ?? "") ?? 0) + 2)
            #expect(
                lines[0].hasPrefix("人员编号,姓名,单位,地区,政策,年度,结果,已登记学时,计入学时,公需科目要求,公需科目计入,公需科目还差,专业科目要求,"))
            #expect(lines.contains { $0.hasPrefix("1,岳明远,") && $0.hasSuffix(Self.numbers) })
            #expect(try program.run("template", "hours", out).code == 0)
        }
    }

    @Test func aTokenPermitsOnlyReadingByDefault() async throws {
        try await withFolder { folder in
            let url = "sqlite:" + folder.path + "/tokens.db"
            let program = Program(folder: folder, database: url)
            #expect(try program.run("migrate").code == 0)
            #expect(try program.run("account", "add", "--role", "administrator", "--login", "admin").code == 0)
            let token = ["account", "token", "--login", "admin"]
            #expect(try program.run(token).code == 0)
            #expect(try program.run(token + ["--permit", "hours:write"]).code == 0)
            #expect(try program.run(token + ["--permit", "people:read", "--permit", "hours:write"]).code == 0)
            #expect(try program.run(token + ["--permit", "everything"]).code == 2)
            let database = try Database.open(DatabaseURL(url))
            defer { database.close() }
            let permissions = try await database.allRows(of: "api_token").map { $0[4] }
            let expected = ["people:read", "hours:write", "hours:write people:read"].map { Value.text($0) }
            #expect(Set(permissions) == Set(expected) && permissions.count == 3)
        }
    }

    /// The required, counted and missing hours of each subject and of all.
    private static let numbers = ",95.66,95.66,30,30,0,60,65.66,0,90,95.66,0,"

    /// A root is kept elsewhere and compared later; missing files of the folder are reported and created again.
    private static func keepsARoot(_ program: Program) throws {
        let root = program.folder.path + "/root.txt"
        let made = try program.run("ledger", "root", "--renew", root)
        #expect(made.code == 0 && made.last.contains(#/ledger: root=[0-9a-f]{16} entries=\d+ made=20/#))
        #expect(made.lines.joined().contains(#/覆盖到 20\d\d-\d\d-\d\d \d\d:\d\d 为止/#))
        let printed = try program.run("ledger", "root").lines.joined(separator: "\n")
        #expect(printed.contains("xueshi-root-2."))
        #expect(try program.run("ledger", "verify", "--since", root).code == 0)
        let copy = program.folder.path + "/copy.txt"
        try printed.write(toFile: copy, atomically: true, encoding: .utf8)
        #expect(try program.run("ledger", "verify", "--since", copy).code == 0)
        for other in ["junk", printed.replacing("xueshi-root-2.e", with: "xueshi-root-2.f")] {
            try other.write(toFile: copy, atomically: true, encoding: .utf8)
            let refused = try program.run("ledger", "verify", "--since", copy)
            #expect(refused.code == 2 && refused.lines.joined().contains("[ledger.not-a-root]"))
        }
        let unwritten = try program.run("ledger", "root", "/nonexist/x.txt")
        #expect(unwritten.code == 3 && unwritten.lines.joined().contains("[file.unwritable]"))
        let nothing = try program.run("ledger", "verify", "--since", "nothing")
        #expect(nothing.lines.joined().contains("[ledger.no-root-file]"))
        for (name, code) in [("ledger/ledger-root.txt", "ledger.root-missing"), ("ledger", "state.head-missing")] {
            try FileManager.default.removeItem(at: program.folder.appending(path: name))
            let lost = try program.run("settle", "--year", "2022")
            #expect(lost.code == 3 && lost.lines.joined().contains("[\(code)]"))
            #expect(try program.run("ledger", "verify", "--renew-root").code == 0)
            #expect(try program.run("ledger", "verify").code == 0)
        }
    }

    /// An item submitted twice is entered twice and counts once.
    @Test(arguments: Engine.allCases) func aStandingShowsWhatCounts(_ engine: Engine) async throws {
        try await with(engine) { program in
            try program.prepare()
            try program.run("import", "people", "Samples/people.csv")
            try program.run("import", "hours", "Samples/hours.csv")
            let again = program.folder.appending(path: "again.csv")
            let head = "身份证号,认定形式,编号,课程名称,学习平台,科目,课程年度,课程学时,考试,考试合格日期\n"
            let row = "999999198503120018,线上课程,K-902,智能制造技术应用,泰安示例学习平台,专业科目,2022,24,合格,2022-07-02\n"
            try (head + row).write(to: again, atomically: true, encoding: .utf8)
            #expect(try program.run("import", "hours", again.path).figure("created") == "1")
            let year = try program.run("standing", "1", "--year", "2022")
            #expect(year.last == "standing: person=1 year=2022 outcome=qualified counted=95.66 registered=119.66")
            #expect(year.lines.contains { $0.hasPrefix("      其中 24 学时不计：与第 2 笔重复，只计一次（") })
            let response = try program.run("standing", "1", "--year", "2022", "--json").lines.joined()
            #expect(response.contains(#/"counted" ?: ?95.66/#) && response.contains(#/"registered" ?: ?119.66/#))
            #expect(!response.contains(#""hours""#))
        }
    }

    /// An altered ledger is not signed.
    @Test(arguments: Engine.allCases) func aBrokenLedgerIsNotSettled(_ engine: Engine) async throws {
        try await withFolder { folder in
            try await withDatabaseURL(engine) { url in
                let program = Program(folder: folder, database: url)
                try program.prepare()
                try program.run("import", "people", "Samples/people.csv")
                try program.run("import", "hours", "Samples/hours.csv")
                #expect(try program.run("settle", "--year", "2022").code == 0)
                let database = try Database.open(DatabaseURL(url))
                let trigger: SQL =
                    engine == .sqlite ? "DROP TRIGGER entry_no_update" : "DROP TRIGGER entry_append ON entry"
                try await database.write { transaction in
                    try transaction.execute(trigger)
                    try transaction.execute("UPDATE entry SET hours = 9000 WHERE person = 1 AND number = 1")
                }
                database.close()
                let verify = try program.run("ledger", "verify")
                #expect(verify.code == 1)
                #expect(verify.figure("broken") == "2")
                let settle = try program.run("settle", "--year", "2022")
                #expect(settle.code == 3)
                #expect(settle.lines.joined().contains("[ledger.broken]"))
            }
        }
    }

    @Test(arguments: Engine.allCases) func aDemoWithTheSameSeedIsTheSame(_ engine: Engine) async throws {
        var lines: Set<String> = []
        for _ in 0..<2 {
            try await with(engine) { program in
                let demo = try program.run("demo", "--people", "\(Program.size)", "--seed", "3")
                #expect(demo.figure("people") == "\(Program.size + 10)", "\(demo.lines)")
                lines.insert(demo.last)
                let settled = try program.run("settle", "--year", "2022")
                #expect(settled.figure("people") == "\(Program.size + 10)")
                lines.insert(settled.last)
                let again = try program.run("demo", "--people", "\(Program.size)", "--seed", "3")
                #expect(again.code == 2)
                #expect(again.lines.joined().contains("[demo.not-empty]"))
            }
        }
        #expect(lines.count == 2, "\(lines)")
    }

    /// Two documents may have the same number.
    @Test func aPersonIsNamedByAnyDocument() async throws {
        try await with(.sqlite) { program in
            try program.prepare()
            let papers = program.folder.path + "/papers.csv"
            let rows = [
                ("Anna Lee", "护照", "H12345678"), ("陈大文", "港澳居民来往内地通行证", "H12345678"), ("李约翰", "护照", "G1234567"),
            ]
            let text = rows.map { "\($0.0),\($0.1),\($0.2),示例机械厂,企业,370902\n" }.joined()
            try Data(("姓名,证件类型,身份证号,单位名称,单位性质,行政区划\n" + text).utf8).write(to: URL(filePath: papers))
            #expect(try program.run("import", "people", papers).figure("created") == "3")
            for (typed, response) in [
                ("g1234567", "李约翰"), ("H12345678", "[person.papers]"), ("370902", "[person.unknown]"),
                ("12", "这不是证件号码：身份证号应为 18 位，护照号码应为 5 至 12 位字母和数字，"), ("12", "[id-number.none]"),
                ("11010519491231002", "[id-number.length]"),
            ] {
                let said = try program.run(["standing", "-", "--year", "2022"], typing: typed + "\n").lines.joined()
                #expect(said.contains(response), "\(typed): \(said)")
            }
        }
    }

    @Test func wrongUsageAndMissingFilesHaveTheirExitCodes() async throws {
        try await with(.sqlite) { program in
            try program.prepare()
            #expect(try program.run("standing", "99", "--year", "2022").code == 2)
            #expect(try program.run("standing", "x", "--year", "2022").lines.joined().contains("[person.word]"))
            #expect(try program.run("import", "people", "nowhere.csv").lines.joined().contains("[sheet.unreadable]"))
            #expect(try program.run("import", "people", "Samples/hours.csv").lines.joined().contains("[import.list]"))
            let none = try program.run("policy", "show", "nowhere.yaml")
            #expect(none.code == 2)
            #expect(none.lines.joined().contains("[policy.no-file]"))
            let bad = program.folder.path + "/bad.yaml"
            try "policy: x".write(toFile: bad, atomically: true, encoding: .utf8)
            let errors = try program.run("policy", "publish", bad)
            #expect(errors.code == 2)
            #expect(errors.lines.joined().contains("[policy.errors]"))
            let usage: [([String], String)] = [
                (["settle", "--year", "22"], "A year has four digits: 2022."),
                (["audit", "list", "--from", "22"], "A day is written as 2022-06-01."),
                (["settle", "--year", "2022", "--check", "--reopen"], "--check and --reopen exclude each other"),
                (["settle", "--year", "2022", "--reason", "复核"], "--reason goes with --reopen."),
                (["serve", "--port", "99999"], "--port is a number from 0 to 65535."),
                (["serve", "--statement-seconds", "86401"], "--statement-seconds is a number from 0 to 86400."),
                (["audit", "list", "--limit", "0"], "--limit is a number from 1 to 10000."),
                (["bench", "policy", "--seconds", "0"], "--seconds is a number from 1 to 3600."),
            ]
            for (words, sentence) in usage {
                let run = try program.run(words)
                #expect(run.code == 2 && run.lines.joined().contains(sentence), "\(run.lines)")
            }
            for words in [["settle", "--year", "1999"], ["settle", "--year", "1999", "--check"]] {
                let run = try program.run(words)
                #expect(run.code == 2 && run.lines.joined().contains("[settlement.no-policy]"), "\(run.lines)")
            }
            let replay = try program.run("ledger", "replay", "--year", "2030")
            #expect(replay.code == 0 && replay.lines.first == "2030 年度没有登记的学时，没有可以重算的。")
            let unknown = try program.run("account", "add", "--role", "employer", "--login", "aaaa", "--unit", "999")
            #expect(unknown.code == 2 && unknown.lines.joined().contains("[account.unit-unknown]"))
            let auditor = try program.run("account", "add", "--role", "auditor", "--login", "aaaa", "--unit", "1")
            #expect(auditor.code == 2 && auditor.lines.joined().contains("[account.unit-kind]"))
            for days in ["999999999999", "0"] {
                #expect(try program.run("verify", "x", "--max-age", days).lines.joined().contains("--max-age is"))
            }
            let clock = try program.run("clock")
            #expect(clock.lines.joined().contains(#/现在的时钟：20\d\d-\d\d-\d\d \d\d:\d\d:\d\d/#), "\(clock.lines)")
            #expect(clock.figure("behind-minutes") == "0")
            #expect(
                try program.run("demo", "--people", "5", "--data", "/proc/nowhere").lines.joined().contains(
                    "[data.folder]"))
            try FileManager.default.removeItem(at: program.folder.appending(path: "keys.json"))
            let lost = try program.run("status")
            #expect(lost.code == 3)
            #expect(lost.lines.joined().contains("[keys.missing]"))
        }
    }

    /// The commands of the READMEs run in their order, and refuse two rows of the sample hours.
    @Test(arguments: [("README.md", "## By hand"), ("README.zh-CN.md", "## 手工操作")])
    func theCommandsOfTheReadmesRun(_ file: String, _ title: String) async throws {
        try await with(.sqlite) { program in
            let text = try String(contentsOf: Program.root.appending(path: file), encoding: .utf8)
            let section = try #require(text.split(separator: title + "\n").last)
            let block = try #require(section.firstMatch(of: #/```sh\n([^`]+)```/#)).1
            let commands = block.split(separator: "\n").filter { !$0.hasPrefix("export ") }.joined(separator: "\n")
                .replacing("failed.xlsx", with: program.folder.path + "/failed.xlsx")
            let (shell, output) = (program.process([]), Pipe())
            shell.executableURL = URL(filePath: "/bin/bash")
            shell.arguments = ["-c", "xueshi() { '\(Program.path.path)' \"$@\"; }\n" + commands]
            (shell.standardOutput, shell.standardError) = (output, output)
            try shell.run()
            let said = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
            shell.waitUntilExit()
            #expect(said.contains("rows=24 created=22 changed=0 unchanged=0 failed=2"), "\(said)")
            #expect(said.contains("issued=6") && !said.contains(#/\[[a-z-]+\.[a-z-]+\]/#), "\(said)")
        }
    }

    /// A version that was published before changes nothing, so a dry run announces nothing.
    @Test(arguments: Engine.allCases) func aPublishedVersionIsNotAnnouncedAgain(_ engine: Engine) async throws {
        try await with(engine) { program in
            try program.prepare()
            try program.run("import", "people", "Samples/people.csv")
            try #require(program.run("settle", "--year", "2022").code == 0)
            let publish = ["policy", "publish", "Policies/taian/2022.yaml"]
            for words in [publish, publish + ["--dry-run"]] {
                let run = try program.run(words)
                #expect(run.code == 0 && run.lines.count == 2, "\(run.lines)")
                #expect(run.lines.first == "这一版早已发布，没有变化。")
            }
            let text = try String(contentsOf: Program.root.appending(path: publish[2]), encoding: .utf8)
            let changed = program.folder.path + "/2022.yaml"
            try text.replacing("通知未定除不尽时的取法", with: "通知没有写除不尽时怎样取")
                .write(toFile: changed, atomically: true, encoding: .utf8)
            let run = try program.run("policy", "publish", changed, "--dry-run")
            #expect(run.lines.first == "试运行，没有发布。" && run.lines.joined().contains("2022 年度已经结算"), "\(run.lines)")
        }
    }

    /// Findings are in Chinese. A policy whose example fails is shown and not published.
    @Test func aPolicyWithAFailingExampleIsShownAndNotPublished() async throws {
        try await with(.sqlite) { program in
            let file = FileManager.default.temporaryDirectory.appending(path: "xueshi-\(UUID().uuidString).yaml")
            defer { try? FileManager.default.removeItem(at: file) }
            let text = try String(
                contentsOf: Program.root.appending(path: "Policies/suqian/items.yaml"), encoding: .utf8)
            try text.replacing("professional: 6,", with: "professional: 7,").replacing(
                "professional: 6 }", with: "professional: 7 }"
            )
            .write(to: file, atomically: true, encoding: .utf8)
            let check = try program.run("policy", "check", file.path)
            #expect(check.lines.contains { $0.contains("错误：示例“脱产一天”：专业科目应为 7，实际为 6（不合格；") }, "\(check.lines)")
            #expect(try program.run("policy", "show", file.path).lines.contains("期间"))
            #expect(try program.run("policy", "publish", file.path).lines.joined().contains("[policy.errors]"))
        }
    }

    @Test func aPolicyIsCheckedShownAndExplained() async throws {
        try await with(.sqlite) { program in
            let check = try program.run("policy", "check", "Policies/taian/2022.yaml")
            #expect(check.figure("failed") == "0")
            let show = try program.run("policy", "show", "Policies/taian/2022.yaml")
            #expect(show.lines.contains("    国内国家级 125 学时"))
            let flat = try program.run("policy", "show", "Policies/taian/2021.yaml", "--flat")
            #expect(flat.lines.contains { $0.contains("policy: taian-2021") })
            let explained = try program.run(
                "policy", "explain", "Policies/taian/2022.yaml", "--example", "国家级刊物三名作者向下取")
            #expect(explained.lines.contains { $0.contains("每人 41.66… 学时") })
            let none = try program.run("policy", "explain", "Policies/taian/2022.yaml", "--example", "没有")
            #expect(none.lines.joined().contains("[policy.no-example]"))
            let missing = try program.run("demo", "--people", "5", "--samples", "/nowhere")
            #expect(missing.code != 0)
            #expect(missing.lines.joined().contains("[sheet."), "\(missing.lines)")
        }
    }
}
