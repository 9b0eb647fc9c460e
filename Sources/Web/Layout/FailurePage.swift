import Kernel

/// The page that reports a failure.
struct FailurePage: PageValue {
    let title: String
    let sentence: String
    let number: String
    /// A link to the page where the user can correct it; `nil` for the home page.
    let way: Breadcrumb?
    /// Whether the frame shows a hotline.
    let hasHotline: Bool
    /// Whom to ask where there is no hotline.
    let contact: String

    static var fields: [String: Field<FailurePage>] {
        [
            "title": .text { $0.title }, "sentence": .text { $0.sentence }, "number": .text { $0.number },
            "way": .item { $0.way }, "hasHotline": .flag { $0.hasHotline }, "contact": .text { $0.contact },
        ]
    }

    static var sample: FailurePage {
        FailurePage(
            title: "没有找到", sentence: Failure.noPage.words.chinese, number: "7f3a", way: .sample,
            hasHotline: true, contact: Imprint.sample.contact)
    }
}
