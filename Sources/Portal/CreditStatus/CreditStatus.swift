import Kernel
import People
import Registry
import Web

/// 学时去哪了: where something is that somebody did. What became of it, whether its hours count, who holds it, and one
/// next act. Any feature may contribute some (``Feature/creditStatuses``).
package struct CreditStatus: Sendable {
    /// Whether hours count, and whether that is final.
    package enum Counting: String, Sendable, CaseIterable, Codable {
        case counted
        case partly
        case uncounted
        /// That is open until the next act is done.
        case pending

        var name: String {
            switch self {
            case .counted: "计入"
            case .partly: "有学时不计入"
            case .uncounted: "不计入"
            case .pending: "办完后才知道"
            }
        }
    }

    /// What became of it, for programs: short and unique among all features.
    package let cause: String
    /// The same as a sentence.
    package let words: String
    package let counting: Counting
    /// Who has to do something next.
    package let holder: String
    /// What that is, as a sentence.
    package let act: String
    /// The page to look at.
    package let page: Breadcrumb?

    package init(
        _ cause: String, _ words: String, _ counting: Counting, holder: String, act: String,
        page: Breadcrumb? = nil
    ) {
        (self.cause, self.words, self.counting, self.holder, self.act) = (cause, words, counting, holder, act)
        self.page = page
    }
}

/// What is asked for: of whom, and by which characters of a name.
package struct CreditStatusQuery: Sendable {
    package let person: ID<Person>
    package let words: String
    private let plain: String

    package init(_ person: ID<Person>, _ words: String) {
        (self.person, self.words, plain) = (person, words, Self.plain(words))
    }

    /// Whether a kind or title has these characters in it; all have where none are asked for.
    package func matches(_ text: String) -> Bool { plain.isEmpty || Self.plain(text).contains(plain) }

    private static func plain(_ text: String) -> String { NormalForm.of(text).lowercased() }
}

/// What a feature knows of one query, in the order in which it is to be read.
package typealias CreditStatusSource = @Sendable (CreditStatusQuery) async throws -> [CreditStatus]

/// All that features know: what the page, the command line and the API read.
package struct CreditStatuses: Sendable {
    private let sources: [CreditStatusSource]

    /// In the order of the list of features.
    package init(_ sources: [CreditStatusSource]) { self.sources = sources }

    /// At least one: where no feature knows anything, that nothing was brought.
    package func find(_ words: String, of person: ID<Person>) async throws -> [CreditStatus] {
        let query = CreditStatusQuery(person, words)
        var found: [CreditStatus] = []
        for source in sources { found += try await source(query) }
        return found.isEmpty ? [.notBrought(words)] : found
    }
}

extension CreditStatus {
    static let notBroughtCause = "not-brought"

    /// Nothing of that name was brought.
    static func notBrought(_ words: String) -> CreditStatus {
        CreditStatus(
            notBroughtCause, words.isEmpty ? "系统里没有收到任何学时。" : "系统里没有收到“\(words)”。", .uncounted,
            holder: "学习平台或您的单位",
            act: "先核对名称，只填其中几个字再查一次。线上课程请平台核对身份证号后重报；论文、获奖等请单位报送。")
    }
}
