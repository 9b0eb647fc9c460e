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
            .post(Self.confirmPath, jobs.own(.officers)) { request, job in try await confirm(request, job) },
            .post(Self.exportPath, .officers) { request in try await export(request) },
            .post(Self.printPath, .officers) { request in try await bundle(request) },
        ]
    }

    package var navigation: [NavigationItem] { [NavigationItem("导入", Self.path.link(), .officers)] }

    /// The next step after a list. A dry run whose list was imported since then leads to the import.
    func next(_ job: Job) async throws -> JobFollowUp? {
        guard let imported = try await imported(after: job) else { return Self.next(job) }
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

    /// The next step: after a dry run, the import of the same file; after an import, the people in it; after a failure,
    /// the upload.
    private static func next(_ job: Job) -> JobFollowUp? {
        guard job.kind == OfficeJobs.importList else { return nil }
        let isDryRun = (try? job.payload(ListPayload.self))?.isDryRun ?? false
        guard job.state == .done else {
            let sentence = isDryRun ? "没有登记任何内容。" : "已经登记的保留，再次上传不会重复。"
            return JobFollowUp(sentence + "按上面的说明改好名单以后再上传。", button: "重新上传", page: path.link())
        }
        guard isDryRun else {
            if job.result.has(.pending) {
                return JobFollowUp(
                    "有的行已报上级主管部门，办理结果在“我报的申请”里看。其余没有导入的行，在下载的表里改好以后再上传。",
                    button: "看我报的申请", page: UpstreamPages.askedPath.link())
            }
            if job.result.isBad {
                return JobFollowUp("没有导入的行，在下载的表里改好以后再上传；已经导入的不会重复。", button: "上传改好的表", page: path.link())
            }
            return JobFollowUp("已经导入。登记的人员和学时，在人员名单里核对。", button: "看人员名单", page: RosterPages.path.link())
        }
        guard job.input != nil else {
            return JobFollowUp("试导入的名单已过 30 天保存期，已经删除。要正式导入，请重新上传。", button: "重新上传", page: path.link())
        }
        guard job.result.has(.importable) || job.takingAway != nil else {
            return JobFollowUp("没有可以导入的行：都有错误，或者和登记的一样。有错误的改好以后再上传。", button: "重新上传", page: path.link())
        }
        return JobFollowUp(
            "试导入还没有登记任何内容。核对上面的数字以后，可以正式导入；有错误的行不会导入，其余的照常导入。", button: "正式导入",
            action: confirmPath.link(job.number),
            choice: job.takingAway.map { "连同会减少已登记学时的 \($0) 行一起登记（已核对编号）" })
    }

    private func page(_ failure: Failure? = nil, list: String = "people") -> Page {
        Page("导入名单", breadcrumbs: [.home], status: .of(failure), view.draw(ImportPage(list: list, failure: failure)))
    }

    private func take(_ request: WebRequest) async throws -> WebResponse {
        let principal = try request.signedIn()
        var list = "people"
        do {
            let upload = try await received(request)
            list = upload.form["list"] == "hours" ? "hours" : "people"
            try Self.check(upload)
            let scope = try principal.scope()
            let title = (list == "people" ? "试导入人员：" : "试导入学时：") + upload.name
            let payload = ListPayload(list, isDryRun: true, scope: scope.text, JobOrigin(request.actor))
            let job = try await jobs.order(
                OfficeJobs.importList, title, of: principal.account.number, payload,
                file: (upload.name, upload.file))
            return .moved(JobPages.jobPath.link(job))
        } catch let failure as Failure where failure.kind == .badInput {
            return .page(page(failure, list: list))
        }
    }

    private func received(_ request: WebRequest) async throws -> Upload<OpenFile> {
        do {
            return try await request.upload(limit: FileKind.list.largest)
        } catch let failure as Failure where failure == .tooLarge {
            throw Failure.tooLargeList
        }
    }

    /// Refuses files that are not lists, and says what they are.
    private static func check(_ upload: Upload<OpenFile>) throws {
        guard !upload.name.isEmpty else { throw Failure.noList }
        guard upload.file.size > 0 else { throw Failure.emptyList }
        let ending = (upload.name as NSString).pathExtension.lowercased()
        let file = try FileHandle(forReadingFrom: URL(filePath: upload.file.path))
        defer { try? file.close() }
        let head = try file.read(upToCount: 4).map { Array($0) } ?? []
        if ending == "xls" || head == [0xD0, 0xCF, 0x11, 0xE0] { throw Failure.oldList }
        guard ["xlsx", "csv"].contains(ending) else { throw Failure.noList }
        // Web pages and XML are reported by the reader.
        let isKnown = head.starts(with: [0x50, 0x4B]) || head.contains(UInt8(ascii: "<"))
        if ending == "xlsx", !isKnown { throw Failure.otherList }
        if head.starts(with: Array("%PDF".utf8)) { throw Failure.otherList }
    }

    private func confirm(_ request: WebRequest, _ dryRun: Job) async throws -> WebResponse {
        guard dryRun.kind == OfficeJobs.importList, dryRun.state == .done,
            var payload = try? dryRun.payload(ListPayload.self), payload.isDryRun
        else { throw Failure.noDryRun }
        guard payload.origin.isOf(request.actor) else { throw Failure.otherDryRun }
        (payload.isDryRun, payload.origin) = (false, JobOrigin(request.actor))
        if dryRun.takingAway != nil { payload.mayReduceHours = try await request.form()["agreed"] == "1" }
        let title = dryRun.title.replacing("试导入", with: "导入")
        return .moved(JobPages.jobPath.link(try await jobs.order(again: dryRun, title, payload)))
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
    let list: String
    let failure: Failure?

    static var fields: [String: Field<ImportPage>] {
        [
            "action": .text { _ in ImportPages.path.link().text },
            "people": .text { _ in ImportPages.templatePath.link("people").text },
            "hours": .text { _ in ImportPages.templatePath.link("hours").text },
            "isHours": .flag { $0.list == "hours" }, "isRefused": .flag { $0.failure != nil },
            "failure": .text { $0.failure?.words.chinese ?? "" },
        ]
    }

    static var sample: ImportPage { ImportPage(list: "people", failure: .noList) }
}

extension Failure {
    static let noList = Failure(
        .badInput, "import.no-file", "没有选择名单，或者不是 .xlsx、.csv 文件。请选择填好的名单再上传。",
        en: "No list was chosen, or it is no .xlsx or .csv. Choose the filled list.")

    static let emptyList = Failure(
        .badInput, "import.empty", "选择的文件是空的（0 字节）。请打开名单核对、保存以后再上传。",
        en: "The file is empty. Open the list, save it and upload it again.")

    static let oldList = Failure(
        .badInput, "import.old", "这是旧版 .xls 文件，或者加了密码。请在电子表格软件中另存为 .xlsx、不设密码，再上传。",
        en: "This is an old .xls, or a file with a password. Save it as .xlsx without one and upload that.")

    static let otherList = Failure(
        .badInput, "import.other", "文件名是 .xlsx 或 .csv，内容却不是表格，可能是改了名的 PDF 或图片。请用电子表格软件打开名单，另存为 .xlsx 再上传。",
        en: "The file is named .xlsx or .csv but is not one: perhaps a PDF. Save the list as .xlsx and upload that.")

    static let tooLargeList = Failure(
        .badInput, "import.too-large", "文件超过 32 MB，没有接收。请删去多余的工作表和图片，或分成几份名单上传。",
        en: "The file has more than 32 MB. Remove unneeded sheets and pictures, or split the list.")

    static let noDryRun = Failure(
        .refused, "import.not-rehearsed", "只有试导入完成的名单可以正式导入。请先上传名单试导入。",
        en: "Only a list with a finished dry run can be imported. Upload it first.")

    static let otherDryRun = Failure(
        .refused, "import.other-role", "这份名单是用您的另一个身份试导入的，没有导入。请先切换到那个身份，或者用现在的身份重新上传。",
        en: "This list was tried in another role of yours. Choose that role, or upload the list again in this one.",
        isRecorded: false)

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
