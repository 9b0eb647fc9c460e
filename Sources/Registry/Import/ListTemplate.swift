import Database
import Documents
import Kernel
import People
import Policy

/// A workbook to fill in: columns with their choices, a sample row, and a sheet of explanations.
package struct ListTemplate: Sendable {
    /// The column that marks the sample row, which an import skips.
    static let remark = "备注"
    static let kind = "认定形式"
    static let explanations = "填写说明"
    static let sampleRemark = "示例，导入时自动跳过"
    private static let sampleNumber = "999999198001010011"

    /// A column of a sheet.
    struct Column: Sendable {
        let title: String
        let isNeeded: Bool
        let choices: [String]
        let accepted: String
        let sample: String

        init(_ title: String, needed: Bool = false, choices: [String] = [], _ accepted: String, sample: String = "") {
            (self.title, isNeeded, self.choices) = (title, needed, choices)
            (self.accepted, self.sample) = (accepted, sample)
        }
    }

    struct Sheet: Sendable {
        let name: String
        let about: String
        let columns: [Column]
    }

    let sheets: [Sheet]

    package var columns: Int { sheets.reduce(0) { $0 + $1.columns.count } }

    /// Failures: `sheet.unwritten`, `template.no-policy`.
    package func write(to path: String) throws(Failure) {
        guard let first = sheets.first else { throw Self.noPolicy }
        let writer = try SheetWriter(path: path, sheet: first.name, columns: Self.titles(first))
        try writer.row(Self.sampleRow(first))
        for sheet in sheets.dropFirst() {
            try writer.begin(sheet: sheet.name, columns: Self.titles(sheet))
            try writer.row(Self.sampleRow(sheet))
        }
        try explain(writer)
        try writer.finish()
    }

    private static func titles(_ sheet: Sheet) -> [SheetColumn] {
        sheet.columns.map { column in
            SheetColumn(
                title: column.title + (column.isNeeded ? "*" : ""), width: max(14, column.title.count * 2 + 4),
                choices: column.choices, hint: column.accepted)
        } + [SheetColumn(title: remark, width: 24)]
    }

    private static func sampleRow(_ sheet: Sheet) -> [String?] { sheet.columns.map(\.sample) + [sampleRemark] }

    private func explain(_ writer: SheetWriter) throws(Failure) {
        try writer.begin(
            sheet: Self.explanations,
            columns: [("工作表", 16), ("列", 24), ("必填", 8), ("填写要求", 80), ("示例", 30)].map {
                SheetColumn(title: $0.0, width: $0.1)
            })
        for sheet in sheets {
            try writer.row([sheet.name, nil, nil, sheet.about, nil])
            for column in sheet.columns {
                try writer.row([
                    sheet.name, column.title, column.isNeeded ? "是" : "否", column.accepted, column.sample,
                ])
            }
        }
    }

    private static let noPolicy = Failure(
        .refused, "template.no-policy", "还没有发布政策，无从得知要填哪些列。请先发布政策。",
        en: "No policy is published yet, so the columns are unknown. Publish one first.")
}

extension Registry {
    /// The list of people to be filled in, under the policies in force.
    package func peopleTemplate() async throws -> ListTemplate {
        try await database.read { try .people(book($0), RegionStore($0).all()) }
    }

    /// The list of hours to be filled in, under the policies in force.
    package func hoursTemplate() async throws -> ListTemplate { try await database.read { try .hours(book($0)) } }
}

extension ListTemplate {
    private static let id = Column(
        RowReader.number, needed: true, "18 位，文本格式；其他证件填其号码，并选明证件类型", sample: sampleNumber)
    private static let paper = Column(
        RowReader.paper, choices: IDNumber.Paper.names, "居民身份证、居住证可以留空")

