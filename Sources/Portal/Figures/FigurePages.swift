import Foundation
import Kernel
import People
import Policy
import Registry
import Web

/// The figures of an officer's scope: by region, by nature of the unit, and over the years. Every chart has a table.
package struct FigurePages: Sendable {
    private let reader: FigureReader
    private let cache: FigureCache
    private let view: View<FigurePage>
    private let countingView: View<Sentence>

    package static let path: Path<> = Path("/figures")
    private static let accessPolicy: AccessPolicy = .roles([.bureau, .authority])

    package init(_ registry: Registry, _ views: Views) throws {
        (reader, cache) = (FigureReader(registry: registry), FigureCache(registry))
        view = try views.view("figures")
        countingView = try views.view("figures-counting")
    }

    package static var views: URL { Bundle.module.bundleURL.appending(path: "Figures.views") }

    package var routes: [Route] { [.get(Self.path, Self.accessPolicy) { request in .page(try await page(request)) }] }
    package var navigation: [NavigationItem] { [NavigationItem("统计", Self.path.link(), Self.accessPolicy)] }

    private func page(_ request: WebRequest) async throws -> Page {
        let asked = try await reader.year(Year(request.query["year"]), for: request.signedIn())
        let year = asked.year
        let isMine: @Sendable (RegionCode) -> Bool
        switch asked.scope {
        case .everybody: isMine = { _ in true }
        case .region(let top): isMine = { $0.lies(in: top) }
        case .below, .unit: throw Failure.noFigures
        }
        guard let figures = try await cache.figures() else {
            return Page("统计", breadcrumbs: [.home], countingView.draw(Sentence("统计")))
        }
        let short = Outcome.short.words(isSettled: asked.isSettled)
        let byRegion = figures.sums { $0.year == year && isMine($0.region) ? $0.region : nil }
        let byNature = figures.sums { $0.year == year && isMine($0.region) ? $0.nature : nil }
        let byYear = figures.sums { isMine($0.region) ? $0.year : nil }
        let value = FigurePage(
            year: year, short: short,
            years: SelectField("year", "年度", asked.years.map { .init("\($0)", "\($0) 年") }, chosen: "\(year)"),
            tables: [
                FigureTable(
                    title: "按地区", first: "地区", short: short, caption: "\(year) 年度各地区的结果",
                    rows: byRegion.sorted { $0.key < $1.key }.map { region, counts in
                        FigureRow(Self.name(of: region, among: asked.regions), counts)
                    },
                    total: FigureRow("合计", byYear[year] ?? .init())),
                FigureTable(
                    title: "按单位性质", first: "单位性质", short: short, caption: "\(year) 年度各类单位的结果",
                    rows: byNature.sorted { $0.key < $1.key }.map { FigureRow(RosterEntry.nature($0.key), $0.value) }),
                FigureTable(
                    title: "历年", first: "年度", short: "未达标", caption: "历年合格率",
                    rows: byYear.sorted { $0.key < $1.key }.map { FigureRow("\($0.key)", $0.value) }, isTrend: true),
            ],
            time: ClockTime(figures.made).text)
        return Page("统计", breadcrumbs: [.home], view.draw(value))
    }

    /// The name of a region's row. If other regions lie within it, the row has only the region's own units.
    static func name(of region: RegionCode, among regions: [Region]) -> String {
        let name = regions.first { $0.code == region }?.name ?? region.text
        return regions.contains { $0.code != region && $0.code.lies(in: region) } ? name + "本级" : name
    }
}

struct FigurePage: PageValue {
    let year: Year
    /// The name of the outcome `short`, which is 不合格 once the year is settled.
    let short: String
    let years: SelectField
    let tables: [FigureTable]
    let time: String

    static var fields: [String: Field<FigurePage>] {
        [
            "year": .text { "\($0.year)" }, "short": .text { $0.short }, "years": .item { $0.years },
            "action": .text { _ in FigurePages.path.link().text }, "tables": .list { $0.tables },
            "time": .text { $0.time }, "hasRows": .flag { $0.tables.first?.rows.isEmpty == false },
        ]
    }

    static var sample: FigurePage {
        FigurePage(year: Year(2022), short: "不合格", years: .sample, tables: [.sample], time: "2026-11-23 10:32")
    }
}

/// Rows of figures with a chart.
struct FigureTable: PageValue {
    let title: String
    /// The title of the first column.
    let first: String
    /// The name of the outcome `short`.
    let short: String
    let caption: String
    let rows: [FigureRow]
    var total: FigureRow?
    /// Whether its rows are years.
    var isTrend = false

    private var chart: HTML { isTrend ? Chart.line(rows, title: caption) : Chart.bars(rows, title: caption) }

    static var fields: [String: Field<FigureTable>] {
        [
            "title": .text { $0.title }, "first": .text { $0.first }, "short": .text { $0.short },
            "rows": .list { $0.rows },
            "total": .item { $0.total }, "chart": .html { $0.chart },
        ]
    }

    static var sample: FigureTable {
        FigureTable(
            title: "按地区", first: "地区", short: "不合格", caption: "2022 年度各地区的结果", rows: [.sample, .sample], total: .sample)
    }
}

struct FigureRow: PageValue {
    let name: String
    let counts: CityFigures.Counts

    init(_ name: String, _ counts: CityFigures.Counts) { (self.name, self.counts) = (name, counts) }

    /// The rounded share of people who met the requirements, in thousandths. It is 1000 only if all of them did.
    var share: Int {
        let (met, all) = (counts.qualified + counts.exempt, counts.all)
        guard all > 0, met < all else { return all == 0 ? 0 : 1000 }
        return min(999, (met * 1000 + all / 2) / all)
    }

    static var fields: [String: Field<FigureRow>] {
        [
            "name": .text { $0.name }, "all": .text { "\($0.counts.all)" },
            "qualified": .text { "\($0.counts.qualified)" }, "short": .text { "\($0.counts.short)" },
            "waived": .text { "\($0.counts.waived)" }, "exempt": .text { "\($0.counts.exempt)" },
            "share": .text { "\($0.share / 10).\($0.share % 10)%" },
        ]
    }

    static var sample: FigureRow {
        FigureRow("泰山区", CityFigures.Counts(qualified: 87, short: 23, waived: 4, exempt: 2))
    }
}

extension Failure {
    static let noFigures = Failure(
        .refused, "desk.no-figures", "统计按地区汇总，只对各级人社部门开放。本部门所属单位的结果，请在“人员”里按条件查看。",
        en: "Figures are by region and for HR authorities. See the list of people for your own units.")
}

extension Feature {
    /// 统计
    package static let figures = Feature("figures", views: [FigurePages.views]) { context in
        let pages = try FigurePages(context.registry, context.views)
        return FeatureSite(routes: pages.routes, navigation: pages.navigation)
    }
}
