/// The number of the document that a person is known by: the resident identity card, or another document. Kind and
/// number together are unique to one person.
package struct IDNumber: Sendable, Hashable {
    package enum Kind: String, Sendable, Hashable, CaseIterable {
        /// 公民身份号码 (GB 11643), 18 characters; also the numbers of the residence permits for Hong Kong, Macao and Taiwan
        /// (81, 82, 83…), and of the foreigner's permanent residence card of 2023 (9…).
        case resident
        case passport
        /// 港澳居民来往内地通行证: H or M and eight digits.
        case permitOfHongKongAndMacao = "permit-hm"
        /// 台湾居民来往大陆通行证: eight digits.
        case permitOfTaiwan = "permit-tw"
        /// 外国人永久居留身份证 before 2023: three letters and twelve digits.
        case foreignersCard = "foreigners-card"
    }

    package let kind: Kind
    /// Digits and capitals without spaces. Personal data: never in a log, a URL or a snapshot.
    package let text: String
    /// The date of birth, if the number contains it.
    package let birth: Day?

    /// Why a text is not an ID number.
    package enum Fault: Error, Sendable, Hashable {
        case length(Int)
        case characters
        case birth
        case checkCharacter
        /// It has not the form of this kind.
        case form(Kind)
        /// It belongs to another card than the named one.
        case paper(named: String, of: Card?)
    }

    /// Parses the number of a resident. Spaces, full-width digits and a small x are accepted.
    ///
    /// A wrong check character or an invalid date of birth is an error. An unknown area code is not, because codes
    /// change and people keep their numbers.
    package init(_ typed: some StringProtocol) throws(Fault) {
        let text = Self.plain(typed)
        let characters = Array(text.utf8)
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
        (kind, self.text, self.birth) = (.resident, text, birth)
    }

    /// Parses the number of a document of this kind, without the two digits at the end of a permit's number that count
    /// its renewals.
    package init(_ typed: some StringProtocol, _ kind: Kind) throws(Fault) {
        guard kind != .resident else {
            self = try IDNumber(typed)
            return
        }
        let text = Self.plain(typed)
        guard let match = text.wholeMatch(of: kind.form) else { throw .form(kind) }
        (self.kind, self.text, birth) = (kind, String(match.1), nil)
    }

    /// The possible numbers: that of a resident, else one for each kind whose form matches.
    package static func all(_ typed: some StringProtocol) -> [IDNumber] {
        if let resident = try? IDNumber(typed) { return [resident] }
        return Kind.allCases.dropFirst().compactMap { try? IDNumber(typed, $0) }
    }

    private static func plain(_ typed: some StringProtocol) -> String { NormalForm.of(String(typed)).uppercased() }

    /// What is hashed and compared. For residents it is the number alone, as before other kinds were added.
    package var key: String { kind == .resident ? text : "\(kind.rawValue) \(text)" }

    /// The owner's login: the number, with the kind in front for other documents, such as 护照E12345678.
    package var login: String { kind == .resident ? text : kind.name + text }

    /// The first six digits: the area where the number was first assigned (GB/T 2260 of that time).
    package var area: String { String(text.prefix(6)) }
    /// Whether the number of a resident begins with the code of a province (GB/T 2260), with 81 to 83 for Hong Kong,
    /// Macao and Taiwan, or with 9 and such a code for foreigners. True for other documents.
    package var hasKnownArea: Bool {
        guard kind == .resident else { return true }
        let digits = Array(text.utf8.prefix(3)).map { Int($0) - 48 }
        let codes = digits[0] == 9 ? digits[1...] : digits[..<2]
        switch codes.reduce(0, { $0 * 10 + $1 }) {
        case 11...15, 21...23, 31...37, 41...46, 50...54, 61...65, 71, 81...83: return true
        default: return false
        }
    }
    /// `370902********0011`, `E1*****78`: the form shown on pages.
    package var masked: String { Self.masked(text) }

    /// The same for a printed number.
    package static func masked(_ text: String) -> String {
        if text.count == 18 { return text.prefix(6) + "********" + text.suffix(4) }
        return text.prefix(2) + String(repeating: "*", count: max(0, text.count - 4)) + text.suffix(2)
    }
}

extension IDNumber.Kind {
    /// The name of the document.
    package var name: String {
        switch self {
        case .resident: "居民身份证"
        case .passport: "护照"
        case .permitOfHongKongAndMacao: "港澳居民来往内地通行证"
        case .permitOfTaiwan: "台湾居民来往大陆通行证"
        case .foreignersCard: "外国人永久居留身份证"
        }
    }

    /// The name of its number: 身份证号, 护照号码.
    package var title: String { self == .resident ? "身份证号" : name + "号码" }

    /// The English name of its number.
    package var english: String {
        switch self {
        case .resident: "ID number"
        case .passport: "passport number"
        case .permitOfHongKongAndMacao: "number of a permit for Hong Kong and Macao residents"
        case .permitOfTaiwan: "number of a permit for Taiwan residents"
        case .foreignersCard: "number of a foreigner's residence card"
        }
    }

    /// The form of the number, which is the captured group.
    fileprivate var form: Regex<(Substring, Substring)> {
        switch self {
        case .resident: #/(\d{17}[\dX])/#
        case .passport: #/((?=.*\d)[A-Z0-9]{5,12})/#
        case .permitOfHongKongAndMacao: #/([HM]\d{8})(?:\d{2})?/#
        case .permitOfTaiwan: #/(\d{8})/#
        case .foreignersCard: #/([A-Z]{3}\d{12})/#
        }
    }

    /// The form of the number in words.
    var words: String {
        switch self {
        case .resident: "18 位"
        case .passport: "5 至 12 位字母和数字"
        case .permitOfHongKongAndMacao: "H 或 M 加 8 位数字"
        case .permitOfTaiwan: "8 位数字"
        case .foreignersCard: "3 个字母加 12 位数字"
        }
    }
}

extension IDNumber: CustomStringConvertible {
    /// Masked, so that interpolation by mistake reveals nothing.
    package var description: String { masked }
}

extension IDNumber.Fault {
    /// The failure for the user, without the number itself.
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
                en: "The ID number's check character does not match, so a digit is mistyped. Compare with the card.")
        case .form(let kind):
            Failure(
                .badInput, "id-number.form", "\(kind.title)应为 \(kind.words)。请对照证件重填，并核对证件类型。",
                en: "This is not the number of a \(kind.rawValue). Compare the number and the kind with the document.")
        case .paper(let name, let card):
            Failure(
                .badInput, "id-number.paper",
                (card.map { "\($0.words)，不是\(name)的" } ?? "这不是\(name)的号码") + "。请对照证件，改正证件类型或号码。",
                en: "This number belongs to another kind of card than the given one. Compare both with the card.")
        }
    }
}
