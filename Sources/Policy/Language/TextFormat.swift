import Kernel

/// The required form of a text: `text: required`, `text: serial-number`, `text: isbn`.
package enum TextFormat: String, Sendable, CaseIterable {
    case any = "required"
    /// The number of a journal: CN (GB/T 9999) or ISSN (ISO 3297).
    case serialNumber = "serial-number"
    /// The number of a book: ISBN (GB/T 5795).
    case isbn

    func accepts(_ text: String) -> Bool {
        switch self {
        case .any: true
        case .serialNumber: SerialNumber.isOne(text)
        case .isbn: BookNumber.isOne(text)
        }
    }

    /// The stored form: the same number gives the same text however it is typed.
    func normal(_ text: String) -> String? {
        switch self {
        case .any: text
        case .serialNumber: (try? SerialNumber(text))?.text
        case .isbn: (try? BookNumber(text))?.text
        }
    }

    /// The part of the text that identifies the thing: `CN 37-0001/T` without the class after the slash.
    func identity(_ text: String) -> String {
        self == .serialNumber ? String((normal(text) ?? text).prefix { $0 != "/" }) : text
    }

    /// An unused text of this form, different for each turn; for items that are only tried.
    func tried(_ turn: Int) -> String {
        switch self {
        case .any: return "way \(turn)"
        case .serialNumber: return "CN 00-\(1000 + turn % 9000)"
        case .isbn: return BookNumber.checked("9787\(90_000_000 + turn % 1_000_000)") ?? ""
        }
    }

    /// The accepted texts, for people.
    var accepted: LocalizedText {
        switch self {
        case .any: LocalizedText("文字", en: "a text")
        case .serialNumber:
            LocalizedText(
                "国内刊号（如 CN 37-0001/T）或国际刊号（如 ISSN 9999-9994）",
                en: "a CN number (such as CN 37-0001/T) or an ISSN (such as ISSN 9999-9994)")
        case .isbn: LocalizedText("ISBN（如 978-7-0000-0001-8）", en: "an ISBN (such as 978-7-0000-0001-8)")
        }
    }

    /// What is wrong with the text, for people; `nil` if there is nothing to report.
    func fault(_ text: String) -> LocalizedText? {
        switch self {
        case .any: return nil
        case .serialNumber:
            do {
                _ = try SerialNumber(text)
                return nil
            } catch {
                switch error {
                case .form: return LocalizedText("“\(text)”不是刊号", en: "“\(text)” is no serial number")
                case .book:
                    return LocalizedText("“\(text)”是书号（ISBN），不是刊号", en: "“\(text)” is an ISBN, no serial number")
                case .check(let last):
                    return LocalizedText(
                        "“\(text)”的末位校验码不符，按前 7 位应为 \(last)。请对照刊物",
                        en: "The check character of “\(text)” should be \(last). Compare with the journal")
                }
            }
        case .isbn:
            do {
                _ = try BookNumber(text)
                return nil
            } catch {
                switch error {
                case .form: return LocalizedText("“\(text)”不是书号", en: "“\(text)” is no ISBN")
                case .journal:
                    return LocalizedText("“\(text)”是刊号，不是书号", en: "“\(text)” is the number of a journal, no ISBN")
                case .check(let last):
                    return LocalizedText(
                        "“\(text)”的末位校验码不符，按前几位应为 \(last)。请对照版权页",
                        en: "The check character of “\(text)” should be \(last). Compare with the imprint of the book")
                }
            }
        }
    }
}
