import Database
import Integrity
import Kernel
import Synchronization

/// The published forms, kept in memory: a version never changes.
final class FormCache: Sendable {
    private let held = Mutex<[Int: PublishedForm]>([:])

    func forms(_ transaction: Transaction, _ states: StateLog) throws -> [Int: PublishedForm] {
        let store = FormStore(transaction, states)
        let count = try store.count()
        let known = held.withLock { $0 }
        if known.count == count { return known }
        let forms = try store.all()
        held.withLock { $0 = forms }
        return forms
    }

    /// Drops what a rolled-back transaction may have put here.
    func forget() { held.withLock { $0 = [:] } }
}

extension [Int: PublishedForm] {
    /// The newest version of the form of the smallest region that the unit lies in.
    func issuing(in region: RegionCode?) -> PublishedForm? {
        guard let region else { return nil }
        for place in region.upwards {
            if let found = values.filter({ $0.form.region == place }).max(by: { $0.number < $1.number }) {
                return found
            }
        }
        return nil
    }
}
