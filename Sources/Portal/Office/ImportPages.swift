import Files
import Foundation
import Jobs
import Kernel
import People
import Registry
import Web

/// Import and export of lists: upload, dry run with its differences, import, and refused rows.
package struct ImportPages: Sendable {
    private let registry: Registry
    private let jobs: Jobs
    private let view: View<ImportPage>

    package static let path: Path<> = Path("/import")
    static let templatePath = Path<String>("/import/templates/{}")
    static let contentPath = Path<ID<Job>>("/import/{}/content")
    static let confirmPath = Path<ID<Job>>("/import/{}/confirmation")
    static let exportPath: Path<> = Path("/people/export")
    static let printPath: Path<> = Path("/people/certificates")

    package init(_ registry: Registry, _ jobs: Jobs, _ views: Views) throws {
        (self.registry, self.jobs) = (registry, jobs)
        view = try views.view("import")
    }

    package static var views: URL { Bundle.module.bundleURL.appending(path: "Office.views") }

    package var routes: [Route] {
        [
            .get(Self.path, .officers) { _ in .page(page()) },
            .post(Self.path, .officers) { request in try await take(request) },
            .get(Self.templatePath, .officers) { _, list in try await template(list) },
            .post(Self.contentPath, jobs.own(.officers)) { request, job in try await choose(request, job) },
            .post(Self.confirmPath, jobs.own(.officers)) { request, job in try await confirm(request, job) },
            .post(Self.exportPath, .officers) { request in try await export(request) },
            .post(Self.printPath, .officers) { request in try await bundle(request) },
        ]
    }

    package var navigation: [NavigationItem] { [NavigationItem("导入", Self.path.link(), .officers)] }

    /// The next step after a list. A dry run whose list was imported since then leads to the import.
    func next(_ job: Job) async throws -> JobFollowUp? {
        guard let imported = try await imported(after: job) else { return ImportFollowUp(job)?.step }
        return JobFollowUp(
            "这份名单已经正式导入，不用再导入一次。", button: "看正式导入的结果", page: JobPages.jobPath.link(imported.number))
    }

    /// The import that followed a dry run; `nil` if there is none, or it failed or left out rows that need consent.
    private func imported(after job: Job) async throws -> Job? {
        let isDryRun = { @Sendable (job: Job) in (try? job.payload(ListPayload.self))?.isDryRun }
        guard job.kind == OfficeJobs.importList, job.state == .done, isDryRun(job) == true else { return nil }
        return try await jobs.later(than: job).first {
            isDryRun($0) == false && $0.state != .failed && $0.takingAway == nil
        }
    }

    private func page(_ failure: Failure? = nil) -> Page {
        Page("导入名单", breadcrumbs: [.home], status: .of(failure), view.draw(ImportPage(failure: failure)))
    }

    private func take(_ request: WebRequest) async throws -> WebResponse {
        let principal = try request.signedIn()
        do {
            let upload = try await received(request)
            try UploadedList.check(upload)
            let payload = ListPayload(isDryRun: true, scope: try principal.scope().text, JobOrigin(request.actor))
            let job = try await jobs.order(
                OfficeJobs.importList, ListContent.title(nil, upload.name, isDryRun: true),
                of: principal.account.number, payload, file: (upload.name, upload.file))
            return .moved(JobPages.jobPath.link(job))
        } catch let failure as Failure where failure.kind == .badInput {
            return .page(page(failure))
        }
    }

    private func received(_ request: WebRequest) async throws -> Upload<OpenFile> {
        do {
            return try await request.upload(limit: FileKind.list.largest)
        } catch let failure as Failure where failure == .tooLarge {
            throw Failure.tooLargeList
        }
    }

    /// The payload of a completed dry run. Failures: `import.not-rehearsed`, `import.other-role`.
    private func dryRun(_ job: Job, by actor: Actor) throws -> ListPayload {
        guard job.kind == OfficeJobs.importList, job.state == .done,
            let payload = try? job.payload(ListPayload.self), payload.isDryRun
        else { throw Failure.noDryRun }
        guard payload.origin.isOf(actor) else { throw Failure.otherDryRun }
        return payload
    }

    /// Repeats a dry run whose headers do not tell what the list contains, with the content that the user chose.
    private func choose(_ request: WebRequest, _ job: Job) async throws -> WebResponse {
        var payload = try dryRun(job, by: request.actor)
        guard let content = ListContent(text: try await request.form()["chosen"]),
            job.possibleContents.contains(content)
        else { throw Failure.noContent }
        (payload.list, payload.origin) = (content.text, JobOrigin(request.actor))
        let title = ListContent.title(content, job.inputName, isDryRun: true)
        return .moved(JobPages.jobPath.link(try await jobs.order(again: job, title, payload)))
    }

    /// Imports the list of a dry run. If that was done already, leads to the import.
    private func confirm(_ request: WebRequest, _ job: Job) async throws -> WebResponse {
        var payload = try dryRun(job, by: request.actor)
        guard let content = job.content ?? payload.content else { throw Failure.noDryRun }
        if let imported = try await imported(after: job) { return .moved(JobPages.jobPath.link(imported.number)) }
        (payload.list, payload.isDryRun, payload.origin) = (content.text, false, JobOrigin(request.actor))
        if job.takingAway != nil { payload.mayReduceHours = try await request.form()["agreed"] == "1" }
        let title = ListContent.title(content, job.inputName, isDryRun: false)
        return .moved(JobPages.jobPath.link(try await jobs.order(again: job, title, payload)))
    }

    private func template(_ list: String) async throws -> WebResponse {
        guard ["people", "hours"].contains(list) else { throw Failure.noTemplate }
        let isPeople = list == "people"
        let file = try OpenFile.scratch()
        try await (isPeople ? registry.peopleTemplate() : registry.hoursTemplate()).write(to: file.path)
        return .bytes(try file.bytes(), type: .xlsx, file: isPeople ? "人员模板.xlsx" : "学时模板.xlsx")
    }

    /// Orders the filtered list as a workbook.
    private func export(_ request: WebRequest) async throws -> WebResponse {
        let principal = try request.signedIn()
        let form = try await request.form()
        let scope = try principal.scope()
        let job = try await jobs.order(
            OfficeJobs.exportList, "导出人员", of: principal.account.number,
            RosterPayload(form["query"], scope: scope.text, JobOrigin(request.actor)))
        return .moved(JobPages.jobPath.link(job))
    }

    private func bundle(_ request: WebRequest) async throws -> WebResponse {
        let principal = try request.signedIn()
        let form = try await request.form()
        guard let number = ID<Organisation>(form["unit"]), let year = Year(form["year"]) else { throw Failure.noYear }
        let (scope, unit) = try await RosterReader(registry: registry).unit(number, for: principal)
        let job = try await jobs.order(
            OfficeJobs.printUnit, "打包证书：\(unit.name)", of: principal.account.number,
            UnitPayload(number, year, scope: scope.text, JobOrigin(request.actor)))
        return .moved(JobPages.jobPath.link(job))
    }
}

