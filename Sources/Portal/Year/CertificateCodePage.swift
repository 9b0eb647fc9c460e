import Certificates
import Documents
import Kernel
import Web

/// The QR code of a certificate as large as the screen, to be scanned from it.
struct CertificateCodePage: PageValue {
    let certificate: OwnCertificate
    let code: HTML
    /// Where the number can be checked without the code.
    let address: String
    let year: Year

    init(_ certificate: OwnCertificate, code: HTML, address: String, year: Year) {
        (self.certificate, self.code, self.address, self.year) = (certificate, code, address, year)
    }

    static var fields: [String: Field<CertificateCodePage>] {
        [
            "title": .text { $0.certificate.title }, "number": .text { $0.certificate.number },
            "state": .text { $0.certificate.state }, "isValid": .flag { $0.certificate.isValid },
            "issued": .text { $0.certificate.issued }, "download": .text { $0.certificate.link.text },
            "hasPicture": .flag { $0.certificate.picture != nil },
            "picture": .text { $0.certificate.picture?.text ?? "" },
            "code": .html { $0.code }, "address": .text { $0.address }, "year": .text { "\($0.year)" },
            "back": .text { YearPages.yearPath.link($0.year).text },
        ]
    }

    static var sample: CertificateCodePage {
        CertificateCodePage(
            .sample, code: HTML(), address: "https://xueshi.example/v/MCMT2GJ4Y74DCKO4", year: Year(2022))
    }
}

extension CertificateForm {
    /// The address that checks a number alone, without the signed facts of the code.
    func shortAddress(_ number: CertificateNumber) -> String { "\(verifyAt)/v/\(number.text)" }
}

extension QRCode {
    /// The code as a drawing, with the blank margin of four modules. Black on white in light and dark mode.
    var svg: HTML {
        var path = ""
        for row in 0..<side {
            for run in stretches(ofRow: row) { path += "M\(run.start + 4) \(row + 4)h\(run.length)v1h-\(run.length)z" }
        }
        let whole = side + 8
        return HTML(
            trusted: """
                <svg class="xs-code" viewBox="0 0 \(whole) \(whole)" role="img" aria-label="二维码" \
                shape-rendering="crispEdges"><rect width="\(whole)" height="\(whole)" fill="#fff"/>\
                <path fill="#000" d="\(path)"/></svg>
                """)
    }
}
