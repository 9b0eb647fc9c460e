/// The signed-in user as far as Web needs it. The product's own type has more fields.
package protocol Identity: Sendable {
    /// The number of the account.
    var accountNumber: Int { get }
    /// The name in the header of pages.
    var name: String { get }
    var role: Role { get }
    /// Whether the user signed in with a first password, which must be replaced before anything else.
    var isNew: Bool { get }
}

/// A role of an account. The product defines the roles, with unique raw values. A person may hold several roles and
/// uses one at a time.
package struct Role: Sendable, Hashable {
    /// The stored value: `administrator`.
    package let rawValue: String
    /// The name on pages: 系统管理员.
    package let name: String

    package init(_ rawValue: String, _ name: String) { (self.rawValue, self.name) = (rawValue, name) }

    package static func == (a: Role, b: Role) -> Bool { a.rawValue == b.rawValue }
    package func hash(into hasher: inout Hasher) { hasher.combine(rawValue) }
}
