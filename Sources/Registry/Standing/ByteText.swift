import Kernel
import Policy

/// Builds a text as bytes. Numbers are written without intermediate strings.
struct ByteText: ~Copyable {
    private var memory = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: 1000)
    private var count = 0

    deinit { memory.deallocate() }

    var text: String { String(decoding: UnsafeBufferPointer(rebasing: memory[..<count]), as: UTF8.self) }

    mutating func add(_ sign: StaticString, _ part: String) {
        add(sign)
        var part = part
        part.withUTF8 { add($0) }
    }

    mutating func add(_ sign: StaticString, _ number: Int) {
        add(sign)
        if number < 0 { add("-") }
        var rest = number.magnitude
        let length = Self.digits(rest)
        grow(length)
        count += length
        for place in 1...length {
            memory[count - place] = UInt8(48 + rest % 10)
            rest /= 10
        }
    }

    mutating func add(_ sign: StaticString, _ day: Day) {
        let civil = day.civil
        add(sign, civil.year)
        add(civil.month < 10 ? "-0" : "-", civil.month)
        add(civil.day < 10 ? "-0" : "-", civil.day)
    }

    /// `5:2`
    mutating func add(_ sign: StaticString, _ entry: EntryID) {
        add(sign, entry.person)
        add(":", entry.number)
    }

    mutating func add(_ reason: Standing.Reason) {
        switch reason {
        case .cap(let index): add(" cap ", index)
        case .twice(let entry): add(" twice ", entry)
        case .lowerLevel(let entry): add(" lower ", entry)
        case .countedEarlier: add(" earlier")
        }
    }

    mutating func add(_ sign: StaticString) {
        add(UnsafeBufferPointer(start: sign.utf8Start, count: sign.utf8CodeUnitCount))
    }

    private mutating func add(_ bytes: UnsafeBufferPointer<UInt8>) {
        grow(bytes.count)
        for byte in bytes {
            memory[count] = byte
            count += 1
        }
    }

    private mutating func grow(_ more: Int) {
        guard count + more > memory.count else { return }
        let larger = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: 2 * (count + more))
        _ = larger.update(fromContentsOf: memory[..<count])
        memory.deallocate()
        memory = larger
    }

    /// The number of digits of an `Int`'s magnitude.
    private static func digits(_ number: UInt) -> Int {
        var (digits, bound) = (1, UInt(10))
        while number >= bound { (digits, bound) = (digits + 1, bound * 10) }
        return digits
    }
}
