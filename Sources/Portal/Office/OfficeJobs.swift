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
        let people = Breadcrumb("人员", RosterPages.path.link())
        let years = Breadcrumb("年度", YearsPages.path.link())
        return [
            kind(Self.importList, isInOrder: true, place: Breadcrumb("导入", ImportPages.path.link())) {
                try await $0.takeList($1, $2)
            },
            kind(Self.exportList, place: people) { try await $0.writeList($1, $2) },
            kind(Self.settleYear, limit: 1, isInOrder: true, place: years) { try await $0.settle($1, $2) },
            kind(Self.issueYear, limit: 1, isInOrder: true, place: years) { try await $0.issue($1, $2) },
            kind(Self.printUnit, place: people) { try await $0.printUnit($1, $2) },
        ]
    }

    /// A kind of job that runs for the account that ordered it, as long as the account may still order it.
    private func kind<Payload: OfficePayload>(
        _ key: String, limit: Int = 2, isInOrder: Bool = false, place: Breadcrumb,
        _ work: @escaping @Sendable (OfficeJobs, JobContext, Payload) async throws -> JobOutcome
    ) -> JobKind {
        JobKind(
            key, Payload.self, limit: limit, isInOrder: isInOrder, place: place,
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

extension JobMark {
    /// The import after this dry run would register or request something.
    static let importable = JobMark(rawValue: "importable")
    /// Rows wait for an authority.
    static let pending = JobMark(rawValue: "pending")
    /// Rows are imported only with consent, because they reduce hours.
    static let reducesHours = JobMark(rawValue: "reduces-hours")
}

// MARK: - Import and export

extension OfficeJobs {
    private func takeList(_ run: JobContext, _ payload: ListPayload) async throws -> JobOutcome {
        let job = run.job
        let office = office
        let list = SheetImport(
            registry, by: reader, submitter: { try office.submitter(of: job, payload, $0) })
        let (path, progress) = (run.input?.path ?? "", { @Sendable (done: Int) in run.progress(done, 0) })
        let isRecognised = payload.content == nil
        let found = isRecognised ? try await list.recognise(path) : nil
        guard let content = payload.content ?? found?.content else {
            return JobOutcome(found.map(ListResult.question) ?? JobResult())
        }
        let report: ImportReport
        switch content {
        case .people: report = try await list.people(path, dryRun: payload.isDryRun, progress: progress)
        case .hours(let kind):
            report = try await list.hours(
                path, kind: kind, dryRun: payload.isDryRun, mayReduceHours: payload.mayReduceHours, progress: progress)
        }
        let result = ListResult(report, of: content, isDryRun: payload.isDryRun).result(isRecognised: isRecognised)
        guard !report.failures.isEmpty else { return JobOutcome(result) }
        let failures = try OpenFile.scratch()
        try report.writeFailures(to: failures.path)
        return JobOutcome(result, output: (failures, "未导入的行.xlsx"))
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
        let figures = YearFigures(report)
        var result = JobResult()
        result.headline = figures.words(isSettled: !isDryRun)
        result.figures = [
            ("没有适用的政策", report.unplaced), ("新结算", isDryRun || report.written == report.people ? 0 : report.written),
        ]
        .filter { $0.1 > 0 }.map { ($0.0, "\($0.1)") }
        result.values[YearFigures.key] = figures.text
        if !isDryRun { await due.renew(certificates) }
        // Before settlement, people without hours have no stored standing; that is not a fault.
        let faults = report.differences.filter { !isDryRun || $0.kind != .missing }.map(\.words.chinese)
        (result.sentences, result.isBad) = (faults, !faults.isEmpty)
        return JobOutcome(result)
    }

    private func issue(_ run: JobContext, _ payload: YearPayload) async throws -> JobOutcome {
        let all = try await office.peopleCount()
        let report = try await certificates.issue(payload.year) { run.progress(min($0, all), all) }
        await due.renew(certificates)
        var result = JobResult()
        let parts = [("新颁发", report.issued), ("此前已颁发", report.unchanged), ("不能颁发", report.refused)]
        result.headline = parts.filter { $0.1 > 0 }.map { "\($0.0) \($0.1) 张" }.joined(separator: "，")
        if result.headline.isEmpty { result.headline = "没有应颁发的证书" }
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
