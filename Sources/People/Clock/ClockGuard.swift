import Database
import Kernel
import Synchronization

/// Refuses writes while the clock is behind the newest known time, which would make them appear older than they are.
///
/// The newest time is stored in the database once a minute at writes, and in memory between. A clock that is behind it
/// by more than ``MonotonicClock/tolerance`` allows no writes. Reading continues.
package final class ClockGuard: Sendable {
    private let system: SystemInputs
    private let state: Mutex<(newest: Int, kept: Int)>
    private static let step = 60_000

    /// Reads the stored time.
    package init(_ database: Database, _ system: SystemInputs) async throws {
        self.system = system
        let newest = try await database.read { try ClockStore($0).newest() } ?? 0
        state = Mutex((newest, newest))
    }

    /// The newest known time in milliseconds since 1970; 0 if there is none.
    package var newest: Int { state.withLock { $0.newest } }

    /// Takes a time from elsewhere, such as a signed file.
    package func know(_ time: Int) { state.withLock { $0.newest = max($0.newest, time) } }

    /// Failure: `clock.behind`.
    package func check() throws {
        let (now, newest) = (system.now(), newest)
        if now < newest - MonotonicClock.tolerance { throw Failure.clockBehind(now, newest) }
    }

    /// Called before each write. Failure: `clock.behind`.
    package func pass(_ database: Database) async throws {
        try check()
        let now = system.now()
        let isDue = state.withLock { state in
            state.newest = max(state.newest, now)
            guard now - state.kept >= Self.step else { return false }
            state.kept = now
            return true
        }
        guard isDue else { return }
        know(try await database.writeUnwatched { try ClockStore($0).advance(to: now) })
        try check()
    }

    /// Makes the current time the newest known one, after a clock that was ahead had raised it.
    package func accept(_ database: Database) async throws {
        let now = system.now()
        try await database.writeUnwatched { try ClockStore($0).put(now) }
        state.withLock { $0 = (now, now) }
    }
}

extension Failure {
    static func clockBehind(_ now: Int, _ newest: Int) -> Failure {
        let (now, newest) = (text(now), text(newest))
        return Failure(
            .unavailable, "clock.behind",
            "服务器的时钟是 \(now)，早于已有记录的最晚时间 \(newest)，没有写入任何内容。请维护人员校准时钟；时钟没有错的，见 xueshi clock --help。",
            en:
                "The clock is at \(now), but there are records of \(newest) already: nothing was written. "
                + "Set the clock; if it is right, see xueshi clock --help.")
    }

    /// `2026-01-31 09:05`, in China.
    private static func text(_ time: Int) -> String {
        let minute = (time + 8 * 3_600_000) / 60_000 % 1440
        let parts = [minute / 60, minute % 60].map { $0 < 10 ? "0\($0)" : "\($0)" }
        return "\(Day(milliseconds: time)) " + parts.joined(separator: ":")
    }
}
