import CPango
import CZlib
import Foundation

/// A shape that is inserted into the file after Cairo has written it. Cairo formats and compresses outlines number by
/// number; for a QR code and a seal's text that takes longer than everything else.
struct Insertion {
    /// The compressed content of a form XObject, in points from the upper left corner of the page; `nil` if memory is
    /// short.
    private let content: [UInt8]?

    /// `level` is the zlib level: 1 is fast, 9 gives the smallest result.
    init(_ operators: [UInt8], level: Int32) {
        var length = compressBound(uLong(operators.count))
        var packed = [UInt8](repeating: 0, count: Int(length))
        let done = compress2(&packed, &length, operators, uLong(operators.count), level)
        content = done == Z_OK ? Array(packed.prefix(Int(length))) : nil
    }

    /// Reserves a place in the drawing order: a mask one pixel wide, whose height is the insertion's number, from 1.
    static func leavePlace(_ number: Int, _ cairo: OpaquePointer?) {
        let mask = cairo_image_surface_create(CAIRO_FORMAT_A1, 1, Int32(number))
        // Otherwise Cairo knows that the mask is empty and omits it.
        cairo_surface_mark_dirty(mask)
        cairo_save(cairo)
        cairo_scale(cairo, 1, 1 / Double(number))
        cairo_mask_surface(cairo, mask, 0, 0)
        cairo_restore(cairo)
        cairo_surface_destroy(mask)
    }

    /// The file with its places filled in order by an incremental update (ISO 32000-1, 7.5.6): a form takes the object
    /// number of each mask. `nil` if the file is not PDF 1.4 as Cairo writes it.
    static func fill(_ file: [UInt8], with insertions: [Insertion]) -> [UInt8]? {
        guard !insertions.isEmpty else { return file }
        guard let table = ObjectTable(file) else { return nil }
        let places = table.masks(in: file)
        var (filled, changed) = (file, "xref\n")
        for (index, insertion) in insertions.enumerated() {
            guard let object = places[index + 1], let content = insertion.content else { return nil }
            let offset = String(filled.count)
            changed += "\(object) 1\n\(String(repeating: "0", count: 10 - offset.count))\(offset) 00000 n \n"
            filled += form(object, length: content.count).utf8
            filled += content + Array("\nendstream\nendobj\n".utf8)
        }
        let start = filled.count
        filled += "\(changed)trailer\n\(table.trailer)   /Prev \(table.start)\n>>\nstartxref\n\(start)\n%%EOF\n".utf8
        return filled
    }

    /// The form's matrix inverts that of the mask, which is one point wide and high.
    private static func form(_ object: Int, length: Int) -> String {
        let (width, height) = (Int(PDFPage.width.points.rounded(.up)), Int(PDFPage.height.points.rounded(.up)))
        return """
            \(object) 0 obj
            << /Type /XObject /Subtype /Form /BBox [0 0 \(width) \(height)] /Matrix [1 0 0 -1 0 1]
               /Filter /FlateDecode /Length \(length) >>
            stream

            """
    }
}

/// The offsets of the objects in a file.
private struct ObjectTable {
    let start: Int
    /// Without its end marker.
    let trailer: String
    private var offsets: [Int] = []

    /// A table is `xref`, `0 COUNT`, COUNT lines of 20 bytes that begin with an offset of ten digits, and the trailer.
    init?(_ file: [UInt8]) {
        let end = String(decoding: file.suffix(40), as: UTF8.self).split(separator: "\n")
        guard end.count > 2, end[end.count - 3] == "startxref", let start = Int(end[end.count - 2]),
            file.indices.contains(start)
        else { return nil }
        let lines = file[start...].split(separator: 10, maxSplits: 2, omittingEmptySubsequences: false)
        guard lines.count == 3, lines[0].elementsEqual("xref".utf8), lines[1].starts(with: "0 ".utf8),
            let count = Int(String(decoding: lines[1].dropFirst(2), as: UTF8.self)), count * 20 < lines[2].count
        else { return nil }
        let first = lines[2].startIndex
        let last = String(decoding: lines[2].dropFirst(count * 20), as: UTF8.self)
        guard last.hasPrefix("trailer\n"), let close = last.range(of: ">>\nstartxref")?.lowerBound else { return nil }
        (self.start, trailer) = (start, String(last[..<close].dropFirst(8)))
        offsets = (0..<count).map { index in
            file[first + index * 20..<first + index * 20 + 10].reduce(0) { $0 * 10 + Int($1 & 15) }
        }
    }

    /// The masks one pixel wide: object numbers by height.
    func masks(in file: [UInt8]) -> [Int: Int] {
        var found: [Int: Int] = [:]
        for (object, offset) in offsets.enumerated().dropFirst() where Self.isMask(file, at: offset) {
            let words = file[offset...].prefix(300).split { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\n") }
                .prefix { !$0.elementsEqual(">>".utf8) && !$0.elementsEqual("endobj".utf8) }
            // The mark may be that of the next object.
            guard words.contains(where: { $0.elementsEqual("/ImageMask".utf8) }),
                let height = words.firstIndex(where: { $0.elementsEqual("/Height".utf8) }), height + 1 < words.count,
                let number = Int(String(decoding: words[height + 1], as: UTF8.self))
            else { continue }
            found[number] = object
        }
        return found
    }

    private static func isMask(_ file: [UInt8], at offset: Int) -> Bool {
        let mark: StaticString = "/ImageMask"
        return file.withUnsafeBytes { bytes in
            guard offset < bytes.count, let start = bytes.baseAddress else { return false }
            let last = min(offset + 300, bytes.count) - mark.utf8CodeUnitCount
            return (offset..<max(offset, last)).contains { place in
                bytes[place] == UInt8(ascii: "/") && memcmp(start + place, mark.utf8Start, mark.utf8CodeUnitCount) == 0
            }
        }
    }
}
