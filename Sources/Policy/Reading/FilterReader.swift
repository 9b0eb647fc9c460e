import Kernel

extension Filter {
    /// Reads `all`, or `{ subject: public, mode: [face-to-face] }` with `any-of`, `all-of`, `none-of`.
    init(_ tree: YAMLTree, _ draft: PolicyDraft, _ findings: Findings) {
        if tree.scalar == "all" {
            self = .everything
            return
        }
        guard tree.pairs != nil else {
            findings.error(
                tree.place, "what is counted is all, or { subject: … } and the like",
                "计哪些学时应写 all，或 { subject: … } 之类")
            self = .everything
            return
        }
        let parts = YAMLSection.named(tree, "a filter", findings).map { Self.part($0, draft, findings) }
        self = parts.count == 1 ? parts[0] : .all(parts)
    }

    private static func part(_ pair: YAMLTree.Pair, _ draft: PolicyDraft, _ findings: Findings) -> Filter {
        let parts = { () -> [Filter] in
            if case .list(let trees) = pair.value.content { return trees.map { Filter($0, draft, findings) } }
            return [Filter(pair.value, draft, findings)]
        }
        switch pair.key {
        case "any-of": return .any(parts())
        case "all-of": return .all(parts())
        case "none-of": return .none(parts())
        case "subject":
            let known = draft.subjects.map(\.key)
            return .subject(draft.subjects(within: Set(words(pair, known, findings))).sorted())
        case "kind": return .kind(words(pair, draft.kinds.map(\.key), findings).sorted())
        default: return tag(pair, draft, findings)
        }
    }

    private static func tag(_ pair: YAMLTree.Pair, _ draft: PolicyDraft, _ findings: Findings) -> Filter {
        let shapes = draft.kinds.flatMap(\.facts).filter { $0.key == pair.key }
        if shapes.isEmpty {
            let known = Set(draft.kinds.flatMap(\.facts).map(\.key)).union(["subject", "kind", "any-of", "none-of"])
            findings.error(
                pair.place,
                unknown(pair.key, among: known.sorted(), "no kind has this fact: ", "没有一种认定形式有这一项："))
        }
        var known: [String]? = []
        for shape in shapes {
            if case .oneOf(let choices) = shape.form {
                known?.append(contentsOf: choices.map(\.key))
            } else {
                known = nil
            }
        }
        return .tag(pair.key, Set(words(pair, shapes.isEmpty ? nil : known, findings)))
    }

    private static func words(_ pair: YAMLTree.Pair, _ known: [String]?, _ findings: Findings) -> [String] {
        let trees = if case .list(let list) = pair.value.content { list } else { [pair.value] }
        let words = trees.compactMap {
            read($0, pair.key, LocalizedText("一个词或一列词", en: "a word or a list of words"), { $0 }, findings)
        }
        for word in words {
            guard let known, !known.contains(word) else { continue }
            findings.error(
                pair.value.place, unknown(word, among: known, "value of \(pair.key): ", "\(pair.key) 的取值："))
        }
        return words
    }
}

extension PolicyDraft {
    /// These subjects, and those within them at any depth.
    func subjects(within names: Set<String>) -> Set<String> {
        var found = names
        for _ in subjects {
            for subject in subjects where subject.within.map(found.contains) ?? false { found.insert(subject.key) }
        }
        return found
    }
}
