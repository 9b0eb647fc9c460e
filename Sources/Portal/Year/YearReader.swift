import Certificates
import Database
import Documents
import Kernel
import People
import Registry
import Web

/// The links on a year's page, which differ between one's own and an officer's page.
struct YearLinks: Sendable {
    let year: @Sendable (Year) -> Link
    let certificate: @Sendable (CertificateNumber) -> Link
    /// The page with a certificate's QR code; `nil` on officers' pages.
    var code: (@Sendable (CertificateNumber) -> Link)?
    /// A certificate as a picture; `nil` on officers' pages.
    var picture: (@Sendable (CertificateNumber) -> Link)?
    let fiveYears: Link
    /// The record of acts about the person.
    let record: Link
    /// The person's account, on an officer's page.
    var login: Link?

    /// The links on one's own pages.
    static var own: YearLinks {
        YearLinks(
            year: { YearPages.yearPath.link($0) }, certificate: { YearPages.certificatePath.link($0) },
            code: { YearPages.codePath.link($0) }, picture: { YearPages.picturePath.link($0) },
            fiveYears: YearPages.fiveYearsPath.link(), record: RecordPages.ownPath.link())
    }
}

/// Draws a person's year and serves its certificates.
struct YearReader: Sendable {
    let registry: Registry
    let certificates: Certificates
    private let view: View<YearPage>
    private let codeView: View<CertificateCodePage>
    private let certificatesView: View<CertificatesPage>
    let fiveYearsView: View<FiveYearsPage>

    init(_ registry: Registry, _ certificates: Certificates, _ views: Views) throws {
        (self.registry, self.certificates) = (registry, certificates)
        view = try views.view("year")
        codeView = try views.view("certificate-code")
        certificatesView = try views.view("certificate-list")
        fiveYearsView = try views.view("five-years")
    }

    func draw(_ year: Year, of person: ID<Person>, _ links: YearLinks, isOwn: Bool) async throws -> HTML {
        let (reading, held, who) = try await registry.database.inlineRead { transaction in
            let reading = try registry.year(year, of: person, transaction)
            let held = try certificates.all(of: person, in: year, transaction)
            return (reading, held, isOwn ? nil : try self.who(reading.person, links, transaction))
        }
        let others = Set(reading.pages(through: registry.people.system.today.year) + [year]).sorted(by: >)
        let shown = held.filter { $0.state == .valid } + held.filter { $0.state != .valid }
        return view.draw(
            YearPage(
                year: year, reading: reading,
                certificates: shown.map { OwnCertificate($0, links) },
                years: others.map { OtherYear(year: $0, link: links.year($0), isCurrent: $0 == year) },
                links: links, who: who))
    }

    func who(_ person: Person, _ links: YearLinks, _ transaction: Transaction) throws -> YearSubject {
        let store = PersonStore(transaction, registry.people)
        let id = try store.idNumber(of: person.number)
        return YearSubject(
            name: person.name, typed: try store.typedName(of: person.number), number: "\(person.number)",
            id: id?.masked ?? "", idTitle: (id?.kind ?? .resident).title, login: links.login)
    }

    /// The page with the QR code of a certificate, the same as on paper.
    ///
    /// Failure: `desk.no-certificate`.
    func drawCode(_ certificate: Certificate, of person: ID<Person>) async throws -> HTML {
        let (held, forms) = try await registry.database.read { transaction in
            (try certificates.all(of: person, transaction), try certificates.forms(transaction))
        }
        guard let own = held.first(where: { $0.certificate.number == certificate.number }),
            let form = forms[own.certificate.facts.form]?.form
        else { throw Failure.noOwnCertificate }
        return codeView.draw(
            CertificateCodePage(
                OwnCertificate(own, .own), code: try QRCode(form.address(own.certificate.code)).svg,
                address: form.shortAddress(certificate.number), year: own.certificate.facts.period.to.year))
    }

    /// The person's own certificates: the valid ones first, then the newest.
    func drawCertificates(of person: ID<Person>) async throws -> HTML {
        let held = try await certificates.all(of: person)
        let shown = held.reversed().filter { $0.state == .valid } + held.reversed().filter { $0.state != .valid }
        return certificatesView.draw(CertificatesPage(certificates: shown.map { OwnCertificate($0, .own) }))
    }

    /// One of the person's certificates. Failure: `desk.no-certificate`.
    func certificate(_ number: CertificateNumber, of person: ID<Person>) async throws -> Certificate {
        let held = try await certificates.all(of: person)
        guard let own = held.first(where: { $0.certificate.number == number })?.certificate else {
            throw Failure.noOwnCertificate
        }
        return own
    }

    /// The PDF of a certificate.
    func file(_ certificate: Certificate) async throws -> WebResponse {
        .bytes(
            try await certificates.pdf(of: certificate.number), type: .pdf, file: certificate.facts.fileName + ".pdf")
    }

    /// The page of a certificate as a picture, which the browser shows.
    func picture(_ certificate: Certificate) async throws -> WebResponse {
        .bytes(
            try await certificates.picture(of: certificate.number), type: .png,
            file: certificate.facts.fileName + ".png")
    }
}

/// The person whose year an officer reads.
struct YearSubject: PageValue {
    let name: String
    /// The name as a list states it, if it differs from the stored one.
    let typed: String?
    let number: String
    let id: String
    /// 身份证号, 护照号码.
    let idTitle: String
    /// The person's account, for officers who may open and reset it.
    let login: Link?

    static var fields: [String: Field<YearSubject>] {
        [
            "name": .text { $0.name }, "number": .text { $0.number }, "id": .text { $0.id },
            "idTitle": .text { $0.idTitle }, "isTyped": .flag { $0.typed != nil }, "typed": .text { $0.typed ?? "" },
            "hasLogin": .flag { $0.login != nil }, "login": .text { $0.login?.text ?? "" },
        ]
    }

    static var sample: YearSubject {
        YearSubject(
            name: "岳明远", typed: "岳·明远", number: "1", id: "999999********0018", idTitle: "身份证号",
            login: RosterPages.path.link())
    }
}

extension CertificateFacts {
    /// 继续教育证书-2022-岳明远
    var fileName: String { "\(kind == .annual ? "继续教育证书" : "学时证明")-\(period.from.year)-\(name)" }
}
