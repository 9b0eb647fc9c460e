import CQREncode
import Kernel

/// A QR code at error correction level M (ISO/IEC 18004): rows of dark and light modules.
package struct QRCode: Sendable {
    /// 1 to 40; a code of version n has 17 + 4n modules per side.
    package let version: Int
    package let side: Int
    private let modules: [UInt8]

    /// Runs of capital letters and digits take 5.5 bits per character, others 8. Failure: `page.qr` if the text does
    /// not fit.
    package init(_ text: String) throws(Failure) {
        guard let code = QRcode_encodeString(text, 0, QR_ECLEVEL_M, QR_MODE_8, 1) else {
            throw Failure(
                .refused, "page.qr", "内容有 \(text.utf8.count) 字节，二维码放不下。请缩短。",
                en: "The text has \(text.utf8.count) bytes, which no QR code holds. Shorten it.")
        }
        defer { QRcode_free(code) }
        version = Int(code.pointee.version)
        side = Int(code.pointee.width)
        modules = Array(UnsafeBufferPointer(start: code.pointee.data, count: side * side))
    }

    package func isDark(row: Int, column: Int) -> Bool { modules[row * side + column] & 1 == 1 }

    /// The dark runs of a row: start and length, in modules.
    package func stretches(ofRow row: Int) -> [(start: Int, length: Int)] {
        var found: [(start: Int, length: Int)] = []
        for column in 0..<side where isDark(row: row, column: column) {
            if let last = found.last, last.start + last.length == column {
                found[found.count - 1].length += 1
            } else {
                found.append((column, 1))
            }
        }
        return found
    }
}
