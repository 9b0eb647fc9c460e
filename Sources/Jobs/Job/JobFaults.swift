/// The attempts at a job that were broken off. Progress beyond all earlier attempts makes up for them, so that a long
/// job outlives several restarts, and a job that always fails at the same place is given up.
struct JobFaults: Sendable, Equatable {
    /// Failures of the environment since the last progress.
    var failures = 0
    /// How often the process was gone since the last progress.
    var crashes = 0
    /// How often the process was gone in all attempts. Each crash may be the job's fault and harm the whole node.
    var allCrashes = 0
    /// The most items done by an earlier attempt.
    var reached = 0

    /// About an hour after the first failure.
    static let mostFailures = 8
    static let mostCrashes = 2
    static let mostCrashesInAll = 5

    var isGivenUp: Bool {
        failures >= Self.mostFailures || crashes >= Self.mostCrashes || allCrashes >= Self.mostCrashesInAll
    }

    /// After a failure of the environment in an attempt that did `done` items.
    func failed(at done: Int) -> JobFaults {
        var next = after(done)
        next.failures += 1
        return next
    }

    /// After the process was gone in an attempt that did `done` items.
    func crashed(at done: Int) -> JobFaults {
        var next = after(done)
        (next.crashes, next.allCrashes) = (next.crashes + 1, allCrashes + 1)
        return next
    }

    /// The faults that still count after an attempt that did `done` items.
    private func after(_ done: Int) -> JobFaults {
        done > reached ? JobFaults(allCrashes: allCrashes, reached: done) : self
    }
}

/// The pauses of jobs and messages that are tried again.
enum RetryPause {
    /// In milliseconds: 30 seconds, doubled after each further failure, at most 6 hours.
    static func after(_ failures: Int) -> Int { min(30_000 << (failures - 1), 6 * 3_600_000) }
}