    /// The list of people under these policies.
    package static func people(_ book: PolicyBook, _ regions: [Region]) -> ListTemplate {
        let names = { (choices: [(String, String)]) in choices.map(\.0) }
        let day = "日期，如 2022-06-01"
        let choice = { (title: String, choices: [String], sample: String) in
            Column(title, choices: choices, "应为：" + choices.joined(separator: "、"), sample: sample)
        }
        var columns = [
            Column("姓名", needed: true, "与证件一致", sample: "岳明远"), paper, id, Column("手机号", "11 位手机号"),
            Column("单位名称", "与登记证书一致；无工作单位的填代管机构", sample: "泰安示例机械有限公司"),
            Column("统一社会信用代码", "18 位；没有的留空"), choice("单位性质", names(PeopleImport.natures), "企业"),
            choice("行政区划", regions.map(\.name), regions.first { $0.code.text.hasSuffix("2") }?.name ?? ""),
            Column("主管部门", "留空则归当地人社局"), choice("人员关系", names(PeopleImport.relations), "劳动关系"),
            Column("任职起始日期", day, sample: "2020-03-01"), Column("职称系列", "如 工程系列", sample: "工程系列"),
            choice("职称级别", names(PeopleImport.levels), "中级"), Column("职称", "如 工程师", sample: "工程师"),
            Column("职称取得日期", day, sample: "2019-11-01"),
        ]
        columns += book.personColumns.map { Column($0.name, choices: $0.choices, $0.accepted) }
        columns.append(Column("生效日期", "其后各列自哪天起；留空则一直如此"))
        return ListTemplate(sheets: book.current.isEmpty ? [] : [Sheet(name: "人员", about: "每人一行", columns: columns)])
    }

    /// The list of hours: a sheet for each kind, with its name.
    package static func hours(_ book: PolicyBook) -> ListTemplate {
        ListTemplate(sheets: book.catalogue.kinds.map(sheet))
    }

    private static func sheet(_ catalogued: CataloguedKind) -> Sheet {
        let kind = catalogued.kind
        let fixed = [
            Column("姓名", "与登记的一致，用来核对", sample: "岳明远"), paper, id,
            Column("编号", "本单位给这一项的编号；本单位再次导入同一编号即更正", sample: "示例"),
        ]
        var facts: [Column] = []
        for column in catalogued.facts where !facts.contains(where: { $0.title == column.shape.name }) {
            let shape = column.shape
            let accepted =
                column.asker.map { "“\($0)”要填写，其他人员留空。" } ?? shape.neededWhen.map { "\($0.chinese)的填写，其他留空。" } ?? ""
            facts.append(
                Column(
                    shape.name, needed: column.isNeeded, choices: shape.choices, accepted + shape.accepted.chinese,
                    sample: kind.sample[shape.key].map { shape.name(of: $0) } ?? ""))
        }
        let reason = Column("更正原因", "改动已登记的名称或年度时填写；其他情况留空")
        return Sheet(name: kind.name, about: "依据：\(kind.clause.short)", columns: fixed + facts + [reason])
    }
}

extension ListTemplate {
    /// The columns of a submitted list with their choices: those of the sheet of that name, otherwise the choices that
    /// all sheets share.
    func columns(of sheet: String, _ titles: [String]) -> [SheetColumn] {
        let own = sheets.filter { $0.name == sheet }
        return titles.map { title in
            let known = (own.isEmpty ? sheets : own).flatMap(\.columns).filter { $0.title == title }
            let kinds = title == Self.kind ? sheets.map(\.name) : []
            let agreed = Set(known.map(\.choices)).count == 1 ? known.first : nil
            return SheetColumn(
                title: title, width: 18, choices: agreed?.choices ?? kinds, hint: agreed?.accepted ?? "")
        }
    }
}

extension ListTemplate {
    private static func hasRemark(_ row: SheetRow, _ header: SheetHeader) -> Bool {
        header.text(remark, row) == sampleRemark
    }

    /// Whether a row is the unchanged sample of a sheet.
    func isSample(_ row: SheetRow, _ header: SheetHeader) -> Bool {
        guard Self.hasRemark(row, header), header.untitled(row) == nil else { return false }
        let titles = header.titles.filter { !ListColumns.besides.contains($0) }
        return sheets.contains { sheet in
            titles.allSatisfy { title in
                guard let text = header.text(title, row) else { return true }
                return sheet.columns.first { $0.title == title }.map { Self.same($0.sample, text) } ?? false
            }
        }
    }

    private static func same(_ sample: String, _ text: String) -> Bool {
        NormalForm.same(sample, text.whole) || Day(sample).map { $0 == Day(flexible: text) } ?? false
    }

    /// The failure of a changed sample row: it has the remark and the number of the sample. `nil` for all other rows.
    /// Unchanged samples are skipped before.
    static func halfSample(_ row: SheetRow, _ header: SheetHeader) -> RowFailure? {
        guard hasRemark(row, header), header.text(RowReader.number, row) == sampleNumber else { return nil }
        return RowReader(row: row, header: header).fault(
            RowReader.number, "这一行写着模板示例的号码和备注，其他格却不是示例。是本人的，请改成本人的号码，并删去备注；是示例的，请删去这一行",
            en: "The row has the number and the remark of the template's sample, but other values. If it is about a "
                + "person, write that person's number and remove the remark; if it is the sample, remove the row")
    }
}
