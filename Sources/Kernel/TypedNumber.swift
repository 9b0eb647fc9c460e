extension StringProtocol {
    /// A number of letters and digits in ASCII: without spaces and colons, in capitals, full-width characters narrowed,
    /// any dash as `-`, any comma or enumeration mark as `,`. Other characters become 0.
    var typedNumber: [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(utf8.count)
        for scalar in unicodeScalars {
            let value = (0xFF01...0xFF5E).contains(scalar.value) ? scalar.value - 0xFEE0 : scalar.value
            switch value {
            case 0x61...0x7A: bytes.append(UInt8(value - 32))
            case 0x3A, 0x20, 0x09, 0xA0, 0x3000: continue
            case 0x2010...0x2015, 0x2212, 0xFE58, 0xFE63: bytes.append(UInt8(ascii: "-"))
            case 0x2C, 0x3B, 0x3001: bytes.append(UInt8(ascii: ","))
            case 0x21...0x7E: bytes.append(UInt8(value))
            default: bytes.append(0)
            }
        }
        return bytes
    }
}

extension String {
    /// With full-width letters, digits and signs in ASCII: ２０２２－０３ becomes 2022-03.
    package var narrow: String {
        guard utf8.contains(0xEF) else { return self }
        return String(
            String.UnicodeScalarView(
                unicodeScalars.map { scalar in
                    guard 0xFF01...0xFF5E ~= scalar.value else { return scalar }
                    return Unicode.Scalar(scalar.value - 0xFEE0) ?? scalar
                }))
    }
}

extension Sequence<UInt8> {
    /// The sum of the digits times the weights; `nil` if one is not a digit.
    func weighted(by weights: some Sequence<Int>) -> Int? {
        var sum = 0
        for (byte, weight) in zip(self, weights) {
            guard byte.isDigit else { return nil }
            sum += (Int(byte) - 48) * weight
        }
        return sum
    }
}

extension UInt8 {
    package var isDigit: Bool { 48...57 ~= self }
}