struct ImportPage: PageValue {
    let failure: Failure?

    static var fields: [String: Field<ImportPage>] {
        [
            "action": .text { _ in ImportPages.path.link().text },
            "people": .text { _ in ImportPages.templatePath.link("people").text },
            "hours": .text { _ in ImportPages.templatePath.link("hours").text },
            "isRefused": .flag { $0.failure != nil }, "failure": .text { $0.failure?.words.chinese ?? "" },
        ]
    }

    static var sample: ImportPage { ImportPage(failure: .noList) }
}

extension Failure {
    static let noDryRun = Failure(
        .refused, "import.not-rehearsed", "只有试导入完成的名单可以正式导入。请先上传名单试导入。",
        en: "Only a list with a finished dry run can be imported. Upload it first.")

    static let otherDryRun = Failure(
        .refused, "import.other-role", "这份名单是用您的另一个身份试导入的，没有导入。请先切换到那个身份，或者用现在的身份重新上传。",
        en: "This list was tried in another role of yours. Choose that role, or upload the list again in this one.",
        isRecorded: false)

    static let noContent = Failure(
        .badInput, "import.no-content", "没有选择名单里是什么，没有试导入。请返回上一页，选择一项再试导入。",
        en: "It was not chosen what the list contains. Go back, choose it and try again.")

    static let noTemplate = Failure(
        .notFound, "import.no-template", "没有这种模板。请从导入页面下载人员模板或学时模板。",
        en: "There is no such template. See the import page for those of people and hours.")
}

extension Feature {
    /// 导入, and the lists and certificates made from the roster.
    package static let imports = Feature(
        "imports", views: [ImportPages.views], jobs: { OfficeJobs($0).kinds }
    ) { context in
        let pages = try ImportPages(context.registry, context.jobs, context.views)
        var site = FeatureSite(routes: pages.routes, navigation: pages.navigation)
        site.followUp = { try await pages.next($0) }
        return site
    }
}
