import CPango
import Kernel

/// A page as a picture, as it looks on paper.
package struct PagePicture: Sendable {
    /// Fine enough for small print and for a QR code of 44 mm with 77 modules.
    package static let dotsPerInch = 200.0

    /// In pixels.
    package let width: Int
    package let height: Int
    let stride: Int
    /// 32 bits a pixel, as Cairo stores them.
    let pixels: [UInt8]

    /// The bytes of a PNG file. Failure: `page.drawing` if Cairo fails, such as for lack of memory.
    package func png() throws(Failure) -> [UInt8] {
        let sink = CairoOutput()
        var pixels = pixels
        let status = pixels.withUnsafeMutableBufferPointer { buffer in
            let surface = cairo_image_surface_create_for_data(
                buffer.baseAddress, CAIRO_FORMAT_RGB24, Int32(width), Int32(height), Int32(stride))
            defer { cairo_surface_destroy(surface) }
            return cairo_surface_write_to_png_stream(
                surface, CairoOutput.write, Unmanaged.passUnretained(sink).toOpaque())
        }
        guard status == CAIRO_STATUS_SUCCESS else {
            throw Failure.notDrawn(String(cString: cairo_status_to_string(status)))
        }
        return sink.bytes
    }
}

extension PDFRenderer {
    /// Draws a page with the same outlines as its PDF. Writing the file takes longer than drawing, so it is left to
    /// ``PagePicture/png()``, which needs no renderer.
    ///
    /// Failure: `page.drawing` if Cairo fails, such as for lack of memory.
    package func picture(_ page: PDFPage) throws(Failure) -> PagePicture {
        let scale = PagePicture.dotsPerInch / 72
        let (width, height) = ((PDFPage.width.points * scale).rounded(), (PDFPage.height.points * scale).rounded())
        let surface = cairo_image_surface_create(CAIRO_FORMAT_RGB24, Int32(width), Int32(height))
        defer { cairo_surface_destroy(surface) }
        let cairo = cairo_create(surface)
        defer { cairo_destroy(cairo) }
        cairo_set_source_rgb(cairo, 1, 1, 1)
        cairo_paint(cairo)
        cairo_scale(cairo, scale, scale)
        for element in page.elements { paint(element, cairo) }
        cairo_surface_flush(surface)
        guard cairo_status(cairo) == CAIRO_STATUS_SUCCESS, let data = cairo_image_surface_get_data(surface) else {
            throw Failure.notDrawn(String(cString: cairo_status_to_string(cairo_status(cairo))))
        }
        let stride = Int(cairo_image_surface_get_stride(surface))
        return PagePicture(
            width: Int(width), height: Int(height), stride: stride,
            pixels: Array(UnsafeBufferPointer(start: data, count: stride * Int(height))))
    }

    private func paint(_ element: PDFElement, _ cairo: OpaquePointer?) {
        switch element {
        case .text(let text):
            cairo_set_source_rgb(cairo, text.colour.red, text.colour.green, text.colour.blue)
            cairo_move_to(cairo, text.at.x.points, text.at.y.points)
            withExtendedLifetime(layOut(text)) { pango_cairo_show_layout(cairo, $0.pango) }
        case .line(let from, let to, let width, let colour): drawLine(from, to, width, colour, cairo)
        case .frame(let box, let width, let colour): drawFrame(box, width, colour, cairo)
        case .code(let code, let box, _): paint(code, box, cairo)
        case .seal(let seal): drawWhole(seal, cairo)
        }
    }

    /// The edges of the modules are those of pixels, so that the code stays sharp.
    private func paint(_ code: QRCode, _ box: PDFBox, _ cairo: OpaquePointer?) {
        let scale = PagePicture.dotsPerInch / 72
        func edge(_ start: Double, _ module: Int) -> Double {
            ((start.points + box.width.points * Double(module) / Double(code.side)) * scale).rounded()
        }
        cairo_save(cairo)
        cairo_identity_matrix(cairo)
        cairo_set_antialias(cairo, CAIRO_ANTIALIAS_NONE)
        cairo_set_source_rgb(cairo, 0, 0, 0)
        for row in 0..<code.side {
            let (top, bottom) = (edge(box.y, row), edge(box.y, row + 1))
            for run in code.stretches(ofRow: row) {
                let (left, right) = (edge(box.x, run.start), edge(box.x, run.start + run.length))
                cairo_rectangle(cairo, left, top, right - left, bottom - top)
            }
        }
        cairo_fill(cairo)
        cairo_restore(cairo)
    }
}
