/// One sentence of a list.
package struct Sentence: PageValue {
    package let text: String

    package init(_ text: String) { self.text = text }

    package static var fields: [String: Field<Sentence>] { ["text": .text { $0.text }] }
    package static var sample: Sentence { Sentence("请先核对姓名，再提交。") }
}

/// A text with a title.
package struct TitledText: PageValue {
    package let title: String
    package let text: String

    package init(_ title: String, _ text: String) { (self.title, self.text) = (title, text) }

    /// A code without a blank, which needs a whole line of a phone.
    private var isLong: Bool { text.utf8.count >= 40 && text.utf8.allSatisfy { 0x21...0x7E ~= $0 } }

    package static var fields: [String: Field<TitledText>] {
        ["title": .text { $0.title }, "text": .text { $0.text }, "isLong": .flag { $0.isLong }]
    }
    package static var sample: TitledText { TitledText("每份不超过 32 MB", "大小") }
}
