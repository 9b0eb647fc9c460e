import Kernel
import Web

/// A form that was typed before signing in, ready to be sent on.
struct SavedForm: PageValue {
    /// Title and value of each field that the user typed in.
    let words: [TitledText]
    /// Name and value of every field.
    let fields: [TitledText]
    let action: String

    init(_ typed: SubmittedForm) {
        words = typed.titles.pairs.filter { !typed.form.exact($0.name).isEmpty }
            .map { TitledText($0.value, typed.form.exact($0.name)) }
        fields = typed.form.pairs.map { TitledText($0.name, $0.value) }
        action = AccountPages.local(typed.path)
    }

    static var fields: [String: Field<SavedForm>] {
        [
            "words": .list { $0.words }, "fields": .list { $0.fields }, "action": .text { $0.action },
            "home": .text { _ in Link.home.text },
        ]
    }

    static var sample: SavedForm { SavedForm(.sample) }
}

extension SubmittedForm {
    /// From the hidden fields of the sign-in page.
    init(kept form: Query) {
        self.init(form: form.exact("kept"), path: form["path"], titles: form.exact("titles"))
    }

    static var sample: SubmittedForm {
        SubmittedForm(form: "title=a&body=b", path: "/notices", titles: "title=标题&body=正文")
    }
}

extension Failure {
    /// A withdrawn role ends its sessions; an ended session leaves nothing that says why it ended.
    private static let sessionEnded = "您的登录已经超时，或者登录时的身份已被取消。"

    static let signInToAct = Failure(
        .denied, "account.sign-in-to-act",
        sessionEnded + "刚才的操作没有执行。登录后会回到原来的页面，请再做一次；身份被取消的，请问单位或主管部门。",
        en: "Your session has ended or its role was withdrawn, and nothing was done. Sign in, and repeat it.")
    static let signInToSend = Failure(
        .denied, "account.sign-in-to-send",
        sessionEnded + "刚才填写的内容还没有提交，都保留着，登录后可以继续提交。",
        en: "Your session has ended or its role was withdrawn. Your input is stored: sign in again to continue.")
}
