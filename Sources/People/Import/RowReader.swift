import Documents
import Kernel

/// Reads the cells of a row and describes their faults.
package struct RowReader {
    package let row: SheetRow
    package let header: SheetHeader

    package init(row: SheetRow, header: SheetHeader) { (self.row, self.header) = (row, header) }

    /// A fault in a column, named as in the list's header.
    package func fault(_ title: String, _ chinese: String, en english: String) -> RowFailure {
        fault(title, LocalizedText(chinese, en: english))
    }

    package func fault(_ title: String, _ text: LocalizedText) -> RowFailure {
        RowFailure(row, header.written(title), text, value: header.text(title, row) ?? "")
    }

    /// The fault of reading a column; empty if there is none.
    package func faults(_ read: () throws -> Void) -> [RowFailure] {
        do {
            try read()
            return []
        } catch {
            return [error as? RowFailure].compactMap { $0 }
        }
    }

    /// The most bytes of UTF-8 in a cell, as for any fact of a policy.
    static let longest = 500

    /// The text without invisible characters. Its length is limited, because it may be copied into each decision. Cells
    /// that a spreadsheet has damaged are refused.
    package func text(_ title: String) throws(RowFailure) -> String? {
        let cell = header.cell(title, row)
        guard !cell.text.isEmpty else { return nil }
        if let spoilt = cell.spoilt { throw fault(title, Self.words(spoilt, cell.text)) }
        let text = cell.text
        guard text.utf8.count <= Self.longest else {
            throw fault(
                title, "\(title)超过 \(Self.longest) 字节（约 160 个汉字）。请缩短",
                en: "More than \(Self.longest) bytes. Shorten the text")
        }
        let visible = text.visible
        return visible.isEmpty ? nil : visible
    }

    private static func words(_ spoilt: SheetCell.Kind, _ text: String) -> LocalizedText {
        let asText = LocalizedText(
            "请把该列设为“文本”格式后重新填写", en: "Format the column as text and type the values again")
        let lost = LocalizedText("，原来的内容已丢失。", en: ", so the original text is lost. ") + asText
        return switch spoilt {
        case .error:
            LocalizedText(
                "公式没有结果（\(text)）。请改正公式，或直接填写内容",
                en: "The formula has no result (\(text)). Correct it, or type the value")
        case .formula:
            LocalizedText(
                "公式还没有算出结果。请用电子表格软件打开、保存后再导入，或直接填写内容",
                en: "The formula is not computed yet. Open and save the file in a spreadsheet, or type the value")
        case .day, .month:
            LocalizedText("填写的内容被表格软件当作日期（\(text)）", en: "The spreadsheet took the text for a day (\(text))") + lost
        case .time:
            LocalizedText("填写的内容被表格软件当作时间（\(text)）", en: "The spreadsheet took the text for a time (\(text))") + lost
        case .truth:
            LocalizedText(
                "填写的是逻辑值（\(text)），不是文字。请改为文字；没有内容的，请留空",
                en: "A logical value (\(text)) instead of a text. Write a text, or leave the cell empty")
        case .number, .text:
            LocalizedText(
                "填写的内容被表格软件当作数字（\(text)），末几位已丢失。",
                en: "The spreadsheet took the text for a number (\(text)) and lost its last digits. ") + asText
        }
    }

    /// A person's name in its normal form.
    package func name(_ title: String) throws(RowFailure) -> String? { try text(title).map(NormalForm.personName) }

    package func need(_ title: String, longest: Int) throws -> String {
        guard let text = try text(title) else {
            throw fault(title, "没有填写\(header.written(title))。请补上", en: "The cell is empty. Fill it in")
        }
        guard text.count <= longest else {
            throw fault(
                title, "\(header.written(title))超过 \(longest) 个字。请缩短",
                en: "More than \(longest) characters. Shorten the text")
        }
        return text
    }

    /// The ID number. A number that a spreadsheet stored as a quantity has lost its last digits and is refused.
    package func idNumber() throws -> IDNumber {
        if header.cell(Self.number, row).isDamagedNumber {
            throw fault(
                Self.number, "\(header.written(Self.number))被表格软件当作数字，末几位已丢失。请把该列设为“文本”格式后重新填写",
                en: "The spreadsheet took the number for a quantity and lost its last digits. "
                    + "Format the column as text and type the numbers again")
        }
        let typed = try need(Self.number, longest: 100)
        do {
            if let paper = try paper(typed) { return try IDNumber(typed, of: paper) }
            // The one kind of document that its number alone identifies.
            if typed.utf8.count < 18, let card = try? IDNumber(typed, .foreignersCard) { return card }
            return try IDNumber(typed)
        } catch let fault as IDNumber.Fault {
            if case .paper = fault { throw self.fault(Self.paper, fault.failure.words) }
            let mayBeOther = try text(Self.paper) == nil && IDNumber.all(typed).contains { $0.kind != .resident }
            let hint = LocalizedText(
                "其他证件请在“\(Self.paper)”一栏写明", en: " For another document, name its kind under “\(Self.paper)”")
            throw self.fault(
                Self.number, try strangeSign() ?? fault.failure.words + (mayBeOther ? hint : .empty))
        }
    }

    /// The fault of a sign that no ID number contains; it is reported instead of a wrong length.
    private func strangeSign() throws(RowFailure) -> LocalizedText? {
        let sign = try text(Self.number)?.first { !$0.isNumber && !$0.isLetter && !$0.isWhitespace }
        return sign.map {
            LocalizedText(
                "\(header.written(Self.number))里有多余的符号“\($0)”。请删去，只写号码",
                en: "The number contains the sign “\($0)”. Write only the number")
        }
    }

    /// The columns of the ID number and the kind of document.
    package static let number = "身份证号"
    package static let paper = "证件类型"

    /// The kind of document beside a number; `nil` if it is empty.
    private func paper(_ number: String) throws -> IDNumber.Paper? {
        guard let text = try text(Self.paper) else { return nil }
        guard let paper = IDNumber.Paper(text, of: number) else {
            throw fault(Self.paper, .notAccepted(text, .list(IDNumber.Paper.names)))
        }
        return paper
    }

    package func uscc(_ title: String) throws -> USCC? {
        guard let text = try text(title) else { return nil }
        do {
            return try USCC(text.narrow)
        } catch {
            throw fault(title, error.words)
        }
    }

    package func phone(_ title: String) throws -> String? {
        guard let text = try text(title)?.filter({ $0 != " " && $0 != "-" }).narrow.whole else { return nil }
        guard text.utf8.count == 11, text.hasPrefix("1"), text.utf8.allSatisfy({ 48...57 ~= $0 }) else {
            throw fault(
                title, "手机号应为 1 开头的 11 位数字。请核对", en: "A mobile number has 11 digits and begins with 1. Check it")
        }
        return text
    }

    /// `accepted`: the sentence that says what a day looks like.
    package func day(_ title: String, accepted: LocalizedText = Self.dayForm) throws(RowFailure) -> Day? {
        let cell = header.cell(title, row)
        if cell.kind == .day { return Day(cell.text) }
        guard let text = cell.kind == .month ? cell.text : try text(title) else { return nil }
        guard let day = Day(flexible: text) else {
            throw fault(title, Day.objection(to: text, accepted: accepted))
        }
        return day
    }

    package static let dayForm = LocalizedText("应写成年-月-日，如 2022-06-01", en: "Write year-month-day, such as 2022-06-01")

    package func choice(_ title: String, _ choices: [(String, String)]) throws -> String? {
        guard let text = try text(title) else { return nil }
        guard let found = choices.first(where: { $0.0 == text || $0.1 == text }) else {
            throw fault(title, .notAccepted(text, .list(choices.map(\.0))))
        }
        return found.1
    }
}

extension LocalizedText {
    /// A value that a column does not accept, and those that it does.
    fileprivate static func notAccepted(_ text: String, _ accepted: LocalizedText) -> LocalizedText {
        LocalizedText("“\(text)”不符。应为：", en: "“\(text)” is not accepted. Accepted: ") + accepted
    }
}

extension String {
    /// Without a fraction of zeros, as some programs write whole numbers: `2022.0` becomes `2022`.
    package var whole: String {
        guard utf8.last == UInt8(ascii: "0"), utf8.contains(UInt8(ascii: ".")) else { return self }
        let parts = split(separator: ".", omittingEmptySubsequences: false)
        let isWhole = parts.count == 2 && !parts[0].isEmpty && !parts[1].isEmpty && parts[1].allSatisfy { $0 == "0" }
        return isWhole ? String(parts[0]) : self
    }
}
