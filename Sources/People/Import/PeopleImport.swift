import Database
import Documents
import Kernel

/// Reads a list of people: 姓名、身份证号 and, where there are such columns, unit, region, relation, title and more.
///
/// A person is known by the ID number, a unit by its credit code or its name in its region. What is in the list is
/// added or corrected; what is absent from it means nothing. Empty cells leave what is known.
package struct PeopleImport: Sendable {
    let people: People
    /// Further columns that state facts which policies read: header and how its text is read.
    let facts: [(title: String, key: String, read: @Sendable (String) -> Fact?, accepted: String)]
    let regions: [Region]

    package static let columns = [
        "姓名", "身份证号", "手机号", "单位名称", "统一社会信用代码", "单位性质", "行政区划", "主管部门", "人员关系", "任职起始日期",
        "职称系列", "职称级别", "职称", "职称取得日期",
    ]
    static let needed = ["姓名", "身份证号"]
    /// 单位性质 and the names by which policies know it.
    package static let natures = [
        ("企业", "enterprise"), ("事业单位", "institution"), ("社会中介组织", "intermediary"), ("机关", "government"),
    ]
    package static let relations = [("劳动关系", "labour"), ("聘用关系", "appointment"), ("无工作单位", "none")]

    /// 职称级别 and the names by which policies know it.
    package static let levels = [
        ("正高级", "full-senior"), ("副高级", "senior"), ("中级", "intermediate"), ("初级", "junior"), ("无", "none"),
    ]

    package init(
        _ people: People, regions: [Region],
        facts: [(title: String, key: String, read: @Sendable (String) -> Fact?, accepted: String)]
    ) {
        (self.people, self.regions, self.facts) = (people, regions, facts)
    }

    /// Takes one row inside a transaction. Throws a ``RowFailure`` where the row is not in order.
    package func take(
        _ row: SheetRow, _ header: SheetHeader, _ transaction: Transaction
    ) throws -> (outcome: ImportReport.Outcome, person: ID<Person>) {
        let reader = RowReader(row: row, header: header)
        let name = try reader.need("姓名", longest: 60)
        let id = try reader.idNumber("身份证号")
        let store = PersonStore(transaction, people)
        let phone = try reader.phone("手机号")
        let known = try store.find(id)
        var changes: [String] = []
        let person: ID<Person>
        if let known {
            person = known.number
            if try store.correct(person, name: name, phone: phone) {
                changes.append(known.name == name ? "手机号更新" : "姓名由“\(known.name)”改为“\(name)”")
            }
        } else {
            person = try store.add(name, id, phone: phone)
        }
        changes += try employ(person, reader, isNew: known == nil, transaction).map { [$0] } ?? []
        changes += try state(person, reader, transaction)
        guard known != nil else { return (.created, person) }
        let note = "第 \(row.number) 行：人员 \(person) " + changes.joined(separator: "，")
        return (changes.isEmpty ? .unchanged : .changed(note), person)
    }

    /// What changed, in words; `nil` where nothing did.
    private func employ(
        _ person: ID<Person>, _ reader: RowReader, isNew: Bool, _ transaction: Transaction
    ) throws -> String? {
        guard let unit = try unit(reader, transaction) else { return nil }
        let relation = try reader.choice("人员关系", Self.relations) ?? Self.relation(at: unit)
        let store = EmploymentStore(transaction, people)
        guard let since = try reader.day("任职起始日期") else {
            // Without a day, the row says only where the person is: nothing new where that is known.
            let history = try store.histories(from: person.number, through: person.number)[person.number]
            if history?.unit(on: people.outside.today)?.number == unit.number { return nil }
            let from = history == nil ? Day.first : people.outside.today
            return try put(unit, relation, from, of: person, store)
        }
        return try put(unit, relation, since, of: person, store)
    }

    private func put(
        _ unit: Organisation, _ relation: String, _ since: Day, of person: ID<Person>, _ store: EmploymentStore
    ) throws -> String? {
        let employment = Employment(
            organisation: unit.number, relation: relation, during: Period(from: since, to: .last))
        guard try store.put(employment, of: person) else { return nil }
        return "单位为“\(unit.name)”" + (since == .first ? "" : "（自 \(since) 起）")
    }

    private static func relation(at unit: Organisation) -> String {
        unit.role == .agency ? "none" : unit.nature == "institution" ? "appointment" : "labour"
    }

    /// The unit that the row names, registered where it is new; `nil` where it names none.
    private func unit(_ reader: RowReader, _ transaction: Transaction) throws -> Organisation? {
        guard let name = reader.text("单位名称") else {
            for title in ["统一社会信用代码", "单位性质", "行政区划", "任职起始日期"] where reader.text(title) != nil {
                throw reader.fault("单位名称", "填写了\(title)而没有单位名称。请补上单位名称，或把这些列都留空")
            }
            return nil
        }
        let store = OrganisationStore(transaction)
        let uscc = try reader.uscc("统一社会信用代码")
        if let uscc, let found = try store.find(uscc) {
            guard found.name == name else {
                throw reader.fault("统一社会信用代码", "此代码已登记为“\(found.name)”。请核对单位名称和代码")
            }
            return try agreed(found, reader)
        }
        let region = try region(reader)
        if let region, let found = try store.find(name, in: region) {
            if let uscc, found.uscc != uscc {
                guard found.uscc == nil else { throw reader.fault("统一社会信用代码", "“\(name)”已登记另一个代码。请核对") }
                try store.correct(found.number, uscc: uscc, nature: found.nature)
            }
            return try agreed(found, reader)
        }
        guard let region else { throw reader.fault("行政区划", "新单位“\(name)”要写明行政区划，如 370902 或 泰山区") }
        let isAgency = try reader.choice("人员关系", Self.relations) == "none"
        guard let nature = try reader.choice("单位性质", Self.natures) ?? (isAgency ? "none" : nil) else {
            throw reader.fault("单位性质", "新单位“\(name)”要写明单位性质：" + Self.natures.map(\.0).joined(separator: "、"))
        }
        let upstream = try upstream(reader, region, store)
        return try store.add(
            name, isAgency ? .agency : .employer, uscc: uscc, nature: nature, region: region, upstream: upstream)
    }

    /// A list says nothing else of a unit than what is known of it: a nature is corrected on its own, not by the way.
    private func agreed(_ unit: Organisation, _ reader: RowReader) throws -> Organisation {
        guard let nature = try reader.choice("单位性质", Self.natures), nature != unit.nature else { return unit }
        let known = Self.natures.first { $0.1 == unit.nature }?.0 ?? unit.nature
        throw reader.fault("单位性质", "“\(unit.name)”已登记为\(known)。请核对，或留空")
    }

    private func region(_ reader: RowReader) throws -> RegionCode? {
        guard let text = reader.text("行政区划") else { return nil }
        guard let found = regions.first(where: { $0.code.text == text || $0.name == text }) else {
            guard !regions.isEmpty else { throw reader.fault("行政区划", "还没有行政区划。请先运行 xueshi import places") }
            throw reader.fault("行政区划", "没有登记“\(text)”。可用的：" + regions.prefix(20).map(\.name).joined(separator: "、"))
        }
        return found.code
    }

    private func upstream(
        _ reader: RowReader, _ region: RegionCode, _ store: OrganisationStore
    ) throws -> ID<Organisation>? {
        guard let name = reader.text("主管部门") else { return try store.authority(of: region)?.number }
        guard let found = try store.authorities(named: name).first else {
            throw reader.fault("主管部门", "没有登记主管部门“\(name)”。请核对名称；留空则归 \(region) 的人社局")
        }
        return found.number
    }

    private func state(_ person: ID<Person>, _ reader: RowReader, _ transaction: Transaction) throws -> [String] {
        var changes = try entitle(person, reader, transaction)
        let since = try reader.day("生效日期") ?? .first
        for fact in facts {
            guard let text = reader.text(fact.title) else { continue }
            guard let value = fact.read(text) else { throw reader.fault(fact.title, "“\(text)”不符。应为：\(fact.accepted)") }
            let stated = DatedFact(fact.key, value, Period(from: since, to: .last))
            if try EmploymentStore(transaction, people).put(stated, of: person) {
                changes.append("\(fact.title)为“\(text)”")
            }
        }
        return changes
    }

    /// The title (职称), its series and level, from the day on which it was obtained.
    private func entitle(_ person: ID<Person>, _ reader: RowReader, _ transaction: Transaction) throws -> [String] {
        let since = try reader.day("职称取得日期") ?? .first
        let title = [
            ("title-series", "职称系列", reader.text("职称系列")),
            ("title-level", "职称级别", try reader.choice("职称级别", Self.levels)), ("title", "职称", reader.text("职称")),
        ]
        return try title.compactMap { name, shown, text in
            guard let text else { return nil }
            let stated = DatedFact(name, .text(text), Period(from: since, to: .last))
            let changed = try EmploymentStore(transaction, people).put(stated, of: person)
            return changed ? "\(shown)为“\(reader.text(shown) ?? text)”" : nil
        }
    }
}
