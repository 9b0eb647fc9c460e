import Database
import Kernel
import Synchronization

/// All organisations, kept in memory for what reads everybody, with the mark they were read under.
final class OrganisationCache: Sendable {
    private let held = Mutex<(mark: [Int], all: [ID<Organisation>: Organisation])>(([], [:]))

    /// As they are in this transaction. What a writer sees may be taken back, so only readers' findings are kept.
    func all(_ transaction: Transaction) throws -> [ID<Organisation>: Organisation] {
        let mark = try NumberStore(transaction).organisationMark()
        let known = held.withLock { $0.mark == mark ? $0.all : nil }
        if let known { return known }
        let all = try OrganisationStore(transaction).byNumber()
        if transaction.isReading { held.withLock { $0 = (mark, all) } }
        return all
    }
}
