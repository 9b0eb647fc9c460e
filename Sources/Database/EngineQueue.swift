import Kernel
import Synchronization

/// A closure in the queue, and the task that waits for its result.
struct EngineOperation: Sendable {
    /// When it was queued.
    let asked = ContinuousClock.now
    /// The time limit of each of its statements.
    let limit = StatementLimit.current
    /// Whether its transaction may write, for engines that distinguish this.
    var writes = true
    /// Whether foreign keys are unchecked while it runs.
    var rebuilds = false
    /// Runs the closure. The outcome is completed when it is known whether the transaction was committed.
    let run: @Sendable (Transaction) -> Outcome
    /// Completes it with an error without running it.
    let refuse: @Sendable (any Error) -> Void
    let isCancelled: @Sendable () -> Bool

    /// Completes an operation whose task was cancelled before its turn; it never runs.
    func refusedAsCancelled() -> Bool {
        guard isCancelled() else { return false }
        refuse(Failure.cancelled())
        return true
    }

    struct Outcome: Sendable {
        /// The closure's own failure; its savepoint must be rolled back.
        let failure: (any Error)?
        /// Completes the operation: with `nil` by the closure's result, else by this failure of the transaction.
        let complete: @Sendable ((any Error)?) -> Void
    }
}

/// Operations in order of arrival, for the threads of an engine.
final class EngineQueue: Sendable {
    private let state = Mutex<(jobs: [EngineOperation], closed: Bool)>(([], false))

    /// `false` if the queue is closed.
    func add(_ job: EngineOperation) -> Bool {
        state.withLock { state in
            if !state.closed { state.jobs.append(job) }
            return !state.closed
        }
    }

    /// Takes up to `most` operations; `nil` once the queue is closed and empty.
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

/// Puts a closure into a queue and waits for its result.
///
/// If the task is cancelled before the closure is taken, the closure never runs; after that its result stands.
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

/// A flag shared by two closures.
final class SharedFlag: Sendable {
    let flag = Atomic<Bool>(false)
}
