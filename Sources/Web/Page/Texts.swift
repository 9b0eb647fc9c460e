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

    package static var fields: [String: Field<TitledText>] { ["title": .text { $0.title }, "text": .text { $0.text }] }
    package static var sample: TitledText { TitledText("每份不超过 32 MB", "大小") }
}
