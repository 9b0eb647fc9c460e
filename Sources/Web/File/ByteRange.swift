/// The requested bytes of a file: the field `Range` of RFC 9110, section 14.
enum ByteRange: Equatable {
    case whole
    /// 206: this range, which is not empty.
    case part(Range<Int>)
    /// 416: none of the requested bytes exists.
    case unsatisfiable

    /// A malformed range, another unit or several ranges return the whole file, as the RFC allows. This avoids work for
    /// requests with many overlapping ranges.
    init(_ field: String?, size: Int) {
        self = .whole
        guard let sides = field.flatMap(Self.sides) else { return }
        switch sides {
        case (nil, nil): return
        case (nil, let last?):
            if last == 0 { self = .unsatisfiable } else if size > 0 { self = .part(max(0, size - last)..<size) }
        case (let first?, let last):
            guard first <= last ?? .max else { return }
            self = first < size ? .part(first..<(min(last ?? .max, size - 1) + 1)) : .unsatisfiable
        }
    }

    /// The numbers on both sides of the dash; `nil` if the field is not one range of bytes.
    private static func sides(_ field: String) -> (first: Int?, last: Int?)? {
        guard let match = field.wholeMatch(of: #/(?i:bytes)=[ \t]*([0-9]*)-([0-9]*)[ \t]*/#) else { return nil }
        return (number(match.1), number(match.2))
    }

    /// The number, or `Int.max` if it does not fit.
    private static func number(_ digits: Substring) -> Int? { digits.isEmpty ? nil : Int(digits) ?? .max }
}
