import Testing

@Suite("House rules")
struct TidyTests {
    @Test(arguments: Rule.all)
    func everyFileKeepsTheRule(rule: Rule) {
        for file in ProjectFiles.swift where !file.path.hasPrefix("Tests/TidyTests/Rule") {
            for line in rule.breaches(file) {
                Issue.record("\(file.path):\(line): \(rule.name) is banned, use: \(rule.instead)")
            }
        }
    }

    @Test(arguments: Rule.all)
    func theRuleFindsItsBadExample(rule: Rule) {
        #expect(!rule.breaches(rule.bad).isEmpty)
    }

    @Test func sourceFilesAreFound() {
        #expect(ProjectFiles.swift.count > 10)
    }

    /// Every failure code that a user may report occurs in a test.
    @Test func everyFailureCodeOccursInATest() {
        let tests = File(
            path: "Tests",
            text: ProjectFiles.swift.filter { $0.path.hasPrefix("Tests/") && $0.module != "TidyTests" }
                .map(\.text).joined())
        let codes = ProjectFiles.sources.filter { $0.module != "Testbed" }.flatMap(\.failureCodes)
        #expect(codes.count > 40)
        for code in Set(codes).subtracting(Self.unprovoked).sorted() where !tests.names(code: code) {
            Issue.record("\(code) occurs in no test")
        }
    }

    /// Failures that tests cannot cause: a disk without sync, a failing random generator, a wait of half a minute, a
    /// wrong benchmark, and C libraries without memory.
    private static let unprovoked: Set<String> = [
        "database.not-durable", "keys.failed", "database.busy", "bench.differs", "bench.server",
        "page.drawing", "page.fonts",
    ]

    @Test func aFailureCodeIsFound() {
        let bad = File(
            path: "Sources/Kernel/Bad.swift", text: "Failure(\n    .refused, \"kernel.never\", \"x\", en: \"x\")")
        #expect(bad.failureCodes == ["kernel.never"])
    }

