@testable import Web

/// A signed-in user of a small site, with a role of its own.
struct TestIdentity: Identity {
    let accountNumber: Int
    let name: String
    let role: Role
    var isNew = false
}

extension Role {
    static let harbour = Role("harbour", "港务")
    static let guest = Role("guest", "来客")
}
