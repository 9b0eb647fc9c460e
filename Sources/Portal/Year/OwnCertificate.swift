import Certificates
import Kernel
import Web

/// A certificate of the person, for download.
struct OwnCertificate: PageValue {
    let title: String
    let number: String
    let state: String
    let isValid: Bool
    let issued: String
    let isAnnual: Bool
    let link: Link
    /// The page with the QR code, which only the person has.
    let code: Link?
    /// The certificate as a picture, which only the person has.
    let picture: Link?

    init(_ held: (certificate: Certificate, state: CertificateState), _ links: YearLinks) {
        let facts = held.certificate.facts
        title = facts.kind == .annual ? "继续教育证书" : "学时证明：\(facts.item)"
        number = facts.number.grouped
        state = held.state.name.chinese
        isValid = held.state == .valid
        issued = "\(facts.issued)"
        isAnnual = facts.kind == .annual
        link = links.certificate(facts.number)
        code = links.code?(facts.number)
        picture = links.picture?(facts.number)
    }

    private init() {
        (title, number, state) = ("继续教育证书", "MCMT-2GJ4-Y74D-CKO4", "有效")
        (isValid, isAnnual, issued) = (true, true, "2023-01-10")
        (link, code, picture) = (Link.home, Link.home, Link.home)
    }

    static var fields: [String: Field<OwnCertificate>] {
        [
            "title": .text { $0.title }, "number": .text { $0.number }, "state": .text { $0.state },
            "isValid": .flag { $0.isValid }, "issued": .text { $0.issued }, "link": .text { $0.link.text },
            "isAnnual": .flag { $0.isAnnual },
            "hasPicture": .flag { $0.picture != nil }, "picture": .text { $0.picture?.text ?? "" },
            "hasCode": .flag { $0.code != nil && $0.isValid }, "code": .text { $0.code?.text ?? "" },
        ]
    }

    static var sample: OwnCertificate { OwnCertificate() }
}

/// All certificates of the person.
struct CertificatesPage: PageValue {
    let certificates: [OwnCertificate]

    static var fields: [String: Field<CertificatesPage>] {
        [
            "certificates": .list { $0.certificates }, "hasCertificates": .flag { !$0.certificates.isEmpty },
            "own": .text { _ in YearPages.path.link().text },
        ]
    }

    static var sample: CertificatesPage { CertificatesPage(certificates: [.sample]) }
}