    @Test func aPartOfAFailureCodeIsAnotherCode() {
        let text = #"["state.head-missing", "[state.lost]", state.none]"#
        let tests = File(path: "Tests/KernelTests/Bad.swift", text: text)
        for code in ["state.head-missing", "state.lost"] { #expect(tests.names(code: code), "\(code)") }
        for code in ["state.head", "state.none", "tate.lost"] { #expect(!tests.names(code: code), "\(code)") }
    }

    /// Every command in the docs is a command of the program.
    @Test func everyCommandInTheDocsExists() {
        let known = Set(
            ProjectFiles.swift.filter { $0.module == "xueshi" }.flatMap { file in
                file.text.matches(of: #/commandName: "([a-z-]+)"/#).map { String($0.1) }
            })
        #expect(known.count > 10)
        let told = ProjectFiles.docs.flatMap(\.commands)
        #expect(!told.isEmpty)
        for (path, words) in told where words.contains(where: { !known.contains($0) }) {
            Issue.record("\(path) tells of “xueshi \(words.joined(separator: " "))”, which is no command")
        }
    }

    /// The READMEs in both languages have the same commands.
    @Test func theREADMEsHaveTheSameCommands() throws {
        let commands = ["README.md", "README.zh-CN.md"].map { name in
            ProjectFiles.docs.first { $0.path == name }?.shellCommands ?? []
        }
        #expect(commands[0].count > 10)
        #expect(commands[0] == commands[1])
    }

    /// The tests named in the threat model exist: suites, functions, or files of `Tests/Attack/served`.
    @Test func everyTestOfTheThreatModelExists() {
        let tests = [".swift", ".py"].flatMap { ProjectFiles.files(in: ["Tests"], ending: $0) }
        let text = tests.map(\.text).joined()
        let named = ProjectFiles.docs.filter { $0.name == "threat-model.md" }.flatMap(\.namedTests)
        #expect(named.count > 30)
        for name in named where !tests.contains(where: { $0.path.hasSuffix("/" + name) }) {
            if !text.contains("struct \(name) ") && !text.contains("func \(name)(") {
                Issue.record("docs/threat-model.md names \(name), which is no test")
            }
        }
    }

    /// Every type in the glossary is declared.
    @Test func everyTypeOfTheGlossaryExists() {
        let declared = Set(ProjectFiles.sources.flatMap(\.types))
        let named = ProjectFiles.docs.filter { $0.name == "glossary.md" }.flatMap(\.termTypes)
        #expect(named.count > 200)
        for name in named where !declared.contains(name) {
            Issue.record("docs/glossary.md names \(name), which is no type")
        }
    }

    /// The Swift files named in the docs exist.
    @Test func everySwiftFileInTheDocsExists() {
        let named = ProjectFiles.docs.flatMap(\.namedFiles)
        #expect(named.count > 5)
        for (path, name) in named where !ProjectFiles.swift.contains(where: { "/\($0.path)".hasSuffix("/\(name)") }) {
            Issue.record("\(path) names \(name), which is no file")
        }
    }

    @Test func unknownTypesAndFilesAreDetected() {
        let bad = File(path: "docs/bad.md", text: "| 成果 | `Work`, `Claim.level` | see `Kernel/Never.swift` |")
        #expect(bad.termTypes == ["Work", "Claim"])
        #expect(bad.namedFiles.map(\.name) == ["Kernel/Never.swift"])
        #expect(File(path: "Sources/Kernel/Bad.swift", text: "struct Work {}").types == ["Work"])
    }

    @Test func unknownCommandsAreDetected() {
        let bad = File(path: "docs/bad.md", text: "```\nxueshi polish settle\n```")
        #expect(bad.commands.map(\.words) == [["polish", "settle"]])
    }
}

extension File {
    /// The codes of the failures created in this file.
    fileprivate var failureCodes: [String] {
        let kinds =
            "badInput|refused|notFound|conflict|unavailable|tooLarge|notSignedIn|denied|otherMethod|otherType|tooMany"
            + "|damaged"
        guard let made = try? Regex<(Substring, Substring)>(#"\.(?:\#(kinds)),\s*"([a-z-]+\.[a-z0-9-]+)""#) else {
            return []
        }
        return text.matches(of: made).map { String($0.1) }
    }

    /// The lines of the shell's blocks in a document, without comments.
    fileprivate var shellCommands: [String] {
        text.matches(of: #/```sh\n([^`]+)```/#).flatMap { $0.1.split(separator: "\n") }.map { line in
            String(line.replacing(#/ +# .*/#, with: ""))
        }
    }

    /// Whether the text has the whole code, in quotation marks or, as the program prints it, in brackets.
    fileprivate func names(code: String) -> Bool { text.contains("\"\(code)\"") || text.contains("[\(code)]") }

    /// The code in the last cell of each row of a table with three columns.
    fileprivate var namedTests: [String] { quoted(inCell: 2) }

    /// The types in the middle cell of each row of a table with three columns: `Claim` for `Claim.level`.
    fileprivate var termTypes: [String] {
        quoted(inCell: 1).compactMap { name in name.prefixMatch(of: #/[A-Z]\w*/#).map { String($0.output) } }
    }

    private func quoted(inCell number: Int) -> [String] {
        lines.filter { $0.hasPrefix("| ") }.flatMap { line -> [String] in
            let cells = line.split(separator: "|")
            guard cells.count == 3 else { return [] }
            return cells[number].matches(of: #/`([^`]+)`/#).map { String($0.1) }
        }
    }

    /// The types that a source file declares.
    fileprivate var types: [String] {
        text.matches(of: #/\b(?:struct|enum|class|actor|protocol|typealias) (\w+)/#).map { String($0.1) }
    }

    /// The Swift files in code of a document.
    fileprivate var namedFiles: [(path: String, name: String)] {
        text.matches(of: #/`([\w\/.]+\.swift)`/#).map { (path, String($0.1)) }
    }

    /// The first one or two words after `xueshi` in code of a document that is a command.
    fileprivate var commands: [(path: String, words: [String])] {
        text.matches(of: #/(?m)(?:^|`|\$ |/)xueshi ([a-z][a-z-]*)(?: ([a-z][a-z-]*))?(?=$|[ `\n])/#).map { match in
            let nouns: Set = ["policy", "import", "export", "people", "ledger", "bench", "polish"]
            let second = match.2.map(String.init)
            return (path, [String(match.1)] + (nouns.contains(String(match.1)) ? [second].compactMap { $0 } : []))
        }
    }
}
