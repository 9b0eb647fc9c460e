import Dispatch
import Foundation
import Kernel
import Synchronization

/// PostgreSQL by libpq: connections on their own threads, serialisable transactions that are retried after conflicts.
final class PostgresEngine: EngineBackend {
    private let queue = EngineQueue()
    private let bell = DispatchSemaphore(value: 0)
    private let stopped = DispatchSemaphore(value: 0)
    private let threads: Int
    private let commits = Mutex(0)
    /// When and why reaching the server was last given up; `nil` once it is reached again.
    private let outage = Mutex<(at: ContinuousClock.Instant, failure: Failure)?>(nil)
    private let address: PostgresAddress
    private let watch: PostgresWatch
    private static let tries = 200

    init(url: String, connections: Int) throws {
        (threads, address) = (max(1, connections), PostgresAddress(url))
        try PostgresSession(address).open()
        let waits = (0..<threads).map { _ in PostgresWait() }
        watch = PostgresWatch(address, waits)
        for wait in waits {
            let thread = Thread { [self] in work(PostgresSession(address, wait)) }
            thread.name = "postgres"
            thread.start()
        }
    }

    var syncs: Int { commits.withLock { $0 } }

    func write<T: Sendable>(_ body: @escaping @Sendable (Transaction) throws -> T) async throws -> T {
        try await enqueue(in: add(writes: true), body)
    }

    func read<T: Sendable>(_ body: @escaping @Sendable (Transaction) throws -> T) async throws -> T {
        try await enqueue(in: add(writes: false), body)
    }

    func close() {
        queue.close()
        for _ in 0..<threads { bell.signal() }
        for _ in 0..<threads { stopped.wait() }
        watch.close()
    }

    private func add(writes: Bool) -> @Sendable (EngineOperation) -> Bool {
        { [queue, bell] job in
            var job = job
            job.writes = writes
            let added = queue.add(job)
            bell.signal()
            return added
        }
    }

    private func work(_ session: PostgresSession) {
        while let (jobs, _) = queue.take(1) {
            guard let job = jobs.first else {
                bell.wait()
                continue
            }
            if !job.refusedAsCancelled() { carryOut(job, session) }
        }
        stopped.signal()
    }

    /// Runs an operation until it is committed, refused by its own failure, or out of attempts.
    private func carryOut(_ job: EngineOperation, _ session: PostgresSession) {
        var doubted = false
        var attempt = 0
        while attempt < Self.tries {
            do {
                let outcome = try transact(job, session)
                if outcome.failure != nil, session.metDuplicate, !doubted {
                    doubted = true
                    continue
                }
                if job.writes, outcome.failure == nil { commits.withLock { $0 += 1 } }
                return outcome.complete(nil)
            } catch let failure as Failure where failure.isSame(as: .unreachable("")) {
                if job.asked + .seconds(address.seconds) <= .now { return giveUp(job, failure) }
                pause(0.1)
            } catch let outage as Outage {
                return job.refuse(outage.failure)
            } catch let lost as ConnectionLost where lost.isSilent {
                // The server has had its time, and nothing was committed.
                return giveUp(job, .unreachable(lost.why))
            } catch is SerializationConflict, is ConnectionLost {
                attempt += 1
                pause(Double.random(in: 0...1) * min(0.0005 * Double(1 << min(attempt, 7)), 0.05))
            } catch {
                return job.refuse(error)
            }
        }
        job.refuse(Failure.busy())
    }

    private func giveUp(_ job: EngineOperation, _ failure: Failure) {
        outage.withLock { $0 = (.now, failure) }
        job.refuse(failure)
    }

    /// One attempt. If the outcome has its own failure, it was rolled back.
    ///
    /// The session, not the closure's error, says whether another attempt is needed, because the closure may have
    /// replaced the error. A duplicate key may come from a concurrent commit that the snapshot could not see, so the
    /// caller accepts it only the second time.
    private func transact(_ job: EngineOperation, _ session: PostgresSession) throws -> EngineOperation.Outcome {
        if !session.isOpen { try open(session, for: job) }
        let kind = job.writes ? "SERIALIZABLE" : "REPEATABLE READ READ ONLY"
        try session.limitStatements(to: job.limit)
        let began = ContinuousClock.now
        try session.begin("BEGIN ISOLATION LEVEL \(kind)")
        let outcome = job.run(Transaction(session, isReading: !job.writes, began: began))
        if let pendingError = session.pendingError {
            try? session.command("ROLLBACK")
            throw pendingError
        }
        if outcome.failure != nil {
            try? session.command("ROLLBACK")
            return outcome
        }
        do {
            try session.commit()
        } catch is ConnectionLost where job.writes {
            throw Failure.unknownCommit()
        } catch {
            try? session.command("ROLLBACK")
            throw error
        }
        return outcome
    }

    /// Operations queued before the server was given up are refused at once, because they have waited already.
    private func open(_ session: PostgresSession, for job: EngineOperation) throws {
        if let outage = outage.withLock({ $0 }), outage.at > job.asked { throw Outage(failure: outage.failure) }
        try session.open()
        outage.withLock { $0 = nil }
    }

    /// The server is known to be unreachable.
    private struct Outage: Error {
        let failure: Failure
    }

    private func pause(_ seconds: Double) { Thread.sleep(forTimeInterval: seconds) }
}
