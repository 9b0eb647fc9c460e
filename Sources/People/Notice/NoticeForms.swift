import Kernel
import Web

/// The form for publishing a notice.
struct NoticeForm: PageValue {
    var title = FormField("title", "标题")
    var body = FormField("body", "正文")

    init(_ typed: Query? = nil) {
        title.hint = "最多 \(Notice.longestTitle) 个字"
        body.hint = "最多 \(Notice.longestBody) 个字，一行是一段。发布后不能修改，只能撤回后重新发布"
        guard let typed else { return }
        (title.value, body.value) = (typed["title"], typed["body"].replacing("\r\n", with: "\n"))
        title.require("请填写标题", most: Notice.longestTitle)
        body.require("请填写正文", most: Notice.longestBody)
    }

    private var errors: ErrorSummary { ErrorSummary([title, body]) }
    var isRight: Bool { errors.isEmpty }
    var status: Page.Status { errors.status }

    static var fields: [String: Field<NoticeForm>] {
        [
            "action": .text { _ in NoticePages.path.link().text }, "title": .item { $0.title },
            "body": .item { $0.body }, "errors": .item { $0.errors.isEmpty ? nil : $0.errors },
            "back": .text { _ in NoticePages.path.link().text },
        ]
    }

    static var sample: NoticeForm { NoticeForm(Query("title=")) }
}

/// The form for withdrawing a notice. The reason is shown with the notice.
struct WithdrawalForm: PageValue {
    let notice: Notice
    var reason = Self.reason

    static let reason = FormField("reason", "撤回原因")

    init(_ notice: Notice, _ typed: Query? = nil) {
        self.notice = notice
        reason.hint = "会写在通知上，看过的人能明白"
        guard let typed else { return }
        reason.value = typed["reason"]
        reason.require("请填写撤回原因", most: Notice.longestReason)
    }

    private var errors: ErrorSummary { ErrorSummary([reason]) }
    var isRight: Bool { errors.isEmpty }
    var status: Page.Status { errors.status }

    static var fields: [String: Field<WithdrawalForm>] {
        [
            "action": .text { NoticePages.withdrawalPath.link($0.notice.number).text },
            "title": .text { $0.notice.title }, "reason": .item { $0.reason },
            "errors": .item { $0.errors.isEmpty ? nil : $0.errors },
            "back": .text { NoticePages.noticePath.link($0.notice.number).text },
        ]
    }

    static var sample: WithdrawalForm { WithdrawalForm(.sample, Query("reason=")) }
}
