import CPango
import Foundation
import Kernel

extension PDFRenderer {
    /// The text of a seal is drawn as outlines: it is a picture, and nobody copies it as text.
    func draw(_ seal: RoundSeal, _ cairo: OpaquePointer?) {
        let radius = seal.diameter.points / 2
        cairo_save(cairo)
        cairo_translate(cairo, seal.centre.x.points, seal.centre.y.points)
        cairo_new_path(cairo)
        cairo_arc(cairo, 0, 0, radius, 0, 2 * .pi)
        stroke(seal.diameter / 38, seal.colour, cairo)
        star(radius * 0.3, cairo)
        arc(seal, radius, cairo)
        let purpose = TextOutline(seal.purpose, seal.family, radius * 0.21, widest: radius * 1.1, self)
        cairo_save(cairo)
        cairo_translate(cairo, -purpose.width / 2, radius * 0.46)
        purpose.fill(cairo)
        cairo_restore(cairo)
        cairo_restore(cairo)
    }

    private func star(_ radius: Double, _ cairo: OpaquePointer?) {
        for point in 0..<10 {
            let angle = Double(point) * .pi / 5 - .pi / 2
            let length = point.isMultiple(of: 2) ? radius : radius * 0.382
            cairo_line_to(cairo, cos(angle) * length, sin(angle) * length)
        }
        cairo_close_path(cairo)
        cairo_fill(cairo)
    }

    /// The characters stand on an arc round the top, the further round the more there are.
    private func arc(_ seal: RoundSeal, _ radius: Double, _ cairo: OpaquePointer?) {
        let characters = Array(seal.authority)
        guard !characters.isEmpty else { return }
        let spread = min(1.34 * .pi, Double(characters.count) * 0.33)
        let size = min(radius * 0.3, spread * radius * 0.66 / Double(characters.count))
        let step = characters.count > 1 ? spread / Double(characters.count - 1) : 0
        for (index, character) in characters.enumerated() {
            let glyph = TextOutline(String(character), seal.family, size, widest: size * 2, self)
            cairo_save(cairo)
            cairo_rotate(cairo, characters.count > 1 ? -spread / 2 + step * Double(index) : 0)
            cairo_translate(cairo, -glyph.width / 2, -radius * 0.91)
            glyph.fill(cairo)
            cairo_restore(cairo)
        }
    }
}

/// A line of text as a shape.
private final class TextOutline {
    private let layout: OpaquePointer?
    /// In points, at most what was asked for.
    let width: Double
    private let squeeze: Double

    init(_ text: String, _ family: String, _ size: Double, widest: Double, _ renderer: PDFRenderer) {
        layout = pango_layout_new(renderer.context)
        let font = renderer.font(family, size)
        pango_font_description_set_weight(font, PANGO_WEIGHT_BOLD)
        pango_layout_set_font_description(layout, font)
        pango_font_description_free(font)
        pango_layout_set_text(layout, text, -1)
        var logical = PangoRectangle()
        pango_layout_get_extents(layout, nil, &logical)
        let natural = Double(logical.width) / Double(PANGO_SCALE)
        squeeze = natural > widest ? widest / natural : 1
        width = natural * squeeze
    }

    deinit { g_object_unref(UnsafeMutableRawPointer(layout)) }

    func fill(_ cairo: OpaquePointer?) {
        cairo_scale(cairo, squeeze, 1)
        cairo_new_path(cairo)
        pango_cairo_layout_path(cairo, layout)
        cairo_fill(cairo)
    }
}
