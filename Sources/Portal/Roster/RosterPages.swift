import Certificates
import Database
import Foundation
import Kernel
import People
import Policy
import Registry
import Web

/// The people in an officer's scope with their standings, and each person's year.
package struct RosterPages: Sendable {
    let registry: Registry
    private let view: View<RosterPage>
    private let foundView: View<SearchResultsPage>
    private let year: YearReader
    private static let size = 50

    package static let path: Path<> = Path("/people")
    static let searchPath: Path<> = Path("/people/search")
    static let yearPath = Path<ID<Person>, Year>("/people/{}/years/{}")
    static let certificatePath = Path<ID<Person>, String>("/people/{}/certificates/{}")

    package init(_ registry: Registry, _ certificates: Certificates, _ views: Views) throws {
        self.registry = registry
        view = try views.view("roster")
        foundView = try views.view("roster-found")
        year = try YearReader(registry, certificates, views)
    }

    package static var views: URL { Bundle.module.bundleURL.appending(path: "Roster.views") }

    package var routes: [Route] {
        let access = RosterAccess(registry: registry)
        return [
            .get(Self.path, .officers) { request in .page(try await list(request)) },
            .get(Self.searchPath, .officers) { _ in .moved(Self.path.link()) },
            .post(Self.searchPath, .officers) { request in .page(try await search(request)) }
                .keeping(FormField("words", "查找")),
            .get(Self.yearPath, access.person()) { request, entry, year in .page(try await page(request, entry, year))
            },
            .get(Self.certificatePath, access.person()) { request, entry, number in
                let file = try await year.file(number, of: entry.person)
                try await AuditLog(registry.database, registry.people.acting(as: request.actor)).record(
                    .printCertificate, .certificate(number), about: entry.person)
                return file
            },
        ]
    }

    package var navigation: [NavigationItem] { [NavigationItem("人员", Self.path.link(), .officers)] }
}

// MARK: - The list

extension RosterPages {
    private func list(_ request: WebRequest) async throws -> Page {
        let principal = try request.signedIn()
        let value = try await registry.database.read { transaction in
            let scope = try principal.scope()
            let years = try registry.yearsAsked(through: registry.people.system.today.year, transaction)
            let query = RosterQuery(request.query, newest: years.first ?? registry.people.system.today.year)
            let found = try RosterReader(registry: registry, scope: scope, query: query).page(
                limit: Self.size, transaction)
            let regions = try RegionStore(transaction).all()
            let isSettled = try registry.isSettled(query.year, transaction)
            let names = Dictionary(regions.map { ($0.code, $0.name) }, uniquingKeysWith: { first, _ in first })
            let unit = try query.filter.unit.flatMap { unit in
                let isOwn = try RosterStore(transaction, today: registry.people.system.today).contains(unit, scope)
                return isOwn ? try OrganisationStore(transaction).find(unit)?.name : nil
            }
            return RosterPage(
                scopeName: principal.name, query: query,
                selects: try selects(query, years, regions, scope, isSettled: isSettled, transaction),
                checks: CheckFields(
                    "show", "显示哪些列", RosterQuery.Column.allCases.map { .init($0.rawValue, $0.name) },
                    chosen: Set(query.columns.map(\.rawValue))),
                rows: found.people.map { line, kept in
                    RosterRow(
                        line, kept, region: names[line.region] ?? line.region.text, query, isSettled: isSettled)
                },
                next: found.next.map { query.link(after: $0) }, hasReachedScanLimit: found.hasReachedScanLimit,
                unit: unit ?? "",
                search: Self.searchPath.link())
        }
        return Page("人员", breadcrumbs: [.home], view.draw(value))
    }

    private func selects(
        _ query: RosterQuery, _ years: [Year], _ regions: [Region], _ scope: Scope, isSettled: Bool,
        _ transaction: Transaction
    ) throws -> [SelectField] {
        let hoursRequirements = try registry.policies(asking: query.year, transaction).flatMap(\.hoursRequirements)
        let unique = hoursRequirements.enumerated().filter { index, hoursRequirement in
            hoursRequirements.firstIndex { $0.key == hoursRequirement.key } == index
        }
        let mine = regions.filter { if case .region(let top) = scope { $0.code.lies(in: top) } else { true } }
        var selects = [
            SelectField("year", "年度", years.map { .init("\($0)", "\($0) 年") }, chosen: "\(query.year)"),
            SelectField(
                "state", "结果", all: "全部",
                RosterQuery.State.allCases.map { .init($0.rawValue, $0.name(isSettled: isSettled)) },
                chosen: query.state?.rawValue ?? ""),
            SelectField(
                "short", "缺什么", all: "不限", unique.map { .init($0.element.key, "差" + $0.element.name) },
                chosen: query.short),
            SelectField(
                "level", "职称级别", all: "全部", PeopleImport.levels.map { .init($0.1, $0.0) }, chosen: query.level),
        ]
        if !scope.isOneUnit {
            selects.append(
                SelectField(
                    "region", "地区", all: "全部", mine.map { .init($0.code.text, $0.name) },
                    chosen: query.filter.region?.text ?? ""))
            selects.append(
                SelectField(
                    "nature", "单位性质", all: "全部", PeopleImport.natures.map { .init($0.1, $0.0) },
                    chosen: query.filter.nature))
        }
        let isOfOneUnit = RosterReader(registry: registry, scope: scope, query: query).isOfOneUnit
        let orders = isOfOneUnit ? RosterOrder.allCases : RosterOrder.ofLongLists
        selects.append(
            SelectField(
                "sort", "排列", orders.map { .init($0.rawValue, $0.title(isOfOneUnit: isOfOneUnit)) },
                chosen: query.order.rawValue))
        return selects
    }
}

