import Kernel

/// A position in a policy file: line and column, from 1.
package struct FileLocation: Sendable, Hashable, Comparable {
    package let file: String
    package let line: Int
    package let column: Int

    package static func < (a: FileLocation, b: FileLocation) -> Bool {
        (a.file, a.line, a.column) < (b.file, b.line, b.column)
    }
}

/// A result of `policy check` about a file.
package struct Finding: Sendable, Hashable, CustomStringConvertible {
    package enum Severity: String, Sendable, Hashable {
        case error
        case warning
    }

    package let place: FileLocation
    package let weight: Severity
    package let words: LocalizedText

    /// `path:line:column: error: …` and `path:line:column: 错误：…`
    package var lines: LocalizedText {
        let place = "\(place.file):\(place.line):\(place.column): "
        return LocalizedText(
            place + (weight == .error ? "错误：" : "提醒：") + words.chinese,
            en: place + weight.rawValue + ": " + words.english)
    }

    package var description: String { lines.english }
}

/// All findings of one reading. Reading continues after an error until there are more findings than anybody would read.
final class Findings {
    private(set) var all: [Finding] = []
    private var known: Set<Finding> = []

    private(set) var hasErrors = false
    /// Whether the file is checked for its author. A published policy is read without these checks.
    let isStrict: Bool
    private var texts: [String: SourceText] = [:]

    init(isStrict: Bool = true) { self.isStrict = isStrict }

    /// Keeps a file's text while it is read, so that findings can name characters and their places.
    func keep(_ text: String, of file: String) -> SourceText {
        let written = SourceText(text, file: file)
        texts[file] = written
        return written
    }

    func text(of file: String) -> SourceText? { texts[file] }

    private static let limit = 500
    var isFull: Bool { all.count >= Self.limit }

    func error(_ place: FileLocation, _ english: String, _ chinese: String) {
        error(place, LocalizedText(chinese, en: english))
    }

    func error(_ place: FileLocation, _ words: LocalizedText) {
        hasErrors = true
        add(Finding(place: place, weight: .error, words: words))
    }

    func warning(_ place: FileLocation, _ english: String, _ chinese: String) {
        add(Finding(place: place, weight: .warning, words: LocalizedText(chinese, en: english)))
    }

    private func add(_ finding: Finding) {
        guard !isFull, known.insert(finding).inserted else { return }
        all.append(finding)
        if isFull {
            let words = LocalizedText(
                "超过 \(Self.limit) 处，其余不再列出", en: "more than \(Self.limit) findings: the rest is not shown")
            all.append(Finding(place: finding.place, weight: .error, words: words))
        }
    }
}

/// The word of `known` that is closest to `word`; at most a third of its letters differ.
func nearest(to word: String, among known: some Sequence<String>) -> String? {
    // Comparing costs the product of the lengths, so a very long word gets no suggestion.
    guard word.utf8.count <= 64 else { return nil }
    let best = known.prefix(200).filter { $0.utf8.count <= 64 }.map {
        ($0, distance(Array(word.unicodeScalars), Array($0.unicodeScalars)))
    }.min {
        ($0.1, $0.0) < ($1.1, $1.0)
    }
    return best.flatMap { $0.1 <= max(1, max(word.count, $0.0.count) / 3) ? $0.0 : nil }
}

/// The edit distance: letters inserted, deleted or changed.
private func distance(_ a: [Unicode.Scalar], _ b: [Unicode.Scalar]) -> Int {
    var row = Array(0...b.count)
    for (i, x) in a.enumerated() {
        var corner = row[0]
        row[0] = i + 1
        for (j, y) in b.enumerated() {
            (corner, row[j + 1]) = (row[j + 1], min(row[j] + 1, row[j + 1] + 1, corner + (x == y ? 0 : 1)))
        }
    }
    return row[b.count]
}
