import Certificates
import Jobs
import Kernel
import People
import Registry
import Web

/// The bureau's pages for closing years: preview, settle, issue.
package struct YearsPages: Sendable {
    private let reader: OfficeReader
    private let jobs: Jobs
    private let due: DueCount
    private let view: View<YearsPage>
    private let confirmView: View<ConfirmPage>

    package static let path: Path<> = Path("/years")
    static let previewPath = Path<Year>("/years/{}/preview")
    static let settlePath = Path<Year>("/years/{}/settlement")
    static let issuePath = Path<Year>("/years/{}/certificates")
    static let bureau: AccessPolicy = .role(.bureau)

    package init(_ registry: Registry, _ jobs: Jobs, _ due: DueCount, _ views: Views) throws {
        (reader, self.jobs, self.due) = (OfficeReader(registry: registry), jobs, due)
        view = try views.view("years")
        confirmView = try views.view("confirm")
    }

    package var routes: [Route] {
        [
            .get(Self.path, Self.bureau) { request in .page(try await page(request)) },
            .post(Self.previewPath, Self.bureau) { request, year in
                try await order(request, OfficeJobs.settleYear, "预览\(year)年度结算", year, dryRun: true)
            },
            .get(Self.settlePath, Self.bureau) { request, year in
                .page(try await settleConfirmation(request, year))
            },
            .post(Self.settlePath, Self.bureau) { request, year in
                try await order(request, OfficeJobs.settleYear, "结算\(year)年度", year)
            },
            .get(Self.issuePath, Self.bureau) { _, year in .page(issueConfirmation(of: year)) },
            .post(Self.issuePath, Self.bureau) { request, year in
                try await order(request, OfficeJobs.issueYear, "颁发\(year)年度证书", year)
            },
        ]
    }

    package var navigation: [NavigationItem] { [NavigationItem("年度", Self.path.link(), Self.bureau)] }

    private func page(_ request: WebRequest) async throws -> Page {
        let found = try await reader.years()
        let counts = due.counts
        var years: [YearProgress] = []
        for (progress, changed) in found.years {
            var progress = progress
            progress.certificates = counts.map { $0[progress.year] ?? IssueCount() }
            progress.preview = try await preview(progress.year, since: changed, request)
            years.append(progress)
        }
        return Page("年度", breadcrumbs: [.home], view.draw(YearsPage(years, acts: found.acts)))
    }

    /// The officer's newest preview of a year, made after a time in milliseconds since 1970.
    private func preview(
        _ year: Year, since time: Int, _ request: WebRequest
    ) async throws -> (figures: YearFigures, time: ClockTime)? {
        let account = try request.accountNumber()
        let job = try await jobs.newest(OfficeJobs.settleYear, of: account, key: Self.key(year, isDryRun: true))
        guard let job, job.ended > time, let figures = YearFigures(job.result) else { return nil }
        return (figures, ClockTime(job.ended))
    }

    private static func key(_ year: Year, isDryRun: Bool) -> String { "\(year) \(isDryRun)" }

    private func order(
        _ request: WebRequest, _ kind: String, _ title: String, _ year: Year, dryRun: Bool = false
    ) async throws -> WebResponse {
        let account = try request.accountNumber()
        let payload = YearPayload(year, isDryRun: dryRun, JobOrigin(request.actor))
        let job = try await jobs.order(kind, title, of: account, payload, key: Self.key(year, isDryRun: dryRun))
        return .moved(JobPages.jobPath.link(job))
    }
}

// MARK: - Confirmation

extension YearsPages {
    /// What a settlement does and cannot undo.
    static let settleWarning = "不能撤销：重新开放年度要由系统管理员办理并写明原因。以后再登记这一年的学时，本人的结果随之更新，旧版本保留，证书可能要重新颁发。"
    static let issueWarning = "颁发以后不能收回，只能逐张作废并写明原因。已经颁发过、没有变化的，不会重复颁发。"

