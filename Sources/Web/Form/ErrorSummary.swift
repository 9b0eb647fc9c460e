import Kernel

/// The errors of a form, listed at its top. Each line links to its field. Partial `errors`.
package struct ErrorSummary: PageValue {
    private let wrong: [FormField]

    /// Takes all fields of a form; keeps those with errors.
    package init(_ fields: [FormField]) { wrong = fields.filter { !$0.error.isEmpty } }

    package var isEmpty: Bool { wrong.isEmpty }
    package var status: Page.Status { isEmpty ? .ok : .failed(.unfilled) }

    package static var fields: [String: Field<ErrorSummary>] {
        ["count": .text { "\($0.wrong.count)" }, "wrong": .list { $0.wrong }]
    }

    package static var sample: ErrorSummary { ErrorSummary([.sample]) }
}

extension FormField {
    /// Sets the error if the value is empty or longer than `most` characters.
    package mutating func require(_ emptyWords: String, most: Int) {
        if value.isEmpty { error = emptyWords }
        if value.count > most { error = "最多 \(most) 个字，现在有 \(value.count) 个，请删减" }
    }
}

extension Failure {
    static let unfilled = Failure(
        .badInput, "web.unfilled", "有几处还要改，请看页面上的说明。", en: "Some fields must be corrected; see the page.")
}
