import Documents
import Kernel

/// The form of an issuing authority: who issues, for which region, and how the pages look. Data, and published like a
/// rule; what was issued by one version is printed by that version.
package struct CertificateForm: Sendable {
    package let key: String
    /// The certificates of units in this region and below are issued by it, unless a smaller region has its own.
    package let region: RegionCode
    package let authority: String
    /// The address before `/v/NUMBER`: it has to answer for ever.
    package let verifyAt: String
    /// Parts of the identifier after GB/T 36904: type of certificate, and issuer.
    package let type: String
    package let issuer: String
    /// Whether the ID number is printed masked or in full.
    package let masksID: Bool
    package let family: String
    package let titles: [CertificateFacts.Kind: String]
    let layouts: [CertificateFacts.Kind: [FormElement]]
    /// The file's text, as it was published.
    package let text: String

    func layout(_ kind: CertificateFacts.Kind) -> [FormElement] { layouts[kind] ?? [] }
}

/// A form with the number that it was published under.
package struct PublishedForm: Sendable {
    package let number: Int
    /// 1, 2, 3 … of the form's key.
    package let version: Int
    package let form: CertificateForm
}

extension [Int: PublishedForm] {
    /// The newest version of the form of the smallest region that the unit lies in.
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

/// A piece of a layout. Lengths are millimetres, sizes of type points.
enum FormElement: Sendable {
    case text([FormRun], FormStyle)
    /// The hours, a row for each requirement, each row `leading` below the last.
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

/// Words of the form, or the place of a fact.
struct FormRun: Sendable {
    enum Content: Sendable {
        case words(String)
        case field(CertificateField)
    }

    let content: Content
    let isBold: Bool
}
