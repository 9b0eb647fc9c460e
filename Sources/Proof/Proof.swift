import Database
import Kernel
import People
import Registry

/// Certificates and their verification: the door of this room. It knows what was settled and entered, and no policy.
package struct Proof: Sendable {
    package let database: Database
    package let registry: Registry
    let press = Press()
    let shelf = FormShelf()

    var people: People { registry.people }

    package init(_ database: Database, _ registry: Registry) { (self.database, self.registry) = (database, registry) }

    package static let migrations = FormSchema.migrations + CertificateSchema.migrations + VerificationSchema.migrations

    func store(_ transaction: Transaction) -> CertificateStore {
        CertificateStore(transaction: transaction, keys: people.keys)
    }

    package func forms(_ transaction: Transaction) throws -> [Int: PublishedForm] { try shelf.forms(transaction) }
}

extension Proof {
    /// Publishes a form; what is issued from now on in its region is printed by it. The same text again changes
    /// nothing. Failure: `form.print`.
    package func publish(
        _ form: CertificateForm, rehearsing: Bool
    ) async throws -> (number: Int, version: Int, isNew: Bool) {
        defer { shelf.forget() }
        try await form.tryOut(press)
        return try await database.write(rehearsing: rehearsing) { transaction in
            try FormStore(transaction).add(form, at: people.outside.now())
        }
    }
}
