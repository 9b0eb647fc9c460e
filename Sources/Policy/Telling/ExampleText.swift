import Kernel

/// An example of a policy file: what is given, what is decided and by which steps, how one then stands.
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
            lines += standing.lines.map { "    " + policy.words(for: $0) }
            for item in standing.uncounted {
                let kind = result.entries.first { $0.id == item.entry }?.kind ?? ""
                let name = { (entry: EntryID) in entry.name(for: entry.person) }
                let why = policy.words(for: item, kind: kind).text(name)
                lines.append("    \(name(item.entry))有 \(item.hours) 学时不计：\(why)")
            }
        }
        return lines
    }
}
