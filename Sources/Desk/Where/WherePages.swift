import Foundation
import Kernel
import People
import Registry
import Web

/// 学时去哪了: one box, and for each thing found one cause, who holds it and one next act.
package struct WherePages: Sendable {
    private let registry: Registry
    private let view: View<WherePage>

    package static let path: Path<> = Path("/me/where")

    package init(_ registry: Registry, _ views: Views) throws {
        self.registry = registry
        view = try views.view("where")
    }

    package static var views: URL { Bundle.module.bundleURL.appending(path: "Where.views") }

    package var routes: [Route] {
        [.get(Self.path, .role(.professional)) { visit in .page(try await page(visit)) }]
    }

    private func page(_ visit: Visit) async throws -> Page {
        guard let number = try visit.signedIn().person else { throw Failure.noOwnPerson }
        let (words, isAsked) = (visit.query["words"], visit.query.has("words"))
        let found = isAsked ? try await find(words, ID(number)) : []
        let value = WherePage(words: words, isAsked: isAsked, found: found.map(WhereRow.init))
        return Page("学时去哪了", trail: [.home, Crumb("我的学时", YearPages.path.link())], view.draw(value))
    }

    func find(_ words: String, _ person: ID<Person>) async throws -> [Whereabouts] {
        let today = registry.people.outside.today.year
        let reading = try await registry.year(today, of: person)
        let asked = reading.years(through: today)
        guard !asked.isEmpty else { return [.noPolicy(today)] }
        var others: [(year: Year, reading: YearReading)] = []
        for year in reading.dossier.years.sorted(by: >) {
            others.append((year, try await registry.year(year, of: person)))
        }
        return reading.whereabouts(words, in: others)
    }
}

struct WherePage: PageValue {
    let words: String
    let isAsked: Bool
    let found: [WhereRow]

    private var field: FormField {
        var field = FormField("words", "课程、论文、奖项的名称，或其中几个字")
        (field.value, field.isRequired, field.hint) = (words, false, "不填就列出全部")
        return field
    }

    static var fields: [String: Field<WherePage>] {
        [
            "action": .text { _ in WherePages.path.link().text }, "field": .item { $0.field },
            "isAsked": .flag { $0.isAsked }, "found": .list { $0.found }, "count": .text { "\($0.found.count)" },
            "isFound": .flag { $0.found.contains(where: \.isFound) },
        ]
    }

    static var sample: WherePage { WherePage(words: "石材", isAsked: true, found: [.sample]) }
}

struct WhereRow: PageValue {
    let found: Whereabouts

    /// Whether something of that name was brought at all.
    var isFound: Bool {
        switch found {
        case .notBrought, .noPolicy: false
        case .counts, .uncounted, .entered, .refused: true
        }
    }

    init(_ found: Whereabouts) { self.found = found }

    static var fields: [String: Field<WhereRow>] {
        [
            "cause": .text { $0.found.cause }, "holder": .text { $0.found.holder }, "act": .text { $0.found.act },
            "hasYear": .flag { $0.found.line != nil }, "year": .text { $0.found.line.map { "\($0.year)" } ?? "" },
            "link": .text { row in row.found.line.map { YearPages.yearPath.link($0.year).at($0.id.place).text } ?? "" },
        ]
    }

    static var sample: WhereRow { WhereRow(.notBrought(words: "石材")) }
}
