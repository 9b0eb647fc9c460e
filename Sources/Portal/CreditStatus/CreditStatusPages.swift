import Foundation
import Kernel
import People
import Registry
import Web

/// 学时去哪了: one box, and for each thing found one cause, who holds it and one next act.
package struct CreditStatusPages: Sendable {
    private let registry: Registry
    private let view: View<CreditStatusPage>

    package static let path: Path<> = Path("/me/where")

    package init(_ registry: Registry, _ views: Views) throws {
        self.registry = registry
        view = try views.view("where")
    }

    package static var views: URL { Bundle.module.bundleURL.appending(path: "CreditStatus.views") }

    package var routes: [Route] {
        [.get(Self.path, .role(.professional)) { request in .page(try await page(request)) }]
    }

    private func page(_ request: WebRequest) async throws -> Page {
        guard let person = try request.signedIn().person else { throw Failure.noOwnPerson }
        let (words, isAsked) = (request.query["words"], request.query.has("words"))
        let found = isAsked ? try await find(words, person) : []
        let value = CreditStatusPage(words: words, isAsked: isAsked, found: found.map(CreditStatusRow.init))
        return Page("学时去哪了", breadcrumbs: [.home, Breadcrumb("我的学时", YearPages.path.link())], view.draw(value))
    }

    func find(_ words: String, _ person: ID<Person>) async throws -> [CreditStatus] {
        let today = registry.people.system.today.year
        let reading = try await registry.year(today, of: person)
        let asked = reading.years(through: today)
        guard !asked.isEmpty else { return [.noPolicy(today)] }
        var others: [(year: Year, reading: YearOverview)] = []
        for year in reading.standingInput.years.sorted(by: >) {
            others.append((year, try await registry.year(year, of: person)))
        }
        return reading.creditStatuses(words, in: others)
    }
}

struct CreditStatusPage: PageValue {
    let words: String
    let isAsked: Bool
    let found: [CreditStatusRow]

    private var field: FormField {
        var field = FormField("words", "课程、论文、奖项的名称，或其中几个字")
        (field.value, field.isRequired, field.hint) = (words, false, "不填就列出全部")
        return field
    }

    static var fields: [String: Field<CreditStatusPage>] {
        [
            "action": .text { _ in CreditStatusPages.path.link().text }, "field": .item { $0.field },
            "isAsked": .flag { $0.isAsked }, "found": .list { $0.found }, "count": .text { "\($0.found.count)" },
            "isFound": .flag { $0.found.contains(where: \.isFound) },
        ]
    }

    static var sample: CreditStatusPage { CreditStatusPage(words: "石材", isAsked: true, found: [.sample]) }
}

struct CreditStatusRow: PageValue {
    let found: CreditStatus

    /// Whether something of that name was brought at all.
    var isFound: Bool {
        switch found {
        case .notBrought, .noPolicy: false
        case .counts, .uncounted, .entered, .refused: true
        }
    }

    init(_ found: CreditStatus) { self.found = found }

    static var fields: [String: Field<CreditStatusRow>] {
        [
            "cause": .text { $0.found.cause }, "holder": .text { $0.found.holder }, "act": .text { $0.found.act },
            "hasYear": .flag { $0.found.line != nil }, "year": .text { $0.found.line.map { "\($0.year)" } ?? "" },
            "link": .text { row in row.found.line.map { YearPages.yearPath.link($0.year).at($0.id.place).text } ?? "" },
        ]
    }

    static var sample: CreditStatusRow { CreditStatusRow(.notBrought(words: "石材")) }
}

extension Feature {
    /// 学时去哪了
    package static let creditStatus = Feature("credit-status", views: [CreditStatusPages.views]) { context in
        FeatureSite(routes: try CreditStatusPages(context.registry, context.views).routes)
    }
}
