import Documents
import Kernel
import People
import Policy

/// Imports the rows of a list of hours in one transaction.
final class HoursRows {
    let people: People
    let recogniser: Recogniser
    let source: EvidenceSource
    /// Whether a row may reduce credited hours.
    let mayReduceHours: Bool
    private let columns: ListColumns
    private var known: [IDNumber: ListedPerson] = [:]
    private var forms: [FormKey: KindColumns] = [:]
    private var rows: [ImportedRow] = []

    private struct ListedPerson {
        let person: Person
        let context: PersonContext
    }

    private struct FormKey: Hashable {
        let name: String
        let policies: [ID<PolicyVersion>]
        let sheet: String
    }

    init(
        people: People, recogniser: Recogniser, source: EvidenceSource, mayReduceHours: Bool, columns: ListColumns
    ) {
        (self.people, self.recogniser, self.source) = (people, recogniser, source)
        (self.mayReduceHours, self.columns) = (mayReduceHours, columns)
    }

    /// Takes a row in a savepoint, which is rolled back if this throws.
    func take(_ row: SheetRow, _ header: SheetHeader) throws -> ImportReport.Outcome {
        let (affected, lost) = (recogniser.cache.affected, recogniser.cache.lost.count)
        do {
            return try imported(row, header)
        } catch {
            recogniser.cache.restore(affected, lost: lost)
            throw error
        }
    }

    private func imported(_ row: SheetRow, _ header: SheetHeader) throws -> ImportReport.Outcome {
        let reader = RowReader(row: row, header: header)
        do {
            let (person, context) = try person(reader)
            let form = try form(reader, context.evaluator)
            let submission = Submission(
                person: person.number, source: source, reference: try reader.text("编号"),
                evidence: try evidence(reader, form), reason: try reader.text("更正原因") ?? "")
            let taken = try take(submission, context, reader)
            let outcome = try outcome(of: taken, context.root, reader)
            let remarks = [
                form.catalogued.isShared ? Self.remark(context.evaluator, submission.evidence) : nil,
                try sameReferenceRemark(submission.reference, taken, outcome), Self.unreadCellsRemark(form, reader),
            ]
            return remarks.compactMap { $0 }.reduce(outcome) { .remarked($0, ImportReport.Remark(row, $1)) }
        } catch let failure as RowFailure {
            throw failure.and(faults(reader), under: header)
        }
    }

    /// A remark where a policy of the person gives no hours, since a cell is empty that only this policy needs.
    private static func remark(_ evaluator: Evaluator, _ evidence: Evidence) -> LocalizedText? {
        let parts = evaluator.lacking(evidence).map { policy, names in
            LocalizedText("按“\(policy.title)”没有计学时，缺少", en: "no hours under “\(policy.title)”, which also needs ")
                + .list(names)
        }
        guard !parts.isEmpty else { return nil }
        return parts.joined(by: .semicolon)
            + LocalizedText("。要计的，补上后用同一编号再导入", en: ". To get them, add these and import the same number again")
    }

    /// A remark where other submitters have items of the person under the number of this new one.
    private func sameReferenceRemark(
        _ reference: String?, _ taken: TakenSubmission, _ outcome: ImportReport.Outcome
    ) throws -> LocalizedText? {
        guard let reference, !taken.otherSources.isEmpty else { return nil }
        if case .failed = outcome { return nil }
        let sources = try Set(taken.otherSources.map(recogniser.name)).sorted { $0.chinese < $1.chinese }
        let names = sources.joined(by: LocalizedText("、", en: ", "))
        return LocalizedText(
            "编号“\(reference)”另由\(names.chinese)报送过，本次按新的一项登记；要更正原来的，请由\(names.chinese)办理",
            en: "Number “\(reference)” was also submitted by \(names.english); this is entered as a new item. "
                + "To correct the other one, ask \(names.english)")
    }

    private func outcome(
        of taken: TakenSubmission, _ root: ID<Person>, _ reader: RowReader
    ) throws -> ImportReport.Outcome {
        let row = reader.row
        switch taken.recognition {
        case .credited(let entries):
            note(entries, taken, lowers: false, root, row)
            return .created
        case .corrected(let entries, let refusal):
            let change = LedgerChange(entries, recogniser.book)
            let why = entries.isEmpty ? nil : refusal.map { LocalizedText.colon + $0 }
            let words =
                LocalizedText("更正，", en: "corrected: ") + (change?.words ?? LedgerChange.none) + (why ?? .empty)
            let lowers = change?.reducesHours == true
            if lowers, !mayReduceHours { throw HoursReduction(words) }
            note(entries, taken, lowers: lowers, root, row)
            return .changed(LocalizedText("第 \(row.number) 行：", en: "row \(row.number): ") + words)
        case .unchanged: return .unchanged
        // A refusal is stored with its reason, so the row is not rolled back.
        case .refused(let words): return .failed(reader.fault("", words))
        }
    }

    private func note(
        _ entries: [LedgerEntry], _ taken: TakenSubmission, lowers: Bool, _ root: ID<Person>, _ row: SheetRow
    ) {
        rows.append(
            ImportedRow(
                place: RowLocation(row), root: root, made: entries.filter { $0.reverses == nil }.map(\.id),
                people: taken.people, lowers: lowers))
    }

    /// Updates the standings after the last row. Returns the effects on other hours.
    func finish() throws -> BatchEffects {
        let changes = try recogniser.updateStandings()
        return try EffectReader(recogniser: recogniser, source: source, rows: rows, mayReduceHours: mayReduceHours)
            .effects(of: changes)
    }