// MARK: - The search

extension RosterPages {
    /// Searches by name, person number or full ID number. It is a POST, so that none of them gets into addresses or
    /// logs.
    private func search(_ request: WebRequest) async throws -> Page {
        let principal = try request.signedIn()
        let form = try await request.form()
        let words = form["words"]
        let value = try await registry.database.read { transaction in
            let scope = try principal.scope()
            let store = RosterStore(transaction, today: registry.people.system.today)
            let unit: ID<Organisation>? = ID(form["unit"])
            let lines = try find(words, unit, scope, store, transaction)
            let years = try registry.yearsAsked(through: registry.people.system.today.year, transaction)
            let query = RosterQuery(form, newest: years.first ?? registry.people.system.today.year)
            let kept = try registry.kept(query.year, of: lines.map(\.person), transaction)
            let isSettled = try registry.isSettled(query.year, transaction)
            let units = words.isEmpty || unit != nil ? [] : try store.units(containing: words, scope, limit: 20)
            return SearchResultsPage(
                words: words, query: query,
                rows: lines.prefix(Self.size).map {
                    RosterRow($0, kept[$0.person] ?? [], region: "", query, isSettled: isSettled)
                }, units: units, isMore: lines.count > Self.size)
        }
        return Page("查找", breadcrumbs: [.home, Breadcrumb("人员", Self.path.link())], foundView.draw(value))
    }

    private func find(
        _ words: String, _ unit: ID<Organisation>?, _ scope: Scope, _ store: RosterStore, _ transaction: Transaction
    ) throws -> [RosterEntry] {
        let people = PersonStore(transaction, registry.people)
        if words.isEmpty { return [] }
        let papers = IDNumber.all(words)
        if !papers.isEmpty {
            // Eight digits may be a permit's number or a person number. If no person has it, number 0 is looked up, so
            // the response time reveals nothing.
            let number = ID<Person>(words).map { [$0] } ?? []
            let found = try papers.map { try people.find($0) }.map { $0?.alias ?? $0?.number ?? ID(0) }
            return try (number + found).flatMap { try store.places(of: $0, scope) }
        }
        if let number = ID<Person>(words) { return try store.places(of: number, scope) }
        // Older names without a normal form are found as typed.
        for name in [NormalForm.personName(words), words] {
            let found =
                if let unit {
                    try store.named(containing: name, at: unit, scope, limit: Self.size + 1)
                } else {
                    try store.named(name, scope, limit: Self.size + 1)
                }
            if !found.isEmpty || name == words { return found }
        }
        return []
    }
}

// MARK: - One person

extension RosterPages {
    private func page(_ request: WebRequest, _ entry: RosterEntry, _ year: Year) async throws -> Page {
        let person = entry.person
        let links = YearLinks(
            year: { Self.yearPath.link(person, $0) }, certificate: { Self.certificatePath.link(person, $0) },
            record: RecordPages.path.link(person),
            login: LoginPages.accessPolicy.isOpen(to: request.principal) ? LoginPages.path.link(person) : nil)
        let html = try await self.year.draw(year, of: person, links, isOwn: false)
        var query = RosterQuery(Query(""), newest: year)
        query.filter.unit = entry.unit
        let breadcrumbs = [
            Breadcrumb.home, Breadcrumb("人员", Self.path.link()), Breadcrumb(entry.unitName, query.link()),
        ]
        return Page("\(entry.name) \(year) 年度", breadcrumbs: breadcrumbs, html)
    }
}

extension Feature {
    /// 人员
    package static let roster = Feature("roster", views: [RosterPages.views]) { context in
        let pages = try RosterPages(context.registry, context.certificates, context.views)
        return FeatureSite(routes: pages.routes, navigation: pages.navigation)
    }
}
