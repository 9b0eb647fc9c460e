import CPango

/// A text laid out by Pango.
final class TextLayout {
    static let scale = Double(PANGO_SCALE)

    let pango: OpaquePointer?

    init(_ text: String, _ context: OpaquePointer) {
        pango = pango_layout_new(context)
        pango_layout_set_text(pango, text, -1)
    }

    deinit { g_object_unref(UnsafeMutableRawPointer(pango)) }

    /// The size is in points.
    func setFont(_ family: String, _ size: Double, isBold: Bool = false) {
        let font = pango_font_description_new()
        pango_font_description_set_family(font, family)
        pango_font_description_set_absolute_size(font, size * Self.scale)
        if isBold { pango_font_description_set_weight(font, PANGO_WEIGHT_BOLD) }
        pango_layout_set_font_description(pango, font)
        pango_font_description_free(font)
    }

    var hasAllGlyphs: Bool { pango_layout_get_unknown_glyphs_count(pango) == 0 }

    /// The runs of one font, line by line.
    var runs: [Run] {
        let place = pango_layout_get_iter(pango)
        defer { pango_layout_iter_free(place) }
        var runs: [Run] = []
        repeat {
            guard let item = pango_layout_iter_get_run_readonly(place) else { continue }
            var extents = PangoRectangle()
            pango_layout_iter_get_run_extents(place, nil, &extents)
            runs.append(Run(item: item, x: extents.x, y: pango_layout_iter_get_run_baseline(place)))
        } while pango_layout_iter_next_run(place) != 0
        return runs
    }

    /// A run of text in one font. It must not outlive its layout.
    struct Run {
        let item: UnsafeMutablePointer<PangoLayoutRun>
        /// The start of its baseline in the layout, in Pango units.
        let x: Int32
        let y: Int32

        var font: UnsafeMutablePointer<PangoFont>? { item.pointee.item.pointee.analysis.font }
        /// The HarfBuzz font.
        var whole: OpaquePointer { hb_font_get_face(pango_font_get_hb_font(font)) }
        /// The Cairo font with its size.
        var scaled: OpaquePointer? {
            font.flatMap { pango_cairo_font_get_scaled_font(OpaquePointer($0)) }
        }
        /// Whether the outlines are emboldened or slanted because the family has no such font.
        var isSynthetic: Bool { cairo_ft_font_face_get_synthesize(cairo_scaled_font_get_font_face(scaled)) != 0 }
        /// From right to left.
        var isBackward: Bool { item.pointee.item.pointee.analysis.level & 1 == 1 }

        /// The glyphs with an outline, with positions in Pango units from the start of the run.
        var glyphs: [(number: UInt32, x: Int32, y: Int32)] {
            var (x, found) = (Int32(0), [(number: UInt32, x: Int32, y: Int32)]())
            for info in infos {
                if !info.isEmpty { found.append((info.glyph, x + info.geometry.x_offset, info.geometry.y_offset)) }
                x += info.geometry.width
            }
            return found
        }

        /// The mapping from bytes of the text to glyphs.
        func clusters(_ text: UnsafePointer<CChar>?) -> [cairo_text_cluster_t] {
            var (cluster, found) = (PangoGlyphItemIter(), [cairo_text_cluster_t]())
            var exists = pango_glyph_item_iter_init_start(&cluster, item, text)
            while exists != 0 {
                let range =
                    isBackward
                    ? cluster.end_glyph + 1..<cluster.start_glyph + 1 : cluster.start_glyph..<cluster.end_glyph
                let shapes = range.count { !infos[Int($0)].isEmpty }
                found.append(
                    cairo_text_cluster_t(num_bytes: cluster.end_index - cluster.start_index, num_glyphs: Int32(shapes)))
                exists = pango_glyph_item_iter_next_cluster(&cluster)
            }
            return found
        }

        private var infos: UnsafeBufferPointer<PangoGlyphInfo> {
            let string = item.pointee.glyphs.pointee
            return UnsafeBufferPointer(start: string.glyphs, count: Int(string.num_glyphs))
        }
    }
}

extension PangoGlyphInfo {
    /// Takes space and has no outline: `PANGO_GLYPH_EMPTY`.
    fileprivate var isEmpty: Bool { glyph == 0x0FFF_FFFF }
}
