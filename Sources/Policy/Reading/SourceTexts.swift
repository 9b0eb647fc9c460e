import Kernel

extension YAMLTree {
    /// Puts the texts of the sources in the place of their files' names, so that the flat policy contains them: they
    /// are stored and hashed with its version. Adds a finding where a text is missing or too large.
    func withTexts(_ file: PolicyBase, _ findings: Findings) -> YAMLTree {
        var left = IssuedText.mostBytes
        return changing({ $0 == "sources" }) { sources in
            sources.changing({ _ in true }) { source in
                source.changing({ $0 == "text" }) { $0.loaded(file, findings, &left) }
            }
        }
    }

    /// The same mapping with other values for some keys; a key whose new value is `nil` is left out.
    private func changing(_ isMeant: (String) -> Bool, _ change: (YAMLTree) -> YAMLTree?) -> YAMLTree {
        guard let pairs else { return self }
        return YAMLTree(
            place: place,
            content: .map(
                pairs.compactMap { pair -> Pair? in
                    guard isMeant(pair.key) else { return pair }
                    return change(pair.value).map { Pair(key: pair.key, place: pair.place, value: $0) }
                }))
    }

    /// The text that a name stands for. A value of several lines is the text itself.
    private func loaded(_ file: PolicyBase, _ findings: Findings, _ left: inout Int) -> YAMLTree? {
        guard let name = scalar, !isNothing else { return self }
        var text = name
        if !name.contains(where: \.isNewline) {
            guard IssuedText.isFileName(name), let found = file(name, place.file) else {
                findings.error(
                    place, "text: there is no file \(name) beside this one (.md or .txt in UTF-8)",
                    "text：本文件旁边没有可读的 \(name)（扩展名 .md 或 .txt，编码 UTF-8，路径从本文件所在的文件夹算起）")
                return nil
            }
            text = IssuedText.plain(found.text)
            if let sign = findings.keep(text, of: found.file).unreadable {
                findings.error(sign.place, sign.words)
                return nil
            }
        }
        left -= text.utf8.count
        guard left >= 0 else {
            findings.error(
                place, "the texts of the sources together exceed \(IssuedText.mostBytes / 1024) KiB",
                "各文件的原文合计超过 \(IssuedText.mostBytes / 1024) KiB")
            return nil
        }
        return YAMLTree(place: place, content: .scalar(text))
    }
}

extension IssuedText {
    /// The most bytes of all texts of a policy, so that the flat policy stays within the limit of a file.
    static let mostBytes = 256 * 1024

    fileprivate static func isFileName(_ name: String) -> Bool { name.hasSuffix(".md") || name.hasSuffix(".txt") }

    /// The text with line feeds only, also at its end, and without the marks of byte order that some editors leave.
    fileprivate static func plain(_ text: String) -> String {
        var lines = text.filter { $0 != "\u{FEFF}" }
            .split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
        while lines.last?.isEmpty == true { lines.removeLast() }
        return lines.joined(separator: "\n") + "\n"
    }
}