    private func settleConfirmation(_ request: WebRequest, _ year: Year) async throws -> Page {
        let found = try await reader.year(year)
        let people = try await reader.peopleCount()
        let preview = try await preview(year, since: found.changed, request)
        guard found.progress.state != .settled else {
            return confirmation(
                "补充结算\(year)年度", ["\(year)年度已经结算。补充结算只结算还没有结果的人，已有的结果不变。"], button: "确认结算",
                action: Self.settlePath.link(year))
        }
        let told =
            preview.map { "按 \($0.time.text) 的预览，\($0.figures.words(isSettled: false))。" }
            ?? "您还没有预览。要先看结果的，请取消，先做预览。"
        let early = found.progress.isOver ? [] : ["\(year)年度还没有结束，年底以前取得的学时还会改变结果。"]
        return confirmation(
            "结算\(year)年度",
            ["将结算\(year)年度，登记的人员共 \(people) 人。\(told)"] + early
                + ["结算以后，结果固定下来，可以颁发\(year)年度的证书。", Self.settleWarning],
            button: "确认结算", action: Self.settlePath.link(year))
    }

    private func issueConfirmation(of year: Year) -> Page {
        let count = due.counts.map { $0[year] ?? IssueCount() }
        let people =
            count.map { "应颁发 \($0.all) 张，已颁发 \($0.issued) 张，这次颁发 \($0.due) 张。" } ?? "应颁发的张数正在统计。"
        return confirmation(
            "颁发\(year)年度证书", ["将为\(year)年度合格和免修的人员颁发证书：\(people)", Self.issueWarning],
            button: "确认颁发", action: Self.issuePath.link(year))
    }

    private func confirmation(_ title: String, _ sentences: [String], button: String, action: Link) -> Page {
        let value = ConfirmPage(
            title: title, sentences: sentences, button: button, action: action, back: Self.path.link())
        return Page(title, breadcrumbs: [.home, Breadcrumb("年度", Self.path.link())], confirmView.draw(value))
    }

    /// The next step on the way to a year's certificates. Its sentences confirm the act, as the pages above do. What
    /// was done since then is not offered again.
    func next(_ job: Job) async throws -> JobFollowUp? {
        guard job.state == .done, let payload = try? job.payload(YearPayload.self) else { return nil }
        let year = payload.year
        switch job.kind {
        case OfficeJobs.settleYear where payload.isDryRun:
            guard try await reader.year(year).progress.state != .settled else { return settled(year) }
            let people = YearFigures(job.result).map { "，共 \($0.people) 人" } ?? ""
            return JobFollowUp(
                "这是预览，还没有结算。核对上面的人数以后，可以结算\(year)年度\(people)。" + Self.settleWarning,
                button: "确认结算\(year)年度", action: Self.settlePath.link(year))
        case OfficeJobs.settleYear: return settled(year)
        case OfficeJobs.issueYear:
            var query = RosterQuery(Query(""), newest: year)
            query.state = .qualified
            return JobFollowUp("本人可以在“我的学时”里下载证书；一个单位的证书，可以从名单里打包下载。", button: "看合格的人员", page: query.link())
        default: return nil
        }
    }

    private func settled(_ year: Year) -> JobFollowUp {
        let count = due.counts.map { $0[year]?.due ?? 0 }
        guard count != 0 else {
            return JobFollowUp("\(year)年度已结算，没有待颁发的证书。", button: "看年度", page: Self.path.link())
        }
        let certificates = count.map { "证书 \($0) 张" } ?? "证书"
        return JobFollowUp(
            "\(year)年度已结算，将颁发\(certificates)。" + Self.issueWarning, button: "颁发\(year)年度证书",
            action: Self.issuePath.link(year))
    }
}

extension Feature {
    /// 年度
    package static let years = Feature("years") { context in
        let (registry, certificates) = (context.registry, context.certificates)
        let reader = OfficeReader(registry: registry)
        let due = context.services.due
        let pages = try YearsPages(registry, context.jobs, due, context.views)
        var site = FeatureSite(routes: pages.routes, navigation: pages.navigation)
        site.followUp = { try await pages.next($0) }
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
