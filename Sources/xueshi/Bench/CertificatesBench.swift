import App
import ArgumentParser
import CPango
import Certificates
import Documents
import Foundation
import Kernel

struct CertificatesBench: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "certificates",
        abstract: "Certificates issued, drawn and stored, compared with the same page drawn by Cairo alone; one core.",
        discussion:
            "Run it beside Samples, Policies and Certificates. Example: xueshi bench certificates --count 500")
    @Flag(help: "Print one JSON document.") var json = false
    @Option(help: "Number of certificates.") var count = 300

    func validate() throws { try bounded("--count", count, 1...1_000_000) }

    func run() async throws {
        try await answering(json) {
            try await withScratch { folder in
                let installation = try await Installation.open(folder: folder, database: nil)
                defer { installation.close() }
                _ = try await Demo(installation, seed: 1).fill(
                    people: count * 4, samples: "Samples", policies: "Policies/taian")
                _ = try await installation.settle(Year(2022)) { _ in }
                let text = try String(contentsOfFile: "Certificates/taian.yaml", encoding: .utf8)
                let form = try CertificateForm(reading: text)
                _ = try await installation.certificates.publish(form, dryRun: false)
                return try await measure(installation, form)
            }
        }
    }

    private func measure(_ installation: Installation, _ form: CertificateForm) async throws -> CommandOutput {
        let bare = try BarePage(form.sample(.annual))
        var size = 0
        let cairo = try await seconds { for _ in 0..<count { size = try bare.draw() } }
        var issued = 0
        let issuing = try await seconds { issued = try await installation.certificates.issue(Year(2022)).issued }
        let numbers = try await installation.certificates.numbers(limit: count)
        var bytes = 0
        let drawing = try await seconds {
            try await installation.certificates.eachPDF(of: numbers) { bytes += $1.count }
        }
        let each = issuing / Double(max(1, issued)) + drawing / Double(max(1, numbers.count))
        let (alone, whole, length) = (perSecond(count, cairo), Int(1 / each), bytes / max(1, numbers.count))
        return CommandOutput(
            "certificates",
            lines: [
                "\(issued) issued in \(figure(issuing)) s",
                "\(numbers.count) of \(length) bytes drawn, signed and stored in \(figure(drawing)) s",
                "\(count) pages of \(size) bytes with Cairo alone in \(figure(cairo)) s",
            ], ["cairo": alone, "issued": whole, "ratio": ratio(whole, alone), "bytes": length])
    }
}

/// The elements of a page, drawn with direct calls of Cairo and Pango: no form, facts, signature or file.
private struct BarePage {
    let page: PDFPage

    init(_ page: PDFPage) { self.page = page }

    private final class Sink { var bytes = 0 }

    func draw() throws -> Int {
        let sink = Sink()
        let surface = cairo_pdf_surface_create_for_stream(
            { sink, _, count in
                guard let sink else { return CAIRO_STATUS_WRITE_ERROR }
                Unmanaged<Sink>.fromOpaque(sink).takeUnretainedValue().bytes += Int(count)
                return CAIRO_STATUS_SUCCESS
            }, Unmanaged.passUnretained(sink).toOpaque(), 595.276, 841.89)
        let cairo = cairo_create(surface)
        let scale = 72 / 25.4
        for element in page.elements {
            switch element {
            case .text(let text):
                for run in text.runs {
                    show(run, text.family, text.size, text.at.x * scale, text.at.y * scale, cairo)
                }
            case .line(let from, let to, _, _):
                cairo_move_to(cairo, from.x * scale, from.y * scale)
                cairo_line_to(cairo, to.x * scale, to.y * scale)
                cairo_stroke(cairo)
            case .frame(let box, _, _):
                cairo_rectangle(cairo, box.x * scale, box.y * scale, box.width * scale, box.height * scale)
                cairo_stroke(cairo)
            case .code(let code, let box, _):
                let module = box.width * scale / Double(code.side)
                for row in 0..<code.side {
                    for stretch in code.stretches(ofRow: row) {
                        cairo_rectangle(
                            cairo, box.x * scale + Double(stretch.start) * module, box.y * scale + Double(row) * module,
                            Double(stretch.length) * module, module)
                    }
                }
                cairo_fill(cairo)
            case .seal(let seal):
                cairo_arc(cairo, seal.centre.x * scale, seal.centre.y * scale, seal.diameter * scale / 2, 0, 6.2832)
                cairo_stroke(cairo)
                for character in seal.authority + seal.purpose {
                    outline(String(character), seal.family, seal.centre.x * scale, seal.centre.y * scale, cairo)
                }
            }
        }
        cairo_show_page(cairo)
        cairo_destroy(cairo)
        cairo_surface_finish(surface)
        cairo_surface_destroy(surface)
        return withExtendedLifetime(sink) { sink.bytes }
    }

    private func show(
        _ run: PDFText.Run, _ family: String, _ size: Double, _ x: Double, _ y: Double, _ cairo: OpaquePointer?
    ) {
        let layout = layout(run.text, family, size, isBold: run.isBold, cairo)
        cairo_move_to(cairo, x, y)
        pango_cairo_show_layout(cairo, layout)
        g_object_unref(UnsafeMutableRawPointer(layout))
    }

    private func outline(_ text: String, _ family: String, _ x: Double, _ y: Double, _ cairo: OpaquePointer?) {
        let layout = layout(text, family, 12, isBold: true, cairo)
        cairo_move_to(cairo, x, y)
        pango_cairo_layout_path(cairo, layout)
        cairo_fill(cairo)
        g_object_unref(UnsafeMutableRawPointer(layout))
    }

    private func layout(
        _ text: String, _ family: String, _ size: Double, isBold: Bool, _ cairo: OpaquePointer?
    ) -> OpaquePointer? {
        let layout = pango_cairo_create_layout(cairo)
        let font = pango_font_description_new()
        pango_font_description_set_family(font, family)
        pango_font_description_set_absolute_size(font, size * Double(PANGO_SCALE))
        if isBold { pango_font_description_set_weight(font, PANGO_WEIGHT_BOLD) }
        pango_layout_set_font_description(layout, font)
        pango_font_description_free(font)
        pango_layout_set_text(layout, text, -1)
        return layout
    }
}
