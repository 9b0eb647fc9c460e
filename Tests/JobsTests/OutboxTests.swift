import Database
import Files
import Kernel
import Signing
import Synchronization
import Testbed
import Testing

@testable import Jobs

/// Messages are sent until they are acknowledged, and then never again.
@Suite struct OutboxTests {
    /// Stores messages in memory, and fails on request.
    private final class MemoryChannel: OutboxChannel {
        let key: String
        let sent = Mutex<[OutboxMessage]>([])
        /// The errors of the next sendings; `nil` for success.
        let faults: Mutex<[(any Error)?]>

        init(_ key: String = "mail", failing faults: [(any Error)?] = []) {
            self.key = key
            self.faults = Mutex(faults)
        }

        var ids: [String] { sent.withLock { $0.map(\.id) } }

        func send(_ message: OutboxMessage) async throws {
            sent.withLock { $0.append(message) }
            let fault = faults.withLock { $0.isEmpty ? nil : $0.removeFirst() }
            if let fault { throw fault }
        }
    }

    /// Waits until it is cancelled.
    private struct SilentChannel: OutboxChannel {
        let key = "mail"
        let begun: @Sendable () -> Void

        func send(_ message: OutboxMessage) async throws {
            let (answers, end) = AsyncStream.makeStream(of: Void.self)
            begun()
            for await _ in answers {}
            end.finish()
            throw CancellationError()
        }
    }

    private static let away = Failure(.unavailable, "test.away", "对方没有应答。", en: "The receiver is away.")
    private static let refused = Failure(.refused, "test.refused", "地址不对。", en: "No such address.")

    private func withOutbox(
        _ engine: Engine, _ times: OutboxTiming = OutboxTiming(),
        _ body: (Outbox, TestClock) async throws -> Void
    ) async throws {
        try await withJobs(engine, []) { jobs, clock in
            let outbox = Outbox(
                jobs.database, keys: jobs.files.keys, system: clock.system, times: times)
            try await body(outbox, clock)
        }
    }

    private func add(_ body: String, _ outbox: Outbox, due: Int = 0) async throws -> ID<OutboxMessage> {
        try await outbox.database.write { try outbox.add(body, to: "li@example.org", by: "mail", due: due, $0) }
    }

    @Test(arguments: Engine.allCases) func aMessageIsSentOnce(_ engine: Engine) async throws {
        let (channel, other) = (MemoryChannel(), MemoryChannel("webhook"))
        try await withOutbox(engine) { outbox, _ in
            let number = try await add("您的证书\n已颁发。", outbox)
            #expect(try await outbox.message(number)?.state == .created)
            #expect(try await !outbox.sendOnce(by: other))
            #expect(try await outbox.sendOnce(by: channel))
            #expect(try await !outbox.sendOnce(by: channel))
            let sent = try required(channel.sent.withLock { $0.first })
            #expect(sent.recipient == "li@example.org" && sent.body == "您的证书\n已颁发。" && sent.id.count == 32)
            let kept = try required(try await outbox.message(number))
            #expect(kept.state == .delivered && kept.id == sent.id && kept.body.isEmpty && kept.recipient.isEmpty)
            #expect(channel.ids.count == 1 && other.ids.isEmpty)
        }
    }

    /// An act that writes a message and is then refused.
    private func refusedAct(_ outbox: Outbox) async throws {
        try await outbox.database.write { (transaction: Transaction) throws -> Void in
            try outbox.add("没有的事", to: "li@example.org", by: "mail", transaction)
            throw Self.refused
        }
    }

    /// A message is committed or rolled back with its act.
    @Test(arguments: Engine.allCases) func aMessageIsCommittedWithItsAct(_ engine: Engine) async throws {
        let channel = MemoryChannel()
        try await withOutbox(engine) { outbox, _ in
            let failure = await #expect(throws: Failure.self) { try await refusedAct(outbox) }
            #expect(failure == Self.refused)
            let isSent = try await outbox.sendOnce(by: channel)
            #expect(!isSent && channel.ids.isEmpty)
        }
    }

    /// Messages are encrypted, and a message copied into another row is not sent.
    @Test(arguments: Engine.allCases) func aMessageIsEncryptedInItsRow(_ engine: Engine) async throws {
        let channel = MemoryChannel()
        try await withOutbox(engine) { outbox, _ in
            let forged = [try await add("甲", outbox), try await add("乙", outbox), try await add("丙", outbox)]
            let good = try await add("丁", outbox)
            try await outbox.database.write { transaction in
                let contents = try transaction.rows("SELECT content FROM outbox_message") { try $0.bytes(0) }
                for text in contents.map({ String(decoding: $0, as: UTF8.self) }) {
                    #expect(!text.contains("li@example.org") && !text.contains("甲"))
                }
                try transaction.execute("UPDATE outbox_message SET id = 'x' WHERE number = \(forged[0])")
                try transaction.execute("UPDATE outbox_message SET content = NULL WHERE number = \(forged[1])")
                try transaction.execute(
                    """
                    UPDATE outbox_message
                    SET content = (SELECT m.content FROM outbox_message m WHERE m.number = \(good))
                    WHERE number = \(forged[2])
                    """)
            }
            while try await outbox.sendOnce(by: channel) {}
            #expect(channel.sent.withLock { $0.map(\.body) } == ["丁"])
            let reasons = try await outbox.database.read {
                try $0.rows("SELECT reason FROM outbox_message ORDER BY number") { try $0.text(0) }
            }
            #expect(reasons == ["database.forged", "database.forged", "sealed.damaged", ""])
        }
    }

