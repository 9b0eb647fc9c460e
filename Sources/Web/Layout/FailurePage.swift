import Kernel

/// What a user reads when something was not done.
struct FailurePage: PageValue {
    let title: String
    let sentence: String
    let code: String
    let number: String
    /// Where it can be mended, if not by going home.
    let way: Breadcrumb?

    static var fields: [String: Field<FailurePage>] {
        [
            "title": .text { $0.title }, "sentence": .text { $0.sentence }, "code": .text { $0.code },
            "number": .text { $0.number }, "way": .item { $0.way },
        ]
    }

    static var sample: FailurePage {
        FailurePage(
            title: "没有找到", sentence: Failure.noPage.words.chinese, code: "web.no-page", number: "7f3a", way: .sample)
    }
}
