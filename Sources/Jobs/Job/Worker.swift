import Database
import Files
import Foundation
import Kernel
import Logging
import Synchronization

extension Jobs {
    /// Runs waiting jobs until it is cancelled, and deletes expired files. It runs as many jobs at once as the limits
    /// of the kinds allow, so no kind waits for another. Cancelled runs return their jobs to the queue.
    package func work() async {
        await withDiscardingTaskGroup { group in
            group.addTask { await keepSwept() }
            while !Task.isCancelled {
                if let job = await next() {
                    group.addTask { await work(from: job) }
                } else {
                    try? await Task.sleep(for: .milliseconds(500))
                }
            }
        }
    }

    /// Runs a job and then all that are due.
    private func work(from first: Job) async {
        var job: Job? = first
        while let current = job {
            do {
                try await run(current)
            } catch {
                warn(error)
            }
            job = Task.isCancelled ? nil : await next()
        }
    }

    private func next() async -> Job? {
        do {
            return try await take()
        } catch {
            if !Task.isCancelled { warn(error) }
            return nil
        }
    }

    /// The database or the folder of files is unavailable. Waiting jobs stay in the queue.
    private func warn(_ error: any Error) {
        let failure = error as? Failure
        Logger(label: "xueshi").warning(
            "jobs",
            metadata: ["reason": "\(failure?.code ?? "\(type(of: error))")", "detail": "\(failure?.detail ?? "-")"])
    }

    private func keepSwept() async {
        while !Task.isCancelled {
            do {
                _ = try await sweep()
            } catch {
                if !Task.isCancelled { warn(error) }
            }
            try? await Task.sleep(for: .seconds(3600))
        }
    }

    /// Runs one due job; `false` if there is none.
    func workOnce() async throws -> Bool {
        guard let job = try await take() else { return false }
        try await run(job)
        return true
    }

    private func take() async throws -> Job? {
        let kinds = kinds.values.sorted { $0.key < $1.key }
        let now = files.system.now()
        guard try await database.read({ try JobStore($0).isDue(kinds, now: now) }) else { return nil }
        return try await database.write { try store($0).take(kinds, now: now, until: now + times.lease) }
    }

    private func run(_ job: Job) async throws {
        guard let kind = kinds[job.kind] else { return }
        let progress = JobProgress(files.system.now)
        let result: Result<JobOutcome, any Error>
        do {
            result = .success(try await outcome(of: job, kind, progress))
        } catch {
            result = .failure(error)
        }
        let isStopped = Task.isCancelled
        // A cancelled task writes nothing, so the result is written by a separate task.
        try await Task { try await conclude(job, result, isStopped, reached: progress.value.done) }.value
    }

    private func outcome(of job: Job, _ kind: JobKind, _ progress: JobProgress) async throws -> JobOutcome {
        if job.faults.isGivenUp {
            progress.set(job.faults.reached, job.total)
            throw Failure.givenUp
        }
        return try await holding(job, progress) { progress in
            try await database.read { try kind.authorise(job, $0) }
            return try await kind.run(JobContext(job: job, input: try await unpack(job), progress: progress))
        }
    }

    /// Ends a job, or returns it to the queue. A failure during shutdown may be caused by the shutdown and does not
    /// count as a fault.
    private func conclude(
        _ job: Job, _ result: Result<JobOutcome, any Error>, _ isStopped: Bool, reached: Int
    ) async throws {
        switch result {
        case .success(let outcome):
            do {
                try await end(job, .done, outcome.result, outcome.output)
            } catch {
                // Its file cannot be stored.
                try await conclude(job, .failure(error), isStopped, reached: reached)
            }
        case .failure(let error) where isStopped || error is CancellationError:
            try await database.write { try JobStore($0).release(job) }
        case .failure(let failure as Failure) where failure.kind != .unavailable:
            try await end(job, .failed, JobResult(failure, reached: reached), nil)
        case .failure(let error): try await breakOff(job, error, reached: reached)
        }
    }

    /// Handles a fault of the environment: the job is tried again, unless it is given up.
    private func breakOff(_ job: Job, _ error: any Error, reached: Int) async throws {
        let reason = (error as? Failure)?.code ?? "\(type(of: error))"
        Logger(label: "xueshi").warning("job", metadata: ["number": "\(job.number)", "reason": "\(reason)"])
        let faults = job.faults.failed(at: reached)
        if faults.isGivenUp {
            return try await end(job, .failed, JobResult(error as? Failure ?? .givenUp, reached: reached), nil)
        }
        let due = files.system.now() + RetryPause.after(faults.failures)
        try await database.write { try JobStore($0).release(job, faults: faults, due: due) }
    }

