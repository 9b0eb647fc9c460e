import Files
import Foundation
import Jobs
import Kernel
import People
import Registry
import Web

/// 批量开通账号: an officer chooses people, checks how many logins would be opened, opens them, and prints the codes.
struct LoginBatchPages: Sendable {
    private let registry: Registry
    private let jobs: Jobs
    private let view: View<LoginBatchesPage>
    private let batchView: View<LoginBatchPage>
    private let confirmView: View<ConfirmPage>

    static let path: Path<> = Path("/people/logins")
    static let batchPath = Path<ID<Job>>("/people/logins/{}")
    static let openPath = Path<ID<Job>>("/people/logins/{}/confirmation")
    static let slipsPath = Path<ID<Job>>("/people/logins/{}/slips")
    static let sheetPath = Path<ID<Job>>("/people/logins/{}/sheet")
    static let revokePath: Path<> = Path("/people/logins/revocation")
    /// In bytes; enough for 10,000 selected people.
    private static let formLimit = 200_000

    private var batches: LoginBatches { registry.loginBatches }

    init(_ registry: Registry, _ jobs: Jobs, _ views: Views) throws {
        (self.registry, self.jobs) = (registry, jobs)
        view = try views.view("logins")
        batchView = try views.view("login-batch")
        confirmView = try views.view("confirm")
    }

    var routes: [Route] {
        let (policy, own) = (LoginPages.accessPolicy, jobs.own(LoginPages.accessPolicy))
        return [
            .get(Self.path, policy) { request in .page(try await page(request, LoginBatchForm(request.query))) },
            .post(Self.path, policy) { request in try await check(request) },
            .post(Self.openPath, own) { request, job in try await open(request, job) },
            .get(Self.batchPath, own) { request, job in try await batch(request, job) },
            .post(Self.slipsPath, own) { request, job in try await download(request, job, isSheet: false) },
            .post(Self.sheetPath, own) { request, job in try await download(request, job, isSheet: true) },
            .get(Self.revokePath, policy) { request in try await confirmation(request) },
            .post(Self.revokePath, policy) { request in try await revoke(request) },
        ]
    }

    /// Opening the logins of a unit or of a list; `nil` for officers who may not.
    static func link(_ unit: ID<Organisation>?, for principal: Principal) -> Link? {
        guard LoginPages.accessPolicy.isOpen(to: principal) else { return nil }
        return path.link().asking([("unit", unit?.description ?? "")])
    }

    /// The next step: after a check, opening; after opening, the codes.
    func next(_ job: Job) async throws -> JobFollowUp? {
        guard job.kind == LoginBatchJobs.key else { return nil }
        guard job.state == .done, let payload = try? job.payload(LoginBatchPayload.self) else {
            return JobFollowUp("已经开通的保留，再办一次不会重复。", button: "回到批量开通账号", page: Self.path.link())
        }
        if !payload.isDryRun, job.result.has(.hasCodes) {
            return JobFollowUp(
                "登录码只能在 24 小时内下载，第一次下载 15 分钟后删除。", button: "去下载登录码", page: Self.batchPath.link(job.number))
        }
        let count = LoginTally.openable(job)
        guard payload.isDryRun, count > 0 else {
            return JobFollowUp("没有需要开通的账号。", button: "回到批量开通账号", page: Self.path.link())
        }
        return JobFollowUp(
            "将开通 \(count) 个账号，登录码 \(LoginBatch.days) 天内有效，开通后 24 小时内下载。其余的人不变动。",
            button: "开通 \(count) 个账号", action: Self.openPath.link(job.number))
    }
}

// MARK: - Choosing people

extension LoginBatchPages {
    private func page(_ request: WebRequest, _ form: LoginBatchForm, failure: Failure? = nil) async throws -> Page {
        let principal = try request.signedIn()
        let (all, now) = (try await batches.all(of: principal.submitter()), registry.people.system.now())
        var form = form
        if let unit = form.unit {
            form.unitName = try await RosterReader(registry: registry).unit(unit, for: principal).unit.name
        }
        let rows = all.map { batch, unused in
            LoginBatchRow(batch, unused: unused, isOwn: batch.account == principal.account, now: now)
        }
        let value = LoginBatchesPage(form: form, rows: rows, failure: failure)
        let breadcrumbs = [.home, Breadcrumb("人员", RosterPages.path.link())]
        return Page("批量开通账号", breadcrumbs: breadcrumbs, status: value.status, view.draw(value))
    }

    /// Orders the check of the chosen people.
    private func check(_ request: WebRequest) async throws -> WebResponse {
        let upload = request.isForm ? try await received(request) : nil
        let typed = if let upload { upload.form } else { try await request.form(limit: Self.formLimit) }
        var form = LoginBatchForm(typed)
        form.isSent = typed.has("reason")
        let principal = try request.signedIn()
        do {
            // A selection on another page comes without a reason.
            guard form.isSent, form.reason.error.isEmpty else { return .page(try await page(request, form)) }
            let payload = try form.payload(
                scope: principal.scope(), JobOrigin(request.actor), hasFile: upload?.name.isEmpty == false)
            var title = form.people.isEmpty ? upload?.name ?? "" : "所选的 \(form.people.count) 人"
            if let unit = form.unit {
                title = try await RosterReader(registry: registry).unit(unit, for: principal).unit.name
            }
            let file = payload.unit == nil && payload.people == nil ? upload.map { ($0.name, $0.file) } : nil
            let job = try await jobs.order(
                LoginBatchJobs.key, "核对账号：" + title, of: principal.account.number, payload, file: file)
            return .moved(JobPages.jobPath.link(job))
        } catch let failure as Failure where failure.kind == .badInput {
            return .page(try await page(request, form, failure: failure))
        }
    }

