import Kernel

/// A part of a template.
indirect enum TemplatePart: Sendable, Equatable {
    case raw(String)
    /// `{{name}}`
    case text(String)
    /// `{{{name}}}`
    case html(String)
    /// `{{#name}}…{{/name}}`, or with `^`
    case section(String, inverted: Bool, [TemplatePart])
    /// `{{>name}}`
    case partial(String)
    /// `{{@name}}`: the path of the asset with that name.
    case asset(String)
}

/// Parses Mustache: variables, sections, inverted sections, partials and comments. `{{@theme.css}}` is an extension:
/// the path of an asset. Set-delimiter tags are not supported.
///
/// A tag other than a variable that stands alone on its line removes the line.
struct TemplateText {
    private let name: String
    private var rest: Substring
    private var line = 1

    /// Failure: `web.template` with the line, if tags do not match.
    static func parts(of text: String, named name: String) throws -> [TemplatePart] {
        var reader = TemplateText(name: name, rest: text[...])
        return try reader.parts(until: nil)
    }

    private mutating func parts(until end: String?) throws -> [TemplatePart] {
        var parts: [TemplatePart] = []
        while let open = rest.place(of: "{{") {
            let isLineStart = rest.startIndex == rest.base.startIndex || rest.base[..<rest.startIndex].last == "\n"
            let before = rest[..<open.lowerBound]
            take(through: open.upperBound)
            let tag = try tag()
            let isAlone = !tag.isVariable && takeLineEnd(after: before, isLineStart)
            let raw = isAlone ? before.trimmedLineEnd : before
            if !raw.isEmpty { parts.append(.raw(String(raw))) }
            switch tag {
            case .variable(let part): parts.append(part)
            case .partial(let name): parts.append(.partial(name))
            case .comment: break
            case .begin(let name, let inverted):
                parts.append(.section(name, inverted: inverted, try self.parts(until: name)))
            case .end(let name):
                guard name == end else { throw fault("{{/\(name)}} has no opening tag") }
                return parts
            }
        }
        guard end == nil else { throw fault("{{#\(end ?? "")}} is not closed") }
        if !rest.isEmpty { parts.append(.raw(String(rest))) }
        return parts
    }

    private enum Tag {
        case variable(TemplatePart)
        case partial(String)
        case comment
        case begin(String, inverted: Bool)
        case end(String)

        var isVariable: Bool { if case .variable = self { true } else { false } }
    }

    /// The content between `{{` and `}}`.
    private mutating func tag() throws -> Tag {
        let closing = rest.first == "{" ? "}}}" : "}}"
        guard let close = rest.place(of: closing) else { throw fault("a tag is not closed") }
        let inner = rest[..<close.lowerBound]
        take(through: close.upperBound)
        let sign = inner.first.map { "{#^/>!@".contains($0) ? $0 : " " } ?? " "
        let name = (sign == " " ? inner : inner.dropFirst()).filter { !$0.isWhitespace }
        guard sign == "!" || !name.isEmpty else { throw fault("a tag has no name") }
        switch sign {
        case "{": return .variable(.html(name))
        case "@": return .variable(.asset(name))
        case "#": return .begin(name, inverted: false)
        case "^": return .begin(name, inverted: true)
        case "/": return .end(name)
        case ">": return .partial(name)
        case "!": return .comment
        default: return .variable(.text(name))
        }
    }

    /// Whether the last tag stands alone on its line; if so, also takes the line end.
    private mutating func takeLineEnd(after before: Substring, _ isLineStart: Bool) -> Bool {
        let indent = before.lastIndex(of: "\n").map { before[before.index(after: $0)...] } ?? before
        let isFirst = before.contains("\n") || isLineStart
        guard isFirst, indent.allSatisfy({ $0 == " " }) else { return false }
        let after = rest.prefix { $0 == " " }
        if after.endIndex == rest.endIndex {
            take(through: rest.endIndex)
            return true
        }
        guard rest[after.endIndex] == "\n" else { return false }
        take(through: rest.index(after: after.endIndex))
        return true
    }

    private mutating func take(through end: Substring.Index) {
        line += rest[..<end].utf8.count { $0 == UInt8(ascii: "\n") }
        rest = rest[end...]
    }

    private func fault(_ words: String) -> Failure { .template(name, "line \(line): \(words)") }
}

extension Substring {
    /// The first position of a sign. It compares bytes, since comparing characters would take most of the start-up
    /// time.
    fileprivate func place(of sign: String) -> Range<Index>? {
        var rest = utf8[...]
        while let start = rest.firstIndex(of: sign.utf8[sign.startIndex]) {
            rest = rest[start...]
            if rest.starts(with: sign.utf8) { return start..<rest.index(start, offsetBy: sign.utf8.count) }
            rest.removeFirst()
        }
        return nil
    }

    /// Without the spaces after the last line end.
    fileprivate var trimmedLineEnd: Substring {
        var text = self
        while text.last == " " { text.removeLast() }
        return text
    }
}

extension Failure {
    /// A template does not match its value: the installation is damaged, and the program does not start.
    static func template(_ name: String, _ words: String) -> Failure {
        Failure(
            .damaged, "web.template", "页面模板 \(name) 有误：\(words)。请重新安装本程序。",
            en: "The template \(name) is wrong: \(words). Install the program again.")
    }
}
