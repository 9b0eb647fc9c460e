import Documents
import Kernel

extension CertificateForm {
    /// Reads and checks a form's file. Failure: `form.file`, with the error and its place.
    package init(reading text: String) throws(Failure) {
        let file = try FormFile.read(text)
        guard let region = RegionCode(file.region) else {
            throw Self.fault("region", "“\(file.region)” is no region code")
        }
        guard file.certificate.wholeMatch(of: #/[a-z][a-z0-9-]{0,39}/#) != nil else {
            throw Self.fault("certificate", "a key has small letters, digits and hyphens")
        }
        guard file.verifyAt.wholeMatch(of: #/https?:\/\/[A-Za-z0-9.\-:\[\]]{1,60}/#) != nil else {
            throw Self.fault("verify-at", "an address is http(s)://host, without a path, of at most 60 characters")
        }
        guard ElectronicIdentifier.text(type: file.identifier.type, issuer: file.identifier.issuer, serial: "0") != nil
        else { throw Self.fault("identifier", "type and issuer have digits and capitals") }
        guard ["masked", "full"].contains(file.idNumber) else { throw Self.fault("id-number", "it is masked or full") }
        guard !file.fonts.isEmpty else { throw Self.fault("fonts", "name at least one family") }
        guard file.authority.count <= 30 else { throw Self.fault("authority", "at most 30 characters") }
        key = file.certificate
        self.region = region
        authority = file.authority
        verifyAt = file.verifyAt
        (type, issuer) = (file.identifier.type, file.identifier.issuer)
        masksID = file.idNumber == "masked"
        family = file.fonts.joined(separator: ",")
        titles = [.annual: file.annual.title, .hours: file.hours.title]
        self.text = text
        layouts = [
            .annual: try Self.layout(file.annual, "annual", wanting: [[.result], [.period, .year]]),
            .hours: try Self.layout(file.hours, "hours", wanting: [[.item], [.day], [.year, .period]]),
        ]
    }

    private static func fault(_ place: String, _ what: String) -> Failure { FormFile.fault(place, what) }

    private static let always: [[CertificateField]] = [
        [.name], [.id], [.unit], [.number], [.identifier], [.authority], [.issued], [.hours],
    ]

    /// The layout of a page. Every fact must be printed, or one of its alternatives, and the code must be large enough
    /// for a phone: people check certificates by hand.
    private static func layout(
        _ sheet: FormFile.Sheet, _ name: String, wanting more: [[CertificateField]]
    ) throws(Failure) -> [FormElement] {
        var elements: [FormElement] = []
        for (index, element) in sheet.page.enumerated() {
            elements.append(try FormPart(element: element, place: "\(name)/\(index + 1)").read())
        }
        let printed = Set(elements.flatMap(\.fields))
        for fields in always + more where printed.isDisjoint(with: fields) {
            throw fault(name, "\(fields.map { "{\($0.rawValue)}" }.joined(separator: " or ")) is not printed")
        }
        guard sheet.page.count <= 200 else { throw fault(name, "a page has at most 200 elements") }
        guard elements.contains(where: { if case .code(let box) = $0 { box.width >= 40 } else { false } }) else {
            throw fault(name, "a code of at least 40 mm is needed")
        }
        return elements
    }
}

extension FormElement {
    var fields: [CertificateField] {
        switch self {
        case .text(let runs, _): runs.compactMap { if case .field(let field) = $0.content { field } else { nil } }
        case .hours: [.hours]
        default: []
        }
    }
}

/// One element of a layout, read with its place for error messages.
private struct FormPart {
    let element: FormFile.Element
    let place: String

    private func fault(_ what: String) -> Failure { FormFile.fault(place, what) }