    private func unpack(_ job: Job) async throws -> OpenFile? {
        guard let input = job.input else { return nil }
        return try await database.read { try files.unpack(input, $0) }
    }

    private func end(
        _ job: Job, _ state: Job.State, _ result: JobResult, _ output: (file: OpenFile, name: String)?
    ) async throws {
        let staged = try output.map { try files.stage($0.file) }
        try await files.write(staged.map { [$0] } ?? [], to: database) { transaction in
            if let staged { try files.keep(staged, transaction) }
            try store(transaction).end(
                job, state, result, output: staged?.hash, name: output?.name ?? "", at: files.system.now())
        }
    }
}

// MARK: - While a job runs

extension Jobs {
    /// Runs the body and stores its progress every second. If the lease is lost or there is no progress, the body is
    /// cancelled and not waited for, because it may block.
    private func holding(
        _ job: Job, _ progress: JobProgress,
        _ body: @escaping @Sendable (@escaping @Sendable (Int, Int) -> Void) async throws -> JobOutcome
    ) async throws -> JobOutcome {
        let race = FirstResult<JobOutcome>()
        let work = Task {
            do {
                race.settle(.success(try await body { progress.set($0, $1) }))
            } catch {
                race.settle(.failure(error))
            }
        }
        let watchdog = Task {
            do {
                while true { try await beat(job, progress) }
            } catch {
                race.settle(.failure(error))
            }
        }
        defer {
            work.cancel()
            watchdog.cancel()
        }
        return try await withTaskCancellationHandler {
            try await race.value()
        } onCancel: {
            work.cancel()
            // Interruptible work ends by itself within a page of a list.
            Task {
                try? await Task.sleep(for: .seconds(10))
                race.settle(.failure(CancellationError()))
            }
        }
    }

    private func beat(_ job: Job, _ progress: JobProgress) async throws {
        try await Task.sleep(for: .milliseconds(times.beat))
        let (done, total) = progress.value
        let isHeld = try await database.write {
            try JobStore($0).hold(job, done: done, total: total, until: files.system.now() + times.lease)
        }
        guard isHeld else { throw CancellationError() }
        guard progress.silence < times.stallTimeout else { throw Failure.jobStalled }
    }
}

/// The progress of a job, and the time of its last change.
private final class JobProgress: Sendable {
    private let now: @Sendable () -> Int
    private let held: Mutex<(done: Int, total: Int, since: Int)>

    init(_ now: @escaping @Sendable () -> Int) {
        self.now = now
        held = Mutex((0, 0, now()))
    }

    var value: (done: Int, total: Int) { held.withLock { ($0.done, $0.total) } }
    /// Milliseconds since the last progress.
    var silence: Int { held.withLock { now() - $0.since } }

    func set(_ done: Int, _ total: Int) {
        held.withLock { held in
            if done != held.done || total != held.total { held = (done, total, now()) }
        }
    }
}

/// The first of several results.
private final class FirstResult<Value: Sendable>: Sendable {
    private enum State {
        case open
        case awaited(CheckedContinuation<Value, any Error>)
        case settled(Result<Value, any Error>)
        case over
    }

    private let state = Mutex(State.open)

    func settle(_ result: Result<Value, any Error>) {
        let waiting: CheckedContinuation<Value, any Error>? = state.withLock { state in
            switch state {
            case .open: state = .settled(result)
            case .awaited(let waiting):
                state = .over
                return waiting
            case .settled, .over: break
            }
            return nil
        }
        waiting?.resume(with: result)
    }

    /// Waits for the result. It may be called once.
    func value() async throws -> Value {
        try await withCheckedThrowingContinuation { waiting in
            let result: Result<Value, any Error>? = state.withLock { state in
                if case .settled(let result) = state {
                    state = .over
                    return result
                }
                state = .awaited(waiting)
                return nil
            }
            if let result { waiting.resume(with: result) }
        }
    }
}

extension JobResult {
    /// The failure and the progress of an attempt.
    init(_ failure: Failure, reached: Int) {
        self.init()
        (sentences, isBad, code) = ([failure.words.chinese], true, failure.code)
        if reached > 0 { sentences.append("中断前办到第 \(reached) 项；已办结的保留，重新提交时不会重复。") }
    }
}

extension Failure {
    static let givenUp = Failure(
        .unavailable, "job.given-up", "这项任务多次中断，一直没有进展，不再重试。请把任务编号告诉系统管理员；查明后可以重新提交。",
        en: "This job was interrupted several times without progress and is not tried again. Report its number.")

    static let jobStalled = Failure(
        .refused, "job.stalled", "这项任务 10 分钟没有进展，已停止。已经登记的保留；请检查文件，分成几份后重新提交。",
        en: "This job made no progress for ten minutes and was stopped. Finished rows stay; check the file, send parts."
    )
}
