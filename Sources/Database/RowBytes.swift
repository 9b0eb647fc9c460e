/// The values of a row as bytes; equal for both engines, before writing and after reading.
///
/// Each value is its length in four bytes, big-endian, followed by its bytes: decimal digits for an integer, UTF-8 for
/// a text, the bytes of a blob. NULL is the length 0xFFFFFFFF alone. The memory is reused from row to row.
package final class RowBytes {
    private var memory: UnsafeMutableRawBufferPointer
    private(set) var count = 0

    package init() { memory = .allocate(byteCount: 1024, alignment: 8) }
    deinit { memory.deallocate() }

    package var bytes: UnsafeRawBufferPointer { bytes(count) }

    /// The first `count` bytes.
    func bytes(_ count: Int) -> UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: memory[..<count]) }

    /// The last value, which begins at `place`, without its length.
    func value(from place: Int) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(rebasing: memory[(place + 4)..<count])
    }

    /// Clears the bytes and begins with the name of a table.
    package func begin(_ table: StaticString) {
        count = 0
        append(UnsafeRawBufferPointer(start: table.utf8Start, count: table.utf8CodeUnitCount))
    }

    package func append(_ value: Value) {
        switch value {
        case .null: appendNull()
        case .integer(let number): append(number)
        case .text(var text): text.withUTF8 { append(UnsafeRawBufferPointer($0)) }
        case .blob(let blob): blob.withUnsafeBytes { append($0) }
        }
    }

    package func append(_ row: Row, _ columns: Range<Int>) { row.source.append(columns, to: self) }

    func appendNull() {
        reserve(4)
        put(length: 0xFFFF_FFFF)
    }

    func append(_ own: UnsafeRawBufferPointer) {
        reserve(4 + own.count)
        put(length: UInt32(truncatingIfNeeded: own.count))
        if let start = own.baseAddress, own.count > 0 {
            memory.baseAddress?.advanced(by: count).copyMemory(from: start, byteCount: own.count)
        }
        count += own.count
    }

    /// The digits are written in place, after counting them.
    func append(_ number: Int) {
        reserve(24)
        var (digits, rest) = (number < 0 ? 2 : 1, number.magnitude / 10)
        while rest > 0 {
            digits += 1
            rest /= 10
        }
        put(length: UInt32(digits))
        var place = count + digits
        rest = number.magnitude
        repeat {
            place -= 1
            memory[place] = UInt8(48 + rest % 10)
            rest /= 10
        } while rest > 0
        if number < 0 { memory[place - 1] = UInt8(ascii: "-") }
        count += digits
    }

    private func put(length: UInt32) {
        memory.storeBytes(of: length.bigEndian, toByteOffset: count, as: UInt32.self)
        count += 4
    }

    private func reserve(_ more: Int) {
        guard count + more > memory.count else { return }
        let larger = UnsafeMutableRawBufferPointer.allocate(byteCount: (count + more) * 2, alignment: 8)
        larger.copyMemory(from: bytes)
        memory.deallocate()
        memory = larger
    }
}
