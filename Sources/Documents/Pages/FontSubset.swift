import CHarfBuzz
import CPango

/// A font with some of the glyphs of another one; their outlines and widths are the same.
final class FontSubset {
    /// The Cairo font.
    let face: OpaquePointer
    /// Glyph numbers in this font by their numbers in the whole font.
    let glyphs: [UInt32: UInt]

    /// `nil` if HarfBuzz or FreeType fails.
    init?(of whole: OpaquePointer, _ required: Set<UInt32>) {
        let input = hb_subset_input_create_or_fail()
        defer { hb_subset_input_destroy(input) }
        guard let input else { return nil }
        for glyph in required { hb_set_add(hb_subset_input_glyph_set(input), glyph) }
        // Pango has already chosen the glyphs, and subroutine calls would take more room than they save.
        let dropped = hb_subset_input_set(input, HB_SUBSET_SETS_DROP_TABLE_TAG)
        for table in ["GSUB", "GPOS", "GDEF", "BASE", "VORG", "vhea", "vmtx"] { hb_set_add(dropped, tag(table)) }
        hb_subset_input_set_flags(input, HB_SUBSET_FLAGS_DESUBROUTINIZE.rawValue)
        let plan = hb_subset_plan_create_or_fail(whole, input)
        defer { hb_subset_plan_destroy(plan) }
        guard let plan, let font = hb_subset_plan_execute_or_fail(plan) else { return nil }
        defer { hb_face_destroy(font) }
        guard let open = OpenFont(font), let face = open.cairoFace() else { return nil }
        let numbers = hb_subset_plan_old_to_new_glyph_mapping(plan)
        self.face = face
        glyphs = Dictionary(uniqueKeysWithValues: required.map { ($0, UInt(hb_map_get(numbers, $0))) })
    }

    deinit { cairo_font_face_destroy(face) }

    /// Whether the outlines are in the table that Cairo copies whole for each page. Of TrueType outlines Cairo copies
    /// only those that it embeds.
    static func isWorthwhile(of whole: OpaquePointer) -> Bool {
        let outlines = hb_face_reference_table(whole, tag("CFF "))
        defer { hb_blob_destroy(outlines) }
        return hb_blob_get_length(outlines) > 0
    }
}

/// The tag of an OpenType table.
private func tag(_ name: String) -> hb_tag_t { name.utf8.reduce(0) { $0 << 8 | hb_tag_t($1) } }

/// A font in memory, opened by FreeType. Cairo keeps it while it keeps one of its glyphs, and may release it on any
/// thread, so each font has its own FreeType library.
private final class OpenFont {
    private let bytes: OpaquePointer
    private var library: FT_Library?
    private var face: FT_Face?

    init?(_ font: OpaquePointer) {
        bytes = hb_face_reference_blob(font)
        var length: UInt32 = 0
        guard let data = hb_blob_get_data(bytes, &length), FT_Init_FreeType(&library) == 0 else { return nil }
        let opened = data.withMemoryRebound(to: FT_Byte.self, capacity: Int(length)) {
            FT_New_Memory_Face(library, $0, FT_Long(length), 0, &face)
        }
        guard opened == 0 else { return nil }
    }

    deinit {
        FT_Done_Face(face)
        FT_Done_FreeType(library)
        hb_blob_destroy(bytes)
    }

    /// A Cairo font that keeps this one open.
    func cairoFace() -> OpaquePointer? {
        guard let made = cairo_ft_font_face_create_for_ft_face(face, 0) else { return nil }
        let held = Unmanaged.passRetained(self)
        // The key may be any unique address.
        let key = UnsafePointer<cairo_user_data_key_t>(OpaquePointer(face))
        let status = cairo_font_face_set_user_data(made, key, held.toOpaque()) { held in
            if let held { Unmanaged<OpenFont>.fromOpaque(held).release() }
        }
        guard status == CAIRO_STATUS_SUCCESS else {
            cairo_font_face_destroy(made)
            held.release()
            return nil
        }
        return made
    }
}
