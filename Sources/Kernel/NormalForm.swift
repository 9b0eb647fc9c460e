import Foundation

/// The one form in which typed texts are compared: names, units, logins, search terms.
///
/// It folds: NFC; the compatibility forms of Unicode (NFKC: width, brackets, Kangxi radicals, compatibility
/// ideographs); the radicals of the CJK Radicals Supplement (Equivalent_Unified_Ideograph of UAX #38); characters that
/// GB 18030 had in the private use area before 2005 and 2022; the dots of names, to U+00B7; apostrophes; brackets of
/// any shape, to `()`. Invisible marks and spaces are removed. Letters keep their case.
///
/// Texts are stored and shown as typed. Texts with equal forms may mean the same; an ID number or a credit code, if
/// there is one, decides.
package enum NormalForm {
    /// Increase it with every change of the folding. A migration must then rewrite stored keys of the older form, and
    /// keyed hashes of it must be tried beside the new ones.
    package static let version = 1

    package static func of(_ text: String) -> String {
        if text.utf8.allSatisfy(\.isPlain) { return text }
        return String(String.UnicodeScalarView(folded(text).unicodeScalars.filter { !$0.properties.isWhitespace }))
    }

    /// Whether both have the same form.
    package static func same(_ a: String, _ b: String) -> Bool { a == b || of(a) == of(b) }

    /// The form without case, for names and numbers. Passports, for example, have capitals.
    package static func caseless(_ text: String) -> String {
        let form = of(text)
        return form.utf8.contains(where: \.mayHaveCase) ? form.lowercased() : form
    }

    /// Whether both are the same ignoring case: names of persons, numbers of courses or items.
    package static func sameIgnoringCase(_ a: String, _ b: String) -> Bool { a == b || caseless(a) == caseless(b) }

    /// The form of a unit's name, by which units are found: without case, with one dash for any dashes.
    package static func unit(_ name: String) -> String {
        if name.utf8.allSatisfy(\.isHan) { return name }
        let form = caseless(name)
        guard form.utf8.contains(where: { $0 == UInt8(ascii: "-") || $0 == 0xE2 }) else { return form }
        var unit = String.UnicodeScalarView()
        for scalar in form.unicodeScalars {
            if !isDash(scalar) { unit.append(scalar) } else if unit.last != "-" { unit.append("-") }
        }
        return String(unit)
    }

    package static func sameUnit(_ a: String, _ b: String) -> Bool { a == b || unit(a) == unit(b) }

    private static func isDash(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x2D, 0x2010...0x2015, 0x2212, 0x2500: true
        default: false
        }
    }

    /// All folding except the removal of spaces.
    package static func folded(_ text: String) -> String {
        let visible = String(String.UnicodeScalarView(text.visible.unicodeScalars.map { privateUse($0) ?? $0 }))
        let plain = visible.precomposedStringWithCompatibilityMapping
        var folded = String.UnicodeScalarView()
        for scalar in plain.unicodeScalars { folded.append(table[scalar] ?? scalar) }
        return dotted(folded)
    }

    /// Replaces radicals, compatibility ideographs and characters of private use by ideographs of the same shape.
    package static func ideographs(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: isDrawnAlike) else { return text }
        return String(
            text.flatMap { $0.unicodeScalars.contains(where: isDrawnAlike) ? Array(folded(String($0))) : [$0] })
    }

    private static func isDrawnAlike(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x2E80...0x2FDF, 0xE815...0xE864, 0xF900...0xFAFF, 0x2F800...0x2FA1F: true
        default: false
        }
    }

    /// A full stop between two Han characters becomes the dot of a name.
    private static func dotted(_ scalars: String.UnicodeScalarView) -> String {
        guard scalars.contains(".") else { return String(scalars) }
        var all = Array(scalars)
        let inked = all.indices.filter { !all[$0].properties.isWhitespace }
        for (turn, place) in inked.enumerated() where all[place] == "." && turn > 0 && turn < inked.count - 1 {
            let beside = [all[inked[turn - 1]], all[inked[turn + 1]]]
            if beside.allSatisfy(\.properties.isIdeographic) { all[place] = dot }
        }
        return String(String.UnicodeScalarView(all))
    }

    private static let dot: Unicode.Scalar = "\u{B7}"

    private static let table: [Unicode.Scalar: Unicode.Scalar] = {
        var table: [Unicode.Scalar: Unicode.Scalar] = [:]
        let pairs = Array(radicals.unicodeScalars)
        for place in stride(from: 0, to: pairs.count - 1, by: 2) { table[pairs[place]] = pairs[place + 1] }
        for scalar in "•‧∙⋅●・᛫・".unicodeScalars { table[scalar] = dot }
        for scalar in "’‘ʼ`´′".unicodeScalars { table[scalar] = "'" }
        for scalar in "〔【[［〖".unicodeScalars { table[scalar] = "(" }
        for scalar in "〕】]］〗".unicodeScalars { table[scalar] = ")" }
        return table
    }()

    /// Each radical, followed by its ideograph.
    private static let radicals = """
        ⺁厂⺂乛⺃乚⺄乙⺅亻⺆冂⺇𠘨⺈刀⺉刂⺊卜⺋㔾⺌小⺍尐⺎兀⺏尣⺐尢⺑𡯂⺒巳⺓幺⺔彑⺕彐⺖忄⺗心⺘扌⺙攵⺛旡⺜日⺝月⺞歺⺠民⺡氵⺢氺\
        ⺣灬⺤爫⺥爬⺦丬⺧牛⺨犭⺩王⺪𤴔⺫目⺬示⺭礻⺮𥫗⺯糹⺰纟⺱罓⺲罒⺳㓁⺴冗⺵𦉫⺶羊⺷𦍌⺸𦍋⺹耂⺺肀⺻聿⺼肉⺽𦥑⺾艹⺿艺⻀艻⻁虎⻂衤\
        ⻃覀⻄西⻅见⻆角⻇𧢲⻈讠⻉贝⻊𧾷⻋车⻌辶⻍辷⻎辸⻏邑⻐钅⻑長⻒镸⻓长⻔门⻕𨸏⻖阝⻗雨⻘青⻙韦⻚页⻛风⻜飞⻝食⻞𩙿⻟飠⻠饣⻡𩠐⻢马\
        ⻣骨⻤鬼⻥鱼⻦鸟⻧卤⻨麦⻩黄⻪黾⻫斉⻬齐⻭歯⻮齿⻯竜⻰龙⻱龜⻲亀
        """

    /// The Unicode character for one that GB 18030-2000 had at U+E815 to U+E864.
    private static func privateUse(_ scalar: Unicode.Scalar) -> Unicode.Scalar? {
        let place = Int(scalar.value) - 0xE815
        return moved.indices.contains(place) ? moved[place] : nil
    }

    private static let moved = Array(
        """
        ⺁𠂇𠂉𠃌⺄㑳㑇⺈⺋龴㖞㘚㘎⺌⺗㥮㤘龵㧏㧟㩳㧐龶龷㭎㱮㳠⺧𡗗龸⺪䁖䅟⺮䌷⺳⺶⺷𢦏䎱\
        䎬⺻䏝䓖䙡䙌龹䜣䜩䝼䞍⻊䥇䥺䥽䦂䦃䦅䦆䦟䦛䦷䦶龺𤇾䲣䲟䲠䲡䱷䲢䴓䴔䴕䴖䴗䴘䴙䶮龻
        """.unicodeScalars)
}

