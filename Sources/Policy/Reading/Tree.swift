import Kernel
import Yams

/// A YAML file with the place of every value: what the reader of policies walks.
struct Tree: Sendable {
    enum Content: Sendable {
        /// A word as written; nothing is guessed from it (`no` is a word, `010` too).
        case scalar(String)
        case list([Tree])
        /// In the order of the file.
        case map([Pair])
    }

    struct Pair: Sendable {
        let key: String
        let place: Place
        let value: Tree
    }

    let place: Place
    let content: Content

    var scalar: String? { if case .scalar(let text) = content { text } else { nil } }
    var pairs: [Pair]? { if case .map(let pairs) = content { pairs } else { nil } }
    /// `key: removed` takes a thing away that a policy is based on.
    var isNothing: Bool { scalar == "removed" || scalar == "" }

    subscript(key: String) -> Tree? { pairs?.first { $0.key == key }?.value }
}

extension Tree {
    /// What a policy file may be, so that loading is safe on hostile ones.
    enum Limit {
        static let bytes = 512 * 1024
        static let depth = 48
        static let nodes = 60_000
    }

    /// Reads a file's text; `nil` and a finding where it is no YAML or past the limits.
    static func load(_ text: String, file: String, _ findings: Findings) -> Tree? {
        let start = Place(file: file, line: 1, column: 1)
        guard text.utf8.count <= Limit.bytes else {
            findings.error(start, "the file is larger than \(Limit.bytes / 1024) KiB; split it with based-on")
            return nil
        }
        if let line = lineNestedTooDeep(text) {
            findings.error(Place(file: file, line: line, column: 1), "nested deeper than \(Limit.depth) levels")
            return nil
        }
        do {
            var rest = try Yams.compose_all(yaml: text)
            var documents: [Node] = []
            while documents.count < 2, let node = rest.next() { documents.append(node) }
            // The sequence ends at a fault as it does at the end of the file.
            if let fault = rest.error { throw fault }
            guard documents.count == 1, let node = documents.first else {
                findings.error(
                    start, documents.isEmpty ? "the file is empty" : "one file holds one policy: no second ---")
                return nil
            }
            var planter = Planter(file: file)
            return try planter.plant(node, depth: 0)
        } catch let fault as YamlError {
            findings.error(fault.place(in: file) ?? start, fault.plainText)
        } catch let fault as Finding {
            findings.error(fault.place, fault.text)
        } catch {
            findings.error(start, "this is no YAML that can be read")
        }
        return nil
    }

    /// The parser recurses, so its depth is bounded before it sees the text: by brackets open and by indentation.
    private static func lineNestedTooDeep(_ text: String) -> Int? {
        var open = 0
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            let indent = line.utf8.prefix { $0 == 32 || $0 == 45 || $0 == 63 }.count
            for byte in line.utf8 {
                if byte == 91 || byte == 123 { open += 1 }
                if byte == 93 || byte == 125 { open = max(0, open - 1) }
                if open > Limit.depth { return index + 1 }
            }
            if indent > Limit.depth * 4 { return index + 1 }
        }
        return nil
    }
}

/// Turns the parser's nodes into trees and counts them: an alias used a thousand times is a thousand nodes.
private struct Planter {
    let file: String
    var nodes = 0

    mutating func plant(_ node: Node, depth: Int) throws -> Tree {
        let place = Place(file: file, line: node.mark?.line ?? 1, column: node.mark?.column ?? 1)
        nodes += 1
        guard nodes <= Tree.Limit.nodes, depth <= Tree.Limit.depth else {
            throw Finding(place: place, weight: .error, text: "more values than a policy may hold (aliases included)")
        }
        switch node {
        case .scalar(let scalar): return Tree(place: place, content: .scalar(scalar.string))
        case .sequence(let nodes):
            return Tree(place: place, content: .list(try nodes.map { try plant($0, depth: depth + 1) }))
        case .mapping(let mapping):
            return Tree(place: place, content: .map(try mapping.map { try pair($0.key, $0.value, depth: depth + 1) }))
        case .alias:
            throw Finding(place: place, weight: .error, text: "an alias stands here without its anchor")
        }
    }

    private mutating func pair(_ key: Node, _ value: Node, depth: Int) throws -> Tree.Pair {
        let place = Place(file: file, line: key.mark?.line ?? 1, column: key.mark?.column ?? 1)
        guard case .scalar(let word) = key else {
            throw Finding(place: place, weight: .error, text: "a key must be a word")
        }
        return Tree.Pair(key: word.string, place: place, value: try plant(value, depth: depth))
    }
}

extension Finding: Error {}

extension YamlError {
    fileprivate func place(in file: String) -> Place? {
        switch self {
        case .scanner(_, _, let mark, _), .parser(_, _, let mark, _), .composer(_, _, let mark, _):
            Place(file: file, line: mark.line, column: mark.column)
        case .duplicatedKeysInMapping(_, let context):
            Place(file: file, line: context.mark.line, column: context.mark.column)
        default: nil
        }
    }

    fileprivate var plainText: String {
        switch self {
        case .scanner(_, let problem, _, _), .parser(_, let problem, _, _), .composer(_, let problem, _, _): problem
        case .duplicatedKeysInMapping(let keys, _):
            "the same key twice: \(keys.map(String.init(describing:)).joined(separator: ", "))"
        default: "this is no YAML that can be read"
        }
    }
}
