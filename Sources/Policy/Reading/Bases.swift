import Kernel

extension YAMLTree {
    /// Merges the policies that this one is based on. Returns `nil` and adds a finding if a base is missing or
    /// circular.
    func withBases(
        _ base: PolicyBase, _ findings: Findings, depth: Int
    ) -> YAMLTree? {
        guard let name = self["based-on"] else { return self }
        guard depth < 8 else {
            findings.error(
                name.place, "based-on is circular, or uses more than 8 files",
                "based-on 绕成了圈，或经过了 8 个以上的文件")
            return nil
        }
        guard let (text, file) = name.scalar.flatMap({ base($0, name.place.file) }) else {
            let file = name.scalar ?? ""
            findings.error(
                name.place, "based-on: there is no file \(file) beside this one",
                "based-on：本文件旁边没有可读的 \(file)（路径从本文件所在的文件夹算起）")
            return nil
        }
        guard let tree = YAMLTree.load(text, file: file, findings)?.withBases(base, findings, depth: depth + 1) else {
            return nil
        }
        return tree.without("examples").overlaid(with: without("based-on"))
    }

    private func without(_ key: String) -> YAMLTree {
        YAMLTree(place: place, content: .map((pairs ?? []).filter { $0.key != key }))
    }

    /// Mappings are merged key by key; everything else is replaced. `removed` deletes a key.
    private func overlaid(with upper: YAMLTree) -> YAMLTree {
        guard let lowerPairs = pairs, let upperPairs = upper.pairs else { return upper }
        let kept = lowerPairs.compactMap { lower -> Pair? in
            guard let over = upper[lower.key] else {
                // `clause` and `assumed` replace each other.
                let other = ["clause": "assumed", "assumed": "clause"][lower.key]
                return other.flatMap { upper[$0] } == nil ? lower : nil
            }
            if over.isNothing { return nil }
            return Pair(key: lower.key, place: over.place, value: lower.value.overlaid(with: over))
        }
        let added = upperPairs.filter { self[$0.key] == nil && !$0.value.isNothing }
        return YAMLTree(place: upper.place, content: .map(kept + added))
    }

    /// The tree as YAML that reads back to the same tree: block style, scalars quoted where necessary.
    var yaml: String {
        var lines: [String] = []
        write(into: &lines, indent: "")
        return lines.joined(separator: "\n") + "\n"
    }

    private func write(into lines: inout [String], indent: String) {
        switch content {
        case .scalar(let text): lines.append(indent + Self.quoted(text))
        case .map(let pairs):
            for pair in pairs { pair.value.write(after: indent + Self.quoted(pair.key) + ":", indent + "  ", &lines) }
        case .list(let trees):
            for tree in trees { tree.write(after: indent + "-", indent + "  ", &lines) }
        }
    }

    private func write(after lead: String, _ indent: String, _ lines: inout [String]) {
        switch content {
        case .scalar(let text): lines.append(lead + " " + Self.quoted(text))
        case .map(let pairs) where pairs.isEmpty: lines.append(lead + " {}")
        case .list(let trees) where trees.isEmpty: lines.append(lead + " []")
        default:
            lines.append(lead)
            write(into: &lines, indent: indent)
        }
    }

    private static func quoted(_ text: String) -> String {
        let plain = text.utf8.allSatisfy { 48...57 ~= $0 || 65...90 ~= $0 || 97...122 ~= $0 || $0 == 45 || $0 == 46 }
        if plain, !text.isEmpty, text.first != "-", text.first != "." { return text }
        var escaped = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"", "\\": escaped += "\\" + String(scalar)
            case "\n": escaped += "\\n"
            case "\t": escaped += "\\t"
            case "\r": escaped += "\\r"
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped + "\""
    }
}
