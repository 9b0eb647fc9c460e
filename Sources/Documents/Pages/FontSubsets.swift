import CHarfBuzz
import CPango

/// The subsets that pages are drawn with, one of each font. Cairo copies a font whole for every page that embeds some
/// of it, and a Chinese font has 65,000 glyphs. A subset is made anew when a page needs more than it has.
final class FontSubsets {
    private struct Font {
        let isWorthwhile: Bool
        var required: Set<UInt32> = []
        var subset: FontSubset?
    }

    /// By the font of HarfBuzz, which is held.
    private var fonts: [OpaquePointer: Font] = [:]
    private let most: Int

    /// A subset that would have more glyphs begins again with those of a page.
    init(most: Int) { self.most = most }

    deinit { for whole in fonts.keys { hb_face_destroy(whole) } }

    /// Has the glyphs of these texts in the subsets that are made next.
    func expect(_ texts: [TextLayout]) {
        for (whole, glyphs) in glyphs(of: texts) { fonts[whole]?.required.formUnion(glyphs) }
    }

    /// Makes sure of all that a page needs.
    func prepare(_ texts: [TextLayout]) {
        for (whole, glyphs) in glyphs(of: texts) {
            guard var font = fonts[whole], !glyphs.allSatisfy({ font.subset?.glyphs[$0] != nil }) else { continue }
            font.required.formUnion(glyphs)
            if font.required.count > most { font.required = glyphs }
            font.subset = FontSubset(of: whole, font.required)
            fonts[whole] = font
        }
    }

    /// The glyphs of the fonts of which subsets are drawn.
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

    /// The subset with the glyphs of a stretch of text; `nil` where the whole font is to be taken.
    func subset(for run: TextLayout.Run) -> FontSubset? { run.isSynthetic ? nil : fonts[run.whole]?.subset }
}
