import Database
import Kernel

/// A feature's handler for recorded acts.
package struct ActSubscription: Sendable {
    /// The first act that a new subscription gets.
    package enum Start: Sendable {
        /// The first act ever recorded.
        case first
        /// The next act.
        case next
    }

    /// Short, unique and permanent: the position is stored under this name.
    package let name: String
    let acts: Set<AuditAct>
    let start: Start
    let handle: @Sendable (AuditRecord, Transaction) throws -> Void

    /// `handle` is called once for each record of these acts, in the transaction that stores the position. Acts of one
    /// actor come in order; acts of different actors in any order. It must not have effects outside the database, since
    /// its transaction may be rolled back and repeated; messages to other systems go to the outbox. If it throws, later
    /// acts of this actor wait and are retried; other actors continue.
    package init(
        _ name: String, _ acts: Set<AuditAct>, from start: Start = .next,
        _ handle: @escaping @Sendable (AuditRecord, Transaction) throws -> Void
    ) {
        (self.name, self.acts, self.start, self.handle) = (name, acts, start, handle)
    }
}
