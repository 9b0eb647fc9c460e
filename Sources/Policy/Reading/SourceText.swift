import Kernel

/// A file's text as typed. It finds characters that people overlook: a full-width colon, an unusual space.
final class SourceText {
    typealias Sign = (place: FileLocation, words: LocalizedText)
    typealias SourceLine = [Unicode.Scalar]

    private let text: String
    private let file: String
    private lazy var lines: [SourceLine] = text.unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false)
        .map {
            Array($0)
        }

    init(_ text: String, file: String) { (self.text, self.file) = (text, file) }

    private func place(_ line: Int, _ column: Int) -> FileLocation {
        FileLocation(file: file, line: line + 1, column: column + 1)
    }

    /// The first character that YAML forbids (YAML 1.2, 5.1). It is invisible, and every YAML parser stops at it.
    var unreadable: Sign? {
        let isBad = { (scalar: Unicode.Scalar) in
            switch scalar.value {
            case 0x09, 0x0A, 0x0D, 0x85: false
            case 0..<0x20, 0x7F...0x9F, 0xFFFE, 0xFFFF: true
            default: false
            }
        }
        guard text.unicodeScalars.contains(where: isBad) else { return nil }
        for (line, scalars) in lines.enumerated() {
            guard let column = scalars.firstIndex(where: isBad) else { continue }
            let code = "U+" + String(format(scalars[column].value))
            return (
                place(line, column),
                LocalizedText(
                    "这里有一个看不见的控制字符（\(code)），请删去后重新输入这几个字",
                    en: "a control character that cannot be seen (\(code)): delete it")
            )
        }
        return nil
    }

    private func format(_ value: UInt32) -> String {
        let digits = String(value, radix: 16, uppercase: true)
        return String(repeating: "0", count: max(0, 4 - digits.count)) + digits
    }
}

// MARK: - Full-width signs

extension SourceText {
    private static let names: [Unicode.Scalar: (LocalizedText, instead: String)] = [
        "：": (LocalizedText("全角冒号", en: "a full-width colon"), ": "),
        "，": (LocalizedText("全角逗号", en: "a full-width comma"), ", "),
        "｛": (LocalizedText("全角花括号", en: "a full-width brace"), "{"),
        "｝": (LocalizedText("全角花括号", en: "a full-width brace"), "}"),
        "［": (LocalizedText("全角方括号", en: "a full-width bracket"), "["),
        "］": (LocalizedText("全角方括号", en: "a full-width bracket"), "]"),
        "“": (LocalizedText("中文引号", en: "a curly quotation mark"), "\""),
        "”": (LocalizedText("中文引号", en: "a curly quotation mark"), "\""),
        "‘": (LocalizedText("中文引号", en: "a curly quotation mark"), "'"),
        "’": (LocalizedText("中文引号", en: "a curly quotation mark"), "'"),
        "\u{3000}": (LocalizedText("全角空格", en: "a full-width blank"), " "),
        "\u{A0}": (LocalizedText("不间断空格", en: "a no-break blank"), " "),
        "\t": (LocalizedText("制表符（Tab）", en: "a tab"), " "),
        "＃": (LocalizedText("全角井号", en: "a full-width #"), "#"),
        "－": (LocalizedText("全角短横", en: "a full-width hyphen"), "-"),
    ]

    private func sign(_ line: Int, _ column: Int) -> Sign? {
        let scalar = lines[line][column]
        if let (name, instead) = Self.names[scalar] {
            let shown =
                instead == " "
                ? LocalizedText("半角空格", en: "a blank") : LocalizedText("半角的“\(instead)”", en: "\"\(instead)\"")
            return (
                place(line, column),
                LocalizedText(
                    "这里是\(name.chinese)，应改为\(shown.chinese)", en: "this is \(name.english): write \(shown.english)")
            )
        }
        guard (0xFF01...0xFF5E).contains(scalar.value), let half = Unicode.Scalar(scalar.value - 0xFEE0) else {
            return nil
        }
        let isDigit = ("0"..."9").contains(half)
        return (
            place(line, column),
            LocalizedText(
                "“\(scalar)”是全角\(isDigit ? "数字" : "字符")，应改为半角的“\(half)”",
                en: "\"\(scalar)\" is a full-width \(isDigit ? "digit" : "character"): write \"\(half)\"")
        )
    }

