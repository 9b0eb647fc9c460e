import Documents
import Kernel

/// A run of printed text: literal text of the form, or a fact.
struct PrintedRun: Sendable {
    /// `nil` for literal text of the form.
    let field: CertificateField?
    let text: String
    let isBold: Bool
}

extension CertificateForm {
    /// The content of the QR code.
    package func address(_ code: CertificateCode) -> String {
        "\(verifyAt)/v/\(code.facts.number.text)#\(code.text)"
    }

    /// The page of a certificate. Failure: `page.qr` if its facts are too long for the code.
    package func page(_ code: CertificateCode) throws(Failure) -> PDFPage {
        let (facts, link) = (code.facts, address(code))
        let qr = try QRCode(link)
        let elements = layout(facts.kind).flatMap { element -> [PDFElement] in
            switch element {
            case .text, .hours: texts(element, facts).map { .text(pageText($0.runs, $0.style)) } + rules(element, facts)
            case .line(let from, let to, let width, let colour):
                [.line(from: from, to: to, width: width, colour: colour)]
            case .frame(let box, let width, let colour): [.frame(box, width: width, colour: colour)]
            case .code(let box): [.code(qr, box, link: link)]
            case .seal(let centre, let diameter, let authority, let purpose, let colour):
                [
                    .seal(
                        RoundSeal(
                            centre: centre, diameter: diameter, authority: authority, purpose: purpose, family: family,
                            colour: colour))
                ]
            }
        }
        return PDFPage(
            title: titles[facts.kind] ?? "", author: facts.authority, keywords: link, created: facts.issued,
            elements: elements)
    }

    /// All printed texts, in the order of the page.
    func printed(_ facts: CertificateFacts) -> [PrintedRun] {
        layout(facts.kind).flatMap { texts($0, facts) }.flatMap(\.runs)
    }

    private typealias Setting = (runs: [PrintedRun], style: FormStyle)

    /// If a form has no place for the document's name, the name is printed before the number.
    private func text(_ field: CertificateField, _ facts: CertificateFacts) -> String {
        let hasTitle = field == .id && layout(facts.kind).contains { $0.fields.contains(.idTitle) }
        return hasTitle ? facts.idNumber : facts.text(field)
    }

    private func texts(_ element: FormElement, _ facts: CertificateFacts) -> [Setting] {
        switch element {
        case .text(let runs, let style):
            let filled = runs.map { run in
                switch run.content {
                case .words(let words): PrintedRun(field: nil, text: words, isBold: run.isBold)
                case .field(let field): PrintedRun(field: field, text: text(field, facts), isBold: run.isBold)
                }
            }
            return [(filled, style)]
        case .hours(let style, let leading, _):
            return facts.lines.enumerated().flatMap { index, line -> [Setting] in
                let down = Double(index) * leading
                return [
                    ([PrintedRun(field: .hours, text: line.name, isBold: false)], style.moved(down, .left)),
                    ([PrintedRun(field: .hours, text: "\(line.hours) 学时", isBold: true)], style.moved(down, .right)),
                ]
            }
        default: return []
        }
    }

    /// The lines below the rows of hours.
    private func rules(_ element: FormElement, _ facts: CertificateFacts) -> [PDFElement] {
        guard case .hours(let style, let leading, let colour?) = element else { return [] }
        return facts.lines.indices.map { index in
            let y = style.at.y + Double(index + 1) * leading - leading * 0.22
            return .line(
                from: PDFPoint(style.at.x, y), to: PDFPoint(style.at.x + style.width, y), width: 0.15, colour: colour)
        }
    }

    private func pageText(_ runs: [PrintedRun], _ style: FormStyle) -> PDFText {
        PDFText(
            runs.map { PDFText.Run($0.text, isBold: $0.isBold || style.isBold) }, at: style.at, width: style.width,
            size: style.size, lines: style.lines, alignment: style.alignment, spacing: style.spacing, family: family,
            colour: style.colour)
    }
}

extension FormStyle {
    fileprivate func moved(_ down: Double, _ alignment: PDFText.Alignment) -> FormStyle {
        FormStyle(
            at: PDFPoint(at.x, at.y + down), width: width, size: size, lines: lines, alignment: alignment,
            spacing: spacing, colour: colour, isBold: isBold)
    }
}
