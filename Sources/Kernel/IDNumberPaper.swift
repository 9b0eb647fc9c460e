extension IDNumber {
    /// The cards with resident numbers, distinguished by the first digits.
    package enum Card: Sendable, Hashable, CaseIterable {
        case resident, hongKongAndMacao, taiwan, foreigner

        var name: String {
            switch self {
            case .resident: "居民身份证"
            case .hongKongAndMacao: "港澳居民居住证"
            case .taiwan: "台湾居民居住证"
            case .foreigner: "外国人永久居留身份证"
            }
        }

        /// A sentence that names the card of the number.
        var words: String {
            switch self {
            case .resident: "这是\(name)的号码"
            case .hongKongAndMacao: "这个号码以 81 或 82 开头，是\(name)的号码"
            case .taiwan: "这个号码以 83 开头，是\(name)的号码"
            case .foreigner: "这个号码以 9 开头，是\(name)的号码"
            }
        }
    }

    /// The card of the number; `nil` for other kinds and for an unknown area code.
    package var card: Card? {
        guard kind == .resident, hasKnownArea else { return nil }
        switch text.prefix(2) {
        case "81", "82": return .hongKongAndMacao
        case "83": return .taiwan
        default: return text.hasPrefix("9") ? .foreigner : .resident
        }
    }

    /// A kind of document as named beside a number.
    package struct Paper: Sendable {
        let name: String
        package let kind: Kind
        /// The cards with this name.
        let cards: Set<Card>

        /// The names offered to users.
        package static let names = ["居民身份证", "港澳台居民居住证"] + Kind.allCases.dropFirst().map(\.name)

        /// Parses the names in use, without an explanation in brackets. `nil` for unknown documents.
        package init?(_ name: String, of number: String) {
            let form = NormalForm.caseless(name)
            self.name = name
            switch form.prefix(while: { $0 != "(" }) {
            case "居民身份证", "身份证", "二代身份证", "第二代居民身份证", "中华人民共和国居民身份证", "临时居民身份证", "中国居民身份证":
                (kind, cards) = (.resident, [.resident])
            case "港澳台居民居住证", "港澳台居住证", "居住证": (kind, cards) = (.resident, [.hongKongAndMacao, .taiwan])
            case "港澳居民居住证", "香港居民居住证", "澳门居民居住证": (kind, cards) = (.resident, [.hongKongAndMacao])
            case "台湾居民居住证": (kind, cards) = (.resident, [.taiwan])
            case "外国人永久居留身份证", "外国人永久居留证", "永久居留身份证":
                let isOld = number.filter { !$0.isWhitespace }.count == 15
                (kind, cards) = isOld ? (.foreignersCard, []) : (.resident, [.foreigner])
            case "护照", "普通护照", "外国护照", "外国人护照", "外籍护照", "中国护照", "中华人民共和国护照", "因私护照", "因公护照", "因私普通护照",
                "因公普通护照", "公务护照", "公务普通护照", "外交护照", "passport":
                (kind, cards) = (.passport, [])
            case "港澳居民来往内地通行证", "港澳居民通行证", "港澳来往内地通行证", "港澳通行证", "港澳同胞回乡证", "回乡证":
                (kind, cards) = (.permitOfHongKongAndMacao, [])
            case "台湾居民来往大陆通行证", "台湾居民通行证", "台湾同胞来往大陆通行证", "台胞证": (kind, cards) = (.permitOfTaiwan, [])
            default: return nil
            }
        }

        /// Whether the number matches the document. A number with an unknown area code is not compared with resident
        /// cards.
        fileprivate func mayHave(_ number: IDNumber) -> Bool {
            if number.kind != .resident { return true }
            if let card = number.card { return cards.contains(card) }
            return cards.contains(.resident) || cards.contains(.foreigner) && number.text.hasPrefix("9")
        }
    }

    /// Parses a number with its kind of document. Failures: `paper` if it belongs to another card.
    package init(_ typed: some StringProtocol, of paper: Paper) throws(Fault) {
        let number = try IDNumber(typed, paper.kind)
        guard paper.mayHave(number) else { throw .paper(named: paper.name, of: number.card) }
        self = number
    }

    /// Why a text is not an ID number of any kind.
    package static func objection(to typed: some StringProtocol) -> Failure? {
        do throws(Fault) {
            _ = try IDNumber(typed)
            return nil
        } catch .length(let count) where !(15...20 ~= count) {
            let forms = Kind.allCases.map { "\($0.title)应为 \($0.words)" }.joined(separator: "，")
            return Failure(
                .badInput, "id-number.none", "这不是证件号码：\(forms)。请核对后重填。",
                en: "No document has such a number: not 18 characters, nor another known form. Check it.")
        } catch {
            return error.failure
        }
    }
}
