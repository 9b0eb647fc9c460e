/// Asks for confirmation of an act that cannot be undone. Template `confirm`.
package struct ConfirmPage: PageValue {
    let title: String
    let sentences: [String]
    let button: String
    let action: Link
    let back: Link

    package init(title: String, sentences: [String], button: String, action: Link, back: Link) {
        (self.title, self.sentences, self.button) = (title, sentences, button)
        (self.action, self.back) = (action, back)
    }

    package static var fields: [String: Field<ConfirmPage>] {
        [
            "title": .text { $0.title }, "sentences": .list { $0.sentences.map(Sentence.init) },
            "button": .text { $0.button }, "action": .text { $0.action.text }, "back": .text { $0.back.text },
        ]
    }

    package static var sample: ConfirmPage {
        ConfirmPage(
            title: "撤回公告", sentences: ["撤回以后，网站上不再显示。"], button: "确认撤回", action: Link(path: "/notices"),
            back: Link(path: "/notices"))
    }
}
