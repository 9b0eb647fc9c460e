extension String {
    /// Without what nobody sees: controls (but for line ends and tabs), marks of direction and of width zero, tags,
    /// variation selectors, fillers. Names that look the same then are the same, and read as they are kept.
    package var visible: String {
        guard unicodeScalars.contains(where: \.isHidden) else { return self }
        return String(String.UnicodeScalarView(unicodeScalars.filter { !$0.isHidden }))
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
