import Documents
import Kernel
import Synchronization

/// Draws pages, one at a time, and reports which characters its fonts can print.
package final class CertificateRenderer: Sendable {
    private struct RenderingState {
        var pdfRenderer: PDFRenderer?
        var printable: [String: Set<Character>] = [:]

        mutating func ready() throws(Failure) -> PDFRenderer {
            if let pdfRenderer { return pdfRenderer }
            let made = try PDFRenderer()
            pdfRenderer = made
            return made
        }
    }

    private let machine = Mutex(RenderingState())

    package init() {}

    package func draw(_ page: PDFPage) throws -> [UInt8] { try machine.withLock { try $0.ready().draw(page) } }

    /// Failure: `page.drawing`.
    func picture(_ page: PDFPage) throws -> PagePicture { try machine.withLock { try $0.ready().picture(page) } }

    /// The characters of these texts for which the fonts of a form have no glyph or an empty one.
    func unprintable(_ texts: [String], family: String) throws -> [Character] {
        try machine.withLock { machine in
            var known = machine.printable[family] ?? []
            let unknown = Set(texts.joined()).subtracting(known)
            let bad = unknown.isEmpty ? [] : try machine.ready().unprintable(String(unknown.sorted()), family: family)
            known.formUnion(unknown.subtracting(bad))
            machine.printable[family] = known
            return bad.sorted()
        }
    }
}
