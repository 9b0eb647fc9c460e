import Kernel

/// What may stand in the path of a link.
package protocol PathValue: Sendable {
    var pathText: String { get }
    /// `nil` where the text names nothing of this kind; the user then reads that there is no such page.
    init?(pathText: String)
}

/// What a path may name without that it belongs to somebody: a route of a ``Path`` with others asks for an
/// ``ObjectAccess``.
package protocol PublicPathValue: PathValue {}

/// Kinds of things of which everybody may know.
package protocol PublicKind {}

extension String: PublicPathValue {
    package var pathText: String { self }
    /// No text that is kept has a NUL, and PostgreSQL does not even look for one.
    package init?(pathText: String) {
        guard !pathText.utf8.contains(0) else { return nil }
        self = pathText
    }
}

extension ID: PathValue {
    package var pathText: String { description }
    package init?(pathText: String) { self.init(pathText) }
}

extension ID: PublicPathValue where Kind: PublicKind {}

extension Year: PublicPathValue {
    package var pathText: String { description }
    package init?(pathText: String) { self.init(pathText) }
}

extension RegionCode: PublicPathValue {
    package var pathText: String { text }
    package init?(pathText: String) { self.init(pathText) }
}
