/// The number of a journal (刊号): the CN number of a Chinese one (GB/T 9999), or the ISSN of any (ISO 3297).
package struct SerialNumber: Sendable, Hashable {
    /// `CN 37-0001/T`, or `ISSN 9999-9994` if there is no CN number. If both are given, the CN number is used.
    package let text: String

    /// Why a text is not such a number.
    package enum Fault: Error, Sendable, Hashable {
        case form
        /// It is the number of a book (ISBN).
        case book
        /// The last character of the ISSN should be this one.
        case check(Character)
    }

    /// Parses common spellings: `cn37—0001／t`, `9999 9994`, `ISSN 9999-9994, CN 37-0001/T`.
    package init(_ typed: some StringProtocol) throws(Fault) {
        let bytes = typed.typedNumber
        if BookNumber.seems(bytes) { throw .book }
        let parts = Self.parts(bytes)
        let numbers = try parts.map { part throws(Fault) in try Self.number(part) }
        guard let first = numbers.first(where: { $0.hasPrefix("C") }) ?? numbers.first,
            Set(numbers.map { $0.prefix(1) }).count == numbers.count
        else { throw .form }
        text = first
    }

    /// The numbers with their prefixes, which the first may lack.
    private static func parts(_ bytes: [UInt8]) -> [ArraySlice<UInt8>] {
        let (cn, issn) = (Array("CN".utf8), Array("ISSN".utf8))
        let starts = bytes.indices.dropFirst().filter {
            bytes[$0...].starts(with: issn) || bytes[$0...].starts(with: cn)
        }
        let ends = starts + [bytes.endIndex]
        return zip([0] + starts, ends).map { start, end in
            var part = bytes[start..<end]
            while let last = part.last, ",/".utf8.contains(last) { part.removeLast() }
            return part
        }
    }

    private static func number(_ bytes: ArraySlice<UInt8>) throws(Fault) -> String {
        if bytes.starts(with: "ISSN".utf8) { return try issn(bytes.dropFirst(4)) }
        if bytes.starts(with: "CN".utf8) { return try cn(bytes.dropFirst(2)) }
        return bytes.prefix(3).last == UInt8(ascii: "-") ? try cn(bytes) : try issn(bytes)
    }

    /// Two digits for the place, four for the journal and an optional class: `37-0001/T`.
    private static func cn(_ bytes: ArraySlice<UInt8>) throws(Fault) -> String {
        let (number, mark) = (bytes.prefix(7), bytes.dropFirst(7))
        let digits = number.prefix(2) + number.suffix(4)
        guard number.count == 7, number.dropFirst(2).first == UInt8(ascii: "-"), digits.allSatisfy(\.isDigit),
            number.suffix(4).contains(where: { $0 != 48 }), isClass(mark)
        else { throw .form }
        return "CN " + String(decoding: number + mark, as: UTF8.self)
    }

    /// Nothing, or a class of the Chinese Library Classification: `/T`, `/G4`, `/(J)`.
    private static func isClass(_ mark: some Collection<UInt8>) -> Bool {
        guard mark.first == UInt8(ascii: "/") else { return mark.isEmpty }
        let letters = mark.dropFirst()
        return (1...8).contains(letters.count)
            && letters.allSatisfy { 65...90 ~= $0 || $0.isDigit || "().-".utf8.contains($0) }
    }

    /// Seven digits and a check character: their sum with weights 8 to 2, plus the check, is a multiple of eleven.
    private static func issn(_ bytes: ArraySlice<UInt8>) throws(Fault) -> String {
        var bytes = Array(bytes)
        if bytes.count == 9, bytes[4] == UInt8(ascii: "-") { bytes.remove(at: 4) }
        guard bytes.count == 8, bytes[7].isDigit || bytes[7] == UInt8(ascii: "X"),
            let sum = bytes.prefix(7).weighted(by: (2...8).reversed()), sum > 0
        else { throw .form }
        let check = Array("0X987654321".utf8)[sum % 11]
        guard bytes[7] == check else { throw .check(Character(UnicodeScalar(check))) }
        return "ISSN " + String(decoding: bytes[..<4] + [UInt8(ascii: "-")] + bytes[4...], as: UTF8.self)
    }

    /// Whether a text has the form of ``text``, or can be parsed.
    package static func isOne(_ text: String) -> Bool {
        var text = text
        return text.withUTF8(isKept) || (try? SerialNumber(text)) != nil
    }

    /// Whether it has the form of ``text``. A fast check, because each decision on a paper needs it.
    private static func isKept(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        guard bytes.count >= 10, bytes[2] == 32, bytes[0] == UInt8(ascii: "C"), bytes[1] == UInt8(ascii: "N") else {
            return isKeptISSN(bytes)
        }
        var digits: UInt8 = 0
        for place in 3..<10 where place != 5 {
            guard bytes[place].isDigit else { return false }
            if place > 5 { digits |= bytes[place] - 48 }
        }
        return digits > 0 && bytes[5] == UInt8(ascii: "-") && isClass(bytes[10...])
    }

    private static func isKeptISSN(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        guard bytes.count == 14, bytes.starts(with: "ISSN ".utf8), bytes[9] == UInt8(ascii: "-") else { return false }
        var (sum, weight) = (0, 8)
        for place in 5..<13 where place != 9 {
            guard bytes[place].isDigit else { return false }
            sum += (Int(bytes[place]) - 48) * weight
            weight -= 1
        }
        let last = bytes[13] == UInt8(ascii: "X") ? 10 : Int(bytes[13]) - 48
        return sum > 0 && (bytes[13].isDigit || last == 10) && (sum + last) % 11 == 0
    }
}

