/// Who is signed in, as far as pages and routes ask; the product's own type says the rest.
package protocol Identity: Sendable {
    /// The number of the account.
    var accountNumber: Int { get }
    /// Whom the head of the page names.
    var name: String { get }
    var role: Role { get }
    /// Signed in with a password that somebody else knows: only another one can be set.
    var isNew: Bool { get }
}

/// What somebody is here for. The product says which roles there are, each once. One person may hold several and has
/// one of them at a time.
package struct Role: Sendable, Hashable {
    /// As it is kept: `authority`.
    package let rawValue: String
    /// As pages show it: 主管部门.
    package let name: String

    package init(_ rawValue: String, _ name: String) { (self.rawValue, self.name) = (rawValue, name) }

    package static func == (a: Role, b: Role) -> Bool { a.rawValue == b.rawValue }
    package func hash(into hasher: inout Hasher) { hasher.combine(rawValue) }
}
