import Kernel

/// An example of a policy file as text: its input, the decisions with their steps, and the standing.
package struct ExampleText {
    let policy: Policy
    let example: Example

    package init(_ policy: Policy, _ example: Example) { (self.policy, self.example) = (policy, example) }

    package var lines: [LocalizedText] {
        let result = policy.run(example)
        var lines = [LocalizedText("示例：\(example.name)", en: "Example: \(example.name)")]
        for (evidence, decision) in result.credits { lines += describe(evidence, decision) }
        if let standing = result.standing {
            lines.append(LocalizedText("  结果：", en: "  Result: ") + policy.words(forOutcomeOf: standing))
            lines += (policy.words(forLinesOf: standing, result.facts) + result.uncounted(by: policy)).map {
                LocalizedText.quoted("    ") + $0
            }
        }
        return lines
    }

    private func describe(_ evidence: Evidence, _ decision: Decision) -> [LocalizedText] {
        let name = policy.kind(evidence.kind)?.name ?? evidence.kind
        switch decision {
        case .credited(let credited):
            return [LocalizedText("  \(name)：认定", en: "  \(name): credited")]
                + policy.explanation(of: credited, evidence).map { LocalizedText.quoted("    ") + $0 }
        case .refused(let refusal):
            return [
                LocalizedText("  \(name)：不予认定。", en: "  \(name): refused. ") + policy.words(for: refusal)
                    + (refusal.clause?.bracketed ?? .empty)
            ]
        }
    }
}
