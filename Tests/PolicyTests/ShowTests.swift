import Foundation
import Policy
import Testbed
import Testing

/// The text of `policy show` contains every rule: if any single value of the policy changes, the text changes.
@Suite("The policy text states every rule")
struct ShowTests {
    /// Values that are not rules, and why.
    private static let noRules = [
        "sample": "a case for the template and the examples",
        "examples": "cases with their answers, which the policy's page shows by themselves",
    ]

    private struct Leaf {
        let line: Int
        let lead: Substring
        let value: String
    }

    /// The values of a flat text, one per line.
    private static func leaves(_ lines: [Substring]) -> [Leaf] {
        var path: [(indent: Int, key: Substring)] = []
        return lines.enumerated().compactMap { number, line in
            let indent = line.prefix { $0 == " " }.count
            let parts = line.wholeMatch(of: /( *(?:"?([^":]+)"?:|-))(?: (.+))?/)
            path.removeAll { $0.indent >= indent }
            path.append((indent, parts?.2 ?? ""))
            // A requirement's `key: NAME` is a name that only other rules and the examples use.
            guard let parts, let value = parts.3, parts.2 != "key",
                !path.contains(where: { noRules[String($0.key)] != nil })
            else {
                return nil
            }
            return Leaf(line: number, lead: parts.1, value: value.trimmingCharacters(in: ["\""]))
        }
    }

    /// Replacement values for a value, the most likely first.
    private static func others(_ value: String, _ words: [String]) -> [String] {
        if value.unicodeScalars.contains(where: { !$0.isASCII }) { return [value + "改"] }
        var others: [String] = []
        for number in value.matches(of: /[0-9]+/).reversed() {
            for step in [1, -1] {
                let next = String((Int(number.0) ?? 0) + step)
                let zeros = String(repeating: "0", count: max(0, number.0.count - next.count))
                others.append(value.replacingCharacters(in: number.range, with: zeros + next))
            }
        }
        for set in [
            ["yes", "no"], ["true", "false"], ["down", "nearest", "up"],
            ["day", "month", "year", "period", "lifetime"],
            ["required", "serial-number", "isbn"], ["that-day", "next-year"], ["subjects", "themes"],
        ] where set.contains(value) { others += set }
        return (others + [value + "改"] + words).filter { $0 != value }
    }

    private func shown(_ flat: String) -> [String]? { publishedPolicy(flat, file: "flat").map { PolicyText($0).lines } }

    @Test(arguments: Published.paths)
    func everyRuleIsShown(path: String) throws {
        try expectAllIsShown(readPolicy(at: "\(Published.folder)/\(path)").flat, path, tries: 4)
    }

    /// The blocks of the language's document together contain every kind of rule.
    @Test(arguments: PolicyLanguageDocTests.blocks)
    func everyRuleOfTheLanguageIsShown(block: PolicyLanguageDocTests.Block) throws {
        try expectAllIsShown(PolicyLanguageDocTests.reading(block).flat, block.testDescription, tries: 3)
    }

    private func expectAllIsShown(_ flat: String, _ name: String, tries: Int) throws {
        let lines = flat.split(separator: "\n", omittingEmptySubsequences: false)
        // Examples are not rules, and reading them takes the longest.
        let end = lines.firstIndex(of: "examples:") ?? lines.count
        let rest = lines[end...].dropFirst().drop { $0.hasPrefix(" ") }
        let rules = Array(lines[..<end] + rest)
        let before = try #require(shown(rules.joined(separator: "\n")))
        var leaves = Self.leaves(rules)
        let words = Array(Set(rules.compactMap { $0.firstMatch(of: /^ *([a-z][a-z-]*):/).map { String($0.1) } }))
            .sorted()
        var numbers = SeededNumbers(UInt64(name.utf8.reduce(19) { $0 + Int($1) }))
        leaves.shuffle(using: &numbers)
        var tried = 0
        let most = Mutator.count(tries, long: leaves.count)
        for leaf in leaves where tried < most {
            var changed = rules
            for other in Self.others(leaf.value, words) {
                changed[leaf.line] = leaf.lead + " \"\(other)\""
                guard let after = shown(changed.joined(separator: "\n")) else { continue }
                tried += 1
                #expect(after != before, "\(name): \(leaf.lead) \(leaf.value), changed to \(other), is not shown")
                break
            }
        }
        #expect(tried >= tries, "\(name)")
    }
}
