import CHarfBuzz
import CPango

/// The subsets that pages are drawn with, one per font. Cairo copies a whole font for every page that embeds part of
/// it, and a Chinese font has 65,000 glyphs. A subset is rebuilt when a page needs further glyphs.
final class FontSubsets {
    private struct Font {
        let isWorthwhile: Bool
        var required: Set<UInt32> = []
        var subset: FontSubset?
    }

    /// Keyed by the HarfBuzz font, which is retained.
    private var fonts: [OpaquePointer: Font] = [:]
    private let most: Int

    /// A subset that would exceed `most` glyphs starts again with those of the current page.
    init(most: Int) { self.most = most }

    deinit { for whole in fonts.keys { hb_face_destroy(whole) } }

    /// Adds the glyphs of these texts to the subsets that are built next.
    func expect(_ texts: [TextLayout]) {
        for (whole, glyphs) in glyphs(of: texts) { fonts[whole]?.required.formUnion(glyphs) }
    }

    /// Builds the subsets that a page needs.
    func prepare(_ texts: [TextLayout]) {
        for (whole, glyphs) in glyphs(of: texts) {
            guard var font = fonts[whole], !glyphs.allSatisfy({ font.subset?.glyphs[$0] != nil }) else { continue }
            font.required.formUnion(glyphs)
            if font.required.count > most { font.required = glyphs }
            font.subset = FontSubset(of: whole, font.required)
            fonts[whole] = font
        }
    }

    /// The glyphs of these texts, by the fonts that need subsets.
    private func glyphs(of texts: [TextLayout]) -> [OpaquePointer: Set<UInt32>] {
        var found: [OpaquePointer: Set<UInt32>] = [:]
        for run in texts.flatMap(\.runs) where !run.isSynthetic {
            let whole = run.whole
            if fonts[whole] == nil {
                fonts[whole] = Font(isWorthwhile: FontSubset.isWorthwhile(of: whole))
                hb_face_reference(whole)
            }
            if fonts[whole]?.isWorthwhile == true { found[whole, default: []].formUnion(run.glyphs.map(\.number)) }
        }
        return found
    }

    /// The subset with the glyphs of a run; `nil` if the whole font must be used.
    func subset(for run: TextLayout.Run) -> FontSubset? { run.isSynthetic ? nil : fonts[run.whole]?.subset }
}
