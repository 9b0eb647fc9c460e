import Certificates
import Documents
import Foundation
import Jobs
import Kernel
import People
import Policy
import Registry
import Web

/// The jobs of officers. A run may be interrupted at any moment and repeated, since each job changes nothing the second
/// time.
package struct OfficeJobs: Sendable {
    private(set) var registry: Registry
    private(set) var certificates: Certificates
    /// Settles a year after verifying the ledger, and signs the root.
    let settle: @Sendable (Actor, Year, @escaping @Sendable (Int) -> Void) async throws -> SettlementReport
    /// Reads uploaded lists.
    let reader: SheetReader
    /// Counted again after a job that makes certificates due or issues them.
    private let due: DueCount

    private var office: OfficeReader { OfficeReader(registry: registry) }

    package init(_ services: Services) {
        (registry, certificates) = (services.registry, services.certificates)
        (reader, settle, due) = (services.reader, services.settle, services.due)
    }

    static let importList = "import"
    static let exportList = "export"
    static let settleYear = "settle"
    static let issueYear = "issue"
    static let printUnit = "print"

    package var kinds: [JobKind] {
        [
            kind(Self.importList, isInOrder: true) { try await $0.takeList($1, $2) },
            kind(Self.exportList) { try await $0.writeList($1, $2) },
            kind(Self.settleYear, limit: 1, isInOrder: true) { try await $0.settle($1, $2) },
            kind(Self.issueYear, limit: 1, isInOrder: true) { try await $0.issue($1, $2) },
            kind(Self.printUnit) { try await $0.printUnit($1, $2) },
        ]
    }

    /// A kind of job that runs for the account that ordered it, as long as the account may still order it.
    private func kind<Payload: OfficePayload>(
        _ key: String, limit: Int = 2, isInOrder: Bool = false,
        _ work: @escaping @Sendable (OfficeJobs, JobContext, Payload) async throws -> JobOutcome
    ) -> JobKind {
        JobKind(
            key, Payload.self, limit: limit, isInOrder: isInOrder,
            authorise: { _ = try office.submitter(of: $0, $1, $2) }
        ) { run, payload in
            var jobs = self
            let actor = payload.origin.actor(of: run.job)
            (jobs.registry, jobs.certificates) = (registry.acting(as: actor), certificates.acting(as: actor))
            return try await work(jobs, run, payload)
        }
    }

    private func record(_ act: AuditAct, _ object: AuditObject, _ detail: AuditDetail) async throws {
        try await registry.auditLog.record(act, object, detail)
    }
}

extension Job {
    /// The number of rows that reduce hours and need consent; `nil` if there are none.
    var takingAway: String? {
        guard result.has(.reducesHours) else { return nil }
        return result.figures.first { $0.name == JobResult.takingAway }?.value
    }
}

extension JobMark {
    /// The import after this dry run would register or request something.
    static let importable = JobMark(rawValue: "importable")
    /// Rows wait for an authority.
    static let pending = JobMark(rawValue: "pending")
    /// Rows are imported only with consent, because they reduce hours.
    static let reducesHours = JobMark(rawValue: "reduces-hours")
}

extension JobResult {
    /// The name of the figure for rows that reduce hours.
    static let takingAway = "会减少已登记学时"
}

// MARK: - Import and export

extension OfficeJobs {
    private func takeList(_ run: JobContext, _ payload: ListPayload) async throws -> JobOutcome {
        let job = run.job
        let office = office
        let list = SheetImport(
            registry, by: reader, submitter: { try office.submitter(of: job, payload, $0) })
        let isDryRun = payload.isDryRun
        let (path, progress) = (run.input?.path ?? "", { @Sendable (done: Int) in run.progress(done, 0) })
        let report =
            payload.list == "people"
            ? try await list.people(path, dryRun: isDryRun, progress: progress)
            : try await list.hours(
                path, dryRun: isDryRun, mayReduceHours: payload.mayReduceHours, progress: progress)
        var result = JobResult()
        result.figures = [
            ("名单行数", "\(report.rows)"), (isDryRun ? "将新增" : "新增", "\(report.created)"),
            (isDryRun ? "将更改" : "更改", "\(report.changed)"), ("没有变化", "\(report.unchanged)"),
            ("未导入", "\(report.failures.count)"),
        ]
        if report.takingAway > 0 { result.figures.append((JobResult.takingAway, "\(report.takingAway)")) }
        result.isBad = !report.failures.isEmpty
        result.badRows = max(0, report.failures.count { !$0.isPending } - report.takingAway)
        result.marks = Self.marks(report, isDryRun: isDryRun)
        result.sentences = report.failures.prefix(30).map { "\($0.place)：\($0.words)" }
        if report.failures.count > 30 { result.sentences.append("……其余的在下载的表里。") }
        result.sentences += report.notes.prefix(50)
        if report.notes.count > 50 { result.sentences.append("提示共 \(report.notes.count) 条，以上是前 50 条。") }
        if isDryRun { result.sentences.append("这是试导入，还没有登记任何内容。新增的以正式导入为准。") }
        guard !report.failures.isEmpty else { return JobOutcome(result) }
        let failures = try OpenFile.scratch()
        try report.writeFailures(to: failures.path)
        return JobOutcome(result, output: (failures, "未导入的行.xlsx"))
    }

