import Kernel

/// How a number format displays a number.
enum NumberForm {
    case plain
    /// With the day. If the format hides the year, the spreadsheet still stores it.
    case day
    /// A month or a year without the day.
    case month
    case time
}

/// Reads which cell styles show a number as a day, a month or a time.
final class StyleReader: XMLReaderDelegate {
    private(set) var forms: [NumberForm] = []
    private var codes: [Int: NumberForm] = [:]
    private var isInCells = false
    /// Higher than in any real spreadsheet.
    private static let (mostCodes, mostStyles) = (10_000, 100_000)

    func start(_ name: XMLReader.Name, _ attributes: XMLReader.Attributes) throws {
        switch name {
        case "numFmt":
            if let id = attributes.int("numFmtId") { codes[id] = Self.form(attributes["formatCode"]) }
        case "cellXfs": isInCells = true
        case "xf" where isInCells: forms.append(form(attributes.int("numFmtId") ?? 0))
        default: break
        }
        guard codes.count <= Self.mostCodes, forms.count <= Self.mostStyles else {
            throw Failure.sheetMarkup("styles.xml")
        }
    }

    func end(_ name: XMLReader.Name) throws {
        if name == "cellXfs" { isInCells = false }
    }

    func text(_ bytes: UnsafeRawBufferPointer) throws {}

    /// The built-in format numbers of spreadsheets (ECMA-376 part 1, 18.8.30); those from 27 on belong to Chinese
    /// editions.
    private func form(_ id: Int) -> NumberForm {
        if let known = codes[id] { return known }
        return switch id {
        case 14...16, 22, 28...31, 51, 53, 54, 58: .day
        case 17, 27, 36, 50, 52, 57: .month
        case 18...21, 32...35, 45...47, 55, 56: .time
        default: .plain
        }
    }

    private static func form(_ code: UnsafePointer<CChar>?) -> NumberForm {
        let letters = letters(code)
        let has = { (letter: Unicode.Scalar) in letters.contains(UInt8(ascii: letter)) }
        // An `m` next to hours or seconds means minutes.
        return has("d") ? .day : has("y") ? .month : has("h") || has("s") ? .time : has("m") ? .month : .plain
    }

    /// The letters outside of quotes, brackets and escapes, in lower case. Of brackets only those of elapsed hours
    /// count, such as `[h]:mm`.
    ///
    /// A quotation or bracket that is not closed ends with the code. A backslash, `_` and `*` each consume the next
    /// character.
    private static func letters(_ code: UnsafePointer<CChar>?) -> Set<UInt8> {
        guard var at = code else { return [] }
        var (end, letters): (UInt8, Set<UInt8>) = (0, [])
        while at.pointee != 0 {
            let byte = UInt8(bitPattern: at.pointee)
            at += 1
            switch byte {
            case _ where end != 0: if byte == end { end = 0 }
            case UInt8(ascii: "\""): end = byte
            case UInt8(ascii: "["):
                let (first, next) = (UInt8(bitPattern: at.pointee) | 0x20, at.pointee == 0 ? 0 : at[1])
                let isAlone = next == at.pointee || UInt8(bitPattern: next) == UInt8(ascii: "]")
                if isAlone { letters.insert(first) }
                end = UInt8(ascii: "]")
            case UInt8(ascii: "\\"), UInt8(ascii: "_"), UInt8(ascii: "*"): if at.pointee != 0 { at += 1 }
            default: letters.insert(byte | 0x20)
            }
        }
        return letters
    }
}
