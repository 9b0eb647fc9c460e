import Database
import Kernel
import People
import Registry
import Web

/// Which people an officer may see. All routes of officers about a person check access here.
struct RosterAccess: Sendable {
    let registry: Registry

    /// Access to routes about a person for officers with the person in their scope. The handler gets the person's
    /// roster entry. Failure: `desk.not-in-scope`.
    func person(_ policy: AccessPolicy = .officers) -> ObjectAccess<ID<Person>, RosterEntry> {
        ObjectAccess(policy) { request, person in try await entry(of: person, request) }
    }

    /// The person's roster entry. Failure: `desk.not-in-scope` if the person is outside the scope.
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
