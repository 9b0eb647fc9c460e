import Foundation

/// The text of a source as it was issued, cut into clauses by its own numbers.
package struct IssuedText: Sendable {
    /// The whole text; every line ends with a line feed.
    let text: String
    /// All lines, in the order of the text.
    package let passages: [Passage]
    private let indices: [ClausePath: Int]

    package init(_ text: String) {
        var cutter = ClauseCutter()
        for typed in text.split(whereSeparator: \.isNewline) {
            let line = typed.trimmingCharacters(in: .whitespaces)
            if !line.isEmpty { cutter.take(line) }
        }
        (self.text, passages, indices) = (text, cutter.passages, cutter.indices)
    }

    /// The number of characters, without blanks.
    var length: Int { text.count { !$0.isWhitespace } }

    /// The places of all clauses, as policy files write them.
    package var places: [String] { passages.compactMap { $0.path?.place } }

    /// The lines of the text.
    package var lines: [String] { passages.flatMap(\.paragraphs) }

    /// The clause at a place of a policy file, such as 二(三)3; a single paragraph for 第八条第二款. `nil` if the text has no
    /// such clause.
    package func passage(at place: String) -> Passage? {
        guard let path = ClausePath(place: place) else { return nil }
        if let index = indices[path] { return passages[index] }
        guard let last = path.numbers.last, let index = indices[path.clause] else { return nil }
        // The items of an article have the same number whichever paragraph introduces them.
        return last.level == .paragraph ? passages[index].paragraph(last) : passages[index]
    }

    /// A passage and those within it.
    package func whole(_ passage: Passage) -> [Passage] {
        guard let index = passage.path.flatMap({ indices[$0] }) else { return [passage] }
        return [passages[index]] + passages[(index + 1)...].prefix { $0.depth > passage.depth }
    }
}

/// One clause of a text with its own paragraphs, without the clauses within it; or lines without a number: the title
/// and the opening, the signature and the date.
package struct Passage: Sendable {
    /// `nil` for lines without a number.
    package let path: ClausePath?
    /// As issued; the first one begins with the clause's number.
    package fileprivate(set) var paragraphs: [String]
    /// The number of clauses that it lies in, itself included; 0 without a number.
    package let depth: Int

    /// Whether the first line is a heading: 二、学习内容及学时认定.
    package var isTitled: Bool { path != nil && (paragraphs.first?.isShortAndOpen ?? false) }

    /// Its paragraphs with their paths, so that one can be cited; `nil` for a heading and where there is only one.
    package var cited: [(text: String, path: ClausePath?)] {
        let first = isTitled ? 1 : 0
        return paragraphs.enumerated().map { turn, text in
            let value = turn - first + 1
            guard let path, value > 0, paragraphs.count - first > 1 else { return (text, nil) }
            return (text, path.adding(ClauseNumber(level: .paragraph, value: value, numeral: "\(value)")))
        }
    }

    /// One of its paragraphs as a passage. The heading does not count.
    fileprivate func paragraph(_ number: ClauseNumber) -> Passage? {
        let body = paragraphs.dropFirst(isTitled ? 1 : 0)
        guard number.value <= body.count else { return nil }
        let text = body[body.startIndex + number.value - 1]
        // The only paragraph has no id of its own.
        return body.count == 1 ? self : Passage(path: path?.adding(number), paragraphs: [text], depth: depth)
    }
}

extension ClausePath {
    fileprivate func adding(_ number: ClauseNumber) -> ClausePath { ClausePath(numbers + [number]) }
}

/// Cuts lines into passages.
private struct ClauseCutter {
    private(set) var passages: [Passage] = []
    private(set) var indices: [ClausePath: Int] = [:]
    /// The numbers of the current passage.
    private var open: [ClauseNumber] = []

    mutating func take(_ line: String) {
        if let number = ClauseScanner.heading(of: line), begin(number, line) { return }
        if line.isDate { return close(line) }
        if passages.isEmpty { passages.append(Passage(path: nil, paragraphs: [], depth: 0)) }
        passages[passages.count - 1].paragraphs.append(line)
    }

    /// Begins a clause. Returns `false` if its number was used before: then the line belongs to the current passage.
    private mutating func begin(_ number: ClauseNumber, _ line: String) -> Bool {
        let numbers = open.prefix { $0.level < number.level } + [number]
        let path = ClausePath(Array(numbers))
        guard indices[path] == nil else { return false }
        open = Array(numbers)
        indices[path] = passages.count
        passages.append(Passage(path: path, paragraphs: [line], depth: numbers.count))
        return true
    }

    /// Ends the clauses at the date. The lines of the signature above it belong to no clause either.
    private mutating func close(_ date: String) {
        var signature: [String] = []
        while let last = passages.last, last.path != nil, last.paragraphs.count > 1,
            let line = last.paragraphs.last, line.isShortAndOpen
        {
            signature.insert(line, at: 0)
            passages[passages.count - 1].paragraphs.removeLast()
        }
        open = []
        passages.append(Passage(path: nil, paragraphs: signature + [date], depth: 0))
    }
}

extension String {
    /// Whether it is short and ends without a mark, as headings and signatures do.
    fileprivate var isShortAndOpen: Bool {
        guard count <= 40, let last else { return false }
        return !"。；：，、！？.;:,".contains(last)
    }

    /// Whether it is a date and nothing else: 2022年4月19日, 二〇二二年四月十九日.
    fileprivate var isDate: Bool {
        filter { !$0.isWhitespace && !"0123456789０１２３４５６７８９〇零○一二三四五六七八九十".contains($0) } == "年月日"
    }
}
