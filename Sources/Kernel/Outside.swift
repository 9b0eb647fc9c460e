import Foundation

/// The world outside the program, which tests replace: the clock and randomness. All else is the code that runs.
package struct Outside: Sendable {
    /// Milliseconds since 1970-01-01T00:00Z.
    package let now: @Sendable () -> Int
    /// So many unpredictable bytes.
    package let random: @Sendable (Int) -> [UInt8]

    package init(now: @escaping @Sendable () -> Int, random: @escaping @Sendable (Int) -> [UInt8]) {
        self.now = now
        self.random = random
    }

    /// The day it is in China.
    package var today: Day { Day(milliseconds: now()) }
}

extension Outside {
    /// The real clock and the system's random generator.
    package static let real = Outside(
        now: {
            var time = timespec()
            clock_gettime(CLOCK_REALTIME, &time)
            return time.tv_sec * 1000 + time.tv_nsec / 1_000_000
        },
        random: { count in
            var generator = SystemRandomNumberGenerator()
            return (0..<count).map { _ in UInt8.random(in: 0...255, using: &generator) }
        })
}
