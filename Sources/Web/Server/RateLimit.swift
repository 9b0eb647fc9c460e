import Kernel
import Synchronization

/// A limit of acts per minute and address, kept in memory of each node.
package final class RateLimit: Sendable {
    private let perMinute: Int
    private let held = Mutex<(minute: Int, counts: [String: Int])>((0, [:]))
    /// The most addresses remembered within a minute; further ones are counted together.
    private static let most = 100_000

    package init(perMinute: Int) { self.perMinute = perMinute }

    /// Counts one act. `now` in milliseconds. Failure: `web.too-many`.
    package func count(_ address: String, at now: Int) throws { try add(1, address, now) }

    /// The same without counting: fails if one more act would be too many.
    func check(_ address: String, at now: Int) throws { try add(0, address, now) }

    private func add(_ one: Int, _ address: String, _ now: Int) throws {
        let count = held.withLock { held in
            if held.minute != now / 60_000 { held = (now / 60_000, [:]) }
            let name = held.counts[address] == nil && held.counts.count >= Self.most ? "" : address
            defer { if one > 0 { held.counts[name, default: 0] += one } }
            return held.counts[name] ?? 0
        }
        if count >= perMinute { throw Failure.tooManyRequests(seconds: 60 - now % 60_000 / 1000) }
    }
}

extension Failure {
    /// `seconds`: until the next minute begins, in which requests are counted anew.
    static func tooManyRequests(seconds: Int) -> Failure {
        Failure(
            .tooMany, "web.too-many", "操作太频繁。请过一分钟再试。", en: "Too many requests in a short time. Try again in a minute.",
            retryAfter: seconds)
    }
}
