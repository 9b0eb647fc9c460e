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
        ObjectAccess(policy) { request, person in
            try await RosterReader(registry: registry).entry(of: person, for: request.signedIn())
        }
    }
}
