import Database
import Documents
import Kernel
import People
import Policy

/// Imports lists in batches: each batch is one transaction, each row has its own savepoint.
///
/// A list can be imported again: known rows are unchanged. A refused row does not affect the others.
package struct SheetImport: Sendable {
    let registry: Registry
    /// Reads the list; files of users are read in a child process.
    let reader: SheetReader
    /// The submitter, read again for every batch, since a role may be withdrawn meanwhile.
    let submitter: @Sendable (Transaction) throws -> Submitter
    /// The most rows in one transaction.
    static let batchSize = 200

    package init(
        _ registry: Registry, by reader: SheetReader = .here,
        submitter: @escaping @Sendable (Transaction) throws -> Submitter = { _ in .operating }
    ) {
        (self.registry, self.reader, self.submitter) = (registry, reader, submitter)
    }

    /// Failures: those of the whole file (`sheet.…`). Faults of single rows are in the report.
    package func people(
        _ path: String, dryRun: Bool, progress: @Sendable (Int) -> Void = { _ in }
    ) async throws -> ImportReport {
        let (book, regions) = try await registry.database.read { transaction in
            (try registry.book(transaction), try RegionStore(transaction).all())
        }
        let rows = PeopleImport(
            registry.people, regions: regions, facts: book.personColumns.map { ($0.name, $0.key, $0.read) }
        )
        let list = ListKind(
            name: "people", template: .people(book, regions), kind: .people, columns: ListColumns(book), key: ["身份证号"],
            dated: "任职起始日期",
            synonyms: Dictionary(regions.map { (NormalForm.caseless($0.name), $0.code.text) }) { first, _ in first }
        ) { transaction, _ in
            let writeScope = WriteScope(transaction, registry.people, try submitter(transaction))
            let batch = PeopleImport.Batch(writeScope, isDryRun: dryRun)
            return ListBatch(writeScope: writeScope) { row, header in
                let (outcome, person) = try rows.take(row, header, batch)
                guard case .changed(let note) = outcome else { return outcome }
                let change = LedgerChange(try registry.learn([person], transaction), book)
                guard let change, !change.isEven else { return .changed(note) }
                return .changed(note + LocalizedText("；已登记的学时", en: "; entered hours: ") + change.words)
            }
        }
        return try await run(list, path, dryRun: dryRun, mayReduceHours: true, progress)
    }

    /// `platform`: the platform whose list the operator imports; without it, the list is the submitter's own.
    /// `mayReduceHours`: the submitter confirms that many rows may reduce credited hours. `kind`: the kind of evidence
    /// of the rows that do not name one.
    ///
    /// Failures: `import.no-policy`, `import.platform`, and those of the whole file.
    package func hours(
        _ path: String, platform: String? = nil, kind: String? = nil, dryRun: Bool, mayReduceHours: Bool = false,
        progress: @Sendable (Int) -> Void = { _ in }
    ) async throws -> ImportReport {
        let book = try await registry.database.read { try registry.book($0) }
        guard !book.current.isEmpty else { throw Failure.noPolicyYet }
        let platform = if let platform { try await registry.platform(platform) } else { PlatformName?.none }
        var columns = ListColumns(book)
        columns.evidence = kind
        let list = ListKind(
            name: "hours", template: .hours(book), kind: .hours, columns: columns, key: ["身份证号", "编号"],
            dated: nil
        ) { [columns] transaction, mayReduceHours in
            let submitter = try submitter(transaction)
            let writeScope = WriteScope(transaction, registry.people, submitter)
            var recogniser = try registry.recogniser(transaction, writeScope)
            if let platform { recogniser.sources = recogniser.sources.joining(platform) }
            let rows = HoursRows(
                people: registry.people, recogniser: recogniser, source: platform?.source ?? EvidenceSource(submitter),
                mayReduceHours: mayReduceHours, columns: columns)
            return ListBatch(writeScope: writeScope, take: rows.take, finish: rows.finish)
        }
        var report = try await run(list, path, dryRun: dryRun, mayReduceHours: mayReduceHours, progress)
        if let note = platform?.note { report.noteTexts.insert(note, at: 0) }
        return report
    }

    private func run(
        _ list: ListKind, _ path: String, dryRun: Bool, mayReduceHours: Bool, _ progress: @Sendable (Int) -> Void
    ) async throws -> ImportReport {
        var (report, reductions) = (ImportReport(), ReducingRows())
        var headers = ListHeaders(list.kind, list.columns, list.template)
        var seen = SeenRows(list)
        var context = ImportContext(list: list, isDryRun: dryRun, isFirst: true, mayReduceHours: mayReduceHours)
        for try await rows in SheetBatches(path, size: Self.batchSize, by: reader) {
            var batch: [ListRow] = []
            for row in rows {
                guard let header = headers.header(of: row) else { continue }
                if let failure = ListTemplate.halfSample(row, header) {
                    report.count(.failed(failure))
                } else {
                    batch.append(ListRow(row, header, &seen))
                }
            }
            guard !batch.isEmpty else { continue }
            for (item, taken) in zip(batch, try await take(batch, context)) {
                switch taken {
                case .counted(let outcome):
                    report.count(outcome)
                    if outcome.isStandard, let row = item.seen { seen.add(row) }
                case .held(let words): reductions.add((item.row, item.header, words))
                }
            }
            context.isFirst = false
            progress(report.rows + reductions.count)
        }
        try headers.requireOne()
        try await finish(reductions, context, seen, &report)
        report.sheets = headers.order.map { ($0, list.template.columns(of: $0, headers.titles(of: $0))) }
        report.end()
        try await record(report, list.name, dryRun)
        report.noteTexts = headers.notes + report.noteTexts
        return report
    }

    /// Imports or refuses the rows that reduce hours. They were held until their number was known.
    private func finish(
        _ reductions: ReducingRows, _ context: ImportContext, _ seen: SeenRows, _ report: inout ImportReport
    ) async throws {
        let (rows, refused) = reductions.parted(among: report.rows + reductions.count)
        for failure in refused { report.count(.failed(failure)) }
        report.takingAway = refused.count
        var (context, seen) = (context, seen)
        context.mayReduceHours = true
        if !rows.isEmpty {
            for taken in try await take(rows.map { ListRow($0.row, $0.header, &seen) }, context) {
                if case .counted(let outcome) = taken { report.count(outcome) }
            }
        }
    }

    /// The parameters of all batches of a list.
    private struct ImportContext {
        let list: ListKind
        let isDryRun: Bool
        var isFirst: Bool
        var mayReduceHours: Bool
    }

    private enum RowOutcome {
        case counted(ImportReport.Outcome)
        case held(LocalizedText)
    }

    /// The batch must be imported again without these rows.
    private struct BatchRetry: Error {
        var without: [RowLocation: RowOutcome] = [:]

        init(_ rows: [SheetRow], _ effects: BatchEffects) {
            for row in rows {
                let place = RowLocation(row)
                if let words = effects.refused[place] {
                    without[place] = .counted(.failed(RowFailure(row, "", words.joined(by: .semicolon))))
                } else if let words = effects.reductions[place] {
                    without[place] = .held(words.joined(by: .semicolon))
                }
            }
        }
    }

    /// Imports a batch. If some rows are refused or held because of their effects, it is imported again without them.
    private func take(_ rows: [ListRow], _ context: ImportContext) async throws -> [RowOutcome] {
        var without: [RowLocation: RowOutcome] = [:]
        while true {
            do {
                return try await take(rows, context, without)
            } catch let again as BatchRetry {
                without.merge(again.without) { $1 }
            }
        }
    }

    /// Imports a batch without some of its rows, in one transaction.
    private func take(_ rows: [ListRow], _ context: ImportContext, _ without: [RowLocation: RowOutcome]) async throws
        -> [RowOutcome]
    {
        try await registry.database.write(dryRun: context.isDryRun) { transaction in
            let batch = try context.list.begin(transaction, context.mayReduceHours)
            var standards: [SeenRows.Row] = []
            let taken = try rows.map { item -> RowOutcome in
                if let known = without[RowLocation(item.row)] { return known }
                if let failure = item.conflict(in: standards, context.list.key.last ?? "") {
                    return .counted(.failed(failure))
                }
                do {
                    let outcome = try Self.outcome(item.row) { try take(item, batch, context, transaction) }
                    if outcome.isStandard, let row = item.seen { standards.append(row) }
                    return .counted(outcome)
                } catch let away as HoursReduction {
                    return .held(away.words)
                }
            }
            let effects = try batch.finish()
            let again = BatchRetry(rows.map(\.row), effects)
            if !again.without.isEmpty { throw again }
            if context.isFirst {
                try AuditStore(transaction, registry.people).record(.beginList, .list(context.list.name))
            }
            return zip(rows, taken).map { Self.remarked($1, $0.row, effects.remarks[RowLocation($0.row)] ?? []) }
        }
    }

    private static func remarked(_ taken: RowOutcome, _ row: SheetRow, _ remarks: [LocalizedText]) -> RowOutcome {
        guard case .counted(let outcome) = taken else { return taken }
        return .counted(remarks.reduce(outcome) { .remarked($0, ImportReport.Remark(row, $1)) })
    }

    private func take(
        _ item: ListRow, _ batch: ListBatch, _ context: ImportContext, _ transaction: Transaction
    ) throws -> ImportReport.Outcome {
        do {
            return try transaction.savepoint { try batch.take(item.row, item.header) }
        } catch let held as PendingRow {
            let isAsked = try UpstreamStore(transaction, registry.people).request(held, by: batch.writeScope.submitter)
            return .failed(held.failure(dryRun: context.isDryRun, isAsked: isAsked))
        }
    }

    /// Records the result of a list. Its start was recorded with the first batch, so an interrupted list is recorded
    /// too.
    private func record(_ report: ImportReport, _ list: String, _ dryRun: Bool) async throws {
        try await registry.database.write { transaction in
            try AuditStore(transaction, registry.people).record(
                dryRun ? .dryRunList : .importList, .list(list), report.detail)
        }
    }

    /// Faults of the row go into the report; failures of the system end the import.
    private static func outcome(
        _ row: SheetRow, _ body: () throws -> ImportReport.Outcome
    ) throws -> ImportReport.Outcome {
        do {
            return try body()
        } catch let failure as RowFailure {
            return .failed(failure)
        } catch let failure as Failure where ![.unavailable, .damaged].contains(failure.kind) {
            return .failed(RowFailure(row, "", failure.words))
        } catch let violation as Violation {
            return .failed(RowFailure(row, "", violation.failure.words))
        }
    }
}

