import Kernel

/// A mapping of a policy file while it is read.
///
/// The keys that the reader requests are the known keys. Other keys are reported, with the closest known key.
final class YAMLSection {
    let place: FileLocation
    let findings: Findings
    private let pairs: [YAMLTree.Pair]
    private var asked: Set<String> = []

    /// `nil` and a finding if the tree is not a mapping.
    init?(_ tree: YAMLTree, _ what: String, _ findings: Findings) {
        guard let pairs = tree.pairs else {
            findings.error(
                tree.place, "\(what) is written as key: value", "这里应写成“键: 值”（冒号后空一格），不是一个词或一个列表")
            return nil
        }
        (self.pairs, place, self.findings) = (pairs, tree.place, findings)
    }

    /// The pairs of a mapping whose keys are names chosen by the policy.
    static func named(_ tree: YAMLTree?, _ what: String, _ findings: Findings) -> [YAMLTree.Pair] {
        guard let tree, !tree.isNothing else { return [] }
        guard let pairs = tree.pairs else {
            findings.error(
                tree.place, "\(what) is written as name: value", "这里应写成“名称: 值”（冒号后空一格），不是一个词或一个列表")
            return []
        }
        for pair in pairs where findings.isStrict && pair.value.scalar == "" && !findings.explainsSign(in: pair) {
            findings.error(pair.place, "\(pair.key) has no value", "“\(pair.key)”后面没有内容")
        }
        return pairs.filter { !$0.value.isNothing }
    }

    func tree(_ key: String) -> YAMLTree? {
        asked.insert(key)
        return pairs.first { $0.key == key && !$0.value.isNothing }?.value
    }

    func has(_ key: String) -> Bool { tree(key) != nil }

    /// The place of the key's value, or of the section if the key is absent.
    func place(of key: String) -> FileLocation { tree(key)?.place ?? place }

    func text(_ key: String) -> String? {
        guard let tree = tree(key) else { return nil }
        guard let text = tree.scalar else {
            findings.error(tree.place, "\(key) is one word or sentence", "\(key) 应是一个词或一句话")
            return nil
        }
        return text
    }

    func required(_ key: String, or fallback: String = "") -> String {
        if !has(key) { findings.error(place, "\(key) is missing", "缺少 \(key)") }
        return text(key) ?? fallback
    }

    /// Reads the key's word with `parse`; a finding that names what is `accepted` if that fails.
    func value<T>(_ key: String, _ accepted: String, _ parse: (String) -> T?) -> T? {
        value(key, LocalizedText(accepted, en: accepted), parse)
    }

    func value<T>(_ key: String, _ accepted: LocalizedText, _ parse: (String) -> T?) -> T? {
        guard let tree = tree(key) else { return nil }
        return read(tree, key, accepted, parse, findings)
    }

    func day(_ key: String) -> Day? {
        value(key, LocalizedText("日期，如 2022-06-01", en: "a day like 2022-06-01")) { Day($0) }
    }
    func integer(_ key: String) -> Int? { value(key, LocalizedText("整数", en: "a whole number")) { wholeNumber($0) } }
    func hours(_ key: String) -> CreditHours? {
        value(key, LocalizedText("学时数，如 30 或 41.66", en: "hours like 30 or 41.66")) { CreditHours($0) }
    }

    func flag(_ key: String) -> Bool? {
        value(key, LocalizedText("yes 或 no", en: "yes or no")) {
            ["yes": true, "true": true, "no": false, "false": false][$0]
        }
    }

    /// One value or a list of them.
    func many(_ key: String) -> [YAMLTree] {
        guard let tree = tree(key) else { return [] }
        if case .list(let trees) = tree.content { return trees }
        return [tree]
    }

    func words(_ key: String) -> [String] {
        many(key).compactMap { tree in
            if tree.scalar == nil { findings.error(tree.place, "\(key) lists words", "\(key) 应是一列词") }
            return tree.scalar
        }
    }

    /// Reports the keys that were not requested. Call it after all requests.
    func close() {
        let known = asked.sorted()
        for pair in pairs where !asked.contains(pair.key) && !findings.isFull {
            if !findings.explainsSign(in: pair) { findings.error(pair.place, misplaced(pair.key, among: known)) }
        }
    }
}

/// Reads one word; a finding that names what is `accepted` if that fails.
func read<T>(_ tree: YAMLTree, _ what: String, _ accepted: LocalizedText, _ parse: (String) -> T?, _ findings: Findings)
    -> T?
{
    guard let text = tree.scalar, let value = parse(text) else {
        let wide = tree.scalar.flatMap { findings.text(of: tree.place.file)?.wideSign(in: $0, at: tree.place) }
        findings.error(
            wide?.place ?? tree.place,
            "\(what) is \(tree.scalar.map { "\"\($0)\"" } ?? "not one word"); accepted: \(accepted.english)"
                + (wide.map { "; \($0.words.english)" } ?? ""),
            "\(what) 写的是\(tree.scalar.map { "“\($0)”" } ?? "一组内容")，应为：\(accepted.chinese)"
                + (wide.map { "。\($0.words.chinese)" } ?? ""))
        return nil
    }
    return value
}

func read<T>(_ tree: YAMLTree, _ what: String, _ accepted: String, _ parse: (String) -> T?, _ findings: Findings) -> T?
{
    read(tree, what, LocalizedText(accepted, en: accepted), parse, findings)
}

/// `"jornal" is not known here; did you mean "journal"? (accepted: …)`
///
/// `english` and `chinese` come before the message and name what the word stands for.
func unknown(_ word: String, among known: [String], _ english: String = "", _ chinese: String = "") -> LocalizedText {
    let names = known.prefix(40)
    let word = word.utf8.count <= 64 ? word : word.prefix(20) + "…"
    let near = nearest(to: word, among: known)
    return LocalizedText(
        "\(chinese)这里没有“\(word)”" + (near.map { "，是不是“\($0)”？" } ?? "。")
            + (names.isEmpty ? "这里什么都不能写" : "可写：\(names.joined(separator: "、"))"),
        en: "\(english)\"\(word)\" is not known here; " + (near.map { "did you mean \"\($0)\"? " } ?? "")
            + "accepted: \(names.isEmpty ? "nothing is" : names.joined(separator: ", "))")
}

/// Reads at most nine decimal digits: `1_000`, `0x10` and `+3` are not numbers in a policy.
func wholeNumber(_ text: some StringProtocol) -> Int? {
    guard !text.isEmpty, text.utf8.count <= 9, text.utf8.allSatisfy({ 48...57 ~= $0 }) else { return nil }
    return Int(text)
}