    @Test(arguments: Engine.allCases) func aMessageWaitsUntilItIsDue(_ engine: Engine) async throws {
        let channel = MemoryChannel()
        try await withOutbox(engine) { outbox, clock in
            _ = try await add("x", outbox, due: clock.now + 60_000)
            #expect(try await !outbox.sendOnce(by: channel))
            clock.pass(minutes: 1)
            #expect(try await outbox.sendOnce(by: channel))
        }
    }

    // MARK: - Failures

    /// If the receiver is unavailable, sending is repeated after growing pauses with the same id.
    @Test(arguments: Engine.allCases) func aFailedSendingIsRepeated(_ engine: Engine) async throws {
        let channel = MemoryChannel(failing: [Self.away, CancellationError(), nil])
        try await withOutbox(engine) { outbox, clock in
            let number = try await add("x", outbox)
            for pause in [30, 60] {
                #expect(try await outbox.sendOnce(by: channel))
                clock.pass(seconds: pause - 1)
                #expect(try await !outbox.sendOnce(by: channel))
                clock.pass(seconds: 1)
            }
            let waiting = try required(try await outbox.message(number))
            #expect(waiting.state == .created && waiting.failures == 2 && waiting.reason == "CancellationError")
            #expect(try await outbox.sendOnce(by: channel))
            #expect(try await outbox.message(number)?.state == .delivered)
            #expect(channel.ids.count == 3 && Set(channel.ids).count == 1)
        }
    }

    @Test(arguments: Engine.allCases) func aRefusalIsFinal(_ engine: Engine) async throws {
        let channel = MemoryChannel(failing: [Self.refused])
        try await withOutbox(engine) { outbox, clock in
            let number = try await add("x", outbox)
            #expect(try await outbox.sendOnce(by: channel))
            clock.pass(days: 1)
            #expect(try await !outbox.sendOnce(by: channel))
            let message = try await outbox.message(number)
            #expect(message?.state == .failed && message?.reason == "test.refused")
        }
    }

    /// Twelve failures are final, whether the receiver or the process failed.
    @Test(arguments: Engine.allCases) func tooManyFailuresAreFinal(_ engine: Engine) async throws {
        let channel = MemoryChannel(failing: Array(repeating: Self.away, count: 20))
        try await withOutbox(engine) { outbox, clock in
            let (first, second) = (try await add("x", outbox), try await add("y", outbox, due: clock.now + 1))
            for _ in 0..<OutboxTiming.most {
                #expect(try await outbox.sendOnce(by: channel))
                clock.pass(days: 1)
                _ = try await outbox.database.write { try outbox.store($0).take("mail", now: clock.now, until: 0) }
            }
            #expect(try await !outbox.sendOnce(by: channel))
            for number in [first, second] {
                let message = try required(try await outbox.message(number))
                #expect(message.state == .failed && message.failures == OutboxTiming.most, "\(message)")
            }
        }
    }

    @Test(.timeLimit(.minutes(5)), arguments: Engine.allCases)
    func aSendingWithoutResponseTimesOut(_ engine: Engine) async throws {
        var times = OutboxTiming()
        times.send = 20
        let channel = SilentChannel(begun: {})
        try await withOutbox(engine, times) { outbox, _ in
            let number = try await add("x", outbox)
            #expect(try await outbox.sendOnce(by: channel))
            let message = try await outbox.message(number)
            #expect(message?.state == .created && message?.reason == "outbox.timeout")
            #expect(OutboxTiming().send == 30_000)
        }
    }

    // MARK: - Crashes and stops

