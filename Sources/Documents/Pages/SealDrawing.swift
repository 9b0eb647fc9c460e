import CPango
import Foundation
import Kernel

extension PDFRenderer {
    /// The text of a seal is drawn as outlines, because it is a picture and not meant to be copied as text.
    func draw(_ seal: RoundSeal, _ cairo: OpaquePointer?) {
        drawRing(of: seal, cairo)
        insert(text(of: seal, cairo), cairo)
    }

    /// The same with its text drawn at once, for a picture.
    func drawWhole(_ seal: RoundSeal, _ cairo: OpaquePointer?) {
        drawRing(of: seal, cairo)
        cairo_set_source_rgb(cairo, seal.colour.red, seal.colour.green, seal.colour.blue)
        for (text, angle, down) in outlines(of: seal) {
            text.trace(seal, angle, down, cairo)
            cairo_fill(cairo)
        }
    }

    /// The circle and the star.
    private func drawRing(of seal: RoundSeal, _ cairo: OpaquePointer?) {
        let radius = seal.diameter.points / 2
        cairo_save(cairo)
        cairo_translate(cairo, seal.centre.x.points, seal.centre.y.points)
        cairo_new_path(cairo)
        cairo_arc(cairo, 0, 0, radius, 0, 2 * .pi)
        stroke(seal.diameter / 38, seal.colour, cairo)
        star(radius * 0.3, cairo)
        cairo_restore(cairo)
    }

    /// The text is the same for every page of a form, so it is cached.
    private func text(of seal: RoundSeal, _ cairo: OpaquePointer?) -> Insertion {
        if let known = seals[seal] { return known }
        let colour = "\(seal.colour.red) \(seal.colour.green) \(seal.colour.blue) rg\n"
        let drawn = outlines(of: seal).flatMap { text, angle, down in text.outlines(seal, angle, down, cairo) }
        let made = Insertion(Array(colour.utf8) + drawn, level: 9)
        if seals.count >= 16 { seals = [:] }
        seals[seal] = made
        return made
    }

    private typealias PlacedText = (text: TextOutline, angle: Double, down: Double)

    /// The characters along the upper arc, then the purpose across.
    private func outlines(of seal: RoundSeal) -> [PlacedText] {
        let radius = seal.diameter.points / 2
        let purpose = TextOutline(seal.purpose, seal.family, radius * 0.21, widest: radius * 1.1, self)
        var all = arc(seal, radius)
        all.append((purpose, 0, radius * 0.46))
        return all
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

    /// The characters stand on an arc round the top; more characters take a longer arc.
    private func arc(_ seal: RoundSeal, _ radius: Double) -> [PlacedText] {
        let characters = Array(seal.authority)
        guard !characters.isEmpty else { return [] }
        let spread = min(1.34 * .pi, Double(characters.count) * 0.33)
        let size = min(radius * 0.3, spread * radius * 0.66 / Double(characters.count))
        let step = characters.count > 1 ? spread / Double(characters.count - 1) : 0
        return characters.enumerated().map { index, character in
            let glyph = TextOutline(String(character), seal.family, size, widest: size * 2, self)
            return (glyph, characters.count > 1 ? -spread / 2 + step * Double(index) : 0, -radius * 0.91)
        }
    }
}

/// A line of text as outlines.
private final class TextOutline {
    private let layout: TextLayout
    private let width: Double
    private let squeeze: Double

    /// At most `widest` wide; sizes are in points.
    init(_ text: String, _ family: String, _ size: Double, widest: Double, _ renderer: PDFRenderer) {
        layout = TextLayout(text, renderer.context)
        layout.setFont(family, size, isBold: true)
        var logical = PangoRectangle()
        pango_layout_get_extents(layout.pango, nil, &logical)
        let natural = Double(logical.width) / TextLayout.scale
        squeeze = natural > widest ? widest / natural : 1
        width = natural * squeeze
    }

    /// The filled outlines as PDF operators.
    func outlines(_ seal: RoundSeal, _ angle: Double, _ down: Double, _ cairo: OpaquePointer?) -> [UInt8] {
        trace(seal, angle, down, cairo)
        defer { cairo_new_path(cairo) }
        return writtenPath(cairo) + Array("f\n".utf8)
    }

    /// Makes the outlines the current path, centred on a point `down` below the seal's centre before the seal is
    /// rotated.
    func trace(_ seal: RoundSeal, _ angle: Double, _ down: Double, _ cairo: OpaquePointer?) {
        cairo_save(cairo)
        cairo_translate(cairo, seal.centre.x.points, seal.centre.y.points)
        cairo_rotate(cairo, angle)
        cairo_translate(cairo, -width / 2, down)
        cairo_scale(cairo, squeeze, 1)
        cairo_new_path(cairo)
        pango_cairo_layout_path(cairo, layout.pango)
        cairo_restore(cairo)
    }
}
