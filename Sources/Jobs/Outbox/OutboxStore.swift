import Database
import Kernel
import Logging
import Signing

/// The rows of messages. Recipient and body are encrypted together with id and channel, so that without keys a message
/// cannot be sent by another channel.
struct OutboxStore {
    let transaction: Transaction
    private let keys: KeyRing

    init(_ transaction: Transaction, _ keys: KeyRing) { (self.transaction, self.keys) = (transaction, keys) }

    func add(
        id: String, _ channel: String, _ recipient: String, _ body: String, due: Int, at now: Int
    ) throws -> ID<OutboxMessage> {
        let last = try transaction.first("SELECT coalesce(max(number), 0) FROM outbox_message") { try $0.int(0) }
        let number = ID<OutboxMessage>((last ?? 0) + 1)
        let content = OutboxContent(id: id, channel: channel, recipient: recipient, body: body)
        try transaction.execute(
            """
            INSERT INTO outbox_message (number, id, channel, state, content, attempt, failures, reason, due, lease,
                                        created, ended)
            VALUES (\(number), \(id), \(channel), 'created', \(try content.sealed(keys, number)), 0, 0, '', \(due), 0,
                    \(now), 0)
            """)
        return number
    }

    /// Failures: `sealed.damaged`, `database.forged`.
    func find(_ number: ID<OutboxMessage>) throws -> OutboxMessage? {
        let row = try transaction.first(
            """
            SELECT id, channel, state, content, attempt, failures, reason FROM outbox_message WHERE number = \(number)
            """
        ) { row in
            (
                id: try row.text(0), channel: try row.text(1), state: try row.text(2),
                content: try row.optionalBytes(3), attempt: try row.int(4), failures: try row.int(5),
                reason: try row.text(6)
            )
        }
        guard let row else { return nil }
        let content = try row.content.map { try OutboxContent($0, keys, number) }
        let isSame = content.map { $0.id == row.id && $0.channel == row.channel } ?? (row.state == "delivered")
        guard isSame, let state = OutboxMessage.State(rawValue: row.state) else {
            throw Failure.forged("outbox_message \(number)")
        }
        return OutboxMessage(
            number: number, id: row.id, channel: row.channel, recipient: content?.recipient ?? "",
            body: content?.body ?? "", state: state, attempt: row.attempt, failures: row.failures, reason: row.reason)
    }

    private static func due(_ channel: String, _ now: Int) -> SQL {
        """
        FROM outbox_message WHERE channel = \(channel)
          AND (state = 'created' AND due <= \(now) OR state = 'sending' AND lease < \(now))
        """
    }

    func isDue(_ channel: String, now: Int) throws -> Bool {
        try transaction.exists("SELECT 1 \(Self.due(channel, now)) LIMIT 1")
    }

    /// Takes the message of a channel that has been due longest; `nil` if there is none. An expired lease counts as a
    /// failure. A message with too many failures, or whose row was altered, is given up.
    func take(_ channel: String, now: Int, until lease: Int) throws -> OutboxMessage? {
        let next: ID<OutboxMessage>? = try transaction.first(
            "SELECT number \(Self.due(channel, now)) ORDER BY due, number LIMIT 1"
        ) { try $0.id(0) }
        guard let number = next else { return nil }
        try transaction.execute(
            """
            UPDATE outbox_message
            SET failures = failures + CASE state WHEN 'sending' THEN 1 ELSE 0 END,
                reason = CASE state WHEN 'sending' THEN \(OutboxMessage.lostLease) ELSE reason END,
                state = 'sending', attempt = attempt + 1, lease = \(lease)
            WHERE number = \(number)
            """)
        do {
            let message = try find(number)
            guard let message, message.failures >= OutboxTiming.most else { return message }
            try giveUp(number, message.reason, at: now)
        } catch let failure as Failure where failure.kind == .damaged {
            Logger(label: "xueshi").error("outbox", metadata: ["number": "\(number)", "reason": "\(failure.code)"])
            try giveUp(number, failure.code, at: now)
        }
        return try take(channel, now: now, until: lease)
    }

    /// How many messages are not delivered yet, and how many were given up since a time.
    func counts(failedSince time: Int) throws -> (open: Int, failed: Int) {
        let open = try transaction.first(
            "SELECT count(*) FROM outbox_message WHERE state IN ('created', 'sending')"
        ) { try $0.int(0) }
        let failed = try transaction.first(
            "SELECT count(*) FROM outbox_message WHERE state = 'failed' AND ended > \(time)"
        ) { try $0.int(0) }
        return (open ?? 0, failed ?? 0)
    }

    private func giveUp(_ number: ID<OutboxMessage>, _ reason: String, at now: Int) throws {
        try transaction.execute(
            """
            UPDATE outbox_message SET state = 'failed', reason = \(reason), lease = 0, ended = \(now)
            WHERE number = \(number)
            """)
    }

    /// Marks a message as delivered and deletes its content, so that it cannot be sent again.
    func acknowledge(_ message: OutboxMessage, at now: Int) throws {
        try change(message, to: "state = 'delivered', content = NULL, reason = '', lease = 0, ended = \(now)")
    }

    func fail(_ message: OutboxMessage, _ reason: String, at now: Int) throws {
        try change(
            message, to: "state = 'failed', failures = failures + 1, reason = \(reason), lease = 0, ended = \(now)")
    }

    /// Schedules another attempt, not before `due`.
    func retry(_ message: OutboxMessage, _ reason: String, due: Int) throws {
        try change(
            message, to: "state = 'created', failures = failures + 1, reason = \(reason), lease = 0, due = \(due)")
    }

    /// Returns a message to the queue because the program stops.
    func release(_ message: OutboxMessage) throws { try change(message, to: "state = 'created', lease = 0") }

    /// Changes the row if this attempt still has the lease.
    private func change(_ message: OutboxMessage, to change: SQL) throws {
        try transaction.execute(
            """
            UPDATE outbox_message SET \(change)
            WHERE number = \(message.number) AND attempt = \(message.attempt) AND state = 'sending'
            """)
    }
}

/// The encrypted part of a message.
private struct OutboxContent {
    let id: String
    let channel: String
    let recipient: String
    let body: String

    init(id: String, channel: String, recipient: String, body: String) {
        (self.id, self.channel, self.recipient, self.body) = (id, channel, recipient, body)
    }

    /// Failure: `sealed.damaged`.
    init(_ sealed: [UInt8], _ keys: KeyRing, _ number: ID<OutboxMessage>) throws {
        let text = String(decoding: try keys.open(sealed, context: "outbox/\(number)"), as: UTF8.self)
        let texts = FactText.decode(text)?.mapValues(\.description) ?? [:]
        (id, channel) = (texts["id"] ?? "", texts["channel"] ?? "")
        (recipient, body) = (texts["recipient"] ?? "", texts["body"] ?? "")
    }

    func sealed(_ keys: KeyRing, _ number: ID<OutboxMessage>) throws -> [UInt8] {
        let texts = ["id": id, "channel": channel, "recipient": recipient, "body": body]
        return try keys.seal(Array(FactText.encode(texts.mapValues { .text($0) }).utf8), context: "outbox/\(number)")
    }
}
