import Database
import Files
import Foundation
import Kernel
import Logging
import Synchronization

extension Jobs {
    /// Does what waits until it is cancelled, and deletes files in their time. What is then running is given back.
    package func work() async {
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<Self.workers { group.addTask { await workAlone() } }
            group.addTask { await keepSwept() }
        }
    }

    /// One job after the other.
    private func workAlone() async {
        while !Task.isCancelled {
            do {
                if try await workOnce() { continue }
            } catch {
                guard !Task.isCancelled else { return }
                // The database is away; what waits is still there when it is back.
                Logger(label: "xueshi").warning("jobs", metadata: ["type": "\(type(of: error))"])
            }
            try? await Task.sleep(for: .milliseconds(500))
        }
    }

    private func keepSwept() async {
        while !Task.isCancelled {
            _ = try? await sweep()
            try? await Task.sleep(for: .seconds(3600))
        }
    }

    /// Does one job that is due; `false` where there is none.
    func workOnce() async throws -> Bool {
        let keys = kinds.keys.sorted()
        let now = files.system.now()
        guard try await database.read({ try JobStore($0).isDue(keys, now: now) }) else { return false }
        let taken = try await database.write { try store($0).take(keys, now: now, until: now + times.lease) }
        guard let job = taken, let kind = kinds[job.kind] else { return false }
        if Job.isGivenUp(job.faults) {
            try await end(job, .failed, JobResult(.givenUp, reached: job.done), nil)
        } else {
            try await run(job, kind)
        }
        return true
    }

    private func run(_ job: Job, _ kind: JobKind) async throws {
        let progress = JobProgress(files.system.now)
        do {
            let outcome = try await holding(job, progress) { progress in
                try await kind.run(JobContext(job: job, input: try await unpack(job), progress: progress))
            }
            try await end(job, .done, outcome.result, outcome.output)
        } catch is CancellationError {
            try await database.write { try JobStore($0).release(job) }
        } catch let failure as Failure where failure.kind != .unavailable {
            try await end(job, .failed, JobResult(failure, reached: progress.value.done), nil)
        } catch {
            try await breakOff(job, error, reached: progress.value.done)
        }
    }

    /// The surroundings failed: it is tried again, unless they did so before.
    private func breakOff(_ job: Job, _ error: any Error, reached: Int) async throws {
        let reason = (error as? Failure)?.code ?? "\(type(of: error))"
        Logger(label: "xueshi").warning("job", metadata: ["number": "\(job.number)", "reason": "\(reason)"])
        if Job.isGivenUp(job.faults + [reason]) {
            return try await end(job, .failed, JobResult(error as? Failure ?? .givenUp, reached: reached), nil)
        }
        try await database.write { try JobStore($0).release(job, fault: reason) }
        try? await Task.sleep(for: .seconds(2))
    }

    private func unpack(_ job: Job) async throws -> OpenFile? {
        guard let input = job.input else { return nil }
        return try await database.read { try files.unpack(input, $0) }
    }

    private func end(
        _ job: Job, _ state: Job.State, _ result: JobResult, _ output: (file: OpenFile, name: String)?
    ) async throws {
        try await database.write { transaction in
            let hash = try output.map { try files.keep($0.file, transaction) }
            try store(transaction).end(
                job, state, result, output: hash, name: output?.name ?? "", at: files.system.now())
        }
    }
}

// MARK: - While a job runs

extension Jobs {
    /// Runs the body and says every second how far it is. Where somebody else has the job by now, or it gets no
    /// further, the body is cancelled and not waited for: it may be in what cannot be interrupted.
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
            // What can be interrupted ends by itself, within the page of a list.
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

/// How far a job is, and since when.
private final class JobProgress: Sendable {
    private let now: @Sendable () -> Int
    private let held: Mutex<(done: Int, total: Int, since: Int)>

    init(_ now: @escaping @Sendable () -> Int) {
        self.now = now
        held = Mutex((0, 0, now()))
    }

    var value: (done: Int, total: Int) { held.withLock { ($0.done, $0.total) } }
    /// Milliseconds for which it got no further.
    var silence: Int { held.withLock { now() - $0.since } }

    func set(_ done: Int, _ total: Int) {
        held.withLock { held in
            if done != held.done || total != held.total { held = (done, total, now()) }
        }
    }
}

/// What comes first of several.
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

    /// Once.
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
    /// Why it was not carried through, and how far it came.
    init(_ failure: Failure, reached: Int) {
        self.init()
        (sentences, isBad) = ([failure.words.chinese], true)
        if reached > 0 { sentences.append("中断前办到第 \(reached) 项；已经办好的保留，重新提交时不会重复。") }
    }
}

extension Failure {
    static let givenUp = Failure(
        .unavailable, "job.given-up", "这项任务两次中断在同样的情况下，不再重试。请把任务编号告诉服务热线；查明后可以重新提交。",
        en: "This job was broken off twice in the same way and is not tried again. Tell its number to the hotline.")

    static let jobStalled = Failure(
        .refused, "job.stalled", "这项任务 10 分钟没有进展，已停止。已经登记的保留；请检查文件，分成几份后重新提交。",
        en: "This job got no further for ten minutes and was ended. What was taken stays; look at the file, send parts."
    )
}
