import CPango
import Kernel

/// Draws pages as PDF: vector text in embedded subset fonts. The same page gives the same bytes, except for the six
/// letters before the name of a font's subset, which depend on the pages drawn before.
///
/// It keeps its fonts open and must not be shared between threads: create one per worker, and draw many pages with it.
package final class PDFRenderer {
    let fonts: UnsafeMutablePointer<PangoFontMap>
    let context: OpaquePointer
    let subsets: FontSubsets
    /// The text of each seal drawn so far.
    var seals: [RoundSeal: Insertion] = [:]
    /// The insertions of the current page.
    private var insertions: [Insertion] = []

    /// `mostGlyphs`: the size at which a subset of a font starts again, since Cairo copies it for every page.
    ///
    /// Failure: `page.fonts` if Pango cannot be set up.
    package init(mostGlyphs: Int = 8000) throws(Failure) {
        guard let map = pango_cairo_font_map_new(), let context = pango_font_map_create_context(map) else {
            throw Failure(
                .unavailable, "page.fonts", "字体系统不能使用，不能制版。请检查 fontconfig 和字体的安装。",
                en: "The font system cannot be used. Check that fontconfig and fonts are installed.")
        }
        (fonts, self.context, subsets) = (map, context, FontSubsets(most: mostGlyphs))
        let options = cairo_font_options_create()
        cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE)
        cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF)
        pango_cairo_context_set_font_options(context, options)
        cairo_font_options_destroy(options)
        pango_cairo_context_set_resolution(context, 72)
        pango_context_set_language(context, pango_language_from_string("zh-cn"))
    }

    deinit {
        g_object_unref(UnsafeMutableRawPointer(context))
        g_object_unref(UnsafeMutableRawPointer(fonts))
    }

    /// The bytes of the file. Failure: `page.drawing` if Cairo fails, such as for lack of memory.
    package func draw(_ page: PDFPage) throws(Failure) -> [UInt8] { try draw([page], describedBy: page) }

    /// The bytes of a file of several pages. `described`: title and author of the file. Failure: `page.drawing`.
    package func draw(_ pages: [PDFPage], describedBy described: PDFPage) throws(Failure) -> [UInt8] {
        let sink = CairoOutput()
        let surface = cairo_pdf_surface_create_for_stream(
            CairoOutput.write, Unmanaged.passUnretained(sink).toOpaque(), PDFPage.width.points, PDFPage.height.points)
        defer { cairo_surface_destroy(surface) }
        cairo_pdf_surface_restrict_to_version(surface, CAIRO_PDF_VERSION_1_4)
        describe(described, surface)
        insertions = []
        let cairo = cairo_create(surface)
        // All pages then share one subset of each font.
        if pages.count > 1 { for page in pages { subsets.expect(page.texts.map(layOut)) } }
        for page in pages {
            let layouts = page.texts.map(layOut)
            subsets.prepare(layouts)
            var texts = layouts.makeIterator()
            for element in page.elements { draw(element, &texts, cairo) }
            cairo_show_page(cairo)
        }
        let status = cairo_status(cairo)
        cairo_destroy(cairo)
        cairo_surface_finish(surface)
        guard status == CAIRO_STATUS_SUCCESS, cairo_surface_status(surface) == CAIRO_STATUS_SUCCESS else {
            throw Failure.notDrawn(String(cString: cairo_status_to_string(status)))
        }
        guard let file = Insertion.fill(sink.bytes, with: insertions) else { throw Failure.notDrawn("PDF 1.4") }
        return file
    }

    private func describe(_ page: PDFPage, _ surface: OpaquePointer?) {
        cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_TITLE, page.title)
        cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_AUTHOR, page.author)
        cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_KEYWORDS, page.keywords)
        cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_CREATOR, "Xueshi")
        cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_CREATE_DATE, "\(page.created)T00:00:00+08:00")
    }

    /// Draws an element; a text takes the next layout.
    private func draw(
        _ element: PDFElement, _ texts: inout some IteratorProtocol<TextLayout>, _ cairo: OpaquePointer?
    ) {
        switch element {
        case .text(let text): if let layout = texts.next() { draw(text, layout, cairo) }
        case .line(let from, let to, let width, let colour): drawLine(from, to, width, colour, cairo)
        case .frame(let box, let width, let colour): drawFrame(box, width, colour, cairo)
        case .code(let code, let box, let link): draw(code, box, link, cairo)
        case .seal(let seal): draw(seal, cairo)
        }
    }

    func drawLine(
        _ from: PDFPoint, _ to: PDFPoint, _ width: Double, _ colour: PDFColour, _ cairo: OpaquePointer?
    ) {
        cairo_move_to(cairo, from.x.points, from.y.points)
        cairo_line_to(cairo, to.x.points, to.y.points)
        stroke(width, colour, cairo)
    }

    func drawFrame(_ box: PDFBox, _ width: Double, _ colour: PDFColour, _ cairo: OpaquePointer?) {
        cairo_rectangle(cairo, box.x.points, box.y.points, box.width.points, box.height.points)
        stroke(width, colour, cairo)
    }

    func stroke(_ width: Double, _ colour: PDFColour, _ cairo: OpaquePointer?) {
        cairo_set_source_rgb(cairo, colour.red, colour.green, colour.blue)
        cairo_set_line_width(cairo, width.points)
        cairo_stroke(cairo)
    }

    private func draw(_ code: QRCode, _ box: PDFBox, _ link: String, _ cairo: OpaquePointer?) {
        insert(Insertion(Array("0 g\n".utf8) + code.rectangles(in: box) + Array("f\n".utf8), level: 4), cairo)
        let corners = [box.x, box.y, box.width, box.height].map { String($0.points) }.joined(separator: " ")
        cairo_tag_begin(cairo, "Link", "uri='\(link)' rect=[\(corners)]")
        cairo_tag_end(cairo, "Link")
    }

    /// Inserts it at this place in the drawing order.
    func insert(_ insertion: Insertion, _ cairo: OpaquePointer?) {
        insertions.append(insertion)
        Insertion.leavePlace(insertions.count, cairo)
    }
}

extension Failure {
    static func notDrawn(_ why: String) -> Failure {
        Failure(
            .unavailable, "page.drawing", "证书页面绘制失败（\(why)）。请稍后再试。",
            en: "The page was not drawn: \(why). Try again.")
    }
}

extension Double {
    /// Millimetres converted to points of 1/72 inch.
    var points: Double { self * 72 / 25.4 }
    var millimetres: Double { self * 25.4 / 72 }
}

/// Collects the bytes that Cairo writes.
final class CairoOutput {
    private(set) var bytes: [UInt8] = []

    static let write: cairo_write_func_t = { sink, data, count in
        guard let sink else { return CAIRO_STATUS_WRITE_ERROR }
        let this = Unmanaged<CairoOutput>.fromOpaque(sink).takeUnretainedValue()
        this.bytes.append(contentsOf: UnsafeBufferPointer(start: data, count: Int(count)))
        return CAIRO_STATUS_SUCCESS
    }
}
