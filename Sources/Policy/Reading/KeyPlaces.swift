import Kernel

/// A section of the policy language and its keys, for messages about misplaced keys.
struct KeyPlace: Sendable {
    let name: LocalizedText
    let keys: Set<String>

    private init(_ chinese: String, _ english: String, _ keys: String) {
        (name, self.keys) = (LocalizedText(chinese, en: english), Set(keys.split(separator: " ").map(String.init)))
    }

    /// Keys of so many sections that a message does not list them.
    private static let common: Set = ["clause", "assumed", "name", "when"]

    static let all = [
        KeyPlace(
            "文件最外层", "the top of the file",
            "policy line title in-force jurisdiction sources profession person period hour subjects themes recognition "
                + "requirements exempt purposes waivers applies-to windows make-up carry-over deadlines judged-on gaps "
                + "examples based-on"),
        KeyPlace(" hour 中", "hour", "minutes round to"),
        KeyPlace(" period 中", "period", "year every from to start counts-from term"),
        KeyPlace(" requirements 的各项中", "items of requirements", "any-of count key at-least at-most each"),
        KeyPlace(" at-least 中", "at-least", "share of per-year per-month while"),
        KeyPlace(" at-most 中", "at-most", "hours items per"),
        KeyPlace(
            " recognition 的认定形式中", "kinds of recognition",
            "facts credited-to dated evidence requires gives subject hours work once at-most sample"),
        KeyPlace(" hours 的步骤中", "steps of hours", "fixed by per times share cap floor each-year spread"),
        KeyPlace(" person 或 facts 的各项中", "facts", "one-of integer hours date text optional needed"),
        KeyPlace(" work 中", "work", "key among divided level same"),
        KeyPlace(" once 中", "once", "key per"),
        KeyPlace(" windows 的各项中", "items of windows", "from to count"),
        KeyPlace(" make-up 的各项中", "items of make-up", "opens closes count"),
        KeyPlace(" carry-over 的各项中", "items of carry-over", "years count at-most"),
        KeyPlace(" deadlines 的各项中", "deadlines", "by"),
        KeyPlace(" purposes 的各项中", "purposes", "asks look-back"),
        KeyPlace(" examples 的各项中", "examples", "given asked expect person year"),
        KeyPlace(" gaps 的各项中", "gaps", "question answer"),
    ]

    /// The sections where a misplaced key belongs, with its correct spelling: `caps` becomes `cap`.
    ///
    /// `nil` if the key belongs nowhere, if this section accepts either spelling, or if the key belongs in this
    /// section.
    static func elsewhere(_ word: String, among accepted: [String]) -> (key: String, places: [KeyPlace])? {
        let other = word.hasSuffix("s") ? String(word.dropLast()) : word + "s"
        if accepted.contains(word) || accepted.contains(other) { return nil }
        for key in [word, other] {
            let places = all.filter { $0.keys.contains(key) }
            let isHere = places.contains { Set(accepted).isSubset(of: $0.keys.union(common)) }
            if isHere { return nil }
            if !places.isEmpty { return (key, places) }
        }
        return nil
    }
}

/// `“at-most”写在 requirements 的各项中`, or the closest key that is accepted here.
func misplaced(_ word: String, among accepted: [String]) -> LocalizedText {
    guard let (key, places) = KeyPlace.elsewhere(word, among: accepted) else { return unknown(word, among: accepted) }
    let (chinese, english) = (places.map(\.name.chinese), places.map(\.name.english))
    return LocalizedText(
        "这里没有“\(word)”。“\(key)”写在\(chinese.joined(separator: "，或"))。这里可写：\(accepted.joined(separator: "、"))",
        en: "\"\(word)\" is not known here; \"\(key)\" belongs in \(english.joined(separator: ", or in ")); "
            + "accepted: \(accepted.joined(separator: ", "))")
}
