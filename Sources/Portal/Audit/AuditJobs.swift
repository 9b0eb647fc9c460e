import Database
import Documents
import Jobs
import Kernel
import People
import Web

/// The export of audit records as a job. It is recorded before its file can be downloaded.
package struct AuditJobs: Sendable {
    let audit: AuditLog
    private let reader: AuditReader

    package init(_ services: Services) {
        (audit, reader) = (services.audit, AuditReader(registry: services.registry))
    }

    static let export = "audit-export"

    package var kinds: [JobKind] {
        [
            JobKind(
                Self.export, AuditPayload.self, authorise: { job, _, transaction in try authorise(job, transaction) },
                { try await write($0, $1) })
        ]
    }

    /// Failure: `audit.no-role` if the job's account is no longer an auditor.
    private func authorise(_ job: Job, _ transaction: Transaction) throws {
        guard try reader.isAuditor(ID(job.account), transaction) else { throw Failure.noAuditor }
    }

    private func write(_ run: JobContext, _ payload: AuditPayload) async throws -> JobOutcome {
        let job = run.job
        let filter = AuditFilter(Query(payload.query), today: audit.people.system.today)
        guard filter.errors.isEmpty else { throw Failure.badAuditQuery }
        let isCSV = payload.isCSV
        let file = try OpenFile.scratch()
        let rows = try await AuditSheet(audit).write(filter.query, to: file.path, isDelimited: isCSV) {
            run.progress($0, 0)
        }
        try await audit.acting(as: payload.origin.actor(of: job)).record(
            .exportAudit, .job(job.number.number), filter.detail)
        var result = JobResult()
        result.figures = [("记录数", "\(rows)")]
        return JobOutcome(result, output: (file, isCSV ? "审计记录.csv" : "审计记录.xlsx"))
    }
}

/// Writes audit records as a workbook or a .csv file.
package struct AuditSheet: Sendable {
    private let audit: AuditLog

    package init(_ audit: AuditLog) { self.audit = audit }

    /// Writes a row for each record that matches a query, newest first. Returns the number of rows.
    package func write(
        _ query: AuditQuery, to path: String, isDelimited: Bool = false,
        progress: @Sendable (Int) -> Void = { _ in }
    ) async throws -> Int {
        let titles = ["时间", "记录链", "序号", "操作人", "来源", "代码", "操作", "对象", "人员编号", "结果", "说明"]
        let writer = try listWriter(
            path: path, isDelimited: isDelimited, sheet: "审计记录",
            columns: titles.map { SheetColumn(title: $0, width: 18) })
        var rows = 0
        try await audit.each(query) { page in
            for record in page { try writer.row(Self.row(record)) }
            rows += page.count
            progress(rows)
            try Task.checkCancellation()
        }
        try writer.finish()
        return rows
    }

    private static func row(_ record: AuditRecord) -> [SheetValue] {
        [
            .text(record.clock), .text(record.chain), .number(record.number), .text(record.actorWords),
            .text(record.address), .text(record.act), .text(record.actWords), .text(record.object.words),
            record.person.map { .number($0) } ?? .empty, .text(record.resultWords), .text(record.detailWords),
        ]
    }
}

extension Failure {
    static let noAuditor = Failure(
        .denied, "audit.no-role", "这个账号现在不是安全审计员，没有导出审计记录。",
        en: "This account is no longer an auditor's; nothing was exported.")

    static let badAuditQuery = Failure(
        .badInput, "audit.query", "查询条件没有写对，没有导出。请回到审计记录页，改好条件再导出。",
        en: "The query cannot be read; nothing was exported. Correct it on the page and try again.")
}
