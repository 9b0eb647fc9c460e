import Kernel
import Synchronization

/// A closure that waits for its turn, and the task that waits for its answer.
struct EngineOperation: Sendable {
    /// When it was put into the queue.
    let asked = ContinuousClock.now
    /// How long each of its statements may run.
    let limit = StatementLimit.current
    /// Whether its transaction may write, where the engine tells them apart.
    var writes = true
    /// Whether foreign keys are not checked while it runs.
    var rebuilds = false
    /// Runs the closure; answers what to call once it is known whether the transaction stands.
    let run: @Sendable (Transaction) -> Outcome
    /// Tells the waiter that it never ran.
    let refuse: @Sendable (any Error) -> Void
    let isCancelled: @Sendable () -> Bool

    /// A job whose task was cancelled before its turn is answered here, once, and never runs.
    func refusedAsCancelled() -> Bool {
        guard isCancelled() else { return false }
        refuse(Failure.cancelled())
        return true
    }

    struct Outcome: Sendable {
        /// The closure's own failure: its savepoint is to be taken back.
        let failure: (any Error)?
        /// Answers the waiter: with `nil` the closure's own result, else this failure of the transaction.
        let complete: @Sendable ((any Error)?) -> Void
    }
}

/// Jobs in the order of arrival, for the threads of an engine.
final class EngineQueue: Sendable {
    private let state = Mutex<(jobs: [EngineOperation], closed: Bool)>(([], false))

    /// `false` where the queue is closed.
    func add(_ job: EngineOperation) -> Bool {
        state.withLock { state in
            if !state.closed { state.jobs.append(job) }
            return !state.closed
        }
    }

    /// Takes up to so many jobs; `nil` once it is closed and empty.
    func take(_ most: Int) -> (jobs: [EngineOperation], more: Bool)? {
        state.withLock { state in
            if state.closed, state.jobs.isEmpty { return nil }
            let jobs = Array(state.jobs.prefix(most))
            state.jobs.removeFirst(jobs.count)
            return (jobs, !state.jobs.isEmpty)
        }
    }

    func close() { state.withLock { $0.closed = true } }
}

/// Puts a closure into a queue and waits for its answer.
///
/// A task cancelled before its closure is taken never runs it; once taken, the result stands.
func enqueue<T: Sendable>(
    in add: @escaping @Sendable (EngineOperation) -> Bool, rebuilding: Bool = false,
    _ body: @escaping @Sendable (Transaction) throws -> T
) async throws -> T {
    let cancelled = SharedFlag()
    return try await withTaskCancellationHandler {
        try await withCheckedThrowingContinuation { waiter in
            let job = EngineOperation(
                rebuilds: rebuilding,
                run: { transaction in
                    let result = Result {
                        let value = try body(transaction)
                        if transaction.isSpoiled { throw Failure.passedOver() }
                        return value
                    }
                    let failure: (any Error)? = if case .failure(let error) = result { error } else { nil }
                    return EngineOperation.Outcome(failure: failure) { fault in
                        if let fault { waiter.resume(throwing: fault) } else { waiter.resume(with: result) }
                    }
                },
                refuse: { waiter.resume(throwing: $0) },
                isCancelled: { cancelled.flag.load(ordering: .relaxed) })
            if !add(job) { waiter.resume(throwing: Failure.closed()) }
        }
    } onCancel: {
        cancelled.flag.store(true, ordering: .relaxed)
    }
}

/// A flag that two closures share.
final class SharedFlag: Sendable {
    let flag = Atomic<Bool>(false)
}
