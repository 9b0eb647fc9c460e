import Database
import Files
import Foundation
import Kernel
import Logging
import Synchronization

extension Jobs {
    /// Does what waits, one job after the other, until it is cancelled. The job that is then running is given back.
    package func work() async {
        while !Task.isCancelled {
            do {
                if try await workOnce() { continue }
            } catch {
                // The database is away; what waits is still there when it is back.
                Logger(label: "xueshi").warning("jobs", metadata: ["type": "\(type(of: error))"])
            }
            try? await Task.sleep(for: .milliseconds(500))
        }
    }

    /// Does one job that is due; `false` where there is none.
    func workOnce() async throws -> Bool {
        let keys = kinds.keys.sorted()
        let now = files.outside.now()
        guard try await database.read({ try JobStore($0).isDue(keys, now: now) }) else { return false }
        let taken = try await database.write { try JobStore($0).take(keys, now: now, until: now + Self.lease) }
        guard let job = taken, let kind = kinds[job.kind] else { return false }
        guard job.attempt <= Self.most else {
            try await end(job, .failed, JobResult(.givenUp), nil)
            return true
        }
        try await run(job, kind)
        return true
    }

    private func run(_ job: Job, _ kind: JobKind) async throws {
        let folder = NSTemporaryDirectory() + "xueshi-job-\(files.outside.random(8).hexadecimal)"
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        defer { try? FileManager.default.removeItem(atPath: folder) }
        do {
            let outcome = try await holding(job) { progress in
                let path = try await unpack(job, folder)
                return try await kind.run(JobRun(job: job, inputPath: path, folder: folder, progress: progress))
            }
            try await end(job, .done, outcome.result, outcome.output)
        } catch is CancellationError {
            try await database.write { try JobStore($0).release(job) }
        } catch let failure as Failure where failure.kind != .unavailable {
            try await end(job, .failed, JobResult(failure), nil)
        } catch {
            // The surroundings failed: it is tried again, and given up after so many times.
            let reason = (error as? Failure)?.code ?? "\(type(of: error))"
            Logger(label: "xueshi").warning("job", metadata: ["number": "\(job.number)", "reason": "\(reason)"])
            try await database.write { try JobStore($0).release(job) }
            try? await Task.sleep(for: .seconds(2))
        }
    }

    /// The upload, as a file of its own name's kind.
    private func unpack(_ job: Job, _ folder: String) async throws -> String {
        guard let input = job.input else { return "" }
        let bytes = try await database.read { try files.read(input, $0) }
        let path = folder + "/input." + ((job.inputName as NSString).pathExtension.lowercased())
        guard
            FileManager.default.createFile(
                atPath: path, contents: Data(bytes), attributes: [.posixPermissions: 0o600])
        else { throw Failure.noScratch }
        return path
    }

    private func end(
        _ job: Job, _ state: Job.State, _ result: JobResult, _ output: (path: String, name: String)?
    ) async throws {
        let made = try output.map { output in
            guard let data = FileManager.default.contents(atPath: output.path) else { throw Failure.noScratch }
            return (bytes: Array(data), name: output.name)
        }
        try await database.write { transaction in
            let hash = try made.map { try files.keep($0.bytes, transaction) }
            try JobStore(transaction).end(
                job, state, result, output: hash, name: made?.name ?? "", at: files.outside.now())
        }
    }

    /// Runs the body and says every second how far it is; where somebody else has the job by now, it is cancelled.
    private func holding(
        _ job: Job, _ body: @escaping @Sendable (@escaping @Sendable (Int, Int) -> Void) async throws -> JobOutcome
    ) async throws -> JobOutcome {
        let state = Progress()
        return try await withThrowingTaskGroup(of: JobOutcome?.self) { group in
            group.addTask { try await body { state.set($0, $1) } }
            group.addTask {
                while true {
                    try await Task.sleep(for: .milliseconds(Self.beat))
                    let (done, total) = state.value
                    let isHeld = try await database.write {
                        try JobStore($0).hold(job, done: done, total: total, until: files.outside.now() + Self.lease)
                    }
                    if !isHeld { throw CancellationError() }
                }
            }
            defer { group.cancelAll() }
            while let outcome = try await group.next() {
                if let outcome { return outcome }
            }
            throw CancellationError()
        }
    }
}

/// How far a job is.
private final class Progress: Sendable {
    private let held = Mutex((done: 0, total: 0))

    var value: (done: Int, total: Int) { held.withLock { $0 } }
    func set(_ done: Int, _ total: Int) { held.withLock { $0 = (done, total) } }
}

extension JobResult {
    init(_ failure: Failure) {
        self.init()
        (sentences, isBad) = ([failure.words.chinese], true)
    }
}

extension Failure {
    static let givenUp = Failure(
        .unavailable, "job.given-up", "这项任务中断了 5 次，已停止。请把任务编号告诉服务热线；查明后可以重新提交。",
        en: "This job was broken off five times and is given up. Tell its number to the hotline.")

    static let noScratch = Failure(
        .unavailable, "job.scratch", "临时文件不能读写，可能磁盘已满。任务会自动重试。",
        en: "Scratch files cannot be read or written; the disk may be full. The job is tried again.")
}