    /// The first full-width sign in an unreadable word at a place.
    func wideSign(in word: String, at start: FileLocation) -> Sign? {
        guard lines.indices.contains(start.line - 1) else { return nil }
        let line = lines[start.line - 1]
        let wanted = word.unicodeScalars.first { scalar in
            scalar != "\t" && (Self.names[scalar] != nil || (0xFF01...0xFF5E).contains(scalar.value))
        }
        guard let wanted, start.column <= line.count,
            let column = line[(start.column - 1)...].firstIndex(of: wanted)
        else { return nil }
        return sign(start.line - 1, column)
    }

    /// A full-width `＃` or `－` that was read as part of a word but meant as a comment or a list dash.
    func swallowed(_ word: String, at start: FileLocation) -> Sign? {
        if word.hasPrefix("－ ") || word.hasPrefix("＃") { return wideSign(in: word, at: start) }
        guard word.contains(" ＃"), lines.indices.contains(start.line - 1) else { return nil }
        for (line, scalars) in lines.enumerated().dropFirst(start.line - 1) {
            let column = scalars.indices.first { scalars[$0] == "＃" && Self.isBlank(scalars, before: $0) }
            if let column { return sign(line, column) }
        }
        return nil
    }

    /// The sign that the parser stopped at. The parser reports a later line, so the nearest line above is used.
    func sign(upTo last: Int) -> Sign? {
        for line in stride(from: min(last, lines.count) - 1, through: 0, by: -1) {
            if let column = Self.stumbling(lines[line]) {
                return sign(line, column) ?? (place(line, column), Self.noBlank)
            }
        }
        return nil
    }

    private static let noBlank = LocalizedText("冒号后面少一个空格", en: "a blank is missing behind the colon")

    /// The column of a sign that stops the parser: in the indentation, after a key, or as a bracket.
    private static func stumbling(_ line: SourceLine) -> Int? {
        let text = line.firstIndex { $0 != " " } ?? line.count
        guard text < line.count, line[text] != "#" else { return nil }
        if ["\t", "\u{A0}", "\u{3000}", "＃", "－"].contains(line[text]) { return text }
        var start = text
        var isKey = true
        var depth = 0
        for (column, scalar) in line.enumerated().dropFirst(text) {
            switch scalar {
            case "\"", "'": return nil
            case "｛",
                "［" where isBlank(line, before: column), "＃" where isBlank(line, before: column):
                return column
            case "{":
                depth += 1
                (start, isKey) = (column + 1, true)
            case "}": depth -= 1
            case ",", "，": if depth > 0 { (start, isKey) = (column + 1, true) }
            case " " where column == start, "-" where column == start: start = column + 1
            case ":",
                "：" where isKey && column > start:
                let next = column + 1 < line.count ? line[column + 1] : " "
                if let comma = wideComma(line, start) { return comma }
                if scalar == "：" || ![" ", "\r"].contains(next) { return column }
                isKey = false
            case "a"..."z", "A"..."Z", "0"..."9", "-", "_", " ": break
            default: isKey = false
            }
        }
        return nil
    }

    private static func isBlank(_ line: SourceLine, before column: Int) -> Bool {
        column == 0 || line[column - 1] == " "
    }

    /// The column of a full-width comma before a key.
    private static func wideComma(_ line: SourceLine, _ start: Int) -> Int? {
        var column = start - 1
        while column >= 0, line[column] == " " { column -= 1 }
        return column >= 0 && line[column] == "，" ? column : nil
    }

    /// The comma that splits a sentence in a one-line mapping, so that the rest was read as a key.
    fileprivate func comma(before key: FileLocation) -> FileLocation? {
        guard lines.indices.contains(key.line - 1) else { return nil }
        let line = lines[key.line - 1]
        var column = min(key.column - 1, line.count) - 1
        while column >= 0, line[column] == " " { column -= 1 }
        return column >= 0 && line[column] == "," ? place(key.line - 1, column) : nil
    }
}

extension Findings {
    /// Reports the sign that made an unknown key: a full-width colon in it, or a comma before it. Returns whether it
    /// did.
    func explainsSign(in pair: YAMLTree.Pair) -> Bool {
        guard let text = text(of: pair.place.file) else { return false }
        let isCut = pair.value.scalar == "" && !(pair.key.unicodeScalars.first?.isASCII ?? true)
        guard isCut, let comma = text.comma(before: pair.place) else {
            guard let sign = text.wideSign(in: pair.key, at: pair.place) else { return false }
            error(sign.place, sign.words)
            return true
        }
        error(
            comma, "this comma ends the sentence before “\(pair.key)”: put the whole sentence in quotation marks",
            "这个逗号把一句话断成了两截（“\(pair.key)”被当成了另一项）：请给整句加上半角引号")
        return true
    }
}
