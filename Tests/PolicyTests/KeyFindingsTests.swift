import Kernel
import Testing

@testable import Policy

/// The findings of `policy check` for misplaced keys and unreadable numbers.
@Suite("Findings for keys and numbers")
struct KeyFindingsTests {
    private func findings(_ old: String, _ new: String) -> [LocalizedText] {
        #expect(Head.text.contains(old))
        return readPolicy(Head.text.replacing(old, with: new, maxReplacements: 1), file: "bad.yaml").findings.map(
            \.words)
    }

    /// A message names the key, and the meaning of its number.
    @Test(arguments: [
        ("at-least: 90", "at-least: -30", "at-least 写的是“-30”，应为：学时数如 25，或一张表"),
        ("at-least: 90", "at-least: { per-year: -30 }", "per-year 写的是“-30”，应为：学时数如 25，或一张表"),
        ("at-least: 90", "at-least: { per-month: 一 }", "per-month 写的是“一”，应为：学时数如 25，或一张表"),
        ("hours: 1,", "hours: -1,", "hours 写的是“-1”，应为：学时数如 25、核定范围如 10..20，或一张表"),
        ("- per:", "- cap: -40\n      - per:", "cap 写的是“-40”，应为：学时数如 25、核定范围如 10..20，或一张表"),
        (
            "recognition:", "purposes: { review: { name: 评审, look-back: 五年, clause: notice 五 } }\nrecognition:",
            "look-back 写的是“五年”，应为：年数如 5，或一张表"
        ),
    ])
    func anInvalidNumberIsReportedWithKeyAndUnit(_ old: String, _ new: String, _ words: String) {
        let found = findings(old, new).map(\.chinese)
        #expect(found.contains { $0.hasSuffix(words) }, "\(found)")
    }

    /// A key that belongs elsewhere is not treated as a typing error, so no similar key is suggested.
    @Test(arguments: [
        ("policy: head", "policy: head\ncaps: []", "这里没有“caps”。“cap”写在 hours 的步骤中。"),
        (
            "policy: head", "policy: head\nat-most: 40",
            "这里没有“at-most”。“at-most”写在 requirements 的各项中，或 recognition 的认定形式中，或 carry-over 的各项中。"
        ),
        ("at-least: 90", "at-least: 90, once: no", "这里没有“once”。“once”写在 recognition 的认定形式中。"),
        ("    sample", "    gap: 1\n    sample", "这里没有“gap”。“gaps”写在文件最外层。"),
        ("    sample", "    cap: 1\n    sample", "这里没有“cap”。“cap”写在 hours 的步骤中。"),
        ("to: 0.01", "to: 0.01, share: 1/2", "这里没有“share”。“share”写在 at-least 中，或 hours 的步骤中。"),
        ("{ year: 2022 }", "{ year: 2022, every: 1 }", "这里没有“every”。可写：year"),
        ("{ year: 2022 }", "{ years: 2022 }", "这里没有“years”，是不是“year”？"),
    ])
    func aMisplacedKeyIsReportedWithItsPlace(_ old: String, _ new: String, _ words: String) {
        let found = findings(old, new).map(\.chinese)
        #expect(found.contains { $0.hasPrefix(words) }, "\(found)")
    }

    /// An unusually long word is not compared with known words, and is cut in messages.
    @Test(arguments: [(64, true), (65, false)])
    func longWordsAreNotComparedWithKnownWords(length: Int, isTaken: Bool) {
        let word = String(repeating: "a", count: length)
        #expect((nearest(to: word, among: [word.dropLast() + "b"]) != nil) == isTaken)
        #expect(unknown(word, among: []).chinese.contains(word) == isTaken)
    }

    /// Of a long list only the first 200 words are compared.
    @Test func onlyTheFirstWordsOfALongListAreSuggested() {
        let others = (0..<200).map { "zzzzzzzz\($0)" }
        #expect(nearest(to: "credit", among: others.dropLast() + ["credits"]) == "credits")
        #expect(nearest(to: "credit", among: others + ["credits"]) == nil)
    }

    @Test func countMustNameANumber() {
        let found = findings("count: credit", "count: subject").map(\.chinese)
        #expect(found == ["count 应是一个数，subject 不是数"])
    }

    /// The table of places has exactly the keys that the reader accepts in each place.
    @Test(arguments: [
        ("policy: head", "policy: head\nzz: 1", "the top of the file", ["based-on"]),
        ("to: 0.01", "to: 0.01, zz: 1", "hour", []),
        ("at-least: 90", "at-least: 90, zz: 1", "items of requirements", []),
        ("at-least: 90", "at-least: { per-month: 1, zz: 1 }", "at-least", ["share", "of"]),
        ("at-least: 90", "at-least: { share: 1/2, of: 10, zz: 1 }", "at-least", ["while"]),
        ("clause: notice 一 }\nrec", "at-most: { zz: 1 }, clause: notice 一 }\nrec", "at-most", []),
        ("    sample", "    zz: 1\n    sample", "kinds of recognition", []),
        ("- per:", "- zz: 1\n      - per:", "steps of hours", []),
        ("name: 学时,", "name: 学时, zz: 1,", "facts", []),
        ("    sample", "    work: { zz: 1 }\n    sample", "work", []),
        ("    sample", "    once: { zz: 1 }\n    sample", "once", []),
        ("recognition:", "windows: [{ zz: 1 }]\nrecognition:", "items of windows", []),
        ("recognition:", "make-up: [{ zz: 1 }]\nrecognition:", "items of make-up", []),
        ("recognition:", "carry-over: [{ zz: 1 }]\nrecognition:", "items of carry-over", []),
        ("recognition:", "deadlines: { plan: { zz: 1 } }\nrecognition:", "deadlines", []),
        ("recognition:", "purposes: { review: { zz: 1 } }\nrecognition:", "purposes", []),
        ("recognition:", "examples: [{ zz: 1 }]\nrecognition:", "examples", []),
        ("recognition:", "gaps: [{ zz: 1 }]\nrecognition:", "gaps", []),
    ])
    func theTableOfPlacesHasTheKeysThatAreRead(
        _ old: String, _ new: String, _ place: String, _ others: [String]
    ) throws {
        let found = findings(old, new).map(\.english)
        let line = try #require(found.first { $0.contains("\"zz\" is not known here; accepted: ") }, "\(found)")
        let accepted = try #require(line.firstRange(of: "accepted: ")).upperBound
        let read = Set(line[accepted...].split(separator: ", ").map(String.init))
        let known = try #require(KeyPlace.all.first { $0.name.english == place }).keys
        #expect(read.subtracting(["clause", "assumed", "name", "when"]) == known.subtracting(others))
    }
}
