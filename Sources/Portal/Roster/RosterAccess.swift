import Database
import Kernel
import People
import Registry
import Web

/// Whom an officer may see: the one place where a route of a person is opened to those who look after the person.
struct RosterAccess: Sendable {
    let registry: Registry

    /// Routes of a person are for those who look after them, as far as the policy opens them: the page gets the person
    /// as the officer's list has them. Failure: `desk.not-in-scope`.
    func person(_ policy: AccessPolicy = .officers) -> ObjectAccess<ID<Person>, RosterEntry> {
        ObjectAccess(policy) { request, person in try await entry(of: person, request) }
    }

    /// The person as the officer's list has them. Failure: `desk.not-in-scope` where the person is elsewhere.
    func entry(of person: ID<Person>, _ request: WebRequest) async throws -> RosterEntry {
        let principal = try request.signedIn()
        let found = try await registry.database.read { transaction in
            try RosterStore(transaction, today: registry.people.system.today).places(
                of: person, principal.scope()
            ).first
        }
        guard let found else { throw Failure.notInScope }
        return found
    }
}
