import Database
import Documents
import Kernel
import People
import Policy

/// Lists into the registry, page by page: each page is one transaction, each row has a savepoint of its own.
///
/// A list can be sent again: what is known stays as it is. A row that is refused harms no other.
package struct SheetImport: Sendable {
    let registry: Registry
    /// Where the list is read: for files of others, in a child process.
    let reader: SheetReader
    /// Who sends the list, asked again for every page: a role may be taken away meanwhile.
    let sender: @Sendable (Transaction) throws -> Sender
    static let page = 200

    package init(
        _ registry: Registry, by reader: SheetReader = .here,
        sender: @escaping @Sendable (Transaction) throws -> Sender = { _ in .operating }
    ) {
        (self.registry, self.reader, self.sender) = (registry, reader, sender)
    }

    /// Failures: those of the sheet as a whole (`sheet.…`); what is wrong with a row is in the report.
    package func people(
        _ path: String, rehearsing: Bool, progress: @Sendable (Int) -> Void = { _ in }
    ) async throws -> ImportReport {
        let (facts, regions) = try await registry.database.read { transaction in
            (try registry.book(transaction).personColumns, try RegionStore(transaction).all())
        }
        let rows = PeopleImport(
            registry.people, regions: regions, facts: facts.map { ($0.name, $0.key, $0.read, $0.accepted) })
        return try await run(
            "people", path, { _ in ["姓名", "身份证号"] }, key: ["身份证号"], mistaken: "认定形式", rehearsing, progress
        ) {
            transaction in
            let reach = Reach(transaction, registry.people, try sender(transaction))
            let page = PeopleImport.Page(reach, isRehearsal: rehearsing)
            return ListPage(reach: reach) { row, header in
                let (outcome, person) = try rows.take(row, header, page)
                if case .changed = outcome { try registry.learn([person], transaction) }
                return outcome
            }
        }
    }

    package func hours(
        _ path: String, source: String, rehearsing: Bool, progress: @Sendable (Int) -> Void = { _ in }
    ) async throws -> ImportReport {
        let kinds = try await registry.database.read { try Set(registry.book($0).kindNames) }
        let needed: @Sendable (String) -> [String] = { kinds.contains($0) ? ["身份证号"] : ["身份证号", "认定形式"] }
        return try await run("hours", path, needed, key: ["身份证号", "编号"], rehearsing, progress) { transaction in
            let reach = Reach(transaction, registry.people, try sender(transaction))
            let rows = HoursRows(
                people: registry.people, recogniser: try registry.recogniser(transaction, reach), source: source)
            return ListPage(reach: reach, take: rows.take, finish: rows.recogniser.follow)
        }
    }

    private func run(
        _ list: String, _ path: String, _ needed: @escaping @Sendable (String) -> [String], key: [String],
        mistaken: String? = nil,
        _ rehearsing: Bool,
        _ progress: @Sendable (Int) -> Void,
        _ begin: @escaping @Sendable (Transaction) throws -> ListPage
    ) async throws -> ImportReport {
        var report = ImportReport()
        var headers = ListHeaders(needed: needed, mistaken: mistaken)
        var seen = SeenRows(key: key)
        var hasBegun = false
        for try await page in SheetPages(path, size: Self.page, by: reader) {
            var batch: [ListRow] = []
            for row in page {
                guard let header = try headers.header(of: row) else { continue }
                if let failure = seen.conflict(row, header) {
                    report.count(.failed(failure))
                } else {
                    batch.append((row, header))
                }
            }
            guard !batch.isEmpty else { continue }
            let (accepted, isFirst) = (batch, !hasBegun)
            let outcomes = try await registry.database.write(rehearsing: rehearsing) { transaction in
                let page = try begin(transaction)
                let outcomes = try accepted.map { row, header in
                    try Self.outcome(row) {
                        do {
                            return try transaction.savepoint { try page.take(row, header) }
                        } catch let held as HeldRow {
                            try UpstreamStore(transaction, registry.people).ask(held, by: page.reach.sender)
                            return .failed(held.failure(rehearsing: rehearsing))
                        }
                    }
                }
                try page.finish()
                if isFirst { try AuditStore(transaction, registry.people).record(.beginList, .list(list)) }
                return outcomes
            }
            hasBegun = true
            for outcome in outcomes { report.count(outcome) }
            progress(report.rows)
        }
        try headers.requireOne()
        try await record(report, list, rehearsing)
        report.headers = headers.titles
        report.notes += headers.skipped.filter { $0 != ListTemplate.explanations }.map { "工作表“\($0)”没有名单的表头，已跳过" }
        return report
    }

    /// What a list came to. Its beginning was recorded with its first rows: so a list that was broken off is there too.
    private func record(_ report: ImportReport, _ list: String, _ rehearsing: Bool) async throws {
        let detail: AuditDetail = [
            "rows": "\(report.rows)", "created": "\(report.created)", "changed": "\(report.changed)",
            "failed": "\(report.failures.count)",
        ]
        try await registry.database.write { transaction in
            try AuditStore(transaction, registry.people).record(
                rehearsing ? .rehearseList : .importList, .list(list), detail)
        }
    }

    private typealias ListRow = (row: SheetRow, header: SheetHeader)

    /// What the row's own fault is goes into the report; what the surroundings do ends the import.
    private static func outcome(
        _ row: SheetRow, _ body: () throws -> ImportReport.Outcome
    ) throws -> ImportReport.Outcome {
        do {
            return try body()
        } catch let failure as RowFailure {
            return .failed(failure)
        } catch let failure as Failure where ![.unavailable, .damaged].contains(failure.kind) {
            return .failed(RowFailure(row, "", failure.words.chinese))
        } catch let violation as Violation {
            return .failed(RowFailure(row, "", violation.failure.words.chinese))
        }
    }
}

