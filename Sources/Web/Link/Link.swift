/// A link to a page of this site, with all its values. Made from a `Path`, so its page exists.
package struct Link: Sendable, Hashable, CustomStringConvertible {
    /// Path and query, percent-encoded, starting with `/`.
    package let text: String

    init(path: String) { text = path }

    package static let home = Link(path: "/")

    /// A path that came with a request; `nil` unless it is one of this site.
    package init?(local path: String) {
        let isLocal = path.hasPrefix("/") && !path.hasPrefix("//") && !path.contains("\\")
        guard isLocal, path.utf8.allSatisfy({ 0x21...0x7E ~= $0 }) else { return nil }
        self.init(path: path)
    }

    package var description: String { text }

    /// The same page with these query parameters; empty values are left out.
    package func asking(_ words: [(name: String, value: String)]) -> Link {
        let asked = words.filter { !$0.value.isEmpty }
            .map { "\(Self.encoded($0.name))=\(Self.encoded($0.value))" }
        guard !asked.isEmpty else { return self }
        let sign = text.utf8.contains(UInt8(ascii: "?")) ? "&" : "?"
        return Link(path: text + sign + asked.joined(separator: "&"))
    }

    /// The same page with the fragment `place`.
    package func at(_ place: String) -> Link { Link(path: text + "#" + Self.encoded(place)) }

    /// Percent-encodes all but the unreserved characters of RFC 3986.
    static func encoded(_ text: String) -> String {
        guard !text.utf8.allSatisfy(isUnreserved) else { return text }
        var bytes: [UInt8] = []
        for byte in text.utf8 {
            if isUnreserved(byte) {
                bytes.append(byte)
            } else {
                bytes += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static let digits = Array("0123456789ABCDEF".utf8)

    private static func isUnreserved(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
            UInt8(ascii: "~"):
            true
        default: false
        }
    }
}
