import Database
import Documents
import Kernel

/// Reads a list of people: 姓名、身份证号 and optional columns for unit, region, relation, title and more.
///
/// A person is identified by the ID number, a unit by its credit code or by its name and region. Entries are added or
/// corrected; absent people and empty cells change nothing.
package struct PeopleImport: Sendable {
    let people: People
    /// Further columns with facts that policies read: the header and how the cell is read.
    let facts: [Column]
    let regions: [Region]

    package typealias Column = (title: String, key: String, read: Reading)
    package typealias Reading = @Sendable (RowReader) throws -> (text: String, value: Fact)?

    package static let columns = [
        "姓名", "证件类型", "身份证号", "手机号", "单位名称", "统一社会信用代码", "单位性质", "行政区划", "主管部门", "人员关系", "任职起始日期",
        "职称系列", "职称级别", "职称", "职称取得日期",
    ]
    static let needed = ["姓名", "身份证号"]
    /// The registered name, needed for a change of 姓名 if the number has no check character.
    package static let formerName = "曾用名"
    /// 单位性质 and its codes in policies.
    package static let natures = [
        ("企业", "enterprise"), ("事业单位", "institution"), ("社会中介组织", "intermediary"), ("机关", "government"),
    ]
    package static let relations = [("劳动关系", "labour"), ("聘用关系", "appointment"), ("无工作单位", "none")]

    /// 职称级别 and its codes in policies.
    package static let levels = [
        ("正高级", "full-senior"), ("副高级", "senior"), ("中级", "intermediate"), ("初级", "junior"), ("无", "none"),
    ]

    package init(
        _ people: People, regions: [Region], facts: [Column]
    ) {
        (self.people, self.regions, self.facts) = (people, regions, facts)
    }

    /// The common state of the rows of one transaction.
    package final class Batch {
        package let writeScope: WriteScope
        /// Whether it will be rolled back.
        let isDryRun: Bool
        /// In a dry run, the placeholders for people outside the sender's scope.
        fileprivate var standIns: [IDNumber: ID<Person>] = [:]
        /// Whether the sender may still add new people today; read when needed, and again after each pending row.
        fileprivate var mayAdd: Bool?

        package init(_ writeScope: WriteScope, isDryRun: Bool) {
            (self.writeScope, self.isDryRun) = (writeScope, isDryRun)
        }
    }

    /// Takes one row inside a transaction. Throws a ``RowFailure`` for an invalid row, and a ``PendingRow`` for one
    /// that the common upstream must decide; both must be rolled back.
    ///
    /// A person outside the scope is handled as if the number were unknown, so both cases give the same report. A dry
    /// run ends with that; a real import then reports that the row is pending.
    package func take(
        _ row: SheetRow, _ header: SheetHeader, _ page: Batch
    ) throws -> (outcome: ImportReport.Outcome, person: ID<Person>) {
        let reader = RowReader(row: row, header: header)
        do {
            return try take(reader, page)
        } catch let failure as RowFailure {
            throw failure.and(faults(reader, page), under: header)
        } catch let pending as PendingRow {
            page.mayAdd = nil
            throw pending
        }
    }

    private func take(_ reader: RowReader, _ page: Batch) throws -> (outcome: ImportReport.Outcome, person: ID<Person>)
    {
        let (name, id) = (try name(reader), try idNumber(reader))
        _ = try since(reader, bornOn: id.birth)
        let store = PersonStore(page.writeScope.transaction, people)
        let phone = try reader.phone("手机号")
        let (found, known) = try find(id, page)
        let isElsewhere = try found.map { try !page.writeScope.holds($0.number) } ?? false
        var changes: [LocalizedText] = []
        var isNamedSo = true
        let person: ID<Person>
        if let known {
            person = known.number
            isNamedSo = NormalForm.sameIgnoringCase(known.name, name)
            if !isNamedSo { try admitName(of: known, reader, id) }
            if try store.correct(person, name: name, phone: phone, keepingLogin: !page.writeScope.isEverybody) {
                changes.append(isNamedSo ? Self.newPhone : Self.newName(name, of: known))
                try AuditStore(page.writeScope.transaction, people).record(
                    .changePerson, .list("people"), about: person,
                    ["changed": isNamedSo ? "mobile" : phone == nil ? "name" : "name-mobile"])
            }
        } else {
            person = try store.add(name, id, phone: phone, isPlaceholder: isElsewhere)
        }
        let columns = UnitColumns(reader, regions, page.writeScope)
        let unit = try columns.unit(isNew: known == nil)
        changes += try employ(person, isNew: known == nil, at: unit, reader, page.writeScope).map { [$0] } ?? []
        changes += try state(person, reader, page.writeScope.transaction)
        guard known != nil else {
            try admit(found, of: reader, at: unit, page)
            if isElsewhere { page.standIns[id] = person }
            guard let words = try id.hasKnownArea ? namesake(name, id, page) : Self.strangeArea else {
                return (.created, person)
            }
            return (.remarked(.created, ImportReport.Remark(reader.row, words)), person)
        }
        let note =
            LocalizedText("第 \(reader.row.number) 行：人员 \(person) ", en: "row \(reader.row.number): person \(person): ")
            + changes.joined(by: .comma)
        let outcome: ImportReport.Outcome = changes.isEmpty ? .unchanged : .changed(note)
        return (isNamedSo ? outcome : .remarked(outcome, ImportReport.Remark(reader.row, Self.renamed)), person)
    }

    private static let newPhone = LocalizedText("手机号更新", en: "new mobile number")

    private static func newName(_ name: String, of known: Person) -> LocalizedText {
        let name = NormalForm.personName(name)
        return LocalizedText(
            "姓名由“\(known.name)”改为“\(name)”", en: "the name changes from “\(known.name)” to “\(name)”")
    }

    /// Without a check character, a mistyped number may be another person's, who must not get this row's name.
    private func admitName(of known: Person, _ reader: RowReader, _ id: IDNumber) throws {
        guard id.kind != .resident else { return }
        let former = try reader.name(Self.formerName) ?? ""
        guard !NormalForm.sameIgnoringCase(former, known.name) else { return }
        throw reader.fault(
            "姓名",
            "此\(id.kind.title)登记的是另一姓名，没有导入。请核对证件类型和号码；确已更名的，加一列“\(Self.formerName)”，填写原登记的姓名",
            en: "This \(id.kind.english) has another registered name; nothing was imported. Check the kind "
                + "of document and its number; after a change of name, add a column "
                + "“\(Self.formerName)” with the registered name")
    }

    private static let renamed = LocalizedText(
        "姓名变更。已颁发给此人的证书随之失效，请重新颁发",
        en: "The name changes. Certificates that were issued to the person become invalid; issue them again")

    /// The person with this number, and the same person as the sender may know it.
    private func find(_ id: IDNumber, _ page: Batch) throws -> (found: Person?, known: Person?) {
        let store = PersonStore(page.writeScope.transaction, people)
        guard let found = try store.find(id) else { return (nil, nil) }
        return (found, try page.writeScope.holds(found.number) ? found : page.standIns[id].flatMap(store.find))
    }

    /// A warning if somebody of the same name has this number on another kind of document.
    private func namesake(_ name: String, _ id: IDNumber, _ page: Batch) throws -> LocalizedText? {
        guard id.kind != .resident else { return nil }
        for other in IDNumber.all(id.text) where other.kind != id.kind {
            guard let known = try find(other, page).known, NormalForm.sameIgnoringCase(known.name, name) else {
                continue
            }
            return LocalizedText(
                "同名的人员 \(known.number) 已用这个号码登记，证件是\(other.kind.name)：现按两个人登记。是同一人的，请改正证件类型，并合并这两个人员",
                en: "Person \(known.number) of the same name has it as \(other.kind.english): these are two people "
                    + "now. If they are one, correct the kind of document and merge them")
        }
        return nil
    }

    private static let strangeArea = LocalizedText(
        "身份证号前两位不是省级行政区划代码（GB/T 2260），请对照证件核对",
        en: "The first two digits of the ID number are no province of GB/T 2260. Compare with the card")

    private func name(_ reader: RowReader) throws -> String {
        _ = try reader.need("姓名", longest: 60)
        let name = try reader.name("姓名") ?? ""
        guard name.unicodeScalars.allSatisfy(Self.isOfName), name.contains(where: \.isLetter) else {
            throw reader.fault(
                "姓名", "“\(name)”不是姓名：有数字或符号。请按证件填写",
                en: "“\(name)” is no name: it has digits or signs. Write it as on the document")
        }
        guard !Self.nobody.contains(name.lowercased()) else {
            throw reader.fault(
                "姓名", "“\(name)”不是姓名。请按证件填写；这一行不是人员的，请删去",
                en: "“\(name)” is no name. Write it as on the document; remove the row if it is about nobody")
        }
        return try reader.text("姓名") ?? name
    }

    /// Texts that stand for a missing name.
    private static let nobody: Set<String> = [
        "无", "暂无", "没有", "空", "不详", "未知", "测试", "姓名", "名字", "合计", "总计", "小计", "同上", "test", "null", "none",
        "undefined", "nan", "name", "true", "false",
    ]

    /// The ID number, whose date of birth must not be in the future.
    private func idNumber(_ reader: RowReader) throws -> IDNumber {
        let (id, today) = (try reader.idNumber(), people.system.today)
        if let birth = id.birth, birth > today {
            throw reader.fault(
                "身份证号", "\(reader.header.written(RowReader.number))里的出生日期 \(birth) 还没有到。请对照证件重填",
                en: "The date of birth in the number, \(birth), is in the future. Compare with the document")
        }
        return id
    }

    private func since(_ reader: RowReader, bornOn birth: Day?) throws -> Day? {
        let since = try reader.day("任职起始日期")
        if let since, let birth, since < birth {
            throw reader.fault(
                "任职起始日期", "任职起始日期 \(since) 早于出生日期 \(birth)。请核对",
                en: "The employment begins on \(since), before the date of birth \(birth). Check it")
        }
        return since
    }

    /// All faults of the row, column by column. Its changes are rolled back with it.
    private func faults(_ reader: RowReader, _ page: Batch) -> [RowFailure] {
        let id = try? reader.idNumber()
        let isNew = id.map { (try? find($0, page).known) == nil } ?? false
        var faults = reader.faults { _ = try name(reader) } + reader.faults { _ = try idNumber(reader) }
        faults += reader.faults { _ = try since(reader, bornOn: id?.birth) }
        faults += reader.faults { _ = try reader.phone("手机号") } + reader.faults { _ = try reader.uscc("统一社会信用代码") }
        for (title, choices) in [("单位性质", Self.natures), ("人员关系", Self.relations), ("职称级别", Self.levels)] {
            faults += reader.faults { _ = try reader.choice(title, choices) }
        }
        for title in ["职称取得日期", "生效日期"] { faults += reader.faults { _ = try reader.day(title) } }
        for title in ["单位名称", "主管部门", "职称系列", "职称"] { faults += reader.faults { _ = try reader.text(title) } }
        faults += reader.faults { _ = try UnitColumns.region(reader, regions) }
        faults += reader.faults { _ = try UnitColumns(reader, regions, page.writeScope).unit(isNew: isNew) }
        return faults + facts.flatMap { fact in reader.faults { _ = try fact.read(reader) } }
    }

    /// Letters of any script, combining marks, and separators within names.
    private static func isOfName(_ scalar: Unicode.Scalar) -> Bool {
        scalar.properties.isAlphabetic || scalar.properties.generalCategory == .nonspacingMark
            || " ·•‧・．.-'’—".unicodeScalars.contains(scalar)
    }

    /// Checks a person who is new to the sender. It reveals that a number is registered elsewhere only as often a day
    /// as normal use needs; beyond that no new people are accepted.
    private func admit(_ elsewhere: Person?, of reader: RowReader, at unit: Organisation?, _ page: Batch) throws {
        guard !page.writeScope.isEverybody, !page.isDryRun else { return }
        let mayAdd =
            try page.mayAdd ?? UpstreamStore(page.writeScope.transaction, people).mayLearn(page.writeScope.submitter)
        page.mayAdd = mayAdd
        guard mayAdd else {
            throw reader.fault(
                "身份证号",
                "报上级主管部门处理的申请太多，新人员暂不导入。请明天再导入，或请上级主管部门导入；"
                    + "等待办理的申请满 \(UpstreamStore.mostWaiting) 件的，请等办理以后再导入",
                en: "There are too many requests to the higher authority, so no new people are imported. Try again "
                    + "tomorrow, or ask the authority to import them; with \(UpstreamStore.mostWaiting) open requests, "
                    + "wait until they are resolved")
        }
        guard let elsewhere else { return }
        let requested = RequestedTransfer(
            unit, for: try reader.name("姓名") ?? "", since: try reader.day("任职起始日期"),
            relation: try reader.choice("人员关系", Self.relations) ?? unit.map(Self.relation) ?? "")
        throw PendingRow(
            kind: .transfer, person: elsewhere.number, other: try page.writeScope.unit(of: elsewhere.number),
            requested: requested.facts,
            failure: try elsewhereFault(reader))
    }

    private func elsewhereFault(_ reader: RowReader) throws -> RowFailure {
        let kind = try reader.idNumber().kind
        return reader.fault(
            "身份证号", "此\(kind.title)已在别的单位登记，名单不能调入",
            en: "This \(kind.english) is registered at another unit; a list cannot move the person")
    }

    /// The change in words; `nil` if there is none.
    private func employ(
        _ person: ID<Person>, isNew: Bool, at unit: Organisation?, _ reader: RowReader, _ writeScope: WriteScope
    ) throws -> LocalizedText? {
        guard let unit else { return nil }
        let relation = try reader.choice("人员关系", Self.relations) ?? Self.relation(at: unit)
        let today = people.system.today
        guard let since = try reader.day("任职起始日期") else {
            // Without a day, the row states only the current unit; if that is known, nothing changes.
            let store = EmploymentStore(writeScope.transaction, people)
            let history = try store.histories(from: person.number, through: person.number)[person.number]
            if history?.unit(on: today)?.number == unit.number { return nil }
            return try put(unit, relation, history == nil ? Day.first : today, of: person, reader, writeScope)
        }
        if since > today, isNew, !writeScope.isEverybody {
            throw reader.fault(
                "任职起始日期", "新人员的任职起始日期 \(since) 还没有到。请到那一天以后再导入",
                en: "The employment of a new person begins in the future, on \(since). Import the row after that day")
        }
        return try put(unit, relation, since, of: person, reader, writeScope)
    }

    private func put(
        _ unit: Organisation, _ relation: String, _ since: Day, of person: ID<Person>, _ reader: RowReader,
        _ writeScope: WriteScope
    ) throws -> LocalizedText? {
        let employment = Employment(
            organisation: unit.number, relation: relation, during: Period(from: since, to: .last))
        if let other = try writeScope.takesDays(employment.during, of: person) {
            let requested = RequestedTransfer(
                unit, for: try reader.name("姓名") ?? "", since: since, relation: relation)
            throw PendingRow(
                kind: .period, person: person, other: other, requested: requested.facts,
                failure: reader.fault(
                    "任职起始日期", "自 \(since) 起的任职，与此人在别的单位的任职重叠",
                    en: "An employment from \(since) overlaps one at another unit"))
        }
        guard try EmploymentStore(writeScope.transaction, people).put(employment, of: person) else { return nil }
        let from = since == .first ? .empty : LocalizedText("（自 \(since) 起）", en: " (from \(since))")
        return LocalizedText("单位为“\(unit.name)”", en: "unit “\(unit.name)”") + from
    }

    private static func relation(at unit: Organisation) -> String {
        unit.role == .agency ? "none" : unit.nature == "institution" ? "appointment" : "labour"
    }

    private func state(_ person: ID<Person>, _ reader: RowReader, _ transaction: Transaction) throws -> [LocalizedText]
    {
        var changes = try entitle(person, reader, transaction)
        let since = try reader.day("生效日期") ?? .first
        for fact in facts {
            guard let (text, value) = try fact.read(reader) else { continue }
            let stated = DatedFact(fact.key, value, Period(from: since, to: .last))
            if try EmploymentStore(transaction, people).put(stated, of: person) {
                changes.append(Self.change(fact.title, text))
            }
        }
        return changes
    }

    /// The title (职称), its series and level, from the day it was obtained.
    private func entitle(_ person: ID<Person>, _ reader: RowReader, _ transaction: Transaction) throws
        -> [LocalizedText]
    {
        let since = try reader.day("职称取得日期") ?? .first
        let title = [
            ("title-series", "职称系列", try reader.text("职称系列")),
            ("title-level", "职称级别", try reader.choice("职称级别", Self.levels)), ("title", "职称", try reader.text("职称")),
        ]
        return try title.compactMap { name, shown, text in
            guard let text else { return nil }
            let stated = DatedFact(name, .text(text), Period(from: since, to: .last))
            let changed = try EmploymentStore(transaction, people).put(stated, of: person)
            return changed ? Self.change(shown, try reader.text(shown) ?? text) : nil
        }
    }

    private static func change(_ title: String, _ text: String) -> LocalizedText {
        LocalizedText("\(title)为“\(text)”", en: "\(title) “\(text)”")
    }
}