/// How the rows of one page are taken in one transaction, and what is to be done after the last.
private struct ListPage {
    let reach: Reach
    let take: (SheetRow, SheetHeader) throws -> ImportReport.Outcome
    var finish: () throws -> Void = {}
}

/// The headers of a file's sheets: the first row of each, of those that are lists.
private struct ListHeaders {
    let needed: @Sendable (String) -> [String]
    let mistaken: String?
    private var known: [String: SheetHeader] = [:]
    private(set) var skipped: [String] = []
    private var fault: Failure?

    init(needed: @escaping @Sendable (String) -> [String], mistaken: String?) {
        (self.needed, self.mistaken) = (needed, mistaken)
    }

    var titles: [String: [String]] { known.mapValues(\.titles) }

    /// The header that a row stands under; `nil` for a header itself, for a row of what is no list, and for the row
    /// with which a template shows how to fill it.
    mutating func header(of row: SheetRow) throws -> SheetHeader? {
        if let header = known[row.sheet] {
            return header.text(ListTemplate.remark, row)?.hasPrefix(ListTemplate.sample) == true ? nil : header
        }
        guard !skipped.contains(row.sheet) else { return nil }
        do {
            let header = try SheetHeader(row)
            try header.require(needed(row.sheet))
            try header.refuse(mistaken)
            known[row.sheet] = header
        } catch {
            fault = fault ?? error
            skipped.append(row.sheet)
        }
        return nil
    }

    /// Where no sheet is a list, the file is not what was meant.
    func requireOne() throws {
        if known.isEmpty, let fault { throw fault }
    }
}

extension SheetHeader {
    /// A list of hours that is sent as one of people would make people without a unit.
    fileprivate func refuse(_ mistaken: String?) throws(Failure) {
        guard let mistaken, has(mistaken) else { return }
        throw Failure(
            .badInput, "import.list", "表头有“\(mistaken)”，这是学时清单而不是人员名单。请用 import hours 导入。",
            en: "The header has \(mistaken): this is a list of hours and not of people. Use import hours.")
    }
}

/// The rows of a list by what names them: two rows that say different things of the same item cannot both be right, and
/// the first is what is taken.
private struct SeenRows {
    private struct Seen {
        let sheet: String
        let row: Int
        let hash: Int
    }

    let key: [String]
    private var rows: [String: Seen] = [:]

    init(key: [String]) { self.key = key }

    /// Where an earlier row of the list says otherwise. A row with part of its key empty names nothing.
    mutating func conflict(_ row: SheetRow, _ header: SheetHeader) -> RowFailure? {
        let reader = RowReader(row: row, header: header)
        let texts = key.compactMap { reader.text($0)?.uppercased() }
        guard texts.count == key.count else { return nil }
        let (name, hash) = (texts.joined(separator: "|"), row.cells.hashValue)
        guard let earlier = rows[name] else {
            rows[name] = Seen(sheet: row.sheet, row: row.number, hash: hash)
            return nil
        }
        guard earlier.hash != hash else { return nil }
        let place = (earlier.sheet == row.sheet ? "" : "工作表“\(earlier.sheet)”") + "第 \(earlier.row) 行"
        return RowFailure(
            row, key.last ?? "",
            "与\(place)的\(key.last ?? "")相同而内容不同，以\(place)为准，这一行没有导入。请核对以后只保留正确的一行，不要原样再次上传")
    }
}

/// Reads the rows of a list of what people did, in one transaction: the kind's name, and its facts under their names.
final class HoursRows {
    let people: People
    let recogniser: Recogniser
    let source: String
    private var known: [IDNumber: Person] = [:]

    init(people: People, recogniser: Recogniser, source: String) {
        (self.people, self.recogniser, self.source) = (people, recogniser, source)
    }

    func take(_ row: SheetRow, _ header: SheetHeader) throws -> ImportReport.Outcome {
        let reader = RowReader(row: row, header: header)
        let person = try person(reader)
        let submission = Submission(
            person: person.number, source: source, reference: reader.text("编号"), evidence: try evidence(reader, person),
            reason: reader.text("更正原因") ?? "")
        switch try taken(submission, reader) {
        case .credited: return .created
        case .corrected(let entries): return .changed("第 \(row.number) 行：" + Self.words(correction: entries))
        case .unchanged: return .unchanged
        // What is refused is kept with its reason, so this is an answer and not a rollback.
        case .refused(let words): return .failed(reader.fault("", words))
        }
    }

