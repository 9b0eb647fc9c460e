import Kernel

/// One upright A4 page. Lengths are in millimetres from the upper left corner, type sizes in points.
package struct PDFPage: Sendable {
    package static let width = 210.0
    package static let height = 297.0

    package var title: String
    package var author: String
    /// Metadata inside the file, for programs.
    package var keywords: String
    package var created: Day
    package var elements: [PDFElement]

    package init(title: String, author: String, keywords: String, created: Day, elements: [PDFElement]) {
        (self.title, self.author, self.keywords) = (title, author, keywords)
        (self.created, self.elements) = (created, elements)
    }

    /// The printed texts, in the order of drawing. The text of a seal is a drawing and not included.
    package var texts: [PDFText] { elements.compactMap { if case .text(let text) = $0 { text } else { nil } } }
}

package enum PDFElement: Sendable {
    case text(PDFText)
    case line(from: PDFPoint, to: PDFPoint, width: Double, colour: PDFColour)
    case frame(PDFBox, width: Double, colour: PDFColour)
    /// The modules fill the box; leave four modules around it blank.
    case code(QRCode, PDFBox, link: String)
    case seal(RoundSeal)
}

package struct PDFPoint: Sendable, Hashable {
    package let x: Double
    package let y: Double

    package init(_ x: Double, _ y: Double) { (self.x, self.y) = (x, y) }
}

package struct PDFBox: Sendable, Hashable {
    package let x: Double
    package let y: Double
    package let width: Double
    package let height: Double

    package init(x: Double, y: Double, width: Double, height: Double) {
        (self.x, self.y, self.width, self.height) = (x, y, width, height)
    }
}

/// Red, green and blue, 0 to 1.
package struct PDFColour: Sendable, Hashable {
    package let red: Double
    package let green: Double
    package let blue: Double

    package static let black = PDFColour(red: 0, green: 0, blue: 0)

    package init(red: Double, green: Double, blue: Double) {
        (self.red, self.green, self.blue) = (red, green, blue)
    }

    /// `#a61e1e`; `nil` for anything else.
    package init?(_ text: String) {
        guard text.utf8.count == 7, text.hasPrefix("#"), let number = Int(text.dropFirst(), radix: 16), number >= 0
        else { return nil }
        let parts = [number >> 16, number >> 8 & 255, number & 255].map { Double($0) / 255 }
        self.init(red: parts[0], green: parts[1], blue: parts[2])
    }
}

/// Text in a box. The type size is reduced if the text would need more lines than allowed.
package struct PDFText: Sendable {
    package enum Alignment: String, Sendable { case left, centre, right }

    /// A run of text in one weight.
    package struct Run: Sendable {
        package let text: String
        package let isBold: Bool

        package init(_ text: String, isBold: Bool = false) { (self.text, self.isBold) = (text, isBold) }
    }

    package var runs: [Run]
    package var at: PDFPoint
    package var width: Double
    package var size: Double
    package var lines: Int
    package var alignment: Alignment
    /// The space between characters, in points.
    package var spacing: Double
    package var family: String
    package var colour: PDFColour

    package init(
        _ runs: [Run], at: PDFPoint, width: Double, size: Double, lines: Int = 1, alignment: Alignment = .left,
        spacing: Double = 0, family: String, colour: PDFColour = .black
    ) {
        (self.runs, self.at, self.width, self.size) = (runs, at, width, size)
        (self.lines, self.alignment, self.spacing) = (lines, alignment, spacing)
        (self.family, self.colour) = (family, colour)
    }
}

/// The drawing of a round seal: a star, the authority along the upper arc, the purpose as a straight line.
package struct RoundSeal: Sendable, Hashable {
    package var centre: PDFPoint
    package var diameter: Double
    package var authority: String
    package var purpose: String
    package var family: String
    package var colour: PDFColour

    package init(
        centre: PDFPoint, diameter: Double, authority: String, purpose: String, family: String, colour: PDFColour
    ) {
        (self.centre, self.diameter, self.authority) = (centre, diameter, authority)
        (self.purpose, self.family, self.colour) = (purpose, family, colour)
    }
}
