import Database
import Integrity
import Kernel
import People
import Registry

/// The entry point of this module: certificates and their verification. It reads settled standings and entries, and no
/// policies.
package struct Certificates: Sendable {
    package let database: Database
    package private(set) var registry: Registry
    let renderer = CertificateRenderer()

    var people: People { registry.people }

    package init(_ database: Database, _ registry: Registry) { (self.database, self.registry) = (database, registry) }

    /// The same, on behalf of an actor.
    package func acting(as actor: Actor) -> Certificates {
        var certificates = self
        certificates.registry = registry.acting(as: actor)
        return certificates
    }

    package static let migrations =
        FormSchema.migrations + CertificateSchema.migrations + VerificationSchema.migrations
        + CertificatesRowCodesSchema.migrations

    func store(_ transaction: Transaction) -> CertificateStore {
        CertificateStore(transaction: transaction, keys: people.keys, states: people.states)
    }

    /// The published forms by number. Failures: `form.damaged`, `form.removed`.
    package func forms(_ transaction: Transaction) throws -> [Int: PublishedForm] {
        try people.states.remembered(.form, transaction) { try FormStore(transaction, people.states).all($0) }
    }
}

extension Certificates {
    /// Publishes a form; certificates issued from now on in its region are printed with it. Publishing the same text
    /// again changes nothing. Failure: `form.print`.
    package func publish(
        _ form: CertificateForm, dryRun: Bool
    ) async throws -> (number: Int, version: Int, isNew: Bool) {
        try await form.tryOut(renderer)
        let people = people
        return try await database.write(dryRun: dryRun) { transaction in
            let made = try FormStore(transaction, people.states).add(form, at: people.system.now())
            if made.isNew {
                try AuditStore(transaction, people).record(
                    .publishForm, .form(form.key), ["version": "\(made.version)"])
            }
            return made
        }
    }

    /// See ``CertificateForm/addressWarning``: those of the forms that certificates are issued with now.
    package func addressWarnings() async throws -> [LocalizedText] {
        let forms = try await database.read { transaction in try self.forms(transaction) }
        return forms.values.sorted { $0.number < $1.number }
            .filter { forms.issuing(in: $0.form.region)?.number == $0.number }.compactMap(\.form.addressWarning)
    }
}