    /// A correction that reaches somebody else's people is held.
    private func taken(_ submission: Submission, _ reader: RowReader) throws -> Recognition {
        do {
            return try recogniser.take(submission)
        } catch let beyond as BeyondReach {
            throw HeldRow(
                kind: .authors, person: beyond.claimant, other: beyond.unit, wanted: submission.wanted,
                failure: reader.fault("", "该成果还有您管理范围以外的人员登记，作者数不能在这里更正"))
        }
    }

    private static func words(correction entries: [LedgerEntry]) -> String {
        let hours = { (entries: [LedgerEntry]) in entries.reduce(CreditHours.zero) { $0 + $1.hours } }
        let (gone, come) = (entries.filter { $0.reverses != nil }, entries.filter { $0.reverses == nil })
        return entries.isEmpty ? "更正，学时不变" : "更正，原计 \(CreditHours.zero - hours(gone)) 学时，现计 \(hours(come)) 学时"
    }

    /// Whoever is out of reach is as good as not registered.
    private func find(_ id: IDNumber) throws -> Person? {
        let found = try PersonStore(recogniser.transaction, people).find(id)
        return try found.flatMap { try recogniser.reach?.holds($0.number) ?? true ? $0 : nil }
    }

    private func person(_ reader: RowReader) throws -> Person {
        let id = try reader.idNumber("身份证号")
        guard let person = try known[id] ?? find(id) else {
            let isEverybody = recogniser.reach?.isEverybody ?? true
            let words = isEverybody ? "没有登记过这个身份证号的人员。" : "没有登记过这个身份证号的人员，或不在您管理的单位。请核对；新人员"
            throw reader.fault("身份证号", words + "请先导入人员")
        }
        known[id] = person
        if let name = reader.name("姓名"), name != person.name {
            throw reader.fault("姓名", "姓名与登记的不符。请核对姓名和身份证号是否为同一人")
        }
        return person
    }

    /// A template has a sheet for each kind, named after it.
    private func kindOfSheet(_ reader: RowReader) throws -> String {
        if reader.row.sheet.isEmpty || reader.header.has("认定形式") { return try reader.need("认定形式", longest: 60) }
        return reader.row.sheet
    }

    private func evidence(_ reader: RowReader, _ person: Person) throws -> Evidence {
        let name = try reader.text("认定形式") ?? kindOfSheet(reader)
        let policies = try recogniser.bearer(of: person.number).judge.candidates.map(\.policy)
        guard !policies.isEmpty else {
            throw reader.fault("身份证号", "没有找到适用于此人的政策：请核对其单位和地区，或先发布政策")
        }
        guard let kind = policies.lazy.flatMap(\.kinds).first(where: { $0.name == name || $0.key == name }) else {
            let names = policies[0].kinds.map(\.name).joined(separator: "、")
            throw reader.fault("认定形式", "没有“\(name)”这一认定形式。可用的：\(names)")
        }
        var facts: [String: Fact] = [:]
        for shape in kind.facts {
            let title = reader.header.has(shape.name) ? shape.name : shape.key
            guard let text = reader.text(title) else {
                if shape.optional { continue }
                throw reader.fault(shape.name, "“\(kind.name)”要填写\(shape.name)。应为：\(shape.accepted)")
            }
            let value = shape.value(text) ?? Day(flexible: text).flatMap { shape.value($0.description) }
            guard let value else { throw reader.fault(shape.name, "“\(text)”不符。应为：\(shape.accepted)") }
            facts[shape.key] = value
        }
        return Evidence(kind.key, facts)
    }
}

extension PolicyBook {
    /// The facts of people that some policy reads and an employment does not tell: each a column of the list of people.
    package var personColumns: [PersonColumn] {
        let professions = Set(current.compactMap(\.policy.profession))
        var columns: [PersonColumn] = []
        if !professions.isEmpty {
            let accepted = professions.sorted().joined(separator: "、")
            columns = [
                PersonColumn(key: "profession", name: "行业", accepted: accepted, choices: professions.sorted()) { text in
                    professions.contains(text) ? .text(text) : nil
                }
            ]
        }
        for shape in current.flatMap(\.policy.person)
        where !["employer", "relation", "profession", "title-level"].contains(shape.key) {
            guard !columns.contains(where: { $0.key == shape.key || $0.name == shape.name }) else { continue }
            columns.append(
                PersonColumn(key: shape.key, name: shape.name, accepted: shape.accepted, choices: shape.choices) {
                    shape.value($0)
                })
        }
        return columns
    }
}

package struct PersonColumn: Sendable {
    package let key: String
    package let name: String
    package let accepted: String
    let choices: [String]
    package let read: @Sendable (String) -> Fact?

    init(
        key: String, name: String, accepted: String, choices: [String], read: @escaping @Sendable (String) -> Fact?
    ) {
        (self.key, self.name, self.accepted, self.choices, self.read) = (key, name, accepted, choices, read)
    }
}
