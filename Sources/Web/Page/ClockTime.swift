import Kernel

/// A time in China, to the minute: 2026-11-23 10:32. Partial `time`.
package struct ClockTime: PageValue {
    package let text: String
    /// The time elapsed, such as 3 小时前; empty after a month, or if no `now` was given.
    package let ago: String

    /// Both in milliseconds since 1970.
    package init(_ milliseconds: Int, now: Int? = nil) {
        let minutes = (milliseconds / 60_000 + 8 * 60) % 1440
        let two = { (number: Int) in number < 10 ? "0\(number)" : "\(number)" }
        text = "\(Day(milliseconds: milliseconds)) \(two(minutes / 60)):\(two(minutes % 60))"
        ago = now.map { Self.ago(milliseconds, $0) } ?? ""
    }

    /// To the second: 2026-11-23 10:32:05.
    package static func exact(_ milliseconds: Int) -> String {
        let seconds = milliseconds / 1000 % 60
        return ClockTime(milliseconds).text + (seconds < 10 ? ":0" : ":") + "\(seconds)"
    }

    private static func ago(_ moment: Int, _ now: Int) -> String {
        let minutes = (now - moment) / 60_000
        switch minutes {
        case ..<0: return ""
        case 0: return "刚刚"
        case ..<60: return "\(minutes) 分钟前"
        case ..<1440: return "\(minutes / 60) 小时前"
        case ..<43_200: return "\(minutes / 1440) 天前"
        default: return ""
        }
    }

    package static var fields: [String: Field<ClockTime>] {
        [
            "text": .text { $0.text }, "iso": .text { $0.text.replacing(" ", with: "T") + "+08:00" },
            "ago": .text { $0.ago }, "isRecent": .flag { !$0.ago.isEmpty },
        ]
    }

    package static var sample: ClockTime { ClockTime(1_672_531_200_000, now: 1_672_538_400_000) }
}