    private func received(_ request: WebRequest) async throws -> Upload<OpenFile> {
        do {
            return try await request.upload(limit: FileKind.list.largest)
        } catch let failure as Failure where failure == .tooLarge {
            throw Failure.tooLargeList
        }
    }

    /// Orders the opening after a check, in the role of the check.
    private func open(_ request: WebRequest, _ check: Job) async throws -> WebResponse {
        guard check.kind == LoginBatchJobs.key, check.state == .done,
            var payload = try? check.payload(LoginBatchPayload.self), payload.isDryRun,
            payload.origin.isOf(request.actor)
        else { throw Failure.notChecked }
        (payload.isDryRun, payload.origin) = (false, JobOrigin(request.actor))
        let title = check.title.replacing("核对账号", with: "开通账号")
        if check.input != nil {
            // A double click leads to the same opening.
            let later = try await jobs.later(than: check).first { $0.state != .failed && !$0.isCheck }
            let job = if let later { later.number } else { try await jobs.order(again: check, title, payload) }
            return .moved(JobPages.jobPath.link(job))
        }
        guard payload.unit != nil || payload.people != nil else { throw Failure.fileGone }
        let job = try await jobs.order(
            LoginBatchJobs.key, title, of: check.account, payload, key: "open \(check.number)")
        return .moved(JobPages.jobPath.link(job))
    }
}

extension Job {
    fileprivate var isCheck: Bool { (try? payload(LoginBatchPayload.self))?.isDryRun ?? true }
}

// MARK: - Codes

extension LoginBatchPages {
    private static let breadcrumbs = [
        .home, Breadcrumb("人员", RosterPages.path.link()), Breadcrumb("批量开通账号", path.link()),
    ]

    private func batch(_ request: WebRequest, _ job: Job) async throws -> WebResponse {
        guard job.kind == LoginBatchJobs.key, !job.isCheck else { return .moved(JobPages.jobPath.link(job.number)) }
        let found = try await batches.find(job.number.number, of: request.signedIn().submitter())
        let row = LoginBatchRow(found.batch, unused: found.unused, isOwn: true, now: registry.people.system.now())
        return .page(Page("登录码", breadcrumbs: Self.breadcrumbs, batchView.draw(LoginBatchPage(row: row))))
    }

    /// The codes as slips or as a workbook. Both count as the first download.
    private func download(_ request: WebRequest, _ job: Job, isSheet: Bool) async throws -> WebResponse {
        guard job.kind == LoginBatchJobs.key, !job.isCheck else { throw Failure.notChecked }
        let found = try await batches.acting(as: request.actor).slips(
            of: job.number.number, for: request.signedIn().submitter())
        let files = LoginSlipFiles(slips: found.slips, address: request.site, batch: found.batch)
        let name = "登录码-\(job.number)"
        return isSheet
            ? .bytes(try files.workbook(), type: .xlsx, file: name + ".xlsx")
            : .bytes(try files.pages(), type: .pdf, file: name + ".pdf")
    }

    private func confirmation(_ request: WebRequest) async throws -> WebResponse {
        guard let number = Int(request.query["batch"]) else { return .moved(Self.path.link()) }
        let found = try await batches.find(number, of: request.signedIn().submitter())
        let made = ClockTime(found.batch.made).text
        let value = ConfirmPage(
            title: "作废登录码",
            sentences: [
                "作废 \(made) 开通的登录码中还没有用过的 \(found.unused) 个。作废以后不能恢复，本人用不了这个登录码。",
                "账号保留。已经设置了自己密码的人不受影响；没有登录过的，可以再开通一次，得到新的登录码。",
            ], button: "确认作废", action: Self.revokePath.link().asking([("batch", "\(number)")]), back: Self.path.link())
        return .page(Page("作废登录码", breadcrumbs: Self.breadcrumbs, confirmView.draw(value)))
    }

    private func revoke(_ request: WebRequest) async throws -> WebResponse {
        let number = Int(request.query["batch"]) ?? 0
        _ = try await batches.acting(as: request.actor).revoke(number, by: request.signedIn().submitter())
        return .moved(Self.path.link())
    }
}

extension LoginBatch {
    /// The last whole day on which its codes are valid.
    var lastDay: Day { Day(milliseconds: expires).adding(days: -1) }
}

extension LoginBatches {
    /// Deletes outdated codes every minute until it is cancelled. After their time they are not handed out in any case.
    func keepSwept() async {
        while !Task.isCancelled {
            try? await sweep()
            try? await Task.sleep(for: .seconds(60))
        }
    }
}

extension Failure {
    static let notChecked = Failure(
        .refused, "logins.not-checked", "只有核对完成的名单才能开通账号，而且要用核对时的身份。请回到“批量开通账号”重新核对。",
        en: "Logins are opened only after a finished check, in the role of the check. Start the check again.")

    static let nobodyChosen = Failure(
        .badInput, "logins.nobody", "没有选择人员：请上传一份 .xlsx 或 .csv 人员名单，或者从人员名单里进入。",
        en: "Nobody was chosen: upload a list of people, or come from the list of people.")
}
