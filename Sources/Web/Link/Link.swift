import Foundation

/// A way to a page of this site, with all its values. It is made from a `Path`, so it always leads somewhere.
package struct Link: Sendable, Hashable, CustomStringConvertible {
    /// Path and query, percent-encoded, from the `/` on.
    package let text: String

    init(path: String) { text = path }

    package static let home = Link(path: "/")

    package var description: String { text }

    /// The same page with these words in its query; those that are empty are left out.
    package func asking(_ words: [(name: String, value: String)]) -> Link {
        let asked = words.filter { !$0.value.isEmpty }
            .map { "\(Self.encoded($0.name))=\(Self.encoded($0.value))" }
        return asked.isEmpty ? self : Link(path: text + (text.contains("?") ? "&" : "?") + asked.joined(separator: "&"))
    }

    static func encoded(_ text: String) -> String {
        text.addingPercentEncoding(withAllowedCharacters: unreserved) ?? ""
    }

    private static let unreserved = CharacterSet(
        charactersIn: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
}
