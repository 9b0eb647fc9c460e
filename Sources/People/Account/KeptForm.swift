import Kernel
import Web

/// What was typed before signing in, ready to be sent on.
struct KeptForm: PageValue {
    /// The name and the value of each field.
    let words: [TitledText]
    let action: String

    init(_ form: Query, action: String) {
        (words, self.action) = (form.pairs.map { TitledText($0.name, $0.value) }, action)
    }

    static var fields: [String: Field<KeptForm>] {
        ["words": .list { $0.words }, "action": .text { $0.action }, "home": .text { _ in Link.home.text }]
    }

    static var sample: KeptForm { KeptForm(Query("title=%E9%80%9A%E7%9F%A5"), action: "/notices") }
}

extension Failure {
    static let signInToSend = Failure(
        .denied, "account.sign-in-to-send", "您的登录已经超时。刚才填写的内容还没有提交，都保留着，登录后可以继续提交。",
        en: "Your session is over. What you typed was not sent but is kept: sign in again to go on.")
}