    func read() throws(Failure) -> FormElement {
        if let text = element.text { return .text(try runs(text), try style()) }
        if element.hours != nil {
            return .hours(
                try style(), leading: try length(element.leading ?? 10, 4...60, "leading"),
                rule: try element.rule.map(colour))
        }
        if let line = element.line {
            let ends = try numbers(line, 4)
            return .line(
                PDFPoint(ends[0], ends[1]), PDFPoint(ends[2], ends[3]), width: try thickness,
                try colour(element.colour))
        }
        if let frame = element.frame {
            return .frame(try box(numbers(frame, 4)), width: try thickness, try colour(element.colour))
        }
        if let code = element.code {
            let place = try numbers(code, 3)
            return .code(try box([place[0], place[1], place[2], place[2]]))
        }
        if let seal = element.seal {
            let place = try numbers(seal, 3)
            let diameter = try length(place[2], 10...80, "a seal's diameter")
            guard place[0] - diameter / 2 >= 0, place[0] + diameter / 2 <= PDFPage.width, place[1] - diameter / 2 >= 0,
                place[1] + diameter / 2 <= PDFPage.height
            else { throw fault("it goes over the edge of the page") }
            return .seal(
                PDFPoint(place[0], place[1]), diameter: diameter, authority: element.authority ?? "",
                purpose: element.purpose ?? "", try colour(element.colour))
        }
        throw fault("an element is one of text, hours, line, frame, code, seal")
    }

    private var thickness: Double {
        get throws(Failure) { try length(element.width ?? 0.3, 0.05...10, "a line's width") }
    }

    private func length(
        _ length: Double, _ range: ClosedRange<Double>, _ name: String, _ unit: String = "millimetres"
    ) throws(Failure) -> Double {
        guard range ~= length else {
            throw fault("\(name) is \(range.lowerBound) to \(range.upperBound) \(unit)")
        }
        return length
    }

    private func numbers(_ list: [Double], _ count: Int) throws(Failure) -> [Double] {
        guard list.count == count, list.allSatisfy({ 0...PDFPage.height ~= $0 }) else {
            throw fault("\(count) lengths in millimetres are needed, on the page")
        }
        return list
    }

    private func box(_ numbers: [Double]) throws(Failure) -> PDFBox {
        guard numbers[0] + numbers[2] <= PDFPage.width, numbers[1] + numbers[3] <= PDFPage.height else {
            throw fault("it goes over the edge of the page")
        }
        return PDFBox(x: numbers[0], y: numbers[1], width: numbers[2], height: numbers[3])
    }

    private func colour(_ text: String?) throws(Failure) -> PDFColour {
        guard let text else { return .black }
        guard let colour = PDFColour(text) else { throw fault("a colour is written #a61e1e") }
        return colour
    }

    private func style() throws(Failure) -> FormStyle {
        let at = try numbers(element.at ?? element.hours ?? [], 2)
        let width = element.width ?? PDFPage.width - at[0] * 2
        let size = element.size ?? 12
        guard width > 0, width <= PDFPage.width, at[0] + width <= PDFPage.width else {
            throw fault("it goes over the edge of the page")
        }
        guard 4...200 ~= size else { throw fault("a size is 4 to 200 points") }
        let align = element.align ?? "left"
        guard let alignment = PDFText.Alignment(rawValue: align) else { throw fault("align is left, centre, right") }
        return FormStyle(
            at: PDFPoint(at[0], at[1]), width: width, size: size, lines: try lines,
            alignment: alignment, spacing: try length(element.spacing ?? 0, 0...40, "spacing", "points"),
            colour: try colour(element.colour),
            isBold: element.bold ?? false)
    }

    private var lines: Int {
        get throws(Failure) {
            let lines = element.lines ?? 1
            guard 1...20 ~= lines else { throw fault("lines are 1 to 20") }
            return lines
        }
    }

    /// `姓名：**{name}**`: literal text, facts in braces, bold type between double asterisks.
    private func runs(_ text: String) throws(Failure) -> [FormRun] {
        var runs: [FormRun] = []
        for (index, part) in text.split(separator: "**", omittingEmptySubsequences: false).enumerated() {
            var rest = part[...]
            while !rest.isEmpty {
                let (content, left) = try next(rest)
                runs.append(FormRun(content: content, isBold: !index.isMultiple(of: 2)))
                rest = left
            }
        }
        return runs
    }

    private func next(_ text: Substring) throws(Failure) -> (FormRun.Content, Substring) {
        guard text.hasPrefix("{") else {
            let end = text.firstIndex(of: "{") ?? text.endIndex
            return (.words(String(text[..<end])), text[end...])
        }
        guard let end = text.firstIndex(of: "}") else { throw fault("a brace is not closed") }
        let name = text[text.index(after: text.startIndex)..<end]
        guard let field = CertificateField(rawValue: String(name)), field != .hours else {
            throw fault("there is no fact {\(name)}")
        }
        return (.field(field), text[text.index(after: end)...])
    }
}
