import Database
import Documents
import Kernel
import People
import Registry
import Synchronization
import Web

/// Submission of hours by programs: the same import as a list of hours that an officer uploads, with the same checks,
/// scope and audit records.
struct HoursAPI: Sendable {
    private let registry: Registry

    init(_ registry: Registry) { self.registry = registry }

    private static let path: Path<> = Path("/api/v1/hours")
    private static let listPath: Path<> = Path("/api/v1/hours/lines")
    /// The most items of a request, since the client waits while they are registered.
    static let most = 5000

    private static let dryRun = APIEndpoint.QueryParameter.flag("dryRun", "true：只检查，不登记。")

    var endpoints: [APIEndpoint] {
        let permission = Tokens.Permission.hours.rawValue
        return [
            .write(
                .post, Self.path, "登记或更正一项学时。",
                about: """
                    与学时名单的一行相同：idNumber 身份证号、paper 证件类型（居民身份证可不写）、name 姓名（用来核对）、\
                    kind 认定形式、reference 编号（同一编号再次提交即更正）、reason 更正原因、facts 该认定形式要填写的各项（名称与模板相同）。
                    """, permission: permission, words: [Self.dryRun]
            ) { request, item in try await one(item, request) },
            .writeLines(
                Self.listPath, "登记或更正多项学时，每行一项。",
                about: """
                    最多 \(Self.most) 行。有一行不是正确的 JSON，就都不登记；不符合规则的行不登记，\
                    在答复里逐行说明，其余的照常登记。会减少已登记学时的行太多时，这些行不登记，除非 replace=true。
                    """, permission: permission,
                words: [Self.dryRun, .flag("replace", "true：连同会减少已登记学时的行一起登记。")], limit: Self.most
            ) { request, lines in try await list(lines, request) },
        ]
    }

    /// Imports one item. Failure: `hours.refused` if it is not registered.
    private func one(_ item: StatedHours, _ request: WebRequest) async throws -> APIHoursResult {
        let isDryRun = request.query["dryRun"] == "true"
        let report = try await imported(.hours { try $0(1, item) }, request, dryRun: isDryRun, mayReduceHours: false)
        if let failure = report.failures.first, !failure.isPending { throw Failure.hoursRefused(failure.words) }
        return APIHoursResult(report, isDryRun: isDryRun)
    }

    private func list(_ lines: NDJSONLines<StatedHours>, _ request: WebRequest) async throws -> APIHoursReport {
        let isDryRun = request.query["dryRun"] == "true"
        let report = try await imported(
            .hours(lines.each), request, dryRun: isDryRun, mayReduceHours: request.query["replace"] == "true")
        return APIHoursReport(report, isDryRun: isDryRun)
    }

    /// Imports a list for the token's account, whose role is checked again for every page of the list.
    ///
    /// Failures: those of the list; `hours.broken-off` if the import was interrupted after some rows were registered.
    private func imported(
        _ reader: SheetReader, _ request: WebRequest, dryRun: Bool, mayReduceHours: Bool
    ) async throws -> ImportReport {
        let (principal, registry) = (try request.signedIn(), registry.acting(as: request.actor))
        _ = try principal.scope()
        let list = SheetImport(registry, by: reader) { transaction in
            let submitter = try principal.submitter()
            try submitter.check(transaction, registry.people)
            return submitter
        }
        let done = Mutex(0)
        do {
            return try await list.hours("", dryRun: dryRun, mayReduceHours: mayReduceHours) { rows in
                done.withLock { $0 = rows }
            }
        } catch let failure as Failure where !dryRun {
            let rows = done.withLock { $0 }
            if rows > 0 { throw PartialWork(.hoursBrokenOff(rows, failure)) }
            throw failure == .unknownCommit() ? PartialWork(failure) : failure
        }
    }
}

/// The result of one item.
struct APIHoursResult: Codable, Sendable {
    enum Outcome: String, Codable, CaseIterable, Sendable {
        case created, changed, unchanged
        /// It waits for a decision of a higher authority.
        case pending
    }

    let dryRun: Bool
    let outcome: Outcome
    /// Notes that somebody should check.
    let notes: [String]

    init(_ report: ImportReport, isDryRun: Bool) {
        dryRun = isDryRun
        outcome =
            report.created > 0
            ? .created : report.changed > 0 ? .changed : report.unchanged > 0 ? .unchanged : .pending
        notes = report.failures.map(\.words) + report.notes
    }
}

/// The result of a list of items. Items without a failure are registered.
struct APIHoursReport: Codable, Sendable {
    struct Failed: Codable, Sendable {
        let line: Int
        /// Left out if the failure is about the whole line.
        let field: String?
        let reason: String
        /// It waits for a decision of a higher authority.
        let pending: Bool
    }

    let dryRun: Bool
    let rows: Int
    let created: Int
    let changed: Int
    let unchanged: Int
    let failed: Int
    /// The failed items that would reduce hours; `replace=true` registers them.
    let reducing: Int
    let failures: [Failed]
    let notes: [String]

    init(_ report: ImportReport, isDryRun: Bool) {
        dryRun = isDryRun
        (rows, created, changed) = (report.rows, report.created, report.changed)
        (unchanged, failed, reducing) = (report.unchanged, report.failures.count, report.takingAway)
        failures = report.failures.flatMap { failure in
            failure.faults.map { fault in
                Failed(
                    line: failure.row, field: fault.column.isEmpty ? nil : StatedHours.field(of: fault.column),
                    reason: fault.words, pending: failure.isPending)
            }
        }
        notes = report.notes
    }
}

extension Failure {
    static func hoursRefused(_ words: String = "") -> Failure {
        Failure(.refused, "hours.refused", "没有登记：\(words)", en: "The item was not registered: \(words)")
    }

    static func hoursBrokenOff(_ rows: Int = 0, _ cause: Failure = .noScope) -> Failure {
        Failure(
            cause.kind, "hours.broken-off",
            "\(cause.words.chinese)中断前已办理 \(rows) 行，已登记的保留。排除原因后用同一个 Idempotency-Key 再发，会接着办完。",
            en: "\(cause.words.english) Rows done before: \(rows); they stay. Send it again with the same key.",
            detail: cause.detail)
    }
}
