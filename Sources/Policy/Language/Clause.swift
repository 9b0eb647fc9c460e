import Kernel

/// Where a rule stands: a place in a listed source, or an assumption of the policy's author, marked as one.
package enum Clause: Sendable, Hashable {
    case source(String, place: String)
    case assumed(String)

    /// `二(三)3`, or `约定：…` where the source is silent.
    package var short: String {
        switch self {
        case .source(_, let place): place
        case .assumed(let reason): "约定：\(reason)"
        }
    }
}

/// A document that clauses point into.
package struct Source: Sendable {
    package let key: String
    package let title: String
    package let date: Day?
}

extension Section {
    /// Reads `clause: notice 二(一)` or `assumed: why`; a finding where a rule has neither, or names no listed source.
    func clause(_ scope: Scope, or inherited: Clause? = nil) -> Clause {
        let assumed = text("assumed")
        guard let text = text("clause") else {
            if let assumed { return .assumed(assumed) }
            if let inherited { return inherited }
            findings.error(place, "a rule without a clause: write clause: SOURCE PLACE, or assumed: WHY")
            return .assumed("")
        }
        if assumed != nil {
            findings.warning(place(of: "assumed"), "a rule has a clause or is assumed: the clause holds")
        }
        let (key, rest) = text.firstWord
        if !scope.sources.contains(where: { $0.key == key }) {
            findings.error(
                place(of: "clause"),
                "clause names a source that is not listed: " + unknown(key, among: scope.sources.map(\.key)))
        }
        if rest.isEmpty { findings.error(place(of: "clause"), "clause names the source \(key) but no place in it") }
        return .source(key, place: rest)
    }
}

extension String {
    /// The text before the first space, and what follows it.
    var firstWord: (String, rest: String) {
        guard let space = firstIndex(of: " ") else { return (self, "") }
        return (String(self[..<space]), String(self[index(after: space)...].drop { $0 == " " }))
    }
}
