import CPango
import Foundation
import Kernel

@testable import Documents

/// A page drawn by Pango and Cairo alone: with whole fonts, and without insertions.
struct PlainPage {
    private let page: PDFPage
    private let renderer: PDFRenderer

    /// The renderer only lays out texts.
    init(_ page: PDFPage, _ renderer: PDFRenderer) { (self.page, self.renderer) = (page, renderer) }

    /// The bytes of the PDF.
    func file() throws -> [UInt8] {
        let path = FileManager.default.temporaryDirectory.appending(path: "xueshi-page-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        let surface = cairo_pdf_surface_create(path, PDFPage.width.points, PDFPage.height.points)
        let cairo = cairo_create(surface)
        for element in page.elements { draw(element, cairo) }
        cairo_destroy(cairo)
        cairo_surface_finish(surface)
        cairo_surface_destroy(surface)
        return [UInt8](try Data(contentsOf: URL(filePath: path)))
    }

    private func draw(_ element: PDFElement, _ cairo: OpaquePointer?) {
        switch element {
        case .text(let text):
            colour(text.colour, cairo)
            cairo_move_to(cairo, text.at.x.points, text.at.y.points)
            withExtendedLifetime(renderer.layOut(text)) { pango_cairo_show_layout(cairo, $0.pango) }
        case .line(let from, let to, let width, let colour):
            cairo_move_to(cairo, from.x.points, from.y.points)
            cairo_line_to(cairo, to.x.points, to.y.points)
            stroke(width, colour, cairo)
        case .frame(let box, let width, let colour):
            cairo_rectangle(cairo, box.x.points, box.y.points, box.width.points, box.height.points)
            stroke(width, colour, cairo)
        case .code(let code, let box, _): draw(code, box, cairo)
        case .seal(let seal): draw(seal, cairo)
        }
    }

    private func colour(_ colour: PDFColour, _ cairo: OpaquePointer?) {
        cairo_set_source_rgb(cairo, colour.red, colour.green, colour.blue)
    }

    private func stroke(_ width: Double, _ colour: PDFColour, _ cairo: OpaquePointer?) {
        self.colour(colour, cairo)
        cairo_set_line_width(cairo, width.points)
        cairo_stroke(cairo)
    }

    private func draw(_ code: QRCode, _ box: PDFBox, _ cairo: OpaquePointer?) {
        let module = box.width.points / Double(code.side)
        colour(.black, cairo)
        for row in 0..<code.side {
            for stretch in code.stretches(ofRow: row) {
                let (x, y) = (box.x.points + Double(stretch.start) * module, box.y.points + Double(row) * module)
                cairo_rectangle(cairo, x, y, Double(stretch.length) * module, module)
            }
        }
        cairo_fill(cairo)
    }
}

// MARK: - Seals

extension PlainPage {
    private func draw(_ seal: RoundSeal, _ cairo: OpaquePointer?) {
        let radius = seal.diameter.points / 2
        cairo_save(cairo)
        cairo_translate(cairo, seal.centre.x.points, seal.centre.y.points)
        cairo_new_path(cairo)
        cairo_arc(cairo, 0, 0, radius, 0, 2 * .pi)
        stroke(seal.diameter / 38, seal.colour, cairo)
        for point in 0..<10 {
            let (angle, length) = (Double(point) * .pi / 5 - .pi / 2, radius * (point % 2 == 0 ? 0.3 : 0.1146))
            cairo_line_to(cairo, cos(angle) * length, sin(angle) * length)
        }
        cairo_fill(cairo)
        let characters = seal.authority.map { String($0) }
        let spread = min(1.34 * .pi, Double(characters.count) * 0.33)
        let size = min(radius * 0.3, spread * radius * 0.66 / Double(max(1, characters.count)))
        // To the last bit as the renderer computes it: outlines are rounded after they are turned.
        let step = spread / Double(max(1, characters.count - 1))
        for (turn, character) in characters.enumerated() {
            let angle = characters.count > 1 ? -spread / 2 + step * Double(turn) : 0
            fill(character, seal, size, widest: size * 2, angle: angle, down: -radius * 0.91, cairo)
        }
        fill(seal.purpose, seal, radius * 0.21, widest: radius * 1.1, angle: 0, down: radius * 0.46, cairo)
        cairo_restore(cairo)
    }

    /// The outlines of a text, as the renderer's font options give them, but written by Cairo.
    private func fill(
        _ text: String, _ seal: RoundSeal, _ size: Double, widest: Double, angle: Double, down: Double,
        _ cairo: OpaquePointer?
    ) {
        let layout = TextLayout(text, renderer.context)
        layout.setFont(seal.family, size, isBold: true)
        var logical = PangoRectangle()
        pango_layout_get_extents(layout.pango, nil, &logical)
        let width = Double(logical.width) / TextLayout.scale
        cairo_save(cairo)
        cairo_rotate(cairo, angle)
        cairo_translate(cairo, -min(width, widest) / 2, down)
        cairo_scale(cairo, width > widest ? widest / width : 1, 1)
        cairo_new_path(cairo)
        pango_cairo_layout_path(cairo, layout.pango)
        cairo_restore(cairo)
        cairo_fill(cairo)
    }
}
