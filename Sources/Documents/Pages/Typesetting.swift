import CPango
import Kernel

extension PDFRenderer {
    /// Lays out the text in the largest size that its lines allow.
    func layOut(_ text: PDFText) -> TextLayout {
        let layout = TextLayout(text.runs.map(\.text).joined(), context)
        pango_layout_set_width(layout.pango, Int32(text.width.points * TextLayout.scale))
        pango_layout_set_wrap(layout.pango, PANGO_WRAP_WORD_CHAR)
        pango_layout_set_alignment(layout.pango, text.alignment.pango)
        style(layout, text)
        var size = text.size
        repeat {
            layout.setFont(text.family, size)
            size *= 0.94
        } while pango_layout_get_line_count(layout.pango) > text.lines && size > 4
        return layout
    }

    private func style(_ layout: TextLayout, _ text: PDFText) {
        let list = pango_attr_list_new()
        if text.spacing != 0 {
            pango_attr_list_insert(list, pango_attr_letter_spacing_new(Int32(text.spacing * TextLayout.scale)))
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
        pango_layout_set_attributes(layout.pango, list)
        pango_attr_list_unref(list)
    }

    func draw(_ text: PDFText, _ layout: TextLayout, _ cairo: OpaquePointer?) {
        cairo_set_source_rgb(cairo, text.colour.red, text.colour.green, text.colour.blue)
        cairo_move_to(cairo, text.at.x.points, text.at.y.points)
        // Pango draws a box for a missing glyph.
        guard layout.hasAllGlyphs else { return pango_cairo_show_layout(cairo, layout.pango) }
        var (x, y) = (0.0, 0.0)
        cairo_get_current_point(cairo, &x, &y)
        for run in layout.runs { show(run, of: layout, x, y, cairo) }
    }

    /// Draws like `pango_cairo_show_layout`, but with the subset of the font.
    private func show(
        _ run: TextLayout.Run, of layout: TextLayout, _ x: Double, _ y: Double, _ cairo: OpaquePointer?
    ) {
        let subset = subsets.subset(for: run)
        setFont(run, subset, cairo)
        let glyphs = run.glyphs.map { glyph in
            cairo_glyph_t(
                index: subset.map { $0.glyphs[glyph.number] ?? 0 } ?? UInt(glyph.number),
                x: x + Double(run.x + glyph.x) / TextLayout.scale, y: y + Double(run.y + glyph.y) / TextLayout.scale)
        }
        let text = pango_layout_get_text(layout.pango)
        let (item, clusters) = (run.item.pointee.item.pointee, run.clusters(text))
        cairo_show_text_glyphs(
            cairo, text.map { $0 + Int(item.offset) }, item.length, glyphs, Int32(glyphs.count), clusters,
            Int32(clusters.count), run.isBackward ? CAIRO_TEXT_CLUSTER_FLAG_BACKWARD : cairo_text_cluster_flags_t(0))
    }

    private func setFont(_ run: TextLayout.Run, _ subset: FontSubset?, _ cairo: OpaquePointer?) {
        let whole = run.scaled
        guard let subset else { return cairo_set_scaled_font(cairo, whole) }
        var (size, space) = (cairo_matrix_t(), cairo_matrix_t())
        cairo_scaled_font_get_font_matrix(whole, &size)
        cairo_scaled_font_get_ctm(whole, &space)
        let options = cairo_font_options_create()
        cairo_scaled_font_get_font_options(whole, options)
        let scaled = cairo_scaled_font_create(subset.face, &size, &space, options)
        cairo_font_options_destroy(options)
        cairo_set_scaled_font(cairo, scaled)
        cairo_scaled_font_destroy(scaled)
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

// MARK: - Unprintable characters

extension PDFRenderer {
    /// The distinct characters of a text for which no font of the family has a glyph with ink. The other characters are
    /// added to the subsets for the next pages.
    package func unprintable(_ text: String, family: String) -> [Character] {
        var found: [Character] = []
        for character in text where !character.isWhitespace && !found.contains(character) {
            if !isPrintable(character, family) { found.append(character) }
        }
        return found
    }

    private func isPrintable(_ character: Character, _ family: String) -> Bool {
        let layouts = [false, true].map { isBold in
            let layout = TextLayout(String(character), context)
            layout.setFont(family, 20, isBold: isBold)
            return layout
        }
        guard layouts[0].hasAllGlyphs else { return false }
        var ink = PangoRectangle()
        pango_layout_get_extents(layouts[0].pango, &ink, nil)
        guard ink.width > 0 && ink.height > 0 else { return false }
        if layouts[1].hasAllGlyphs { subsets.expect(layouts) }
        return true
    }
}
