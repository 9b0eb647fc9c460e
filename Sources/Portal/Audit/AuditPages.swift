import Foundation
import Jobs
import Kernel
import People
import Web

/// The audit log, searched and exported by auditors. They see numbers and codes and no personal data.
package struct AuditPages: Sendable {
    private let audit: AuditLog
    private let jobs: Jobs
    private let view: View<AuditPage>
    private static let size = 50

    package static let path: Path<> = Path("/audit")
    static let exportPath: Path<> = Path("/audit/export")
    private static let accessPolicy: AccessPolicy = .role(.auditor)

    package init(_ audit: AuditLog, _ jobs: Jobs, _ views: Views) throws {
        (self.audit, self.jobs) = (audit, jobs)
        view = try views.view("audit")
    }

    package static var views: URL { Bundle.module.bundleURL.appending(path: "Audit.views") }

    package var routes: [Route] {
        [
            .get(Self.path, Self.accessPolicy) { request in .page(try await page(request)) },
            .post(Self.exportPath, Self.accessPolicy) { request in try await export(request) },
        ]
    }

    package var navigation: [NavigationItem] { [NavigationItem("审计记录", Self.path.link(), Self.accessPolicy)] }

    private func page(_ request: WebRequest) async throws -> Page {
        let filter = AuditFilter(request.query, today: audit.people.system.today)
        guard filter.errors.isEmpty else { return page(AuditPage(filter: filter, records: [], next: nil)) }
        // In a separate transaction: on PostgreSQL a write in the reading snapshot would conflict with all writers.
        try await audit.acting(as: request.actor).record(.searchAudit, .none, filter.detail)
        let found = try await audit.find(filter.query, limit: Self.size + 1)
        let shown = Array(found.prefix(Self.size))
        let next = found.count > Self.size ? shown.last.map { filter.link(after: $0.place) } : nil
        return page(AuditPage(filter: filter, records: shown, next: next))
    }

    private func page(_ value: AuditPage) -> Page {
        Page("审计记录", breadcrumbs: [.home], status: value.filter.errors.status, view.draw(value))
    }

    private func export(_ request: WebRequest) async throws -> WebResponse {
        let account = try request.accountNumber()
        let form = try await request.form()
        let payload = AuditPayload(form["query"], isCSV: form["format"] == "csv", JobOrigin(request.actor))
        return .moved(JobPages.jobPath.link(try await jobs.order(AuditJobs.export, "导出审计记录", of: account, payload)))
    }
}

struct AuditPage: PageValue {
    let filter: AuditFilter
    let records: [AuditRecord]
    let next: Link?

    static var fields: [String: Field<AuditPage>] {
        [
            "filter": .item { $0.filter }, "errors": .item { $0.filter.errors.isEmpty ? nil : $0.filter.errors },
            "rows": .list { $0.records.map { AuditRow(record: $0) } }, "hasRows": .flag { !$0.records.isEmpty },
            "isWrong": .flag { !$0.filter.errors.isEmpty },
            "count": .text { "\($0.records.count)" }, "hasNext": .flag { $0.next != nil },
            "next": .text { $0.next?.text ?? "" }, "isFirst": .flag { $0.filter.query.after == nil },
            "first": .text { $0.filter.link().text }, "export": .text { _ in AuditPages.exportPath.link().text },
            "queryText": .text { $0.filter.link().text.split(separator: "?").last.map { String($0) } ?? "" },
        ]
    }

    static var sample: AuditPage {
        AuditPage(filter: .sample, records: [.sample], next: AuditPages.path.link())
    }
}

/// One record of the list.
struct AuditRow: PageValue {
    let record: AuditRecord

    private static func shown(_ text: String) -> String { text.isEmpty ? "—" : text }

    static var fields: [String: Field<AuditRow>] {
        [
            "time": .text { $0.record.clock }, "act": .text { $0.record.actWords },
            "who": .text { $0.record.actorWords },
            "from": .text { shown($0.record.address) }, "object": .text { shown($0.record.object.words) },
            "result": .text { $0.record.resultWords }, "isOK": .flag { $0.record.isDone },
            "isRefused": .flag { !$0.record.isDone }, "detail": .text { $0.record.detailWords },
            "hasDetail": .flag { !$0.record.detail.isEmpty },
            "place": .text { "\($0.record.chain) \($0.record.number)" },
        ]
    }

    static var sample: AuditRow { AuditRow(record: .sample) }
}

extension Feature {
    /// 审计记录, its export, and 办理记录 of a person.
    package static let audit = Feature(
        "audit", views: [AuditPages.views], jobs: { AuditJobs($0).kinds }
    ) { context in
        let pages = try AuditPages(context.services.audit, context.jobs, context.views)
        let records = try RecordPages(RosterAccess(registry: context.registry), context.views)
        return FeatureSite(routes: pages.routes + records.routes, navigation: pages.navigation)
    }
}
