import Kernel

/// A clause that a sentence names, with its passage in the text of its source.
package struct Citation: Sendable {
    package let source: SourceDocument
    package let passage: Passage
    fileprivate let isOnlySource: Bool

    /// As an officer cites it: 二（三）3; 《规定》第八条 if the policy lists several sources.
    package var words: String { (isOnlySource ? "" : source.quotedTitle) + path.words }

    /// The same with what the document is: 依据：通知二（三）3.
    package var name: String { "依据：" + (isOnlySource ? source.kind : "") + words }

    package var path: ClausePath { passage.path ?? ClausePath([]) }

    /// The passage with the clauses within it, as issued.
    package var lines: [String] { source.text?.whole(passage).flatMap(\.paragraphs) ?? [] }
}

/// A part of a sentence.
package enum SentencePart: Sendable {
    case text(String)
    case citation(Citation)
}

extension SourceDocument {
    /// What the document is, by the end of its title: 通知, 规定, 办法; 文件 if the title does not say it.
    package var kind: String {
        var title = title[...]
        if title.last == "）", let open = title.lastIndex(of: "（") { title = title[..<open] }
        if title.last == "》" { title = title.dropLast() }
        let kinds = ["通知", "规定", "条例", "办法", "细则", "意见", "方案", "公告", "决定", "规程", "标准"]
        return kinds.first { title.hasSuffix($0) } ?? "文件"
    }
}

extension Policy {
    /// A sentence of this policy in parts. The engine writes a clause in brackets behind what it supports, as in
    /// `计 125 学时（二(三)3）` or `（二(一)；约定：按 60）`; where the policy contains the text of the source, the brackets become a
    /// citation, and what the author adds stays as text.
    package func parts(of sentence: String) -> [SentencePart] {
        guard sources.contains(where: { $0.text != nil }) else { return [.text(sentence)] }
        var (parts, plain, rest) = ([SentencePart](), "", sentence[...])
        while let open = rest.firstIndex(of: "（") {
            plain += rest[..<open]
            rest = rest[open...]
            if let (citation, remark, after) = cited(rest) {
                if !plain.isEmpty { parts.append(.text(plain)) }
                parts.append(.citation(citation))
                (plain, rest) = (remark.isEmpty ? "" : "（\(remark)）", after)
            } else {
                plain.append("（")
                rest.removeFirst()
            }
        }
        plain += rest
        return plain.isEmpty ? parts : parts + [.text(plain)]
    }

    /// The first clause that some lines cite and that has a text.
    package func firstCitation(in lines: [String]) -> Citation? {
        for part in lines.lazy.flatMap(parts) {
            if case .citation(let citation) = part { return citation }
        }
        return nil
    }

    /// The clause of a policy file, such as `notice 二(一)`. `nil` if its source has no text, or the text no such clause.
    package func citation(of clause: String) -> Citation? {
        let (key, place) = clause.firstWord
        guard let source = sources.first(where: { $0.key == key }) else { return nil }
        return citation(of: source, place)
    }

    private func citation(of source: SourceDocument, _ place: String) -> Citation? {
        source.text?.passage(at: place).map {
            Citation(source: source, passage: $0, isOnlySource: sources.count == 1)
        }
    }

    /// The citation in the brackets at the start of a text, the author's remark in them, and the text behind them.
    private func cited(_ text: Substring) -> (Citation, remark: Substring, after: Substring)? {
        guard let (inner, after) = Self.bracketed(text) else { return nil }
        // A number in the title of a course is followed by more of the sentence: “电子商务（一）”.
        guard after.first.map({ "，。；、：".contains($0) }) ?? true else { return nil }
        let mark = [Clause.assumption, OpenQuestion.mark].lazy.compactMap { inner.firstRange(of: $0) }.first
        let clause = mark.map { inner[..<$0.lowerBound] } ?? inner
        let remark = mark.map { inner[$0.lowerBound...].dropFirst() } ?? ""
        for source in sources {
            let title = sources.count > 1 ? source.quotedTitle : ""
            guard clause.hasPrefix(title) else { continue }
            if let found = citation(of: source, String(clause.dropFirst(title.count))) { return (found, remark, after) }
        }
        return nil
    }

    /// The text between the first bracket and the one that closes it, and the text behind that.
    private static func bracketed(_ text: Substring) -> (inner: Substring, after: Substring)? {
        var depth = 0
        for place in text.indices {
            if text[place] == "（" { depth += 1 }
            if text[place] == "）" { depth -= 1 }
            if depth == 0 {
                let inner = text[..<place].dropFirst()
                return (inner, text[place...].dropFirst())
            }
        }
        return nil
    }
}
