import Testing

@testable import Portal

@Suite struct PolicyPagesTests {
    /// Removed and added lines, in the order of the text.
    @Test(arguments: [
        (["a", "b"], ["a", "b"], ""),
        (["a", "b", "c"], ["a", "x", "c"], "-b +x"),
        (["a"], ["a", "b"], "+b"),
        (["a", "b"], [], "-a -b"),
        ([], ["a"], "+a"),
        (["a", "b", "c", "d"], ["b", "d", "e"], "-a -c +e"),
    ])
    func changedLinesAreShown(_ old: [String], _ new: [String], _ required: String) {
        let told = PolicyPages.difference(old, new).map { ($0.kind == .went ? "-" : "+") + $0.text }
        #expect(told.joined(separator: " ") == required)
    }
}
