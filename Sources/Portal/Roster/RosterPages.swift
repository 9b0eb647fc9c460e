import Certificates
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
    private let reader: RosterReader
    private let year: YearReader

    package static let path: Path<> = Path("/people")
    static let searchPath: Path<> = Path("/people/search")
    static let yearPath = Path<ID<Person>, Year>("/people/{}/years/{}")
    static let fiveYearsPath = Path<ID<Person>>("/people/{}/years")
    static let certificatePath = Path<ID<Person>, CertificateNumber>("/people/{}/certificates/{}")

    package init(_ registry: Registry, _ certificates: Certificates, _ views: Views) throws {
        (self.registry, reader) = (registry, RosterReader(registry: registry))
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
            .get(Self.fiveYearsPath, access.person()) { request, entry in
                .page(try await fiveYears(request, entry))
            },
            .get(
                Self.certificatePath,
                access.person().part { entry, number in try await year.certificate(number, of: entry.person) }
            ) { request, entry, certificate in
                let file = try await year.file(certificate)
                try await registry.acting(as: request.actor).auditLog.record(
                    .printCertificate, .certificate(certificate.number.text), about: entry.person)
                return file
            },
        ]
    }

    package var navigation: [NavigationItem] { [NavigationItem("人员", Self.path.link(), .officers)] }
}

// MARK: - The list

extension RosterPages {
    private func list(_ request: WebRequest) async throws -> Page {
        let value = try await reader.list(request.query, for: request.signedIn())
        return Page("人员", breadcrumbs: [.home], view.draw(value))
    }
}

extension RosterPage {
    /// What a list may be narrowed to.
    static func selects(
        of list: RosterList, _ years: [Year], _ regions: [Region], _ hoursRequirements: [HoursRequirement],
        isSettled: Bool
    ) -> [SelectField] {
        let (scope, query) = (list.scope, list.query)
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
                    "nature", "单位性质", all: "全部", RosterEntry.natures.map { .init($0.1, $0.0) },
                    chosen: query.filter.nature))
        }
        let orders = list.isOfOneUnit ? RosterOrder.allCases : RosterOrder.ofLongLists
        selects.append(
            SelectField(
                "sort", "排列", orders.map { .init($0.rawValue, $0.title(isOfOneUnit: list.isOfOneUnit)) },
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
        let value = try await reader.search(request.form(), for: principal)
        return Page("查找", breadcrumbs: [.home, Breadcrumb("人员", Self.path.link())], foundView.draw(value))
    }
}

// MARK: - One person

extension RosterPages {
    private func page(_ request: WebRequest, _ entry: RosterEntry, _ year: Year) async throws -> Page {
        let html = try await self.year.draw(year, of: entry.person, links(request, entry), isOwn: false)
        return Page("\(entry.name)\(year)年度", breadcrumbs: breadcrumbs(entry, year), html)
    }

    private func fiveYears(_ request: WebRequest, _ entry: RosterEntry) async throws -> Page {
        let html = try await year.drawFiveYears(of: entry.person, links(request, entry))
        let breadcrumbs = breadcrumbs(entry, registry.people.system.today.year)
        return Page("\(entry.name) 五年一览", breadcrumbs: breadcrumbs, html)
    }

    private func links(_ request: WebRequest, _ entry: RosterEntry) -> YearLinks {
        let person = entry.person
        return YearLinks(
            year: { Self.yearPath.link(person, $0) }, certificate: { Self.certificatePath.link(person, $0) },
            fiveYears: Self.fiveYearsPath.link(person), record: RecordPages.path.link(person),
            login: LoginPages.accessPolicy.isOpen(to: request.principal) ? LoginPages.path.link(person) : nil)
    }

    private func breadcrumbs(_ entry: RosterEntry, _ year: Year) -> [Breadcrumb] {
        var query = RosterQuery(Query(""), newest: year)
        query.filter.unit = entry.unit
        return [.home, Breadcrumb("人员", Self.path.link()), Breadcrumb(entry.unitName, query.link())]
    }
}

extension Feature {
    /// 人员
    package static let roster = Feature("roster", views: [RosterPages.views]) { context in
        let pages = try RosterPages(context.registry, context.certificates, context.views)
        return FeatureSite(routes: pages.routes, navigation: pages.navigation)
    }
}
