/// One number of a clause: 二、 or （一） or 3. or 第八条.
struct ClauseNumber: Sendable, Hashable {
    /// From the widest to the narrowest.
    enum Level: Int, Sendable, Comparable {
        case attachment, chapter, division, article, section, item, number, subnumber, circled, paragraph

        static func < (a: Level, b: Level) -> Bool { a.rawValue < b.rawValue }
    }

    let level: Level
    let value: Int
    /// The numeral as the notice writes it: 二, 3.
    let numeral: String

    /// 二 and 2 are the same number: numbers are compared by value.
    static func == (a: ClauseNumber, b: ClauseNumber) -> Bool { a.level == b.level && a.value == b.value }

    func hash(into hasher: inout Hasher) {
        hasher.combine(level)
        hasher.combine(value)
    }

    /// As policy files write it: 二, (一), 3, (1), 第八条.
    var place: String {
        switch level {
        case .attachment: "附件" + numeral
        case .chapter: "第\(numeral)章"
        case .division: "第\(numeral)节"
        case .article: "第\(numeral)条"
        case .section, .number, .circled: numeral
        case .item, .subnumber: "(\(numeral))"
        case .paragraph: "第\(numeral)款"
        }
    }
}

/// The place of a clause in a text, from the widest number to the narrowest.
package struct ClausePath: Sendable, Hashable {
    let numbers: [ClauseNumber]

    /// Articles are numbered through the whole text, so their chapters are left out.
    init(_ numbers: [ClauseNumber]) {
        let hasArticle = numbers.contains { $0.level == .article }
        self.numbers = hasArticle ? numbers.filter { $0.level != .chapter && $0.level != .division } : numbers
    }

    /// Reads a place of a policy file: 二(三)3, 第八条, 第八条第二款第（三）项. `nil` if it is not made of numbers.
    init?(place: String) {
        var scanner = ClauseScanner(place.filter { !$0.isWhitespace })
        var numbers: [ClauseNumber] = []
        while !scanner.isAtEnd {
            guard let number = scanner.number() else { return nil }
            numbers.append(number)
            _ = scanner.take("、.．")
        }
        guard !numbers.isEmpty else { return nil }
        self.init(numbers)
    }

    /// As policy files write it: 二(三)3.
    var place: String { numbers.map(\.place).joined() }

    /// As an officer cites it: 二（三）3, 第八条（二）, 第八条第二款; 二（二）第三段 where the text has no articles.
    package var words: String {
        let hasArticle = numbers.contains { $0.level == .article }
        return numbers.map { number -> String in
            switch number.level {
            case .item, .subnumber: "（\(number.numeral)）"
            case .paragraph: "第\(number.numeral)\(hasArticle ? "款" : "段")"
            default: number.place
            }
        }.joined()
    }

    /// The id of the clause on the page of its text: 二-三-3. It is the same for a place and for the text.
    package var anchor: String {
        numbers.enumerated().map { turn, number -> String in
            switch number.level {
            case .item: turn == 0 ? number.place : number.numeral
            case .paragraph: "第\(number.value)段"
            default: number.place
            }
        }.joined(separator: "-")
    }

    /// The clause that contains the paragraph; itself if it names no paragraph.
    package var clause: ClausePath { ClausePath(numbers.filter { $0.level != .paragraph }) }
}

/// Reads the numbers of clauses from the start of a text.
struct ClauseScanner {
    private var rest: Substring

    init(_ text: String) { rest = text[...] }

    var isAtEnd: Bool { rest.isEmpty }

    private static let chinese = Array("〇零一二三四五六七八九十百")
    private static let digits = "0123456789０１２３４５６７８９"
    private static let circled = Array("①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳")
    private static let units: [Character: ClauseNumber.Level] = [
        "章": .chapter, "节": .division, "条": .article, "款": .paragraph, "段": .paragraph, "项": .item, "目": .number,
    ]

    /// Takes the first character if it is one of `signs`.
    mutating func take(_ signs: String) -> Bool {
        guard let first = rest.first, signs.contains(first) else { return false }
        rest.removeFirst()
        return true
    }