/// The number of a book (书号): an ISBN (GB/T 5795, ISO 2108) of thirteen digits, or of ten as until 2006.
package struct BookNumber: Sendable, Hashable {
    /// Thirteen digits, `9787000000018`, without hyphens, whose places vary.
    package let text: String

    package enum Fault: Error, Sendable, Hashable {
        case form
        /// It is the number of a journal (CN or ISSN).
        case journal
        /// The last character should be this one.
        case check(Character)
    }

    /// Parses common spellings: `ISBN 978-7-0000-0001-8`, `978 7000000018`, `7-0000-0001-8`.
    package init(_ typed: some StringProtocol) throws(Fault) {
        let typed = typed.typedNumber
        if (try? SerialNumber(String(decoding: typed, as: UTF8.self))) != nil { throw .journal }
        var bytes = typed[...]
        if bytes.starts(with: "ISBN".utf8) { bytes = bytes.dropFirst(4) }
        let digits = bytes.filter { $0 != UInt8(ascii: "-") }
        text =
            switch digits.count {
            case 13: try Self.thirteen(digits)
            case 10: try Self.ten(digits)
            default: throw .form
            }
    }

    /// Thirteen digits: their sum with alternating weights 1 and 3 is a multiple of ten.
    private static func thirteen(_ digits: [UInt8]) throws(Fault) -> String {
        guard isPrefixed(digits), digits[12].isDigit, let check = check(digits) else { throw .form }
        guard digits[12] == check else { throw .check(Character(UnicodeScalar(check))) }
        return String(decoding: digits, as: UTF8.self)
    }

    /// Nine digits and a check character: their sum with weights 10 to 2, plus the check, is a multiple of eleven.
    private static func ten(_ digits: [UInt8]) throws(Fault) -> String {
        guard digits[9].isDigit || digits[9] == UInt8(ascii: "X"),
            let sum = digits.prefix(9).weighted(by: (2...10).reversed()), sum > 0
        else { throw .form }
        let check = Array("0X987654321".utf8)[sum % 11]
        guard digits[9] == check else { throw .check(Character(UnicodeScalar(check))) }
        let body = Array("978".utf8) + digits[..<9]
        guard let last = Self.check(body) else { throw .form }
        return String(decoding: body + [last], as: UTF8.self)
    }

    /// Twelve digits followed by their check digit; `nil` if one is not a digit.
    package static func checked(_ twelve: String) -> String? {
        check(twelve.utf8).map { twelve + String(UnicodeScalar($0)) }
    }

    /// The check digit for the first twelve.
    private static func check(_ digits: some Collection<UInt8>) -> UInt8? {
        digits.prefix(12).weighted(by: [1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1, 3]).map { UInt8(48 + (10 - $0 % 10) % 10) }
    }

    private static func isPrefixed(_ digits: some Collection<UInt8>) -> Bool {
        digits.starts(with: "978".utf8) || digits.starts(with: "979".utf8)
    }

    /// Whether it is meant as the number of a book, correct or not.
    static func seems(_ bytes: [UInt8]) -> Bool {
        if bytes.starts(with: "ISBN".utf8) { return true }
        let digits = bytes.filter { $0 != UInt8(ascii: "-") }
        return digits.count == 13 && isPrefixed(digits)
    }

    /// Whether a text has the form of ``text``, or can be parsed.
    package static func isOne(_ text: String) -> Bool {
        var text = text
        return text.withUTF8(isKept) || (try? BookNumber(text)) != nil
    }

    /// Whether it has the form of ``text``. A fast check, because each decision on a book needs it.
    private static func isKept(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        guard bytes.count == 13, isPrefixed(bytes) else { return false }
        var sum = 0
        for place in 0..<13 {
            guard bytes[place].isDigit else { return false }
            sum += (Int(bytes[place]) - 48) * (place % 2 == 0 ? 1 : 3)
        }
        return sum % 10 == 0
    }
}
