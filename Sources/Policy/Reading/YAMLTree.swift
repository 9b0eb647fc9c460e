import Kernel
import YAML
import Yams

/// A YAML file with the place of every value, as the policy reader uses it.
struct YAMLTree: Sendable {
    enum Content: Sendable {
        /// A word as written; its type is not guessed (`no` and `010` are words).
        case scalar(String)
        case list([YAMLTree])
        /// In the order of the file.
        case map([Pair])
    }

    struct Pair: Sendable {
        let key: String
        let place: FileLocation
        let value: YAMLTree
    }

    let place: FileLocation
    let content: Content

    var scalar: String? { if case .scalar(let text) = content { text } else { nil } }
    var pairs: [Pair]? { if case .map(let pairs) = content { pairs } else { nil } }
    /// `key: removed` deletes something from the base policy.
    var isNothing: Bool { scalar == "removed" || scalar == "" }

    subscript(key: String) -> YAMLTree? { pairs?.first { $0.key == key }?.value }
}

extension YAMLTree {
    /// Reads a file's text; `nil` and a finding if it is not YAML or exceeds the limits.
    static func load(_ text: String, file: String, _ findings: Findings) -> YAMLTree? {
        let written = findings.keep(text, of: file)
        if text.utf8.count <= YAMLLimits.standard.bytes, let found = written.unreadable {
            findings.error(found.place, found.words)
            return nil
        }
        do {
            return try TreeBuilder(file: file, written: written, findings: findings).plant(readYAML(text))
        } catch let fault as YAMLFault {
            let place = FileLocation(file: file, line: fault.line, column: fault.column)
            if case .malformed = fault.reason, let found = written.sign(upTo: fault.line) {
                findings.error(found.place, found.words)
            } else {
                findings.error(place, Self.words(fault))
            }
        } catch let fault as Finding {
            findings.error(fault.place, fault.words)
        } catch {
            findings.error(
                FileLocation(file: file, line: 1, column: 1), "this is not valid YAML", "不是可读的 YAML")
        }
        return nil
    }

    private static func words(_ fault: YAMLFault) -> LocalizedText {
        let limits = YAMLLimits.standard
        return switch fault.reason {
        case .large:
            LocalizedText(
                "文件超过 \(limits.bytes / 1024) KiB，请用 based-on 分开", en: fault.text() + "; split it with based-on")
        case .second: LocalizedText("一个文件只写一项政策，不能有第二个 ---", en: "one file holds one policy: no second ---")
        case .deep: LocalizedText("嵌套超过 \(limits.depth) 层", en: fault.text())
        case .many: LocalizedText("超过 \(limits.nodes) 个值", en: fault.text())
        case .alias: LocalizedText("不能用锚点和引用（& 和 *），请在用到的地方写出内容", en: fault.text())
        case .empty: LocalizedText("文件是空的", en: fault.text())
        case .malformed(let problem): LocalizedText(Self.chinese(problem), en: problem)
        }
    }

    /// The parser's message in Chinese.
    private static func chinese(_ problem: String) -> String {
        if let key = problem.split(separator: "the same key twice: ").first, problem.hasPrefix("the same key twice") {
            return "同一个键写了两次：\(key)"
        }
        let known = [
            "mapping values are not allowed": "这里不该有冒号：前面多半缺了空格、引号，或缩进没有对齐",
            "could not find expected ':'": "缺少冒号（冒号后空一格）",
            "did not find expected ',' or '}'": "缺少逗号或右花括号 }",
            "did not find expected ',' or ']'": "缺少逗号或右方括号 ]",
            "did not find expected key": "缩进没有对齐，或缺少一个键",
            "did not find expected '-' indicator": "列表的各项没有对齐，或缺少短横 -",
            "found character that cannot start": "这里不能用这个字符开头，请加引号",
            "found unexpected end of stream": "引号没有成对，或文件不完整",
        ]
        return known.first { problem.hasPrefix($0.key) }?.value ?? "不是可读的 YAML（\(problem)）"
    }
}

/// Turns the parser's nodes into trees. Their number and depth were checked before.
private struct TreeBuilder {
    let file: String
    let written: SourceText
    let findings: Findings

    func plant(_ node: Node) throws(Finding) -> YAMLTree {
        let place = place(node)
        switch node {
        case .scalar(let scalar):
            checkSigns(scalar, place)
            return YAMLTree(place: place, content: .scalar(scalar.string))
        case .sequence(let nodes):
            var list: [YAMLTree] = []
            for node in nodes { list.append(try plant(node)) }
            return YAMLTree(place: place, content: .list(list))
        case .mapping(let mapping):
            var pairs: [YAMLTree.Pair] = []
            for (key, value) in mapping { pairs.append(try pair(key, value)) }
            return YAMLTree(place: place, content: .map(pairs))
        case .alias:
            throw Finding(
                place: place, weight: .error,
                words: LocalizedText("引用没有对应的锚点", en: "this alias has no anchor"))
        }
    }

    private func pair(_ key: Node, _ value: Node) throws(Finding) -> YAMLTree.Pair {
        guard case .scalar(let word) = key else {
            throw Finding(place: place(key), weight: .error, words: LocalizedText("键应是一个词", en: "a key must be a word"))
        }
        checkSigns(word, place(key))
        return YAMLTree.Pair(key: word.string, place: place(key), value: try plant(value))
    }

    /// Reports an unquoted word that the author meant as a comment or a list item.
    private func checkSigns(_ scalar: Node.Scalar, _ place: FileLocation) {
        guard findings.isStrict, scalar.style == .plain, let sign = written.swallowed(scalar.string, at: place) else {
            return
        }
        findings.error(sign.place, sign.words)
    }

    private func place(_ node: Node) -> FileLocation {
        FileLocation(file: file, line: node.mark?.line ?? 1, column: node.mark?.column ?? 1)
    }
}

extension Finding: Error {}
