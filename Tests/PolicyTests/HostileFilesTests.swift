import Foundation
import Policy
import Testing

@Suite("Hostile policy files are read safely")
struct HostileFilesTests {
    private func findings(_ text: String) -> [String] {
        let reading = readPolicy(text, file: "bad.yaml")
        #expect(reading.policy == nil)
        return reading.findings.map(\.description)
    }

    /// Expects a finding at a place, within a time limit.
    private func expect(_ text: String, _ finding: String, within limit: Duration = .seconds(5)) {
        var found: [String] = []
        let time = ContinuousClock().measure { found = findings(text) }
        #expect(found.contains { $0.contains(finding) }, "\(found.prefix(3))")
        #expect(time < limit)
    }

    @Test func aFileThatIsTooLargeIsRefused() {
        let text = "policy: x\ntitle: " + String(repeating: "泰", count: 600 * 1024 / 3)
        expect(text, "bad.yaml:1:1: error: the file is larger than 512 KiB")
    }

    @Test func deepNestingIsRefused() {
        expect(String(repeating: "[", count: 10_000), "bad.yaml:1:1: error: nested deeper than 48 levels")
        expect("a: " + String(repeating: "{ b: ", count: 400), "nested deeper than 48 levels")
        let block = (0..<600).map { String(repeating: " ", count: $0) + "a:" }.joined(separator: "\n")
        expect(block, "nested deeper than 48 levels")
        expect("title:\n  - " + String(repeating: "- ", count: 3000) + "x", "nested deeper than 48 levels")
    }

    @Test func anAliasBombIsRefused() {
        var lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
        for level in 1...8 {
            let row = Array(repeating: "*a\(level - 1)", count: 9).joined(separator: ", ")
            lines.append("a\(level): &a\(level) [\(row)]")
        }
        expect(lines.joined(separator: "\n"), "bad.yaml:1:5: error: anchors and aliases")
    }

    @Test func anAliasOfItselfIsRefused() {
        expect("policy: &a [*a]", "bad.yaml:1:9: error: anchors and aliases (& and *) are not read")
    }

    @Test func tabsAreRefused() {
        expect("policy: x\nperiod:\n\tyear: 2022\n", "bad.yaml:3:1: error: this is a tab: write a blank")
    }

    @Test func aSecondDocumentIsRefused() {
        expect("policy: x\n---\npolicy: y\n", "bad.yaml:1:1: error: one file holds one policy: no second ---")
    }

    @Test func anEmptyFileIsRefused() {
        expect("", "bad.yaml:1:1: error: the file is empty")
        expect("# nothing\n", "bad.yaml:1:1: error: the file is empty")
        expect("- a\n- b\n", "bad.yaml:1:1: error: a policy is written as key: value")
        expect("just words", "a policy is written as key: value")
    }

    @Test func nulBytesAreRefused() {
        expect(
            "policy: x\u{0}y\ntitle: z\n",
            "bad.yaml:1:10: error: a control character that cannot be seen (U+0000): delete it")
    }

    @Test func keysThatAreNoWordsAreRefused() { expect("? [a, b]\n: c\n", "bad.yaml:1:3: error: a key must be a word") }

    @Test func aFileThatIsNotUTF8IsRefused() throws {
        let path = FileManager.default.temporaryDirectory.appending(path: "xueshi-\(UUID().uuidString).yaml").path
        #expect(FileManager.default.createFile(atPath: path, contents: Data([0x70, 0x3A, 0x20, 0xC4, 0xE3, 0xFF])))
        defer { try? FileManager.default.removeItem(atPath: path) }
        #expect(throws: (any Error).self) { try readPolicy(at: path) }
    }

    @Test func manyUnknownKeysAreReportedUpToALimit() {
        let lines = (0..<10_000).map { "unknown-key-\($0): \($0)" }
        expect(lines.joined(separator: "\n"), "bad.yaml:1:1: error: \"unknown-key-0\" is not known here")
        expect(lines.joined(separator: "\n"), "error: more than 500 findings: the rest is not shown")
    }

    @Test func manyDuplicateRequirementsAreReported() {
        let lines = (0..<5000).map { _ in "  - { key: k, name: n, count: all, at-least: 1, assumed: x }" }
        let text = Head.text.replacing(/requirements:\n.*\n/, with: "requirements:\n\(lines.joined(separator: "\n"))\n")
        expect(text, "two requirements have the key k")
    }

    @Test func longWordsAreCutInMessages() {
        let (word, other) = (String(repeating: "a", count: 200_000), String(repeating: "b", count: 200_000))
        expect("\(word): 1\npolicy: \(other)\n", "mapping values are not allowed in this context")
        expect("? \(word)\n: 1\n? \(other)\n: 2\n", "\"aaaaaaaaaaaaaaaaaaaa…\" is not known here")
        let inside = Head.text + "person:\n  ? \(word)\n  : { name: x, ? \(other) : 1 }\n"
        expect(inside, "bad.yaml:28:18: error: \"bbbbbbbbbbbbbbbbbbbb…\" is not known here; accepted: date, hours,")
    }

    @Test(arguments: ["/etc/passwd", "/etc/x.yaml", "../../../../etc/x.yaml", "~/x.yaml", "default.yml"])
    func basesStayWithinTheFolder(name: String) throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "xueshi-\(UUID().uuidString)/a/b")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let root = folder.deletingLastPathComponent().deletingLastPathComponent()
        defer { try? FileManager.default.removeItem(at: root) }
        // The file exists, but two folders up.
        try Head.text.write(to: root.appending(path: "x.yaml"), atomically: true, encoding: .utf8)
        for base in [name, "../../x.yaml"] {
            let file = folder.appending(path: "p.yaml")
            try "based-on: \(base)\npolicy: p\n".write(to: file, atomically: true, encoding: .utf8)
            let found = try readPolicy(at: file.path).findings.map(\.description)
            #expect(
                found.contains {
                    $0.hasSuffix("p.yaml:1:11: error: based-on: there is no file \(base) beside this one")
                })
        }
    }
}