    /// The number at the start; nothing is taken if there is none.
    mutating func number() -> ClauseNumber? {
        let start = rest
        if let found = attachment() ?? ordinal() ?? bracketed() ?? plain() { return found }
        rest = start
        return nil
    }

    /// 附件, 附件1
    private mutating func attachment() -> ClauseNumber? {
        guard rest.starts(with: "附件") else { return nil }
        rest = rest.dropFirst(2).drop(while: \.isWhitespace)
        let found = numeral()
        return ClauseNumber(level: .attachment, value: found?.value ?? 0, numeral: found?.text ?? "")
    }

    /// 第八条, 第（二）项
    private mutating func ordinal() -> ClauseNumber? {
        let start = rest
        if take("第") {
            _ = take("（(")
            if let (text, value, _) = numeral() {
                _ = take("）)")
                if let level = rest.first.flatMap({ Self.units[$0] }) {
                    rest.removeFirst()
                    return ClauseNumber(level: level, value: value, numeral: text)
                }
            }
        }
        rest = start
        return nil
    }

    /// （一）, （1）
    private mutating func bracketed() -> ClauseNumber? {
        let start = rest
        if take("（("), let (text, value, isChinese) = numeral(), take("）)") {
            return ClauseNumber(level: isChinese ? .item : .subnumber, value: value, numeral: text)
        }
        rest = start
        return nil
    }

    /// 二, 3, ①
    private mutating func plain() -> ClauseNumber? {
        if let (text, value, isChinese) = numeral() {
            return ClauseNumber(level: isChinese ? .section : .number, value: value, numeral: text)
        }
        guard let first = rest.first, let place = Self.circled.firstIndex(of: first) else { return nil }
        rest.removeFirst()
        return ClauseNumber(level: .circled, value: place + 1, numeral: String(first))
    }

    private mutating func numeral() -> (text: String, value: Int, isChinese: Bool)? {
        let digits = rest.prefix { Self.digits.contains($0) }
        let chinese = rest.prefix { Self.chinese.contains($0) }
        let text = digits.isEmpty ? chinese : digits
        guard let value = digits.isEmpty ? Self.value(chinese) : Self.value(digits: digits), value > 0 else {
            return nil
        }
        rest = rest[text.endIndex...]
        return (String(text), value, digits.isEmpty)
    }

    /// `nil` for more digits than a clause's number has.
    private static func value(digits: Substring) -> Int? {
        guard digits.count <= 4 else { return nil }
        return digits.reduce(0) { $0 * 10 + ($1.wholeNumberValue ?? 0) }
    }

    /// The value of 十二; `nil` for a row of digits such as 二〇二二.
    private static func value(_ text: Substring) -> Int? {
        var (total, digit) = (0, 0)
        for character in text {
            switch chinese.firstIndex(of: character) ?? 0 {
            case 0, 1: guard digit == 0 else { return nil }
            case let place where place <= 10:
                guard digit == 0 else { return nil }
                digit = place - 1
            case let place:
                total += max(digit, 1) * (place == 11 ? 10 : 100)
                digit = 0
            }
        }
        return total + digit
    }
}

extension ClauseScanner {
    /// The number that a line of a text begins with. A number in running text is none, because it lacks the mark that
    /// a notice sets behind it: 二、 and 3. are numbers, 二〇二二年 and 3.5 are not.
    static func heading(of line: String) -> ClauseNumber? {
        var scanner = ClauseScanner(line)
        guard let number = scanner.number() else { return nil }
        switch number.level {
        case .attachment:
            _ = scanner.take("：:")
            return scanner.isAtEnd ? number : nil
        case .chapter, .division, .article, .circled: return number
        // 第二项 at the start of a line refers to another clause.
        case .item, .subnumber: return line.first == "第" ? nil : number
        case .section: return scanner.take("、.．") ? number : nil
        case .number:
            guard line.first != "第", scanner.take("、.．") else { return nil }
            return scanner.take(digits) ? nil : number
        case .paragraph: return nil
        }
    }
}
