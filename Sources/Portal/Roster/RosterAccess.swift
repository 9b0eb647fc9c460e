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
        ObjectAccess(policy) { request, person in
            try await RosterReader(registry: registry).entry(of: person, for: request.signedIn())
        }
    }
}
