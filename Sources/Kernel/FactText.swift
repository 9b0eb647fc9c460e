/// Facts as text: one encoding for the database, for digests and for the ledger's tags.
///
/// One line for each fact in the order of the keys, `authors=i3`: the key, a letter for the type (`t` text, `i`
/// integer, `h` hundredths of hours, `d` day), and the value. In a value, a backslash is `\\` and a line feed is `\n`.
/// Equal facts give equal bytes.
package enum FactText {
    package static func encode(_ facts: [String: Fact]) -> String {
        facts.sorted { $0.key < $1.key }.map { "\($0.key)=\(encode($0.value))" }.joined(separator: "\n")
    }

    package static func encode(_ fact: Fact) -> String {
        switch fact {
        case .text(let text): "t" + escape(text)
        case .integer(let number): "i\(number)"
        case .hours(let hours): "h\(hours.hundredths)"
        case .day(let day): "d\(day)"
        }
    }

    /// `nil` if the text is not in this encoding.
    package static func decode(_ text: some StringProtocol) -> [String: Fact]? {
        var text = String(text)
        return text.withUTF8 { decode(UnsafeRawBufferPointer($0)) }
    }

    /// The same from the UTF-8 of a text.
    package static func decode(_ bytes: UnsafeRawBufferPointer) -> [String: Fact]? {
        var facts = [String: Fact](minimumCapacity: bytes.count { $0 == UInt8(ascii: "\n") } + 1)
        var rest = bytes[...]
        while !rest.isEmpty {
            let line = rest.prefix { $0 != UInt8(ascii: "\n") }
            rest = rest[line.endIndex...].dropFirst()
            guard !line.isEmpty else { continue }
            guard let sign = line.firstIndex(of: UInt8(ascii: "=")),
                let fact = fact(line[(sign + 1)...])
            else { return nil }
            facts[String(decoding: line[..<sign], as: UTF8.self)] = fact
        }
        return facts
    }

    package static func fact(_ text: String) -> Fact? {
        var text = text
        return text.withUTF8 { fact(UnsafeRawBufferPointer($0)[...]) }
    }

    package static func fact(_ bytes: Slice<UnsafeRawBufferPointer>) -> Fact? {
        let value = UnsafeRawBufferPointer(rebasing: bytes.dropFirst())
        switch bytes.first {
        case UInt8(ascii: "t"): return .text(unescape(String(decoding: value, as: UTF8.self)))
        case UInt8(ascii: "i"): return Int(String(decoding: value, as: UTF8.self)).map { .integer($0) }
        case UInt8(ascii: "h"):
            return Int(String(decoding: value, as: UTF8.self)).map { .hours(CreditHours(hundredths: $0)) }
        case UInt8(ascii: "d"): return Day(utf8: value).map { .day($0) }
        default: return nil
        }
    }

    private static func escape(_ text: String) -> String {
        guard text.utf8.contains(where: { $0 == 92 || $0 == 10 }) else { return text }
        var escaped = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\\": escaped.append(contentsOf: "\\\\".unicodeScalars)
            case "\n": escaped.append(contentsOf: "\\n".unicodeScalars)
            default: escaped.append(scalar)
            }
        }
        return String(escaped)
    }

    private static func unescape(_ text: String) -> String {
        guard text.utf8.contains(92) else { return text }
        var (plain, escaped) = (String.UnicodeScalarView(), false)
        for scalar in text.unicodeScalars {
            if escaped { plain.append(scalar == "n" ? "\n" : scalar) }
            if !escaped, scalar != "\\" { plain.append(scalar) }
            escaped = !escaped && scalar == "\\"
        }
        return String(plain)
    }
}
