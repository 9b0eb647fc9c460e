import Kernel

/// A moment as China's clocks show it, to the minute: 2026-11-23 10:32.
package struct ClockTime: Sendable {
    package let text: String

    /// Milliseconds since 1970.
    package init(_ milliseconds: Int) {
        let minutes = (milliseconds / 60_000 + 8 * 60) % 1440
        let two = { (number: Int) in number < 10 ? "0\(number)" : "\(number)" }
        text = "\(Day(milliseconds: milliseconds)) \(two(minutes / 60)):\(two(minutes % 60))"
    }
}
