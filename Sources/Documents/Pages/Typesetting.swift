import CPango
import Kernel

extension PDFRenderer {
    private static let scale = Double(PANGO_SCALE)

    /// Sets the text as large as its lines allow.
    func draw(_ text: PDFText, _ cairo: OpaquePointer?) {
        let layout = pango_layout_new(context)
        defer { g_object_unref(UnsafeMutableRawPointer(layout)) }
        pango_layout_set_text(layout, text.runs.map(\.text).joined(), -1)
        pango_layout_set_width(layout, Int32(text.width.points * Self.scale))
        pango_layout_set_wrap(layout, PANGO_WRAP_WORD_CHAR)
        pango_layout_set_alignment(layout, text.alignment.pango)
        var size = text.size
        repeat {
            style(layout, text, size)
            size *= 0.94
        } while pango_layout_get_line_count(layout) > text.lines && size > 4
        cairo_set_source_rgb(cairo, text.colour.red, text.colour.green, text.colour.blue)
        cairo_move_to(cairo, text.at.x.points, text.at.y.points)
        pango_cairo_show_layout(cairo, layout)
    }

    private func style(_ layout: OpaquePointer?, _ text: PDFText, _ size: Double) {
        let font = font(text.family, size)
        pango_layout_set_font_description(layout, font)
        pango_font_description_free(font)
        let list = pango_attr_list_new()
        if text.spacing != 0 {
            pango_attr_list_insert(list, pango_attr_letter_spacing_new(Int32(text.spacing * Self.scale)))
        }
        var start = 0
        for run in text.runs {
            let end = start + run.text.utf8.count
            if run.isBold, let bold = pango_attr_weight_new(PANGO_WEIGHT_BOLD) {
                (bold.pointee.start_index, bold.pointee.end_index) = (UInt32(start), UInt32(end))
                pango_attr_list_insert(list, bold)
            }
            start = end
        }
        pango_layout_set_attributes(layout, list)
        pango_attr_list_unref(list)
    }

    func font(_ family: String, _ size: Double) -> OpaquePointer? {
        let font = pango_font_description_new()
        pango_font_description_set_family(font, family)
        pango_font_description_set_absolute_size(font, size * Self.scale)
        return font
    }
}

extension PDFText.Alignment {
    fileprivate var pango: PangoAlignment {
        switch self {
        case .left: PANGO_ALIGN_LEFT
        case .centre: PANGO_ALIGN_CENTER
        case .right: PANGO_ALIGN_RIGHT
        }
    }
}

// MARK: - What cannot be printed

extension PDFRenderer {
    /// The characters of a text for which no font of the family has a glyph, or has one without ink, each once.
    package func unprintable(_ text: String, family: String) -> [Character] {
        var found: [Character] = []
        for character in text where !character.isWhitespace && !found.contains(character) {
            if !isPrintable(character, family) { found.append(character) }
        }
        return found
    }

    private func isPrintable(_ character: Character, _ family: String) -> Bool {
        let layout = pango_layout_new(context)
        defer { g_object_unref(UnsafeMutableRawPointer(layout)) }
        let font = font(family, 20)
        pango_layout_set_font_description(layout, font)
        pango_font_description_free(font)
        pango_layout_set_text(layout, String(character), -1)
        guard pango_layout_get_unknown_glyphs_count(layout) == 0 else { return false }
        var ink = PangoRectangle()
        pango_layout_get_extents(layout, &ink, nil)
        return ink.width > 0 && ink.height > 0
    }
}
