import Kernel

/// The place that a rule comes from: a place in a listed source, or a marked assumption of the policy's author.
package enum Clause: Sendable, Hashable {
    /// `document` is the title of the source, empty if the policy lists only one. `assumed` is what the author adds to
    /// a place that leaves something open.
    case source(document: String, place: String, assumed: String? = nil)
    case assumed(String)

    /// `二(三)3`; `《规定》第八条` if the policy lists several sources; `约定：…` if the source is silent; `二(三)3；约定：…` if it
    /// leaves something open.
    package var short: String { text.chinese }

    /// The same in both languages; the place and the author's words are quoted.
    private var text: LocalizedText {
        switch self {
        case .source(let document, let place, let reason):
            LocalizedText.quoted(document + place)
                + (reason.map { LocalizedText(Self.assumption + $0, en: "; assumed: " + $0) } ?? .empty)
        case .assumed(let reason): LocalizedText("约定：\(reason)", en: "assumed: \(reason)")
        }
    }

    /// The clause in brackets, behind what it supports.
    package var bracketed: LocalizedText { LocalizedText("（\(text.chinese)）", en: " (\(text.english))") }

    /// What separates a place from the author's assumption.
    static let assumption = "；约定："

    /// The place without the author's assumption.
    var cited: String { if case .source(_, let place, _) = self { place } else { short } }
}

/// A document that clauses refer to.
package struct SourceDocument: Sendable {
    package let key: String
    package let title: String
    /// The number under which it was issued: 鲁人社字〔2022〕1号.
    package let number: String?
    package let date: Day?
    /// `nil` if the policy does not contain it.
    package let text: IssuedText?

    /// `《关于印发〈规定〉的通知》`: title marks inside title marks are single (GB/T 15834).
    package var quotedTitle: String {
        if title.hasPrefix("《"), title.hasSuffix("》") { return title }
        return "《\(title.replacing("《", with: "〈").replacing("》", with: "〉"))》"
    }
}

extension YAMLSection {
    /// Reads `clause: notice 二(一)`, `assumed: why` or both.
    ///
    /// A finding where a rule has neither, or names no listed source.
    func clause(_ scope: SymbolTable, or inherited: Clause? = nil) -> Clause {
        let assumed = text("assumed")
        guard let text = text("clause") else {
            if let assumed { return .assumed(assumed) }
            if let inherited { return inherited }
            findings.error(
                place, "a rule without a clause: write clause: SOURCE PLACE, or assumed: WHY",
                "这条规则没有依据：请写 clause: 文件 条款，或 assumed: 为何这样约定")
            return .assumed("")
        }
        let (key, rest) = text.firstWord
        if !scope.sources.contains(where: { $0.key == key }) {
            findings.error(
                place(of: "clause"),
                unknown(
                    key, among: scope.sources.map(\.key), "clause names a source that is not listed: ",
                    "clause 所指的文件不在 sources 中："))
        }
        let source = scope.sources.first { $0.key == key }
        if rest.isEmpty {
            findings.error(
                place(of: "clause"), "clause names the source \(key) but no place in it", "clause 只写了文件 \(key)，没有写条款")
        } else if findings.isStrict, let text = source?.text, !text.places.isEmpty, text.passage(at: rest) == nil {
            findings.error(
                place(of: "clause"),
                unknown(
                    rest, among: text.places, "clause names a place that the text of \(key) does not have: ",
                    "clause 所指的条款不在 \(key) 的原文中："))
        }
        let document = scope.sources.count > 1 ? source?.quotedTitle : nil
        return .source(document: document ?? "", place: rest, assumed: assumed)
    }
}

extension String {
    /// The text before the first space, and the text after it.
    var firstWord: (String, rest: String) {
        guard let space = firstIndex(of: " ") else { return (self, "") }
        return (String(self[..<space]), String(self[index(after: space)...].drop { $0 == " " }))
    }
}