extension ImportReport {
    /// The detail of its audit record.
    package var detail: AuditDetail {
        ["rows": "\(rows)", "created": "\(created)", "changed": "\(changed)", "failed": "\(failures.count)"]
    }
}

extension Failure {
    /// Reported once instead of for every row.
    fileprivate static let noPolicyYet = Failure(
        .refused, "import.no-policy", "还没有发布政策，学时缺少认定依据，没有导入。请先发布政策，再导入名单。",
        en: "No policy is published, so no hours can be credited; nothing was imported. See policy publish.")
}

/// A kind of list.
struct ListKind: Sendable {
    let name: String
    let template: ListTemplate
    let kind: ListColumns.Kind
    let columns: ListColumns
    /// The columns of a row's key.
    let key: [String]
    /// The column with the day from which a row holds.
    let dated: String?
    /// Normal forms that mean the same as other ones: the names of regions, with their codes.
    var synonyms: [String: String] = [:]
    /// Begins a batch in its transaction. The flag: whether rows may reduce hours.
    let begin: @Sendable (Transaction, Bool) throws -> ListBatch

    /// The one form of a value.
    func value(_ form: String) -> String { synonyms[form] ?? form }
}

/// One batch in its transaction: `take` imports a row, `finish` runs after the last one.
struct ListBatch {
    let writeScope: WriteScope
    let take: (SheetRow, SheetHeader) throws -> ImportReport.Outcome
    var finish: () throws -> BatchEffects = { BatchEffects() }
}
