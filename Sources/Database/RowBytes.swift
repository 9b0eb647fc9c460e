/// The values of a row as bytes, the same for both engines and for a value before it is written and after it is read.
///
/// Each value is its length in bytes as four bytes, the highest first, and the bytes: of an integer its decimal digits,
/// of a text its UTF-8, of a blob its own. NULL is the length 0xFFFFFFFF and nothing.
package struct RowBytes {
    package private(set) var bytes: [UInt8] = []

    package init() { bytes.reserveCapacity(256) }

    /// Begins anew in the same memory, with the name of a table.
    package mutating func begin(_ table: StaticString) {
        bytes.removeAll(keepingCapacity: true)
        append(UnsafeRawBufferPointer(start: table.utf8Start, count: table.utf8CodeUnitCount))
    }

    package mutating func append(_ value: Value) {
        switch value {
        case .null: appendNull()
        case .integer(let number): append(number)
        case .text(var text): text.withUTF8 { append(UnsafeRawBufferPointer($0)) }
        case .blob(let blob): blob.withUnsafeBytes { append($0) }
        }
    }

    package mutating func append(_ row: Row, _ columns: Range<Int>) {
        for column in columns { row.source.append(column, to: &self) }
    }

    mutating func appendNull() { length(0xFFFF_FFFF) }

    mutating func append(_ own: UnsafeRawBufferPointer) {
        length(UInt32(truncatingIfNeeded: own.count))
        bytes.append(contentsOf: own)
    }

    mutating func append(_ number: Int) {
        var digits: (UInt64, UInt64, UInt64) = (0, 0, 0)
        withUnsafeMutableBytes(of: &digits) { place in
            var (rest, start) = (number.magnitude, place.count)
            repeat {
                start -= 1
                place[start] = UInt8(48 + rest % 10)
                rest /= 10
            } while rest > 0
            if number < 0 {
                start -= 1
                place[start] = UInt8(ascii: "-")
            }
            append(UnsafeRawBufferPointer(rebasing: place[start...]))
        }
    }

    private mutating func length(_ count: UInt32) {
        withUnsafeBytes(of: count.bigEndian) { bytes.append(contentsOf: $0) }
    }
}
