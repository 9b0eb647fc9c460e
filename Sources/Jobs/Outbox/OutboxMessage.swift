import Kernel

/// A message to another system. Its row is written in the transaction of the act that it reports.
package struct OutboxMessage: Sendable, Hashable {
    package enum State: String, Sendable {
        /// Waits to be sent, for the first time or again.
        case created
        case sending
        /// Acknowledged: it is never sent again, and its content is deleted.
        case delivered
        /// Given up; the reason is kept.
        case failed
    }

    package let number: ID<OutboxMessage>
    /// 32 hexadecimal digits, the same at each attempt. Receivers use it to recognise duplicates.
    package let id: String
    /// The key of the channel that sends it.
    package let channel: String
    /// The recipient in the channel's format; empty after delivery.
    package let recipient: String
    /// Empty after delivery.
    package let body: String
    package let state: State
    /// The number of attempts begun.
    package let attempt: Int
    /// How often sending failed or the process ended during sending. A graceful stop does not count.
    package let failures: Int
    /// The code of the last failure, or `lease` if the process was gone; empty if there was none.
    package let reason: String

    static let lostLease = "lease"
}

/// A way to send messages, such as mail or a webhook.
package protocol OutboxChannel: Sendable {
    /// The stored name of the channel.
    var key: String { get }

    /// Sends a message and returns once its receiver has acknowledged it.
    ///
    /// The same message can come again with the same id if the process ended after sending and before the
    /// acknowledgement was stored. Pass the id on, so that the receiver can recognise it. If cancelled it must end,
    /// because its time is over or the program stops.
    ///
    /// After failures of kind `unavailable` and errors that are no `Failure`, the message is sent again later. After
    /// failures of other kinds it is given up, because the receiver refuses it.
    func send(_ message: OutboxMessage) async throws
}
