import Foundation

/// Makes the same malformed inputs in each run. A reader must return a result or a failure for each.
package struct Mutator {
    private var state: UInt64
    private let words: [[UInt8]]

    /// `words`: significant words of the format, inserted at times.
    package init(seed: UInt64, words: [String]) {
        (state, self.words) = (seed, words.map { Array($0.utf8) })
    }

    /// The number of inputs in a test: `some`, and with `bin/test --long` `all`.
    package static func count(_ some: Int, long all: Int) -> Int {
        ProcessInfo.processInfo.environment["XUESHI_TEST_LONG"]?.isEmpty == false ? all : some
    }

    /// One of the seeds with one to eight changes.
    package mutating func next(of seeds: [[UInt8]]) -> [UInt8] {
        var bytes = seeds[below(seeds.count)]
        for _ in 0...below(8) { change(&bytes, seeds) }
        return bytes
    }

    private mutating func change(_ bytes: inout [UInt8], _ seeds: [[UInt8]]) {
        let place = below(bytes.count + 1)
        let end = min(bytes.count, place + below(40))
        switch below(7) {
        case 0 where place < bytes.count: bytes[place] ^= 1 << UInt8(below(8))
        case 1 where place < bytes.count: bytes[place] = UInt8(below(256))
        case 2: bytes.removeSubrange(place..<end)
        case 3: bytes.insert(contentsOf: bytes[place..<end], at: place)
        case 4: bytes.insert(contentsOf: Array(repeating: UInt8(below(256)), count: below(300)), at: place)
        case 5:
            let other = seeds[below(seeds.count)]
            bytes.insert(contentsOf: other.suffix(below(other.count + 1)), at: place)
        default: if !words.isEmpty { bytes.insert(contentsOf: words[below(words.count)], at: place) }
        }
    }

    package mutating func below(_ bound: Int) -> Int {
        state &+= 0x9E37_79B9_7F4A_7C15
        let a = (state ^ (state >> 30)) &* 0xBF58_476D_1CE4_E5B9
        let b = (a ^ (a >> 27)) &* 0x94D0_49BB_1331_11EB
        return Int((b ^ (b >> 31)) % UInt64(max(1, bound)))
    }

    /// The memory of the process in MiB, which must not grow with the number of inputs.
    package static var memory: Int {
        let pages = (try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8))?.split(separator: " ") ?? []
        return pages.count > 1 ? (Int(pages[1]) ?? 0) * 4096 >> 20 : 0
    }
}
