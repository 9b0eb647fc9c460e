import Documents
import Kernel

/// The form of an issuing authority as data: issuer, region and page layout. A certificate is always printed with the
/// version that it was issued with.
package struct CertificateForm: Sendable {
    package let key: String
    /// The form applies to units in this region and below, unless a smaller region has its own form.
    package let region: RegionCode
    package let authority: String
    /// The address before `/v/NUMBER`; it must stay reachable permanently.
    package let verifyAt: String
    /// Parts of the identifier of GB/T 36904: the type of certificate, and the issuer.
    package let type: String
    package let issuer: String
    /// Whether the ID number is printed masked or in full.
    package let masksID: Bool
    package let family: String
    package let titles: [CertificateFacts.Kind: String]
    let layouts: [CertificateFacts.Kind: [FormElement]]
    /// The text of the file as published.
    package let text: String

    func layout(_ kind: CertificateFacts.Kind) -> [FormElement] { layouts[kind] ?? [] }

    /// A warning if the address in the QR code is of no use to others: it leads to their own computer, or the response
    /// can be changed on its way.
    package var addressWarning: LocalizedText? {
        let loopback = #/https?:\/\/(localhost|127\.[0-9.]+|0\.0\.0\.0|\[::1?\])(:[0-9]+)?/#.ignoresCase()
        let isLoopback = verifyAt.wholeMatch(of: loopback) != nil
        guard isLoopback || verifyAt.hasPrefix("http:") else { return nil }
        let (chinese, english) = isLoopback ? ("只有本机能打开", "of this computer only") : ("没有加密", "not encrypted")
        return LocalizedText(
            "注意：版式 \(key) 的核验网址是 \(verifyAt)，\(chinese)；按它颁发的证书，二维码永远指向这个网址。"
                + "正式颁发以前，请加 --verify-at https://对外网址 重新发布版式（certificate publish）。",
            en: "Warning: the verification address of form \(key) is \(verifyAt), \(english). Each QR code issued with "
                + "it leads there for ever. Before you issue, publish the form again with --verify-at https://HOST.")
    }
}

/// A form with the number under which it was published.
package struct PublishedForm: Sendable {
    package let number: Int
    /// 1, 2, 3 … of the form's key.
    package let version: Int
    package let form: CertificateForm
}

extension [Int: PublishedForm] {
    /// The newest version of the form of the smallest region that contains the unit.
    func issuing(in region: RegionCode?) -> PublishedForm? {
        guard let region else { return nil }
        for place in region.upwards {
            if let found = values.filter({ $0.form.region == place }).max(by: { $0.number < $1.number }) {
                return found
            }
        }
        return nil
    }
}

/// An element of a layout. Lengths are in millimetres, type sizes in points.
enum FormElement: Sendable {
    case text([FormRun], FormStyle)
    /// The hours, one row per requirement, `leading` apart.
    case hours(FormStyle, leading: Double, rule: PDFColour?)
    case line(PDFPoint, PDFPoint, width: Double, PDFColour)
    case frame(PDFBox, width: Double, PDFColour)
    case code(PDFBox)
    case seal(PDFPoint, diameter: Double, authority: String, purpose: String, PDFColour)
}

struct FormStyle: Sendable {
    let at: PDFPoint
    let width: Double
    let size: Double
    let lines: Int
    let alignment: PDFText.Alignment
    let spacing: Double
    let colour: PDFColour
    let isBold: Bool
}

/// Literal text of the form, or the place of a fact.
struct FormRun: Sendable {
    enum Content: Sendable {
        case words(String)
        case field(CertificateField)
    }

    let content: Content
    let isBold: Bool
}
