import Foundation
import Testbed
import Testing

/// docs/access.md lists the routes of the access test for reviewers.
@Suite struct AccessTableTests {
    private static let file = repository.appending(path: "docs/access.md")

    private static let head = """
        # Who may use which route

        Generated from the table of the access test (`Tests/Attack/AccessRules.swift`). `bin/test AccessTable` checks
        it; with `XUESHI_WRITE_ACCESS=1` it writes it anew. `bin/test AccessMatrix` sends requests of every role to
        every route, with own objects, those of a sibling, of the authority above and of another city, and prints how
        many there were. A route that is not in the table fails the test.

        In a path, `{person}`, `{job}`, `{request}` and `{certificate}` are protected objects: the route is open to
        their owner, or to officers in whose scope they are; for others they do not exist (404).

        | Route | Open to |
        |---|---|

        """

    private static var text: String {
        head + AccessRules.all.map { "| `\($0.method) \($0.path)` | \($0.who.words) |\n" }.joined()
    }

    @Test func theTableIsPublished() throws {
        if ProcessInfo.processInfo.environment["XUESHI_WRITE_ACCESS"] != nil {
            try Self.text.write(to: Self.file, atomically: true, encoding: .utf8)
        }
        let published = try String(contentsOf: Self.file, encoding: .utf8)
        #expect(published == Self.text, "run bin/test AccessTable with XUESHI_WRITE_ACCESS=1")
    }
}

extension AccessRule.Who {
    fileprivate var words: String {
        switch self {
        case .everybody: "everybody"
        case .newcomersToo: "everybody signed in, also before the first password is replaced"
        case .signedIn: "everybody signed in"
        case .professionals: "professionals"
        case .officers: "employers, authorities, the bureau"
        case .authorities: "authorities, the bureau"
        case .ofRegions: "authorities and the bureau, if they have a region"
        case .bureau: "the bureau"
        case .auditor: "auditors"
        case .administrator: "the administrator"
        case .nobody: "nobody through a proxy (the machine itself only)"
        }
    }
}
