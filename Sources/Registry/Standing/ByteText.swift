import Kernel
import Policy

/// A text in the making: digits go straight to its bytes.
struct ByteText {
    private var bytes: [UInt8] = []

    init() { bytes.reserveCapacity(600) }

    var text: String { String(decoding: bytes, as: UTF8.self) }

    mutating func add(_ sign: StaticString, _ part: String) {
        add(sign)
        bytes.append(contentsOf: part.utf8)
    }

    mutating func add(_ sign: StaticString, _ number: Int) {
        add(sign)
        if number < 0 { bytes.append(UInt8(ascii: "-")) }
        let start = bytes.count
        var rest = number.magnitude
        repeat {
            bytes.append(UInt8(48 + rest % 10))
            rest /= 10
        } while rest > 0
        bytes[start...].reverse()
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
        case .countedEarlier: add(" earlier", "")
        }
    }

    private mutating func add(_ sign: StaticString) {
        bytes.append(contentsOf: UnsafeBufferPointer(start: sign.utf8Start, count: sign.utf8CodeUnitCount))
    }
}
