import Jobs
import Kernel
import People
import Registry
import Web

/// The bureau's pages for closing years: preview, settle, issue.
package struct YearsPages: Sendable {
    private let reader: OfficeReader
    private let jobs: Jobs
    private let view: View<YearsPage>
    private let confirmView: View<ConfirmPage>

    package static let path: Path<> = Path("/years")
    static let previewPath = Path<Year>("/years/{}/preview")
    static let settlePath = Path<Year>("/years/{}/settlement")
    static let issuePath = Path<Year>("/years/{}/certificates")
    static let bureau: AccessPolicy = .role(.bureau)

    package init(_ registry: Registry, _ jobs: Jobs, _ views: Views) throws {
        (reader, self.jobs) = (OfficeReader(registry: registry), jobs)
        view = try views.view("years")
        confirmView = try views.view("confirm")
    }

    package var routes: [Route] {
        [
            .get(Self.path, Self.bureau) { _ in .page(try await page()) },
            .post(Self.previewPath, Self.bureau) { request, year in
                try await order(request, OfficeJobs.settleYear, "预览\(year)年度结算", year, dryRun: true)
            },
            .get(Self.settlePath, Self.bureau) { _, year in .page(confirmation(of: year)) },
            .post(Self.settlePath, Self.bureau) { request, year in
                try await order(request, OfficeJobs.settleYear, "结算\(year)年度", year)
            },
            .post(Self.issuePath, Self.bureau) { request, year in
                try await order(request, OfficeJobs.issueYear, "颁发\(year)年度证书", year)
            },
        ]
    }

    package var navigation: [NavigationItem] { [NavigationItem("年度", Self.path.link(), Self.bureau)] }

    /// The next step on the way to a year's certificates.
    static func next(_ job: Job) -> JobFollowUp? {
        guard job.state == .done, let payload = try? job.payload(YearPayload.self) else { return nil }
        let year = payload.year
        switch job.kind {
        case OfficeJobs.settleYear where payload.isDryRun:
            return JobFollowUp("核对上面的数字以后，可以结算。", button: "去结算\(year)年度", page: settlePath.link(year))
        case OfficeJobs.settleYear:
            return JobFollowUp(
                "\(year)年度已结算，可以颁发证书。已经颁发过、没有变化的，不会重复颁发。", button: "颁发\(year)年度证书",
                action: issuePath.link(year))
        case OfficeJobs.issueYear:
            var query = RosterQuery(Query(""), newest: year)
            query.state = .qualified
            return JobFollowUp("本人可以在“我的学时”里下载证书；一个单位的证书，可以从名单里打包下载。", button: "看合格的人员", page: query.link())
        default: return nil
        }
    }

    private func page() async throws -> Page {
        return Page("年度", breadcrumbs: [.home], view.draw(try await reader.years()))
    }

    private func confirmation(of year: Year) -> Page {
        let value = ConfirmPage(
            title: "结算\(year)年度",
            sentences: [
                "结算以后，可以颁发\(year)年度的证书。",
                "以后再登记这一年的学时，本人的结果随之更新，旧版本保留，证书可能要重新颁发。重新开放年度要由系统管理员办理并写明原因。",
            ], button: "确认结算", action: Self.settlePath.link(year), back: Self.path.link())
        return Page("结算\(year)年度", breadcrumbs: [.home, Breadcrumb("年度", Self.path.link())], confirmView.draw(value))
    }

    private func order(
        _ request: WebRequest, _ kind: String, _ title: String, _ year: Year, dryRun: Bool = false
    ) async throws -> WebResponse {
        let account = try request.accountNumber()
        let payload = YearPayload(year, isDryRun: dryRun, JobOrigin(request.actor))
        let job = try await jobs.order(kind, title, of: account, payload, key: "\(year) \(dryRun)")
        return .moved(JobPages.jobPath.link(job))
    }
}

struct YearsPage: PageValue {
    let rows: [YearRow]
    /// Acts on years as a whole.
    let acts: ActList?

    static var fields: [String: Field<YearsPage>] {
        ["rows": .list { $0.rows }, "hasRows": .flag { !$0.rows.isEmpty }, "acts": .item { $0.acts }]
    }

    static var sample: YearsPage { YearsPage(rows: [.sample], acts: .sample) }
}

struct YearRow: PageValue {
    let year: Year
    let state: YearState

    static var fields: [String: Field<YearRow>] {
        [
            "year": .text { "\($0.year)" }, "state": .text { $0.state.name },
            "isSettled": .flag { $0.state == .settled },
            "preview": .text { YearsPages.previewPath.link($0.year).text },
            "settle": .text { YearsPages.settlePath.link($0.year).text },
            "issue": .text { YearsPages.issuePath.link($0.year).text },
        ]
    }

    static var sample: YearRow { YearRow(year: Year(2022), state: .settled) }
}

extension Feature {
    /// 年度
    package static let years = Feature("years") { context in
        let (registry, certificates) = (context.registry, context.certificates)
        let reader = OfficeReader(registry: registry)
        let (pages, due) = (try YearsPages(registry, context.jobs, context.views), context.services.due)
        var site = FeatureSite(routes: pages.routes, navigation: pages.navigation)
        site.followUp = { YearsPages.next($0) }
        site.pendingTasks = { principal, transaction in
            guard YearsPages.bureau.isOpen(to: principal) else { return [] }
            let open = try reader.unsettledYears(transaction).count
            return [
                PendingTask("往年尚未结算", open, YearsPages.path.link()),
                PendingTask("证书待颁发", due.value ?? 0, YearsPages.path.link()),
            ].compactMap { $0 }
        }
        site.gauges = {
            let years = (try? await registry.years()) ?? []
            let closing = years.count { $0.state == .closing }
            let left = Gauge("xueshi_years_closing", "Years whose settling was not completed.", closing)
            return [left] + due.gauges
        }
        site.background = { await due.keep(certificates) }
        return site
    }
}
