extension String {
    /// Without invisible characters: controls (except line ends and tabs), direction and zero-width marks, tags,
    /// variation selectors, fillers. Texts that look the same are then equal.
    package var visible: String {
        // A quick test: most texts contain only ASCII, line ends and Han.
        guard !utf8.allSatisfy(\.isPlain), unicodeScalars.contains(where: \.isHidden) else { return self }
        return String(String.UnicodeScalarView(unicodeScalars.filter { !$0.isHidden }))
    }
}

extension UInt8 {
    /// Whether it is a byte of a visible character; `0xE4...0xE9` begin those from U+4000 to U+9FFF.
    fileprivate var isPlain: Bool {
        switch self {
        case 0x20...0x7E, 9, 10, 13, 0x80...0xBF, 0xE4...0xE9: true
        default: false
        }
    }
}

extension Unicode.Scalar {
    fileprivate var isHidden: Bool {
        switch value {
        case 0x20...0x7E, 0x4E00...0x9FFF, 9, 10, 13: false
        case 0x115F, 0x1160, 0x2800, 0x3164, 0xFFA0: true
        default:
            switch properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator: true
            default: properties.isVariationSelector || properties.isDefaultIgnorableCodePoint
            }
        }
    }
}
