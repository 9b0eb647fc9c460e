import Kernel
import Synchronization

/// A clock that tests move, and random bytes of the system. It starts on 2026-05-28.
package final class TestClock: Sendable {
    private let time = Mutex(1_780_000_000_000)
    private let tick: Int

    /// `tick`: the milliseconds by which it advances at each reading.
    package init(tick: Int = 0) { self.tick = tick }

    package var now: Int { time.withLock { $0 } }

    /// Moves the clock; back if a number is negative.
    package func pass(days: Int = 0, minutes: Int = 0, seconds: Int = 0) {
        time.withLock { $0 += ((days * 1440 + minutes) * 60 + seconds) * 1000 }
    }

    package var system: SystemInputs {
        SystemInputs(
            now: { [self] in
                time.withLock { now in
                    now += tick
                    return now
                }
            }, random: SystemInputs.real.random)
    }
}
