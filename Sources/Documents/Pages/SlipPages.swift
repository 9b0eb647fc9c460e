import Kernel

/// Equal slips on A4 pages, ten on each, to be cut apart and handed out.
package struct SlipPages {
    /// A line of a slip, from its top to its bottom.
    package struct Line {
        package enum Style {
            case name, note, text, code, hint
        }

        let text: String
        let style: Style

        package init(_ text: String, _ style: Style = .text) { (self.text, self.style) = (text, style) }
    }

    private let title: String
    private let made: Day
    private let slips: [[Line]]

    private static let columns = 2
    private static let rows = 5
    private static let width = PDFPage.width / Double(columns)
    private static let height = PDFPage.height / Double(rows)
    /// From the edge of a slip to its text, in millimetres: printers leave a margin.
    private static let margin = 8.0
    private static let top = 6.0
    fileprivate static let grey = PDFColour(red: 0.4, green: 0.4, blue: 0.4)

    package init(_ title: String, made: Day, _ slips: [[Line]]) {
        (self.title, self.made, self.slips) = (title, made, slips)
    }

    /// The file. Failures: `page.fonts`, `page.drawing`.
    package func draw() throws(Failure) -> [UInt8] {
        let size = Self.columns * Self.rows
        let pages = stride(from: 0, to: slips.count, by: size).map { start in
            page(slips[start..<min(start + size, slips.count)])
        }
        return try PDFRenderer().draw(pages, describedBy: page([]))
    }

    private func page(_ slips: ArraySlice<[Line]>) -> PDFPage {
        let drawn = slips.enumerated().flatMap { index, lines in
            Self.elements(
                lines, x: Double(index % Self.columns) * Self.width, y: Double(index / Self.columns) * Self.height)
        }
        return PDFPage(title: title, author: "", keywords: "", created: made, elements: Self.cuts + drawn)
    }

    /// Thin lines along which the page is cut.
    private static var cuts: [PDFElement] {
        let down = (1..<columns).map { (PDFPoint(Double($0) * width, 0), PDFPoint(Double($0) * width, PDFPage.height)) }
        let across = (1..<rows).map { (PDFPoint(0, Double($0) * height), PDFPoint(PDFPage.width, Double($0) * height)) }
        return (down + across).map { .line(from: $0.0, to: $0.1, width: 0.15, colour: grey) }
    }

    private static func elements(_ lines: [Line], x: Double, y: Double) -> [PDFElement] {
        var down = y + top
        return lines.map { line in
            defer { down += line.style.height }
            let run = PDFText.Run(line.text, isBold: [.name, .code].contains(line.style))
            return .text(
                PDFText(
                    [run], at: PDFPoint(x + margin, down), width: width - 2 * margin, size: line.style.size,
                    family: line.style.family, colour: line.style.colour))
        }
    }
}

extension SlipPages.Line.Style {
    /// In points.
    fileprivate var size: Double {
        switch self {
        case .name: 14
        case .note: 9
        case .text: 10
        case .code: 17
        case .hint: 8
        }
    }

    /// In millimetres.
    fileprivate var height: Double {
        switch self {
        case .name: 7
        case .note: 7.5
        case .text: 5.5
        case .code: 9.5
        case .hint: 5
        }
    }

    /// The letters of a code have equal widths.
    fileprivate var family: String { self == .code ? "Noto Sans Mono CJK SC" : "Noto Sans CJK SC" }

    fileprivate var colour: PDFColour { [.note, .hint].contains(self) ? SlipPages.grey : .black }
}
