import Kernel

/// A message that leaves the system. It is a row that is written in the transaction of the act that it tells of.
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
    /// 32 hexadecimal digits, the same at each try: by it a receiver recognises a message that comes twice.
    package let id: String
    /// The key of the channel that sends it.
    package let channel: String
    /// To whom, as the channel understands it; empty once it was delivered.
    package let recipient: String
    /// Empty once it was delivered.
    package let body: String
    package let state: State
    /// How often it was begun.
    package let attempt: Int
    /// How often sending failed, or ended with the process. A graceful stop does not count.
    package let failures: Int
    /// The code of the last failure, or `lease` where the process was gone; empty where there was none.
    package let reason: String
}

/// A way out of the system, such as mail or a webhook.
package protocol OutboxChannel: Sendable {
    /// By which a message names its channel; it stands in the database.
    var key: String { get }

    /// Sends a message and returns once its receiver has acknowledged it.
    ///
    /// The same message can come again under the same id, where the process ended between sending and writing down the
    /// acknowledgement: pass the id on, so that the receiver can recognise it. Where this is cancelled it must end: its
    /// time is over, or the program stops.
    ///
    /// Failures: of kind `unavailable`, and errors that are no `Failure`: the message is sent again later. Of any other
    /// kind: the receiver refuses it, and it is given up.
    func send(_ message: OutboxMessage) async throws
}
