import Foundation
import Kernel
import People
import Registry
import Web

/// 学时去哪了: each item with its state, whether it counts, who must act next and how.
package struct CreditStatusPages: Sendable {
    private let statuses: CreditStatuses
    private let view: View<CreditStatusPage>

    package static let path: Path<> = Path("/me/where")

    package init(_ statuses: CreditStatuses, _ views: Views) throws {
        self.statuses = statuses
        view = try views.view("where")
    }

    package static var views: URL { Bundle.module.bundleURL.appending(path: "CreditStatus.views") }

    package var routes: [Route] {
        [.get(Self.path, .role(.professional)) { request in .page(try await page(request)) }]
    }

    private func page(_ request: WebRequest) async throws -> Page {
        guard let person = try request.signedIn().person else { throw Failure.noOwnPerson }
        let words = request.query["words"]
        let found = try await statuses.find(words, of: person)
        let value = CreditStatusPage(words: words, found: found.map(CreditStatusRow.init))
        return Page("学时去哪了", breadcrumbs: [.home, Breadcrumb("我的学时", YearPages.path.link())], view.draw(value))
    }
}

/// All items, or those with the words of the search: first those that wait for an act.
struct CreditStatusPage: PageValue {
    let words: String
    let found: [CreditStatusRow]
    /// The number of items from which the page has a search field.
    private static let many = 6

    private var field: FormField {
        var field = FormField("words", "课程、论文、奖项的名称，或其中几个字")
        (field.value, field.isRequired, field.hint) = (words, false, "不填就列出全部")
        return field
    }

    private var waiting: [CreditStatusRow] { found.filter(\.found.isWaiting) }
    private var done: [CreditStatusRow] { found.filter { !$0.found.isWaiting } }

    static var fields: [String: Field<CreditStatusPage>] {
        [
            "action": .text { _ in CreditStatusPages.path.link().text }, "field": .item { $0.field },
            "isSearchable": .flag { !$0.words.isEmpty || $0.found.count >= Self.many },
            "isAsked": .flag { !$0.words.isEmpty }, "words": .text { $0.words },
            "isFound": .flag { $0.found.contains(where: \.isFound) }, "count": .text { "\($0.found.count)" },
            "isWaiting": .flag { !$0.waiting.isEmpty }, "waiting": .list { $0.waiting },
            "waitingCount": .text { "\($0.waiting.count)" },
            "isDone": .flag { !$0.done.isEmpty }, "done": .list { $0.done }, "doneCount": .text { "\($0.done.count)" },
        ]
    }

    static var sample: CreditStatusPage { CreditStatusPage(words: "石材", found: [.sample]) }
}

struct CreditStatusRow: PageValue {
    let found: CreditStatus

    /// Whether an item of that name was submitted.
    var isFound: Bool { found.cause != CreditStatus.notSubmittedCause }

    init(_ found: CreditStatus) { self.found = found }

    static var fields: [String: Field<CreditStatusRow>] {
        [
            "cause": .item { $0.found.clauses.cited($0.found.words.chinese) },
            "counting": .text { $0.found.counting.name },
            "holder": .text { $0.found.holder.chinese }, "act": .text { $0.found.act.chinese },
            "hasPage": .flag { $0.found.page != nil }, "title": .text { $0.found.page?.title ?? "" },
            "link": .text { $0.found.page?.link.text ?? "" },
        ]
    }

    static var sample: CreditStatusRow { CreditStatusRow(.notSubmitted("石材")) }
}

extension Feature {
    /// 学时去哪了, with the items of the ledger.
    package static let creditStatus: Feature = {
        var feature = Feature("credit-status", views: [CreditStatusPages.views]) { context in
            var site = FeatureSite(routes: try CreditStatusPages(context.creditStatuses, context.views).routes)
            site.endpoints = CreditStatusAPI(registry: context.registry, statuses: context.creditStatuses).endpoints
            return site
        }
        feature.creditStatuses = { services in
            { try await RegistryCreditStatus(registry: services.registry).find($0) }
        }
        return feature
    }()
}