    /// After a crash between sending and storing the acknowledgement, the message is sent again with the same id. Later
    /// writes of the first sender change nothing.
    @Test(arguments: Engine.allCases) func theMessageOfAKilledSenderIsSentAgain(_ engine: Engine) async throws {
        let channel = MemoryChannel()
        try await withOutbox(engine) { outbox, clock in
            let number = try await add("x", outbox)
            let taken = try await outbox.database.write {
                try outbox.store($0).take("mail", now: clock.now, until: clock.now + 60_000)
            }
            let dead = try required(taken)
            try await channel.send(dead)
            #expect(try await !outbox.sendOnce(by: channel))
            clock.pass(seconds: 61)
            #expect(try await outbox.sendOnce(by: channel))
            #expect(channel.ids == [dead.id, dead.id])
            let message = try await outbox.message(number)
            #expect(message?.state == .delivered && message?.failures == 1)
            try await outbox.database.write { try outbox.store($0).retry(dead, "x", due: 0) }
            #expect(try await outbox.message(number)?.state == .delivered)
            #expect(try await !outbox.sendOnce(by: channel))
        }
    }

    /// The acknowledgement of a sent message is stored again while the database fails, so the message is sent once.
    @Test(arguments: Engine.allCases) func anAcknowledgementIsStoredAgain(_ engine: Engine) async throws {
        var times = OutboxTiming()
        times.again = 1
        let channel = MemoryChannel()
        try await withOutbox(engine, times) { outbox, clock in
            let number = try await add("x", outbox)
            let failing = Mutex(3)
            outbox.database.beforeWrites {
                guard !channel.ids.isEmpty, failing.withLock({ $0 > 0 }) else { return }
                failing.withLock { $0 -= 1 }
                throw Self.away
            }
            #expect(try await outbox.sendOnce(by: channel))
            let message = try await outbox.message(number)
            #expect(message?.state == .delivered && failing.withLock { $0 } == 0)
            #expect(try await !outbox.sendOnce(by: channel) && channel.ids.count == 1)
        }
    }

    /// After the lease another node may send the message, so the acknowledgement is given up.
    @Test(arguments: Engine.allCases) func anAcknowledgementEndsWithItsLease(_ engine: Engine) async throws {
        var times = OutboxTiming()
        times.again = 1
        let channel = MemoryChannel()
        try await withOutbox(engine, times) { outbox, clock in
            _ = try await add("x", outbox)
            let tries = Mutex(0)
            outbox.database.beforeWrites {
                guard !channel.ids.isEmpty else { return }
                tries.withLock { $0 += 1 }
                clock.pass(seconds: 25)
                throw Self.away
            }
            let failure = await #expect(throws: Failure.self) { try await outbox.sendOnce(by: channel) }
            #expect(failure == Self.away && tries.withLock { $0 } == 3)
        }
    }

    @Test(arguments: Engine.allCases) func messagesAreCounted(_ engine: Engine) async throws {
        let channel = MemoryChannel(failing: [Self.refused, nil])
        try await withOutbox(engine) { outbox, clock in
            for _ in 0..<3 { _ = try await add("x", outbox) }
            for _ in 0..<2 { #expect(try await outbox.sendOnce(by: channel)) }
            let counts = try await outbox.counts()
            #expect(counts.open == 1 && counts.failed == 1)
            clock.pass(days: 1)
            clock.pass(seconds: 1)
            #expect(try await outbox.counts().failed == 0)
        }
    }

    @Test func twoChannelsWithOneKeyEndTheProgram() async {
        await #expect(processExitsWith: .failure) {
            try await withJobs(.sqlite, []) { jobs, clock in
                let outbox = Outbox(jobs.database, keys: jobs.files.keys, system: clock.system)
                let working = Task { await outbox.work([MemoryChannel(), MemoryChannel()]) }
                working.cancel()
                await working.value
            }
        }
    }

    /// A stop during sending costs no attempt.
    @Test(.timeLimit(.minutes(5)), arguments: Engine.allCases)
    func aStoppedSendingLosesNoAttempt(_ engine: Engine) async throws {
        let (begun, gate) = AsyncStream.makeStream(of: Void.self)
        let silent = SilentChannel(begun: { gate.yield() })
        try await withOutbox(engine) { outbox, _ in
            let number = try await add("x", outbox)
            let working = Task { await outbox.work([silent]) }
            for await _ in begun { break }
            working.cancel()
            await working.value
            let message = try await outbox.message(number)
            #expect(message?.state == .created && message?.failures == 0 && message?.attempt == 1)
            let channel = MemoryChannel()
            #expect(try await outbox.sendOnce(by: channel))
            #expect(channel.ids == [message?.id])
        }
    }

    /// Eight concurrent senders on several nodes send each of a hundred messages once.
    @Test(arguments: Engine.allCases) func concurrentSendersSendEachMessageOnce(_ engine: Engine) async throws {
        let channel = MemoryChannel()
        try await withOutbox(engine) { outbox, _ in
            try await outbox.database.write { transaction in
                for place in 1...100 { try outbox.add("\(place)", to: "x", by: "mail", transaction) }
            }
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<8 { group.addTask { while try await outbox.sendOnce(by: channel) {} } }
                try await group.waitForAll()
            }
            #expect(channel.ids.count == 100 && Set(channel.ids).count == 100)
        }
    }
}
