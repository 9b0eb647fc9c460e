import Foundation
import Policy
import Testbed
import Testing

@Suite struct PolicyFuzzTests {
    /// Reading any file gives a policy or findings.
    @Test(.timeLimit(.minutes(20))) func readingAnyFileGivesAPolicyOrFindings() {
        let seeds = [Array(Head.text.utf8)]
        let words = [
            "&a", "*a", "<<: *a", "- ", ": ", "{", "}", "[", "]", "at-least:", "1/0", "99999999999999999999",
            "2022-02-30", "|\n",
            "? ", "!!binary", "\t", "any-of:", "count: all", "examples:", "~", "\"",
        ]
        var mutator = Mutator(seed: 3, words: words)
        let before = Mutator.memory
        for _ in 0..<Mutator.count(300, long: 20_000) {
            let reading = readPolicy(String(decoding: mutator.next(of: seeds), as: UTF8.self), file: "fuzz.yaml")
            #expect(reading.policy != nil || !reading.findings.isEmpty)
        }
        #expect(Mutator.memory - before < 300)
    }
}
