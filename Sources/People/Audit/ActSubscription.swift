import Database
import Kernel

/// What a feature does with each act that is recorded.
package struct ActSubscription: Sendable {
    /// With which act it begins, when the program first knows it.
    package enum Start: Sendable {
        /// With the first that was ever recorded.
        case first
        /// With the next.
        case next
    }

    /// Short, unique, and never changed: how far it has read is kept under this name.
    package let name: String
    let acts: Set<AuditAct>
    let start: Start
    let handle: @Sendable (AuditRecord, Transaction) throws -> Void

    /// `handle` is called once for each record of these acts, in the transaction in which it counts as read: what it
    /// writes stands once. Acts of one actor come in their order; acts of several actors in any. It reaches nothing
    /// outside of the database, since its transaction may be rolled back and run again: what leaves the system it puts
    /// into the outbox. Where it throws, this actor's acts wait and are tried again; others go on.
    package init(
        _ name: String, _ acts: Set<AuditAct>, from start: Start = .next,
        _ handle: @escaping @Sendable (AuditRecord, Transaction) throws -> Void
    ) {
        (self.name, self.acts, self.start, self.handle) = (name, acts, start, handle)
    }
}
