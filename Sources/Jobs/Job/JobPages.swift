import Files
import Foundation
import Kernel
import Web

/// The jobs of the signed-in account, each with its own page.
package struct JobPages: Sendable {
    private let jobs: Jobs
    private let listView: View<JobList>
    private let view: View<JobPage>
    /// The next step after a finished job, from its feature.
    private let next: @Sendable (Job) async throws -> JobFollowUp?
    /// Called before a download, which is refused if it fails.
    private let downloading: @Sendable (WebRequest, Job) async throws -> Void
    private static let size = 20

    package static let path: Path<> = Path("/jobs")
    package static let jobPath = Path<ID<Job>>("/jobs/{}")
    static let outputPath = Path<ID<Job>>("/jobs/{}/file")

    package init(
        _ jobs: Jobs, _ views: Views, next: @escaping @Sendable (Job) async throws -> JobFollowUp?,
        downloading: @escaping @Sendable (WebRequest, Job) async throws -> Void
    ) throws {
        (self.jobs, self.next, self.downloading) = (jobs, next, downloading)
        listView = try views.view("jobs")
        view = try views.view("job")
    }

    package static var views: URL { Bundle.module.bundleURL.appending(path: "Job.views") }

    package var routes: [Route] {
        [
            .get(Self.path, .anybodySignedIn) { request in .page(try await list(request)) },
            .get(Self.jobPath, jobs.own(.anybodySignedIn)) { request, job in .page(try await page(job, request)) },
            .get(Self.outputPath, jobs.own(.anybodySignedIn)) { request, job in try await output(request, job) },
        ]
    }

    /// `policy`: who may order jobs.
    package func navigation(_ policy: AccessPolicy) -> [NavigationItem] {
        [NavigationItem("任务", Self.path.link(), policy)]
    }

    private func list(_ request: WebRequest) async throws -> Page {
        let before = Int(request.query["before"]) ?? .max
        let account = try request.accountNumber()
        let found = try await jobs.list(of: account, before: before, limit: Self.size + 1)
        let shown = found.prefix(Self.size)
        let last = found.count > Self.size ? shown.last : nil
        let now = jobs.files.system.now()
        let rows = shown.map { JobRow($0.job, isUsable: $0.isUsable, now: now) }
        let more = last.map { Self.path.link().asking([("before", "\($0.job.number)")]) }
        return Page("任务", breadcrumbs: [.home], listView.draw(JobList(rows: rows, more: more)))
    }

    private func page(_ job: Job, _ request: WebRequest) async throws -> Page {
        let followUp = try await [.done, .failed].contains(job.state) ? next(job) : nil
        let value = JobPage(
            job: job, now: jobs.files.system.now(), next: followUp, part: Int(request.query["page"]) ?? 1)
        let place = jobs.kinds[job.kind]?.place
        var page = Page(
            job.title, breadcrumbs: [.home, place ?? Breadcrumb("任务", Self.path.link())], view.draw(value))
        page.place = place?.link
        return page
    }

    private func output(_ request: WebRequest, _ job: Job) async throws -> WebResponse {
        let file = try await jobs.output(of: job)
        try await downloading(request, job)
        return .file(
            ServedFile(
                job.outputName, type: FileType(name: job.outputName), size: file.size, tag: file.tag, read: file.read))
    }
}

extension Jobs {
    /// Access to a job for the account that ordered it. Failures: `job.none`, and those of the job's kind.
    package func own(_ policy: AccessPolicy) -> ObjectAccess<ID<Job>, Job> {
        ObjectAccess(policy) { request, number in try await job(number, of: request.accountNumber()) }
    }
}

struct JobList: PageValue {
    let rows: [JobRow]
    let more: Link?

    static var fields: [String: Field<JobList>] {
        [
            "rows": .list { $0.rows }, "hasRows": .flag { !$0.rows.isEmpty }, "hasMore": .flag { $0.more != nil },
            "more": .text { $0.more?.text ?? "" },
        ]
    }

    static var sample: JobList { JobList(rows: [.sample], more: JobPages.path.link()) }
}

struct JobRow: PageValue {
    let title: String
    let link: Link
    /// Whether its page can be opened; otherwise the list hides its title too.
    let isUsable: Bool
    let state: Job.State
    /// Empty if the page cannot be opened.
    let result: JobResult
    let time: ClockTime

    init(_ job: Job, isUsable: Bool, now: Int) {
        title = isUsable ? job.title : "下达时的身份已取消，或内容读不出，不能查看"
        (self.isUsable, state, result) = (isUsable, job.state, isUsable ? job.result : JobResult())
        (link, time) = (JobPages.jobPath.link(job.number), ClockTime(job.created, now: now))
    }

    private init() {
        (title, state, result, time) = ("导入人员：名单.xlsx", .done, JobResult(), .sample)
        (link, isUsable) = (JobPages.path.link(), true)
    }

    static var fields: [String: Field<JobRow>] {
        [
            "title": .text { $0.title }, "link": .text { $0.link.text }, "state": .text { $0.state.name($0.result) },
            "isUsable": .flag { $0.isUsable },
            "isOK": .flag { $0.state == .done && !$0.result.isBad },
            "isBad": .flag { $0.state == .failed || $0.result.isBad }, "time": .item { $0.time },
        ]
    }

    static var sample: JobRow { JobRow() }
}

extension Job.State {
    func name(_ result: JobResult) -> String {
        switch self {
        case .waiting: "排队中"
        case .running: "进行中"
        case .done where result.badRows > 0: "已完成，\(result.badRows) 行有误"
        case .done: result.isBad ? "已完成，有待处理" : "已完成"
        case .failed: "未完成"
        }
    }
}