    static func marks(_ report: ImportReport, isDryRun: Bool) -> Set<JobMark> {
        let isPending = report.failures.contains(where: \.isPending)
        var marks: Set<JobMark> = []
        if isDryRun, isPending || report.created + report.changed > 0 { marks.insert(.importable) }
        if !isDryRun, isPending { marks.insert(.pending) }
        if report.takingAway > 0 { marks.insert(.reducesHours) }
        return marks
    }

    /// Writes the complete list with the same filters and all columns.
    private func writeList(_ run: JobContext, _ payload: RosterPayload) async throws -> JobOutcome {
        let file = try OpenFile.scratch()
        var (query, sheet) = try await office.list(payload.query)
        let writer = try SheetWriter(path: file.path, sheet: "人员", columns: sheet.columns)
        var rows = 0
        while true {
            let found = try await office.page(query, for: run.job, payload)
            for row in found.people.flatMap(sheet.rows) { try writer.row(row) }
            rows += found.people.count
            run.progress(rows, 0)
            try Task.checkCancellation()
            guard let next = found.next else { break }
            query.after = next
        }
        try writer.finish()
        try await record(.exportList, .list("people"), ["job": "\(run.job.number)", "rows": "\(rows)"])
        var result = JobResult()
        result.figures = [("人数", "\(rows)")]
        return JobOutcome(result, output: (file, "人员-\(query.year).xlsx"))
    }
}

// MARK: - Years

extension OfficeJobs {
    private func settle(_ run: JobContext, _ payload: YearPayload) async throws -> JobOutcome {
        let (year, isDryRun) = (payload.year, payload.isDryRun)
        let all = try await office.peopleCount()
        let progress: @Sendable (Int) -> Void = { run.progress(min($0, all), all) }
        let report =
            try await isDryRun
            ? registry.check(year, progress: progress)
            : settle(payload.origin.actor(of: run.job), year, progress)
        if !isDryRun { await due.renew(certificates) }
        var result = JobResult()
        result.figures = [
            ("人数", "\(report.people)"), ("合格", "\(report.qualified)"), ("不合格", "\(report.short)"),
            ("其中不作硬性要求", "\(report.waived)"), ("免修", "\(report.exempt)"), ("没有适用的政策", "\(report.unplaced)"),
        ]
        if !isDryRun { result.figures.append(("新结算", "\(report.written)")) }
        // Before settlement, people without hours have no stored standing; that is not a fault.
        let faults = report.differences.filter { !isDryRun || $0.kind != .missing }.map(\.words.chinese)
        result.sentences = faults
        result.isBad = !faults.isEmpty
        result.sentences.append(isDryRun ? "这是预览，还没有结算。" : "\(year)年度已结算。")
        return JobOutcome(result)
    }

    private func issue(_ run: JobContext, _ payload: YearPayload) async throws -> JobOutcome {
        let all = try await office.peopleCount()
        let report = try await certificates.issue(payload.year) { run.progress(min($0, all), all) }
        await due.renew(certificates)
        var result = JobResult()
        result.figures = [("新颁发", "\(report.issued)"), ("此前已颁发", "\(report.unchanged)"), ("不能颁发", "\(report.refused)")]
        result.isBad = report.refused > 0
        result.sentences = report.refusals.prefix(50).map { "人员 \($0.person)：\($0.failure.words.chinese)" }
        return JobOutcome(result)
    }

    /// Puts the valid certificates of a unit's people for a year into one zip. They stay separate files, because a file
    /// signature covers one file.
    private func printUnit(_ run: JobContext, _ payload: UnitPayload) async throws -> JobOutcome {
        let (unit, year) = (payload.unit, payload.year)
        let file = try OpenFile.scratch()
        let zip = try ZipWriter(file.path)
        var (place, count, looked): (RosterCursor?, Int, Int) = (nil, 0, 0)
        while true {
            let lines = try await office.people(
                of: unit, after: place, limit: 200, for: run.job, payload)
            var names: [CertificateNumber: String] = [:]
            for line in lines {
                for held in try await certificates.all(of: line.person)
                where held.state == .valid && held.certificate.facts.kind == .annual
                    && held.certificate.facts.period.contains(year)
                {
                    let facts = held.certificate.facts
                    names[facts.number] = "\(facts.fileName)-\(line.person).pdf"
                }
            }
            let numbers = names.keys.sorted { names[$0] ?? "" < names[$1] ?? "" }
            try await certificates.eachPDF(of: numbers) { number, pdf in
                try zip.add(names[number] ?? "", pdf)
                try Task.checkCancellation()
            }
            (count, looked) = (count + numbers.count, looked + lines.count)
            run.progress(looked, 0)
            guard lines.count == 200, let last = lines.last else { break }
            place = last.place
        }
        try zip.finish()
        try await record(
            .printCertificate, .job(run.job.number.number), ["unit": "\(unit)", "year": "\(year)", "count": "\(count)"])
        var result = JobResult()
        result.figures = [("核对人数", "\(looked)"), ("装入证书", "\(count)")]
        guard count > 0 else {
            let isBureau = payload.origin.role == Role.bureau.rawValue
            let next = isBureau ? "请先结算年度，再颁发证书" : "结算年度和颁发证书由\(Role.bureau.name)办理，请在颁发以后再来下载"
            result.sentences = ["这个单位\(year)年度还没有有效的证书。\(next)。"]
            return JobOutcome(result)
        }
        return JobOutcome(result, output: (file, "证书-\(year).zip"))
    }
}

extension Failure {
    static let noYear = Failure(
        .badInput, "desk.year", "年度没有写对。请从页面上重新选择。", en: "The year cannot be read. Choose it on the page again.")
}
