/// A sentence in the two languages of this program.
package struct LocalizedText: Sendable, Hashable {
    /// The Chinese sentence, which screens show.
    package let chinese: String
    /// The English sentence, shown by terminals whose `LANG` is not Chinese.
    package let english: String

    package init(_ chinese: String, en english: String) {
        self.chinese = chinese
        self.english = english
    }

    /// A text that is the same in both languages: a name, a figure, a text of a policy.
    package static func quoted(_ text: String) -> LocalizedText { LocalizedText(text, en: text) }

    package static let empty = quoted("")

    package var isEmpty: Bool { chinese.isEmpty }

    /// Without a full stop, so that others can follow.
    package var unended: LocalizedText {
        LocalizedText(
            chinese.last == "。" ? String(chinese.dropLast()) : chinese,
            en: english.last == "." ? String(english.dropLast()) : english)
    }

    package static func + (first: LocalizedText, second: LocalizedText) -> LocalizedText {
        LocalizedText(first.chinese + second.chinese, en: first.english + second.english)
    }

    /// Names in a row: 论文、著作; 论文, 著作.
    package static func list(_ names: some Sequence<String>) -> LocalizedText {
        names.map(quoted).joined(by: LocalizedText("、", en: ", "))
    }

    /// Between parts of a sentence.
    package static let comma = LocalizedText("，", en: ", ")
    package static let semicolon = LocalizedText("；", en: "; ")
    /// Between sentences.
    package static let stop = LocalizedText("。", en: ". ")
    package static let colon = LocalizedText("：", en: ": ")
}

extension Sequence<LocalizedText> {
    package func joined(by separator: LocalizedText) -> LocalizedText {
        LocalizedText(
            map(\.chinese).joined(separator: separator.chinese), en: map(\.english).joined(separator: separator.english)
        )
    }
}
