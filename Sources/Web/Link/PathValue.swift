import Kernel

/// A value in the path of a link.
package protocol PathValue: Sendable {
    var pathText: String { get }
    /// `nil` if the text is no valid value; the response is then "no such page".
    init?(pathText: String)
}

/// A value that identifies no protected object. A route of a ``Path`` with other values needs an ``ObjectAccess``.
package protocol PublicPathValue: PathValue {}

/// Kinds of objects whose ids are public.
package protocol PublicKind {}

extension String: PublicPathValue {
    package var pathText: String { self }
    /// `nil` if the text contains a NUL, which PostgreSQL refuses.
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
