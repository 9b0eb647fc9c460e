import Kernel
import YAML
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
    /// Reads a file's text; `nil` and a finding where it is no YAML or past the limits.
    static func load(_ text: String, file: String, _ findings: Findings) -> Tree? {
        do {
            return try Planter(file: file).plant(readYAML(text))
        } catch let fault as YAMLFault {
            findings.error(Place(file: file, line: fault.line, column: fault.column), Self.words(fault))
        } catch let fault as Finding {
            findings.error(fault.place, fault.text)
        } catch {
            findings.error(Place(file: file, line: 1, column: 1), "this is no YAML that can be read")
        }
        return nil
    }

    private static func words(_ fault: YAMLFault) -> String {
        switch fault.reason {
        case .large: fault.text() + "; split it with based-on"
        case .second: "one file holds one policy: no second ---"
        default: fault.text()
        }
    }
}

/// Turns the parser's nodes into trees. How many and how deep they are, was looked at before.
private struct Planter {
    let file: String

    func plant(_ node: Node) throws(Finding) -> Tree {
        let place = place(node)
        switch node {
        case .scalar(let scalar): return Tree(place: place, content: .scalar(scalar.string))
        case .sequence(let nodes):
            var list: [Tree] = []
            for node in nodes { list.append(try plant(node)) }
            return Tree(place: place, content: .list(list))
        case .mapping(let mapping):
            var pairs: [Tree.Pair] = []
            for (key, value) in mapping { pairs.append(try pair(key, value)) }
            return Tree(place: place, content: .map(pairs))
        case .alias: throw Finding(place: place, weight: .error, text: "an alias stands here without its anchor")
        }
    }

    private func pair(_ key: Node, _ value: Node) throws(Finding) -> Tree.Pair {
        guard case .scalar(let word) = key else {
            throw Finding(place: place(key), weight: .error, text: "a key must be a word")
        }
        return Tree.Pair(key: word.string, place: place(key), value: try plant(value))
    }

    private func place(_ node: Node) -> Place {
        Place(file: file, line: node.mark?.line ?? 1, column: node.mark?.column ?? 1)
    }
}

extension Finding: Error {}
