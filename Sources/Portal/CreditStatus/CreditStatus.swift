import Kernel
import People
import Registry
import Web

/// 学时去哪了: the state of one item: what became of it, whether its hours count, who must act next and how. Each feature
/// may contribute items (``Feature/creditStatuses``).
package struct CreditStatus: Sendable {
    /// Whether the hours count, and whether that is final.
    package enum Counting: String, Sendable, CaseIterable, Codable {
        case counted
        case partly
        case uncounted
        /// Unknown until the next act is done.
        case pending

        var name: String {
            switch self {
            case .counted: "计入"
            case .partly: "部分计入"
            case .uncounted: "不计入"
            case .pending: "办结后确定"
            }
        }
    }

    /// A code for programs, short and unique among all features.
    package let cause: String
    /// What became of it, as a sentence.
    package let words: LocalizedText
    package let counting: Counting
    /// Who must act next; `nil` if nobody has to.
    private let actor: LocalizedText?
    /// The next act, as a sentence.
    package let act: LocalizedText
    /// A page with details.
    package let page: Breadcrumb?
    /// The links of the clauses that the sentence names.
    var clauses = ClauseLinks.none

    package init(
        _ cause: String, _ words: LocalizedText, _ counting: Counting, holder: LocalizedText?, act: LocalizedText,
        page: Breadcrumb? = nil
    ) {
        (self.cause, self.words, self.counting, actor, self.act) = (cause, words, counting, holder, act)
        self.page = page
    }
}

/// A query by person and by text in the name of an item.
package struct CreditStatusQuery: Sendable {
    package let person: ID<Person>
    package let words: String
    private let plain: String

    package init(_ person: ID<Person>, _ words: String) {
        (self.person, self.words, plain) = (person, words, Self.plain(words))
    }

    /// Whether a kind or title contains the text; an empty text matches everything.
    package func matches(_ text: String) -> Bool { plain.isEmpty || Self.plain(text).contains(plain) }

    private static func plain(_ text: String) -> String { NormalForm.caseless(text) }
}

/// Returns the items of one feature that match a query, in reading order.
package typealias CreditStatusSource = @Sendable (CreditStatusQuery) async throws -> [CreditStatus]

/// The items of all features, for the page, the command line and the API.
package struct CreditStatuses: Sendable {
    private let sources: [CreditStatusSource]

    /// In the order of the list of features.
    package init(_ sources: [CreditStatusSource]) { self.sources = sources }

    /// All matching items; if there are none, one that says that nothing was submitted.
    package func find(_ words: String, of person: ID<Person>) async throws -> [CreditStatus] {
        let query = CreditStatusQuery(person, words)
        var found: [CreditStatus] = []
        for source in sources { found += try await source(query) }
        return found.isEmpty ? [.notSubmitted(words)] : found
    }
}

extension CreditStatus {
    /// Who must act next, or that nobody has to.
    package var holder: LocalizedText { actor ?? LocalizedText("已办结，无须再办", en: "nobody: it is done") }

    /// Whether somebody has to act.
    var isWaiting: Bool { actor != nil }

    static let notSubmittedCause = "not-brought"

    /// No item of that name was submitted.
    static func notSubmitted(_ words: String) -> CreditStatus {
        CreditStatus(
            notSubmittedCause,
            words.isEmpty
                ? LocalizedText("还没有收到任何学时。", en: "Nothing was submitted yet.")
                : LocalizedText("没有收到“\(words)”。", en: "Nothing named “\(words)” was submitted."),
            .uncounted, holder: LocalizedText("学习平台或您的单位", en: "the learning platform or the unit"),
            act: LocalizedText(
                "先核对名称，只填其中几个字再查一次。线上课程请平台核对身份证号后重报；论文、获奖等请单位报送。",
                en: "Check the name, and search for a part of it. The platform of a course checks the ID number and "
                    + "submits it again; papers and awards are submitted by the unit."))
    }
}
