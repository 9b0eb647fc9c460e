import Foundation
import Testing

/// Pages use the words of `docs/words.md`.
@Suite struct WordsTests {
    private static let modules: Set = [
        "Portal", "Web", "Certificates", "App", "Jobs", "xueshi", "People", "Policy", "Registry",
    ]

    /// The templates of all modules, and the sources whose texts people read on pages and terminals.
    private static let texts =
        ProjectFiles.files(in: ["Sources"], ending: ".mustache")
        + ProjectFiles.sources.filter { modules.contains($0.module) }

    @Test func pagesUseTheWordsOfTheTable() throws {
        let table = try #require(ProjectFiles.docs.first { $0.path == "docs/words.md" })
        let banned = table.bannedWords
        #expect(banned.count > 20 && Self.texts.count > 100)
        for file in Self.texts {
            for (line, word) in file.uses(of: banned.map(\.word)) {
                let instead = banned.first { $0.word == word }?.instead ?? ""
                Issue.record("\(file.path):\(line): “\(word)” is not used, write: \(instead) (docs/words.md)")
            }
            // English help names Chinese columns, and messages about policy files quote their notation.
            for line in file.halfWidthPunctuation where !["xueshi", "Policy"].contains(file.module) {
                Issue.record("\(file.path):\(line): half-width punctuation beside a Chinese character")
            }
        }
    }

    @Test func badWordsAndPunctuationAreDetected() {
        let table = File(path: "docs/words.md", text: "| 取消 | `不办了`、` 年度` | 确认页 |\n| 请稍候 | `就好` | 计算 |")
        #expect(table.bannedWords.map(\.word) == ["不办了", " 年度", "就好"])
        #expect(table.bannedWords.map(\.instead) == ["取消", "取消", "请稍候"])
        let page = File(
            path: "Sources/Web/Bad.swift",
            text: """
                /// 不办了 in a comment
                let a = "不办了，返回"
                let b = "结算 \\(year) 年度"
                let c = "泰安市 2022 年度专业技术人员继续教育"
                let d = "没有找到,请核对"
                let e = "论文（二(三)3）"
                """)
        #expect(page.uses(of: ["不办了", " 年度"]).map(\.line) == [2, 3])
        #expect(page.halfWidthPunctuation == [5])
    }
}

extension File {
    /// The words that the table of `docs/words.md` bans, each with the word to use.
    fileprivate var bannedWords: [(word: String, instead: String)] {
        lines.filter { $0.hasPrefix("| ") }.flatMap { line -> [(word: String, instead: String)] in
            let cells = line.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
            guard cells.count == 3 else { return [] }
            return cells[1].matches(of: #/`([^`]+)`/#).map { (String($0.1), cells[0]) }
        }
    }

    /// The lines that are no comments, with their numbers. A policy's title (泰安市 2022 年度…) is quoted as issued.
    private var readLines: [(line: Int, text: String)] {
        lines.enumerated().filter { !$0.element.trimmingPrefix(while: \.isWhitespace).hasPrefix("//") }.map {
            ($0.offset + 1, String($0.element.replacing(#/泰安市 20\d\d 年度/#, with: "")))
        }
    }

    fileprivate func uses(of words: [String]) -> [(line: Int, word: String)] {
        readLines.flatMap { line, text in words.filter { text.contains($0) }.map { (line, $0) } }
    }

    fileprivate var halfWidthPunctuation: [Int] {
        readLines.filter { $0.text.contains(#/\p{Han}[,;:?!]|[,;:?!]\p{Han}/#) }.map(\.line)
    }
}
