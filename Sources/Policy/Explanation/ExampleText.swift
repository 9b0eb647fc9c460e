import Kernel

/// An example of a policy file as text: its input, the decisions with their steps, and the standing.
package struct ExampleText {
    let policy: Policy
    let example: Example

    package init(_ policy: Policy, _ example: Example) { (self.policy, self.example) = (policy, example) }

    package var lines: [String] {
        let result = policy.run(example)
        var lines = ["示例：\(example.name)"]
        for (evidence, decision) in result.credits {
            let name = policy.kind(evidence.kind)?.name ?? evidence.kind
            switch decision {
            case .credited(let credited):
                lines.append("  \(name)：认定")
                lines += policy.explanation(of: credited, evidence).map { "    " + $0 }
            case .refused(let refusal):
                let clause = refusal.clause.map { "（\($0.short)）" } ?? ""
                lines.append("  \(name)：不予认定。\(policy.words(for: refusal))\(clause)")
            }
        }
        if let standing = result.standing {
            lines.append("  结果：" + policy.words(forOutcomeOf: standing))
            lines += policy.words(forLinesOf: standing, result.facts).map { "    " + $0 }
            lines += result.uncounted(by: policy).map { "    " + $0 }
        }
        return lines
    }
}
