import Hummingbird
import Kernel
import Synchronization

/// Counts of responses in the text format of Prometheus (0.0.4). A route is identified by its pattern, never by its
/// path, because a path may contain numbers of people and certificates.
final class Metrics: Sendable {
    private struct Name: Hashable, Comparable {
        let method: String
        let route: String
        let status: Int

        static func < (a: Self, b: Self) -> Bool {
            (a.route, a.method, a.status) < (b.route, b.method, b.status)
        }
    }

    private struct State {
        var responses: [Name: Int] = [:]
        /// Responses by duration; the last bucket has no upper bound.
        var buckets = [Int](repeating: 0, count: bounds.count + 1)
        var microseconds = 0
        var open = 0
        var large = 0
    }

    private let held = Mutex(State())
    /// In milliseconds.
    private static let bounds = [1, 5, 10, 20, 50, 100, 250, 500, 1000, 5000]

    /// Counts a request as begun. Returns whether it is within the limits.
    func begin(isLarge: Bool = false) -> Bool {
        held.withLock { held in
            held.open += 1
            held.large += isLarge ? 1 : 0
            return held.open <= RequestMonitor.most && (!isLarge || held.large <= RequestMonitor.mostLarge)
        }
    }

    func end(_ method: String, _ route: String, _ status: Int, isLarge: Bool = false, microseconds: Int) {
        held.withLock { held in
            held.open -= 1
            held.large -= isLarge ? 1 : 0
            held.responses[Name(method: method, route: route, status: status), default: 0] += 1
            held.buckets[Self.bounds.firstIndex { microseconds <= $0 * 1000 } ?? Self.bounds.count] += 1
            held.microseconds += microseconds
        }
    }

    /// The text for Prometheus. `gauges`: further figures.
    func text(_ gauges: [Gauge]) -> String {
        let held = held.withLock { $0 }
        var lines = ["# HELP xueshi_answers_total Responses by route.", "# TYPE xueshi_answers_total counter"]
        for (name, count) in held.responses.sorted(by: { $0.key < $1.key }) {
            let labels = "method=\"\(name.method)\",route=\"\(name.route)\",status=\"\(name.status)\""
            lines.append("xueshi_answers_total{\(labels)} \(count)")
        }
        lines += ["# HELP xueshi_answer_seconds Time to respond.", "# TYPE xueshi_answer_seconds histogram"]
        var sum = 0
        for (bound, count) in zip(Self.bounds, held.buckets) {
            sum += count
            lines.append("xueshi_answer_seconds_bucket{le=\"\(Self.seconds(bound * 1000))\"} \(sum)")
        }
        sum += held.buckets[Self.bounds.count]
        lines += [
            "xueshi_answer_seconds_bucket{le=\"+Inf\"} \(sum)",
            "xueshi_answer_seconds_sum \(Self.seconds(held.microseconds))", "xueshi_answer_seconds_count \(sum)",
        ]
        let open = Gauge("xueshi_open_requests", "Requests that are in progress.", held.open)
        for gauge in [open] + gauges {
            let name = gauge.name
            lines += ["# HELP \(name) \(gauge.help)", "# TYPE \(name) gauge", "\(name) \(gauge.value)"]
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private static func seconds(_ microseconds: Int) -> String {
        let rest = String(microseconds % 1_000_000 + 1_000_000).dropFirst()
        return "\(microseconds / 1_000_000).\(rest)"
    }
}

/// A current value for Prometheus.
package struct Gauge: Sendable {
    let name: String
    let help: String
    let value: Int

    package init(_ name: String, _ help: String, _ value: Int) {
        (self.name, self.help, self.value) = (name, help, value)
    }
}
