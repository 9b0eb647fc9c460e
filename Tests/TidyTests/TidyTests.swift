import Testing

@Suite("House rules")
struct TidyTests {
    @Test(arguments: Rule.all)
    func holds(rule: Rule) {
        for file in House.swift where !file.path.hasPrefix("Tests/TidyTests/Rule") {
            for line in rule.breaches(file) {
                Issue.record("\(file.path):\(line): \(rule.name) is banned, use: \(rule.instead)")
            }
        }
    }

    @Test(arguments: Rule.all)
    func catchesItsBadExample(rule: Rule) {
        #expect(!rule.breaches(rule.bad).isEmpty)
    }

    @Test func theHouseIsNotEmpty() {
        #expect(House.swift.count > 10)
    }

    /// Every failure code that a user may report occurs in a test.
    @Test func everyFailureCodeOccursInATest() {
        let tests = House.swift.filter { $0.path.hasPrefix("Tests/") && $0.module != "TidyTests" }.map(\.text).joined()
        let codes = House.swift.filter { $0.path.hasPrefix("Sources/") && $0.module != "Testbed" }.flatMap(
            \.failureCodes)
        #expect(codes.count > 40)
        for code in Set(codes).subtracting(Self.unprovoked).sorted() where !tests.contains(code) {
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

    /// Every command in the docs is a command of the program.
    @Test func everyCommandInTheDocsExists() {
        let known = Set(
            House.swift.filter { $0.module == "xueshi" }.flatMap { file in
                file.text.matches(of: #/commandName: "([a-z-]+)"/#).map { String($0.1) }
            })
        #expect(known.count > 10)
        let told = House.docs.flatMap(\.commands)
        #expect(!told.isEmpty)
        for (path, words) in told where words.contains(where: { !known.contains($0) }) {
            Issue.record("\(path) tells of “xueshi \(words.joined(separator: " "))”, which is no command")
        }
    }

    /// The tests named in the threat model exist: suites, functions, or files of `Tests/Attack/served`.
    @Test func everyTestOfTheThreatModelExists() {
        let tests = House.files(in: ["Tests"], ending: ".swift") + House.files(in: ["Tests"], ending: ".py")
        let text = tests.map(\.text).joined()
        let named = House.docs.filter { $0.name == "threat-model.md" }.flatMap(\.namedTests)
        #expect(named.count > 30)
        for name in named where !tests.contains(where: { $0.path.hasSuffix("/" + name) }) {
            if !text.contains("struct \(name) ") && !text.contains("func \(name)(") {
                Issue.record("docs/threat-model.md names \(name), which is no test")
            }
        }
    }

    @Test func aCommandThatIsNoneIsFound() {
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

    /// The code in the last cell of each row of a table with three columns.
    fileprivate var namedTests: [String] {
        lines.filter { $0.hasPrefix("| ") }.flatMap { line -> [String] in
            let cells = line.split(separator: "|")
            guard cells.count == 3 else { return [] }
            return cells[2].matches(of: #/`([^`]+)`/#).map { String($0.1) }
        }
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
