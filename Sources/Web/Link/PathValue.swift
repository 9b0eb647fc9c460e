import Kernel

/// What may stand in the path of a link.
package protocol PathValue: Sendable {
    var pathText: String { get }
    /// `nil` where the text names nothing of this kind; the visitor then reads that there is no such page.
    init?(pathText: String)
}

extension String: PathValue {
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

extension Year: PathValue {
    package var pathText: String { description }
    package init?(pathText: String) { self.init(pathText) }
}

extension RegionCode: PathValue {
    package var pathText: String { text }
    package init?(pathText: String) { self.init(pathText) }
}