extension NormalForm {
    /// A person's name as stored: spaces only between words of other scripts.
    package static func personName(_ typed: String) -> String {
        var (name, spaces, last): (String, String, Character?) = ("", "", nil)
        for letter in typed.utf8.allSatisfy(\.isHan) ? typed : folded(typed) {
            if letter.isWhitespace {
                spaces = " "
                continue
            }
            let isWord = last.map { !$0.isHanOrDot && !letter.isHanOrDot } ?? false
            name += isWord ? spaces : ""
            name.append(letter)
            (spaces, last) = ("", letter)
        }
        return name
    }
}

extension UInt8 {
    /// Bytes of characters that are never folded: ASCII letters and digits, and Han from U+4000 to U+9FFF.
    fileprivate var isPlain: Bool {
        switch self {
        case 0x21...0x2D, 0x2F...0x5A, 0x5E, 0x5F, 0x61...0x7E: true
        default: isHan
        }
    }

    /// Whether it may be a byte of a letter that is not in lower case.
    fileprivate var mayHaveCase: Bool { 0x41...0x5A ~= self || self >= 0x80 && !isHan }

    fileprivate var isHan: Bool { 0x80...0xBF ~= self || 0xE4...0xE9 ~= self }
}

extension Character {
    fileprivate var isHanOrDot: Bool {
        self == "\u{B7}" || unicodeScalars.first?.properties.isIdeographic == true
    }
}