    /// Failure: ``PendingRow`` where a correction would change hours outside of the submitter's scope.
    private func take(
        _ submission: Submission, _ context: PersonContext, _ reader: RowReader
    ) throws -> TakenSubmission {
        do {
            return try recogniser.take(submission, context)
        } catch let beyond as OutsideWriteScope {
            throw PendingRow(
                kind: .authors, person: beyond.claimant, other: beyond.unit,
                requested: submission.requested(correcting: beyond),
                failure: reader.fault(
                    "", "该成果还有您管理范围以外的人员登记，\(beyond.names.chinese)不能在这里更正",
                    en: "People that you do not manage claim the same work, so \(beyond.names.english) cannot be "
                        + "corrected here"))
        }
    }

    /// `nil` where the person is not registered or is outside of the submitter's scope.
    private func find(_ id: IDNumber) throws -> ListedPerson? {
        guard let person = try PersonStore(recogniser.transaction, people).find(id),
            try recogniser.writeScope?.holds(person.number) ?? true
        else { return nil }
        return ListedPerson(person: person, context: try recogniser.personContext(of: person))
    }

    private func person(_ reader: RowReader) throws -> (Person, PersonContext) {
        let id = try reader.idNumber()
        guard let listed = try known[id] ?? find(id) else {
            throw reader.fault("身份证号", unknown(id.kind))
        }
        known[id] = listed
        let person = listed.person
        if let name = try reader.name("姓名"), !NormalForm.sameIgnoringCase(name, person.name) {
            throw reader.fault(
                "姓名", "姓名与登记的不符。请核对姓名和\(id.kind.title)是否为同一人",
                en: "Not the registered name. Check whether the name and the \(id.kind.english) belong to one person")
        }
        return (person, listed.context)
    }

    /// The fault of a number that belongs to nobody whom the sender manages.
    private func unknown(_ kind: IDNumber.Kind) -> LocalizedText {
        recogniser.writeScope?.isEverybody ?? true
            ? LocalizedText(
                "没有登记过这个\(kind.title)的人员。请先导入人员",
                en: "Nobody is registered with this \(kind.english). Import the person first")
            : LocalizedText(
                "没有登记过这个\(kind.title)的人员，或不在您管理的单位。请核对；新人员请先导入人员",
                en: "Nobody in your units is registered with this \(kind.english). Check it; import a new person first")
    }

    private func kindOfSheet(_ reader: RowReader) throws -> String {
        if reader.header.has("认定形式") { return try reader.need("认定形式", longest: 60) }
        if let kind = columns.evidenceKind(on: reader.row.sheet) { return kind }
        return reader.row.sheet.isEmpty ? try reader.need("认定形式", longest: 60) : reader.row.sheet
    }

    private func form(_ reader: RowReader, _ evaluator: Evaluator) throws -> KindColumns {
        guard !evaluator.candidates.isEmpty else {
            throw reader.fault(
                "身份证号", "没有找到适用于此人的政策：请核对其单位和地区，或先发布政策",
                en: "No policy applies to the person. Check unit and region, or publish a policy first")
        }
        return try form(reader, evaluator.candidates)
    }

    private func form(_ reader: RowReader, _ versions: [PolicyVersion]) throws -> KindColumns {
        let name = try reader.text("认定形式") ?? kindOfSheet(reader)
        let key = FormKey(name: name, policies: versions.map(\.number), sheet: reader.row.sheet)
        if let known = forms[key] { return known }
        guard let kind = EvidenceCatalogue(versions.map(\.policy)).kind(name) else {
            let names = EvidenceCatalogue(versions.prefix(1).map(\.policy)).kinds.map(\.kind.name)
            throw reader.fault(
                "认定形式",
                LocalizedText("没有“\(name)”这一认定形式。可用的：", en: "There is no kind “\(name)”. Kinds: ") + .list(names))
        }
        let form = KindColumns(catalogued: kind, unread: unread(by: kind, reader.header))
        forms[key] = form
        return form
    }

    private func unread(by kind: CataloguedKind, _ header: SheetHeader) -> [String] {
        let own = kind.facts.flatMap { [$0.shape.name, $0.shape.key] }
        let known = recogniser.book.catalogue.factNames
        return header.titles.filter { known.contains($0) && !own.contains($0) }
    }

    /// A remark where columns of other kinds are filled, since they are not read.
    private static func unreadCellsRemark(_ form: KindColumns, _ reader: RowReader) -> LocalizedText? {
        let filled = form.unread.filter { reader.header.text($0, reader.row) != nil }
        guard !filled.isEmpty else { return nil }
        let names = LocalizedText.list(filled)
        return LocalizedText(
            "“\(form.kind.name)”不读\(names.chinese)，填写的内容没有导入",
            en: "“\(form.kind.name)” has no \(names.english); what is written there was not imported")
    }

    private func evidence(_ reader: RowReader, _ form: KindColumns) throws -> Evidence {
        var facts: [String: Fact] = [:]
        for column in form.columns { facts[column.shape.key] = try form.fact(column, reader, beside: facts) }
        return Evidence(form.kind.key, facts)
    }

    /// All faults in the cells of the row, even where the person is unknown.
    private func faults(_ reader: RowReader) -> [RowFailure] {
        let id = reader.faults { _ = try reader.idNumber() }
        let texts = ["编号", "更正原因"].flatMap { title in reader.faults { _ = try reader.text(title) } }
        let person = (try? reader.idNumber()).flatMap { known[$0] }
        let own = person?.context.evaluator.candidates ?? []
        var form: KindColumns?
        let kind = reader.faults { form = try self.form(reader, own.isEmpty ? recogniser.book.current : own) }
        var facts: [String: Fact] = [:]
        let cells = form?.columns.flatMap { column in
            reader.faults { facts[column.shape.key] = try form?.fact(column, reader, beside: facts) }
        }
        return id + texts + kind + (cells ?? [])
    }
}
