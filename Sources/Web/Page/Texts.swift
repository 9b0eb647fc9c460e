/// One sentence of a list.
package struct Sentence: PageValue {
    package let text: String

    package init(_ text: String) { self.text = text }

    package static var fields: [String: Field<Sentence>] { ["text": .text { $0.text }] }
    package static var sample: Sentence { Sentence("申报职称评审：企业单位人员不作硬性要求") }
}

/// A text with a title.
package struct TitledText: PageValue {
    package let title: String
    package let text: String

    package init(_ title: String, _ text: String) { (self.title, self.text) = (title, text) }

    package static var fields: [String: Field<TitledText>] { ["title": .text { $0.title }, "text": .text { $0.text }] }
    package static var sample: TitledText { TitledText("公需科目：不少于 30 学时", "二(一)") }
}
