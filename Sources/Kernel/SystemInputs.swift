import Foundation
import Synchronization

/// The clock and randomness, which tests replace.
package struct SystemInputs: Sendable {
    /// Milliseconds since 1970-01-01T00:00Z.
    package let now: @Sendable () -> Int
    /// Returns this number of unpredictable bytes.
    package let random: @Sendable (Int) -> [UInt8]

    package init(now: @escaping @Sendable () -> Int, random: @escaping @Sendable (Int) -> [UInt8]) {
        self.now = now
        self.random = random
    }

    /// The current day in China.
    package var today: Day { Day(milliseconds: now()) }
}

extension SystemInputs {
    private static let clock = MonotonicClock {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return time.tv_sec * 1000 + time.tv_nsec / 1_000_000
    }

    /// The real clock without small steps back, and the system's random generator.
    package static let real = SystemInputs(
        now: { clock.now() },
        random: { count in
            var generator = SystemRandomNumberGenerator()
            return (0..<count).map { _ in UInt8.random(in: 0...255, using: &generator) }
        })
}

/// A clock that never makes a small step back, as happens when a machine's time is corrected; it stands still until
/// time has caught up. Large steps are passed on; the installation's own guard then refuses writes.
package final class MonotonicClock: Sendable {
    /// The largest step that is hidden, in milliseconds.
    package static let tolerance = 5 * 60_000

    private let wall: @Sendable () -> Int
    private let latest = Mutex(Int.min)

    package init(_ wall: @escaping @Sendable () -> Int) { self.wall = wall }

    package func now() -> Int {
        let time = wall()
        return latest.withLock { latest in
            if time > latest || time < latest - Self.tolerance { latest = time }
            return latest
        }
    }
}
