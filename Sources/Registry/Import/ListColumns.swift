import Documents
import Kernel
import People
import Policy

/// The columns of each kind of list, by which the kinds are distinguished.
package struct ListColumns: Sendable {
    package enum Kind: Sendable {
        case people, hours, places

        var name: String {
            switch self {
            case .people: "人员名单"
            case .hours: "学时清单"
            case .places: "地区名单"
            }
        }

        fileprivate var english: String {
            switch self {
            case .people: "a list of people (xueshi import people)"
            case .hours: "a list of hours (xueshi import hours)"
            case .places: "a list of regions (xueshi import places)"
            }
        }
    }

    /// Columns that are ignored: remarks, and those that a workbook of failed rows adds.
    static let besides: Set<String> = [ListTemplate.remark, "原因", "序号"]
    /// The names of the same columns in lists of other systems.
    private static let others = [
        "证件号码": RowReader.number, "证件号": RowReader.number, "身份证号码": RowReader.number, "身份证": RowReader.number,
        "公民身份号码": RowReader.number, "证件种类": RowReader.paper, "工作单位": "单位名称", "手机号码": "手机号",
    ]
    private static let places = ["代码", "名称", "主管部门", "综合管理"]

    let people: Set<String>
    /// By the name of the kind of evidence.
    private let hours: [String: Set<String>]
    let allHours: Set<String>
    /// The titles of all lists.
    private let all: Set<String>
    /// The kinds of evidence in their order.
    let kinds: [CataloguedKind]
    /// The kind of evidence of all rows that do not name one.
    var evidence: String?

    /// The columns of a city without policies.
    package init() { self.init(facts: [], kinds: []) }

    init(_ book: PolicyBook) { self.init(facts: book.personColumns.map(\.name), kinds: book.catalogue.kinds) }

    private init(facts: [String], kinds: [CataloguedKind]) {
        let hours = kinds.reduce(into: [String: Set<String>]()) { hours, kind in
            hours[kind.kind.name] = Set(kind.facts.flatMap { [$0.shape.name, $0.shape.key] })
        }
        people = Set(PeopleImport.columns + ["生效日期", PeopleImport.formerName] + facts)
        let fixed = Self.fixed
        self.hours = hours.mapValues { $0.union(fixed) }
        allHours = hours.values.reduce(fixed) { $0.union($1) }
        all = people.union(allHours).union(Self.places).union(Self.besides)
        self.kinds = kinds
    }

    /// The columns of every list of hours.
    static let fixed: Set<String> = ["姓名", RowReader.paper, RowReader.number, "编号", "更正原因", ListTemplate.kind]

    /// The columns of a kind of evidence.
    func columns(of kind: String) -> Set<String> { hours[kind] ?? [] }

    /// The kind of evidence of the rows of a sheet, if they do not name one: the template has a sheet for each kind,
    /// with its name.
    func evidenceKind(on sheet: String) -> String? { hours[sheet] == nil ? evidence : sheet }

    /// Failure: `sheet.header`.
    func header(_ row: SheetRow) throws(Failure) -> SheetHeader {
        try SheetHeader(row, others: Self.others, known: all)
    }

    /// The columns that a sheet of that name must have.
    func needed(_ kind: Kind, on sheet: String) -> [String] {
        switch kind {
        case .people: ["姓名", "身份证号"]
        case .hours: evidenceKind(on: sheet) == nil ? ["身份证号", ListTemplate.kind] : ["身份证号"]
        case .places: ["代码", "名称"]
        }
    }

    /// The columns that are read on a sheet.
    func known(_ kind: Kind, _ header: SheetHeader, on sheet: String) -> Set<String> {
        switch kind {
        case .people: people
        case .hours: header.has(ListTemplate.kind) ? allHours : evidenceKind(on: sheet).map(columns) ?? allHours
        case .places: Set(Self.places)
        }
    }

    /// The columns of a sheet that are not read.
    func unknown(_ kind: Kind, _ header: SheetHeader, on sheet: String) -> [String] {
        let known = known(kind, header, on: sheet)
        return header.titles.filter { !$0.isEmpty && !known.contains($0) && !Self.besides.contains($0) }
    }

    /// Refuses a sheet with columns that only another kind of list has.
    ///
    /// Failure: `import.list`.
    func refuseOther(than kind: Kind, _ header: SheetHeader, on sheet: String) throws(Failure) {
        let lacks = needed(kind, on: sheet).contains { !header.has($0) }
        let own = { (mine: Set<String>, other: Set<String>) in
            header.titles.filter { mine.contains($0) && !other.contains($0) }
        }
        let (ofPeople, ofHours) = (own(people, allHours), own(allHours, people))
        let isHours = header.has(ListTemplate.kind) || ofPeople.isEmpty && ofHours.count > 1
        let isPeople = lacks && header.has("姓名") && !ofPeople.isEmpty
        let isPlaces = lacks && ["代码", "名称"].allSatisfy(header.has)
        let found: Kind, signs: [String]
        switch header.has("身份证号") {
        case true where kind != .hours && isHours: (found, signs) = (.hours, ofHours)
        case true where kind != .people && isPeople: (found, signs) = (.people, ofPeople)
        case false where kind != .places && isPlaces: (found, signs) = (.places, ["代码", "名称"])
        default: return
        }
        let shown = signs.contains(ListTemplate.kind) ? [ListTemplate.kind] : Array(signs.prefix(3))
        throw .otherList(found, than: kind, by: shown)
    }
}

extension Failure {
    static func otherList(
        _ found: ListColumns.Kind, than kind: ListColumns.Kind, by titles: [String] = []
    ) -> Failure {
        Failure(
            .badInput, "import.list",
            "表头有“\(titles.joined(separator: "”、“"))”，这是\(found.name)而不是\(kind.name)。请作为\(found.name)导入。",
            en: "The header has \(titles.joined(separator: ", ")): this is \(found.english) and not \(kind.english).")
    }
}
