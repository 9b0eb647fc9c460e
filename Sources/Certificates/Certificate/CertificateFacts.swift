import Kernel

/// The printed contents of a certificate: the signed facts.
package struct CertificateFacts: Sendable, Hashable {
    package enum Kind: UInt8, Sendable, Hashable, CaseIterable {
        /// 继续教育证书: a settled, qualifying standing.
        case annual = 1
        /// 学时证明: one credited item.
        case hours = 2

        /// The kind as stored in the database.
        package var word: String { self == .annual ? "annual" : "hours" }
        package init?(word: String) {
            guard let kind = Self.allCases.first(where: { $0.word == word }) else { return nil }
            self = kind
        }
    }

    /// Hours under a name: the name of a requirement, or of an item's subject.
    package struct NamedHours: Sendable, Hashable {
        package let name: String
        package let hours: CreditHours

        package init(_ name: String, _ hours: CreditHours) { (self.name, self.hours) = (name, hours) }
    }

    package var kind: Kind
    package var number: CertificateNumber
    /// The number of the published form that prints the certificate.
    package var form: Int
    package var issued: Day
    /// The period of the standing, or the year of an item.
    package var period: Period
    package var name: String
    /// The ID number, masked or in full as the form says. For documents other than the resident identity card, the
    /// document's name and a space come first: 护照 E1*****78.
    package var id: String
    package var unit: String
    package var authority: String
    /// Parts of the identifier of GB/T 36904.
    package var type: String
    package var issuer: String
    /// 合格 or 免修; empty for an item.
    package var result: String
    package var lines: [NamedHours]
    /// The item of an hour certificate; empty otherwise.
    package var item: String
    /// The day of the item.
    package var day: Day?
}

/// A fact, by the name that forms use for it.
package enum CertificateField: String, Sendable, Hashable, CaseIterable {
    case name, id
    /// The name of the ID number: 身份证号, 护照号码.
    case idTitle = "id-title"
    case unit, year, period, result, hours, item, day, number, identifier, authority, issued

    /// The field's name for people.
    package var title: String {
        switch self {
        case .name: "姓名"
        case .id: "身份证号"
        case .idTitle: "证件"
        case .unit: "单位"
        case .year: "年度"
        case .period: "起止日期"
        case .result: "结果"
        case .hours: "学时"
        case .item: "认定项目"
        case .day: "日期"
        case .number: "证书编号"
        case .identifier: "电子证照标识"
        case .authority: "颁发机关"
        case .issued: "颁发日期"
        }
    }
}

extension CertificateFacts {
    package var identifier: String {
        ElectronicIdentifier.text(type: type, issuer: issuer, serial: number.text) ?? ""
    }

    /// The printed text of a field. Hours are printed line by line.
    package func text(_ field: CertificateField) -> String {
        switch field {
        case .name: name
        case .id: id
        case .idTitle: idTitle
        case .unit: unit
        case .year: years
        case .period: "\(period.from.written)至\(period.to.written)"
        case .result: result
        case .hours: lines.map { "\($0.name) \($0.hours) 学时" }.joined(separator: "，")
        case .item: item
        case .day: day?.written ?? ""
        case .number: number.grouped
        case .identifier: identifier
        case .authority: authority
        case .issued: issued.written
        }
    }

    /// The fields with their titles, without the empty ones.
    package var printed: [(field: CertificateField, title: String, text: String)] {
        CertificateField.allCases.filter { $0 != .idTitle }.map { field in
            field == .id ? (field, idTitle, idNumber) : (field, field.title, text(field))
        }.filter { !$0.text.isEmpty }
    }

    /// The name of the document if it is not a resident identity card, and the number.
    private var idParts: [Substring] { id.split(separator: " ", maxSplits: 1) }

    /// 身份证号, 护照号码.
    package var idTitle: String { idParts.count == 2 ? "\(idParts[0])号码" : CertificateField.id.title }

    /// The number alone.
    package var idNumber: String { idParts.last.map { String($0) } ?? "" }

    private var years: String {
        let (first, last) = (period.from.year, period.to.year)
        return first == last ? "\(first)" : "\(first)—\(last)"
    }

    /// The same facts with the personal data masked: 岳**, 370902********0011.
    package var masked: CertificateFacts {
        var facts = self
        facts.name = name.prefix(1) + String(repeating: "*", count: max(1, name.count - 1))
        if !idNumber.contains("*") { facts.id = id.dropLast(idNumber.count) + IDNumber.masked(idNumber) }
        return facts
    }
}

extension Day {
    /// 2026年11月23日
    package var written: String {
        let (year, month, day) = civil
        return "\(year)年\(month)月\(day)日"
    }
}
