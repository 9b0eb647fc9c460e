/// A resident identity number (公民身份号码) after GB 11643: 17 digits and a check character.
package struct IDNumber: Sendable, Hashable {
    /// Eighteen characters, the last upper case. Personal data: never in a log, a URL or a snapshot.
    package let text: String
    package let birth: Day

    /// Why a text is no identity number.
    package enum Fault: Error, Sendable, Hashable {
        case length(Int)
        case characters
        case birth
        case checkCharacter
    }

    /// Reads a number as people type it: spaces round it and a small x are forgiven.
    ///
    /// A wrong check character or a birth date that never was are errors. An area code that is not known is not:
    /// codes change, and people keep the number that they were given.
    package init(_ typed: some StringProtocol) throws(Fault) {
        var characters = Array(typed.utf8)[...]
        while characters.first == 32 { characters.removeFirst() }
        while characters.last == 32 { characters.removeLast() }
        characters = characters.map { 97...122 ~= $0 ? $0 - 32 : $0 }[...]
        let text = String(decoding: characters, as: UTF8.self)
        guard text.count == 18 else { throw .length(text.count) }
        guard characters.count == 18, characters[..<17].allSatisfy({ 48...57 ~= $0 }),
            characters[17] == 88 || 48...57 ~= characters[17]
        else {
            throw .characters
        }
        let digits = characters[..<17].map { Int($0) - 48 }
        let number = { (range: Range<Int>) in digits[range].reduce(0) { $0 * 10 + $1 } }
        guard let birth = Day(number(6..<10), number(10..<12), number(12..<14)) else { throw .birth }
        let weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]
        let sum = zip(digits, weights).reduce(0) { $0 + $1.0 * $1.1 }
        guard characters[17] == Array("10X98765432".utf8)[sum % 11] else { throw .checkCharacter }
        self.text = text
        self.birth = birth
    }

    /// The first six digits: where the number was first given (GB/T 2260 of that time).
    package var area: String { String(text.prefix(6)) }
    /// Whether it begins with the code of a province (GB/T 2260), or with 9 and one, as on the permanent residence card
    /// of a foreigner; 81 to 83 are on the residence permits of Hong Kong, Macao and Taiwan.
    package var hasKnownArea: Bool {
        let digits = Array(text.utf8.prefix(3)).map { Int($0) - 48 }
        let codes = digits[0] == 9 ? digits[1...] : digits[..<2]
        switch codes.reduce(0, { $0 * 10 + $1 }) {
        case 11...15, 21...23, 31...37, 41...46, 50...54, 61...65, 71, 81...83: return true
        default: return false
        }
    }
    /// `370902********0011`: what a page shows.
    package var masked: String { text.prefix(6) + "********" + text.suffix(4) }
}

extension IDNumber: CustomStringConvertible {
    /// Masked, so that a stray interpolation tells nothing.
    package var description: String { masked }
}

extension IDNumber.Fault {
    /// What is wrong and what to do, without the number itself.
    package var failure: Failure {
        switch self {
        case .length(let count):
            Failure(
                .badInput, "id-number.length", "身份证号应为 18 位，这里是 \(count) 位。请核对后重填。",
                en: "An ID number has 18 characters, this has \(count). Check it and type it again.")
        case .characters:
            Failure(
                .badInput, "id-number.characters", "身份证号前 17 位应为数字，末位为数字或 X。请核对后重填。",
                en: "An ID number is 17 digits and then a digit or X. Check it and type it again.")
        case .birth:
            Failure(
                .badInput, "id-number.birth", "身份证号第 7 至 14 位不是真实日期。请核对后重填。",
                en: "Characters 7 to 14 of the ID number are not a real date. Check it and type it again.")
        case .checkCharacter:
            Failure(
                .badInput, "id-number.check", "身份证号末位校验码不符，多半有一位打错。请对照证件重填。",
                en: "The ID number's check character does not fit, so a digit is mistyped. Compare with the card.")
        }
    }
}
