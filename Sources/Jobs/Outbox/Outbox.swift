import Database
import Kernel
import Logging
import Signing

/// Messages to other systems. They are written in the transaction of an act and sent afterwards by their channel.
package struct Outbox: Sendable {
    let database: Database
    private let keys: KeyRing
    private let system: SystemInputs
    let times: OutboxTiming

    package init(
        _ database: Database, keys: KeyRing, system: SystemInputs, times: OutboxTiming = OutboxTiming()
    ) {
        (self.database, self.keys, self.system, self.times) = (database, keys, system, times)
    }

    func store(_ transaction: Transaction) -> OutboxStore { OutboxStore(transaction, keys) }

    /// Writes a message in the transaction of its act, so both are committed or neither is. It is not sent before
    /// `due`, in milliseconds since 1970.
    @discardableResult
    package func add(
        _ body: String, to recipient: String, by channel: String, due: Int = 0, _ transaction: Transaction
    ) throws -> ID<OutboxMessage> {
        try store(transaction).add(
            id: system.random(16).hexadecimal, channel, recipient, body, due: due, at: system.now())
    }

    package func message(_ number: ID<OutboxMessage>) async throws -> OutboxMessage? {
        try await database.read { try store($0).find(number) }
    }

    /// How many messages are not delivered yet, and how many were given up within a day.
    package func counts() async throws -> (open: Int, failed: Int) {
        let since = system.now() - 86_400_000
        return try await database.read { try store($0).counts(failedSince: since) }
    }

    /// Sends due messages until it is cancelled. Each channel sends one message at a time and does not wait for other
    /// channels. Two channels with the same key end the program.
    package func work(_ channels: [any OutboxChannel]) async {
        precondition(Set(channels.map(\.key)).count == channels.count, "Two channels have the same key.")
        await withDiscardingTaskGroup { group in
            for channel in channels { group.addTask { await work(channel) } }
        }
    }

    private func work(_ channel: any OutboxChannel) async {
        while !Task.isCancelled {
            do {
                if try await sendOnce(by: channel) { continue }
            } catch {
                guard !Task.isCancelled else { return }
                Logger(label: "xueshi").warning("outbox", metadata: ["type": "\(type(of: error))"])
            }
            try? await Task.sleep(for: .milliseconds(500))
        }
    }

    /// Sends one due message of a channel; `false` if there is none.
    func sendOnce(by channel: any OutboxChannel) async throws -> Bool {
        let now = system.now()
        guard try await database.read({ try store($0).isDue(channel.key, now: now) }) else { return false }
        let lease = now + times.lease
        let taken = try await database.write { try store($0).take(channel.key, now: now, until: lease) }
        guard let message = taken else { return false }
        var fault: (any Error)?
        do {
            try await send(message, by: channel)
        } catch {
            fault = error
        }
        let (error, isStopped) = (fault, Task.isCancelled)
        // A cancelled task writes nothing, so the result is written by a separate task.
        try await Task {
            guard let error else { return try await acknowledge(message, lease) }
            try await conclude(message, error, isStopped)
        }.value
        return true
    }

    /// Sends with a time limit well below the lease, since another node would send the message after the lease.
    private func send(_ message: OutboxMessage, by channel: any OutboxChannel) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            defer { group.cancelAll() }
            group.addTask { try await channel.send(message) }
            group.addTask {
                try await Task.sleep(for: .milliseconds(times.send))
                throw Failure.outboxTimeout
            }
            try await group.next()
        }
    }

    /// Stores the acknowledgement. Fails only at the end of the lease, because the message would be sent again then.
    private func acknowledge(_ message: OutboxMessage, _ lease: Int) async throws {
        while true {
            do {
                return try await database.write { try store($0).acknowledge(message, at: system.now()) }
            } catch {
                guard system.now() + times.again < lease else { throw error }
                try await Task.sleep(for: .milliseconds(times.again))
            }
        }
    }

    private func conclude(_ message: OutboxMessage, _ error: any Error, _ isStopped: Bool) async throws {
        let now = system.now()
        try await database.write { transaction in
            let (store, failures) = (store(transaction), message.failures + 1)
            guard !isStopped else { return try store.release(message) }
            let failure = error as? Failure
            let reason = failure?.code ?? "\(type(of: error))"
            let isRefused = failure.map { $0.kind != .unavailable } ?? false
            guard !isRefused, failures < OutboxTiming.most else {
                return try store.fail(message, reason, at: now)
            }
            try store.retry(message, reason, due: now + RetryPause.after(failures))
        }
    }
}

/// In milliseconds.
package struct OutboxTiming: Sendable {
    /// The duration of a lease.
    var lease = 60_000
    /// The longest time for sending.
    var send = 30_000
    /// The pause before an acknowledgement is stored again.
    var again = 500

    /// The failures after which a message is given up, some 15 hours after the first.
    static let most = 12
    package init() {}
}

extension Failure {
    static let outboxTimeout = Failure(
        .unavailable, "outbox.timeout", "对方 30 秒内没有确认收到，稍后自动重发。",
        en: "The receiver did not acknowledge within 30 seconds. It is sent again later.")
}
