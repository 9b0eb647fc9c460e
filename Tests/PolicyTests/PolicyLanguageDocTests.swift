import Foundation
import Policy
import Testing

/// Every block of docs/policy-language.md loads, and its examples pass.
@Suite("The document of the policy language")
struct PolicyLanguageDocTests {
    struct Block: Sendable, CustomTestStringConvertible {
        let line: Int
        let text: String
        var testDescription: String { "line \(line)" }
    }

    static let blocks: [Block] = {
        let path = URL(filePath: Published.folder).deletingLastPathComponent().appending(
            path: "docs/policy-language.md")
        let text = (try? String(contentsOf: path, encoding: .utf8)) ?? ""
        var (blocks, open): ([Block], Block?) = ([], nil)
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            if line == "```yaml" {
                open = Block(line: index + 2, text: "")
            } else if line == "```" {
                if let block = open { blocks.append(block) }
                open = nil
            } else if let block = open {
                open = Block(line: block.line, text: block.text + line + "\n")
            }
        }
        return blocks
    }()

    @Test func theDocumentHasManyBlocks() { #expect(Self.blocks.count >= 25) }

    @Test(arguments: blocks)
    func everyBlockLoads(block: Block) {
        let reading = Self.reading(block)
        #expect(reading.findings.filter { $0.weight == .error }.map(\.description) == [], "block at line \(block.line)")
        #expect(reading.policy != nil && reading.failedExamples == 0)
    }

    /// Each rounding other than down is covered by an example that fails with another rounding.
    @Test func everyRoundingIsCoveredByAnExample() {
        let published = Published.paths.compactMap { path in
            (try? readPolicy(at: "\(Published.folder)/\(path)")).map { (path, $0.flat) }
        }
        let shown = Self.blocks.map { ($0.testDescription, Self.reading($0).flat) }
        var seen: Set<String> = []
        for (name, flat) in published + shown {
            for direction in ["nearest", "up"] where flat.contains("\n  round: \(direction)\n") {
                seen.insert(direction)
                for other in ["down", "nearest", "up"] where other != direction {
                    let changed = flat.replacing("\n  round: \(direction)\n", with: "\n  round: \(other)\n")
                    let failed = readPolicy(changed, file: name).failedExamples
                    #expect(failed > 0, "\(name): nothing holds \(direction) against \(other)")
                }
            }
        }
        #expect(seen == ["nearest", "up"])
    }

    static func reading(_ block: Block) -> PolicyReading {
        let base = { (name: String, _: String) in name == "head.yaml" ? (Head.text, name) : nil }
        let whole = block.text.hasPrefix("policy:") || block.text.hasPrefix("based-on:")
        let text = whole ? block.text : "based-on: head.yaml\npolicy: fragment\n" + adapted(block.text)
        return readPolicy(text, file: "policy-language.md", base: base)
    }

    /// A fragment with its own period replaces the head's period; its samples have days in the head's year.
    private static func adapted(_ text: String) -> String {
        text.replacing("period: {", with: "period: { year: removed,").replacing("year: removed, year:", with: "year:")
    }
}
