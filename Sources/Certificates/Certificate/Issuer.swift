import Database
import Kernel
import People
import Registry
import Signing

/// Issues certificates inside a transaction.
struct Issuer {
    let certificates: Certificates
    let transaction: Transaction
    let forms: [Int: PublishedForm]
    let now: Int

    init(_ certificates: Certificates, _ transaction: Transaction) throws {
        (self.certificates, self.transaction) = (certificates, transaction)
        forms = try certificates.forms(transaction)
        now = certificates.people.system.now()
    }

    typealias Holder = (name: String, id: IDNumber)

    /// A settled standing that should have a certificate and has none.
    struct DueCertificate {
        let settled: SettledYear
        let holder: Holder
        let ground: IssuedGround
        let turn: Int
    }

    /// The due certificates for the qualifying standings of these people, and the number of certificates already
    /// issued, by year. A revoked certificate is due only with `again`.
    func due(_ year: Year?, _ range: ClosedRange<Int>, again: Bool = false) throws -> (
        due: [DueCertificate], issued: [Year: Int]
    ) {
        let years = try certificates.registry.settledYears(
            year, from: range.lowerBound, through: range.upperBound, transaction
        ).filter { $0.qualifies && !$0.isReopened }
        guard !years.isEmpty else { return ([], [:]) }
        let holders = try PersonStore(transaction, certificates.people).holders(
            from: range.lowerBound, through: range.upperBound)
        let grounds = try certificates.store(transaction).grounds(from: range.lowerBound, through: range.upperBound)
        let people = Set(grounds.keys.map(\.person))
        var held: [Year: Int] = [:]
        let due = try years.compactMap { settled -> DueCertificate? in
            guard let holder = holders[settled.person.number] else { return nil }
            let ground = IssuedGround(
                person: settled.person.number, ground: settled.ground, holder: certificates.hash(of: holder))
            var issued = grounds[ground]
            if issued == nil, people.contains(ground.person) {
                issued = try sayingTheSame(settled, ground).flatMap { grounds[$0] }
            }
            if let issued, !(again && issued.isRevoked) {
                held[settled.year, default: 0] += 1
                return nil
            }
            return DueCertificate(settled: settled, holder: holder, ground: ground, turn: grounds[ground]?.count ?? 0)
        }
        return (due, held)
    }

    /// The ground of the last certificate whose printed year equals this settled one, in another version.
    private func sayingTheSame(_ settled: SettledYear, _ ground: IssuedGround) throws -> IssuedGround? {
        let held =
            try certificates.store(transaction).all(from: ground.person, through: ground.person)[ground.person] ?? []
        return held.last {
            $0.ground.isOfSame(ground.ground) && $0.holder == ground.holder && $0.facts.printedYear == settled.printed
        }.map { IssuedGround(person: ground.person, ground: $0.ground, holder: $0.holder) }
    }

    /// Failures, after each of which the certificate stays due: `certificate.no-form`, `certificate.glyph`,
    /// `certificate.long`.
    func issue(_ due: DueCertificate) throws -> Certificate {
        let settled = due.settled
        let lines = settled.lines.map { CertificateFacts.NamedHours($0.name, $0.hours) }
        return try issue(
            to: due.holder, settled.unit, due.ground, due.turn,
            Content(
                kind: .annual, period: settled.period, result: settled.result, lines: lines, item: "", day: nil))
    }

    /// The contents that differ between the two kinds of certificate.
    struct Content {
        let kind: CertificateFacts.Kind
        let period: Period
        let result: String
        let lines: [CertificateFacts.NamedHours]
        let item: String
        let day: Day?
    }

    func issue(
        to holder: Holder, _ unit: Organisation?, _ ground: IssuedGround, _ turn: Int, _ content: Content
    ) throws -> Certificate {
        guard let published = forms.issuing(in: unit?.region) else { throw Failure.noForm(unit) }
        let form = published.form
        let facts = CertificateFacts(
            kind: content.kind, number: .random(certificates.people.system), form: published.number,
            issued: Day(milliseconds: now), period: content.period, name: holder.name,
            id: holder.id.printed(masked: form.masksID), unit: unit?.name ?? "", authority: form.authority,
            type: form.type, issuer: form.issuer, result: content.result, lines: content.lines, item: content.item,
            day: content.day)
        let bad = try certificates.renderer.unprintable(facts.printed.map(\.text), family: form.family)
        guard bad.isEmpty else { throw Failure.noGlyph(bad, facts) }
        let code = try CertificateCode(signing: facts, certificates.people.keys)
        guard form.fits(code) else { throw Failure.tooLong(facts) }
        let certificate = Certificate(
            person: ID(ground.person), ground: ground.ground, holder: ground.holder, turn: turn, code: code,
            issued: now)
        try certificates.store(transaction).add(certificate)
        return certificate
    }
}

extension SettledYear {
    var ground: Certificate.Ground { .standing(key: key, from: period.from, version: version) }
}

extension Certificates {
    /// A hash that changes when the name or the ID number is corrected; it reveals neither.
    func hash(of holder: Issuer.Holder) -> [UInt8] {
        people.keys.lookup("\(holder.id.key) \(holder.name)", context: "certificate/holder")
    }
}

extension IDNumber {
    /// The number as a certificate prints it.
    fileprivate func printed(masked: Bool) -> String {
        (kind == .resident ? "" : kind.name + " ") + (masked ? self.masked : text)
    }
}

extension CertificateForm {
    /// QR version 15 at level M: 3,320 bits of data.
    private static let capacity = 3320

    /// Whether the address fits a QR code that a phone can read from paper. Eight bits for each character before the
    /// number and for `#`, 11 bits for two capital letters or digits, and the mode indicators.
    func fits(_ code: CertificateCode) -> Bool {
        let plain = 8 * (verifyAt.utf8.count + 4) + 20 + 20
        let capitals = (16 + 1 + code.text.utf8.count) * 11 / 2 + 30
        return plain + capitals <= Self.capacity
    }
}

extension Failure {
    fileprivate static func noForm(_ unit: Organisation?) -> Failure {
        let place = unit.map { "\($0.name)所在的 \($0.region)" } ?? "无单位人员"
        return Failure(
            .refused, "certificate.no-form", "\(place)没有颁证机关的证书版式。请先用 certificate publish 发布版式。",
            en: "No form is published for the region of \(unit?.name ?? "no unit"). See certificate publish.")
    }

    fileprivate static func noGlyph(_ characters: [Character], _ facts: CertificateFacts) -> Failure {
        let found = characters.map { "“\($0)”（\($0.codePoint)）" }.joined(separator: "、")
        let field = facts.printed.first { $0.text.contains(characters[0]) }?.title ?? ""
        let named = characters.map(\.codePoint).joined(separator: ", ")
        return Failure(
            .refused, "certificate.glyph", "\(field)中的\(found)没有可用的字形，印出来会缺字。请安装含该字的字体并写入版式的 fonts，再颁发。",
            en: "No font of the form can draw \(named). Install one, add it to the form's fonts, issue again.")
    }

    fileprivate static func tooLong(_ facts: CertificateFacts) -> Failure {
        Failure(
            .refused, "certificate.long", "姓名、单位和项目名称合计太长，二维码放不下（单位名称 \(facts.unit.count) 字）。请核对单位名称，用规范简称。",
            en: "Name, unit and item are too long for the QR code (the unit has \(facts.unit.count) characters).")
    }
}

extension Character {
    fileprivate var codePoint: String {
        unicodeScalars.map { "U+" + String($0.value, radix: 16, uppercase: true) }.joined(separator: " ")
    }
}
