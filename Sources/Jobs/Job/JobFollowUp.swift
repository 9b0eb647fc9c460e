import Web

/// The next step after a finished job.
package struct JobFollowUp: PageValue {
    let sentence: String
    let button: String
    let link: Link
    /// Whether the button carries out an act instead of opening a page.
    let isAct: Bool
    /// A check box beside the button; if checked, the form has `agreed=1`.
    package var choice: String?
    /// Radio buttons beside the button, sent as `chosen`, and the question that they answer.
    package var options: [SelectField.Option] = []
    package var question = ""
    /// The title of the link to the job's file; `nil` for the file's name.
    package var fileTitle: String?
    /// Whether the file is needed first, so that its download is the main act.
    package var isAfterFile = false
    fileprivate(set) var file: Breadcrumb?

    package init(_ sentence: String, button: String, action: Link) {
        (self.sentence, self.button, link, isAct) = (sentence, button, action, true)
    }

    package init(_ sentence: String, button: String, page: Link) {
        (self.sentence, self.button, link, isAct) = (sentence, button, page, false)
    }

    /// The same with the job's file, if there is one.
    func with(_ file: Breadcrumb?) -> JobFollowUp {
        var next = self
        next.file = file.map { Breadcrumb(fileTitle ?? "下载 \($0.title)", $0.link) }
        return next
    }

    private var isSecond: Bool { isAfterFile && file != nil }

    package static var fields: [String: Field<JobFollowUp>] {
        [
            "sentence": .text { $0.sentence }, "button": .text { $0.button }, "link": .text { $0.link.text },
            "isAct": .flag { $0.isAct }, "hasChoice": .flag { $0.choice != nil },
            "choice": .text { $0.choice ?? "" }, "hasOptions": .flag { !$0.options.isEmpty },
            "options": .list { $0.options }, "question": .text { $0.question }, "file": .item { $0.file },
            "isFirst": .flag { !$0.isSecond },
        ]
    }

    package static var sample: JobFollowUp {
        var next = JobFollowUp("还没有登记任何内容。", button: "导入 118 行", action: JobPages.path.link())
        (next.choice, next.options, next.question) = ("连同 3 行一起登记", [.sample], "名单里是什么")
        return next.with(.sample)
    }
}
