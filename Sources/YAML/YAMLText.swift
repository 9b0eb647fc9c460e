import CYaml
import Kernel
import Yams

/// The limits of a YAML file.
package struct YAMLLimits: Sendable {
    package let bytes: Int
    package let depth: Int
    package let nodes: Int

    package static let standard = YAMLLimits(bytes: 512 * 1024, depth: 48, nodes: 60_000)
}

/// A fault in a YAML file with its place, from 1.
package struct YAMLFault: Error, Sendable, Equatable {
    package enum Reason: Sendable, Equatable {
        case large
        case deep
        case many
        /// An anchor or an alias.
        case alias
        case empty
        case second
        /// The parser's message.
        case malformed(String)
    }

    package let reason: Reason
    package let line: Int
    package let column: Int
}

/// Reads YAML. All YAML of the program is read by this function.
///
/// The parser's events are checked before nodes are built. Anchors are refused: the library builds a node again at each
/// alias and hashes it if it is a key, so a few lines of nested aliases would exhaust memory and time.
package func readYAML(_ text: String, _ limits: YAMLLimits = .standard) throws(YAMLFault) -> Node {
    let start = { (reason: YAMLFault.Reason) in YAMLFault(reason: reason, line: 1, column: 1) }
    guard text.utf8.count <= limits.bytes else { throw start(.large) }
    var scan = YAMLScan(limits)
    if let fault = scan.fault(in: Array(text.utf8)) { throw fault }
    guard scan.documents <= 1 else { throw start(.second) }
    do {
        guard let node = try Yams.compose(yaml: text) else { throw start(.empty) }
        return node
    } catch let fault as YAMLFault {
        throw fault
    } catch let error as YamlError {
        // The parser has its own depth limit, which may fail before the first event.
        if error.problem.hasPrefix("Maximum nesting level") { throw start(.deep) }
        let mark = error.mark
        throw YAMLFault(reason: .malformed(error.problem), line: mark?.line ?? 1, column: mark?.column ?? 1)
    } catch {
        throw start(.malformed("this is not valid YAML"))
    }
}

/// Checks the parser's events against the limits. It stops at malformed text, which the building of nodes then reports.
private struct YAMLScan {
    private let limits: YAMLLimits
    private(set) var documents = 0
    private var nodes = 0
    private var depth = 0

    init(_ limits: YAMLLimits) { self.limits = limits }

    mutating func fault(in bytes: [UInt8]) -> YAMLFault? {
        var parser = yaml_parser_t()
        guard yaml_parser_initialize(&parser) == 1 else { return nil }
        defer { yaml_parser_delete(&parser) }
        return bytes.withUnsafeBufferPointer { buffer in
            yaml_parser_set_encoding(&parser, YAML_UTF8_ENCODING)
            yaml_parser_set_input_string(&parser, buffer.baseAddress, buffer.count)
            while true {
                var event = yaml_event_t()
                guard yaml_parser_parse(&parser, &event) == 1 else { return nil }
                defer { yaml_event_delete(&event) }
                if event.type == YAML_STREAM_END_EVENT { return nil }
                if let reason = take(event) {
                    let mark = event.start_mark
                    return YAMLFault(reason: reason, line: Int(mark.line) + 1, column: Int(mark.column) + 1)
                }
            }
        }
    }

    private mutating func take(_ event: yaml_event_t) -> YAMLFault.Reason? {
        switch event.type {
        case YAML_DOCUMENT_START_EVENT: documents += 1
        case YAML_ALIAS_EVENT: return .alias
        case YAML_SCALAR_EVENT: return count(anchor: event.data.scalar.anchor)
        case YAML_SEQUENCE_START_EVENT:
            depth += 1
            return count(anchor: event.data.sequence_start.anchor)
        case YAML_MAPPING_START_EVENT:
            depth += 1
            return count(anchor: event.data.mapping_start.anchor)
        case YAML_SEQUENCE_END_EVENT, YAML_MAPPING_END_EVENT: depth -= 1
        default: break
        }
        return nil
    }

    private mutating func count(anchor: UnsafeMutablePointer<yaml_char_t>?) -> YAMLFault.Reason? {
        nodes += 1
        if anchor != nil { return .alias }
        if depth > limits.depth { return .deep }
        return nodes > limits.nodes ? .many : nil
    }
}

extension YamlError {
    fileprivate var mark: Mark? {
        switch self {
        case .scanner(_, _, let mark, _), .parser(_, _, let mark, _), .composer(_, _, let mark, _): mark
        case .duplicatedKeysInMapping(_, let context): context.mark
        default: nil
        }
    }

    fileprivate var problem: String {
        switch self {
        case .scanner(_, let problem, _, _), .parser(_, let problem, _, _), .composer(_, let problem, _, _): problem
        case .duplicatedKeysInMapping(let keys, _):
            "the same key twice: \(keys.map(String.init(describing:)).joined(separator: ", "))"
        default: "this is not valid YAML"
        }
    }
}

extension YAMLFault {
    /// In English, for authors of such files.
    package func text(_ limits: YAMLLimits = .standard) -> String {
        switch reason {
        case .large: "the file is larger than \(limits.bytes / 1024) KiB"
        case .deep: "nested deeper than \(limits.depth) levels"
        case .many: "more than \(limits.nodes) values"
        case .alias: "anchors and aliases (& and *) are not read: write the value where it belongs"
        case .empty: "the file is empty"
        case .second: "one file holds one document: no second ---"
        case .malformed(let problem): problem
        }
    }
}
