/// The number of a `Kind`; numbers of different kinds are different types. Assigned by the application, positive.
package struct ID<Kind>: Sendable, Hashable, Comparable, CustomStringConvertible {
    package let number: Int

    package init(_ number: Int) { self.number = number }

    /// Parses a positive whole number; `nil` for anything else.
    package init?(_ text: some StringProtocol) {
        guard let number = Int(text), number > 0, text.utf8.allSatisfy({ 48...57 ~= $0 }) else { return nil }
        self.number = number
    }

    package static func < (a: Self, b: Self) -> Bool { a.number < b.number }
    package var description: String { String(number) }
}
