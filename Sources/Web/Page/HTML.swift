/// HTML in which added text is escaped.
package struct HTML: Sendable, Equatable {
    package private(set) var bytes: [UInt8] = []

    package init() {}

    /// With reserved capacity in bytes.
    init(capacity: Int) { bytes.reserveCapacity(capacity) }

    /// Takes text without escaping it. Only for text that is part of the program.
    package init(trusted text: String) { bytes = Array(text.utf8) }

    package var text: String { String(decoding: bytes, as: UTF8.self) }

    package mutating func add(_ other: HTML) { bytes.append(contentsOf: other.bytes) }

    mutating func add(raw: [UInt8]) { bytes.append(contentsOf: raw) }

    /// Adds escaped text, valid in elements and quoted attributes.
    package mutating func add(_ text: String) {
        var text = text
        text.withUTF8 { add(escaped: $0) }
    }

    private mutating func add(escaped text: UnsafeBufferPointer<UInt8>) {
        guard text.contains(where: Self.isSpecial) else { return bytes.append(contentsOf: text) }
        var start = 0
        for place in text.indices {
            guard let entity = Self.entity(text[place]) else { continue }
            bytes.append(contentsOf: text[start..<place])
            bytes.append(contentsOf: entity.utf8)
            start = place + 1
        }
        bytes.append(contentsOf: text[start...])
    }

    /// Whether the byte may need an entity: a quick test that few texts pass.
    private static func isSpecial(_ byte: UInt8) -> Bool {
        byte < 64 && (1 << byte) & specials != 0
    }

    private static let specials: UInt64 = (0..<64).reduce(0) { entity($1) == nil ? $0 : $0 | 1 << UInt64($1) }

    private static func entity(_ byte: UInt8) -> String? {
        switch byte {
        case UInt8(ascii: "&"): "&amp;"
        case UInt8(ascii: "<"): "&lt;"
        case UInt8(ascii: ">"): "&gt;"
        case UInt8(ascii: "\""): "&quot;"
        case UInt8(ascii: "'"): "&#39;"
        default: nil
        }
    }
}
