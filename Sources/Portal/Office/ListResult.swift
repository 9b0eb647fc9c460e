import Documents
import Jobs
import Registry

/// The result of a list as its page shows it: one sentence, the rows that need work, and notes.
struct ListResult {
    private let report: ImportReport
    private let isDryRun: Bool
    private let content: ListContent

    /// The most faults on the page; all of them are in the workbook.
    static let mostFaults = 500
    private static let mostNotes = 50

    init(_ report: ImportReport, of content: ListContent, isDryRun: Bool) {
        (self.report, self.content, self.isDryRun) = (report, content, isDryRun)
    }

    private var good: Int { report.created + report.changed }
    private var pending: Int { report.failures.count(where: \.isPending) }
    private var bad: Int { max(0, report.failures.count - pending - report.takingAway) }

    /// `isRecognised`: the headers told what the list contains.
    func result(isRecognised: Bool) -> JobResult {
        var result = JobResult()
        (result.headline, result.table) = (headline, table)
        if report.takingAway > 0 { result.figures = [(JobResult.takingAway, "\(report.takingAway)")] }
        (result.isBad, result.badRows) = (!report.failures.isEmpty, bad)
        result.marks = Self.marks(report, isDryRun: isDryRun)
        result.values = [
            ListContent.key: content.text, JobResult.good: "\(good)", JobResult.failed: "\(report.failures.count)",
        ]
        if isRecognised { result.sentences = ["按表头认出这是\(content.name)。"] }
        result.sentences += report.notes.prefix(Self.mostNotes)
        if report.notes.count > Self.mostNotes {
            result.sentences.append("提示共 \(report.notes.count) 条，以上是前 \(Self.mostNotes) 条。")
        }
        return result
    }

    /// 3 行：1 行可导入，2 行有误
    private var headline: String {
        let both = report.created > 0 && report.changed > 0
        let detail = both ? "（新增 \(report.created) 行，更改 \(report.changed) 行）" : ""
        let parts = [
            (good, (isDryRun ? "可导入" : "已导入") + detail), (report.unchanged, "没有变化"),
            (pending, isDryRun ? "要报上级主管部门" : "已报上级主管部门"), (report.takingAway, JobResult.takingAway), (bad, "有误"),
        ].filter { $0.0 > 0 }
        if parts.isEmpty { return "名单里没有要导入的行" }
        if parts.count > 1 {
            return "\(report.rows) 行：" + parts.map { "\($0.0) 行\($0.1)" }.joined(separator: "，")
        }
        return "\(report.rows) 行" + (report.rows > 1 ? "全部" : "") + parts[0].1
    }

    private var table: JobTable? {
        guard !report.failures.isEmpty else { return nil }
        let count = report.failures.reduce(0) { $0 + $1.faults.count }
        let isCut = count > Self.mostFaults
        let hasSheets = report.sheets.count > 1
        let rows = report.failures.lazy.flatMap { failure in
            failure.faults.lazy.map { fault in
                (hasSheets ? [failure.sheet] : []) + [
                    "\(failure.row)", fault.column.isEmpty ? "整行" : fault.column, Self.shown(fault), fault.words,
                ]
            }
        }
        let caption = "需要处理的行" + (isCut ? "：共 \(count) 处，列出前 \(Self.mostFaults) 处，全部在下载的表里" : "")
        return JobTable(
            caption, (hasSheets ? ["工作表"] : []) + ["行", "列", "原值", "原因"], Array(rows.prefix(Self.mostFaults)))
    }

    /// The text of the cell: long numbers, which may identify a person, without their middle.
    private static func shown(_ fault: RowFailure.Fault) -> String {
        if fault.value.isEmpty { return fault.column.isEmpty ? "—" : "（空）" }
        let masked = fault.value.replacing(#/[0-9A-Za-z]{11,}/#) { Self.masked(String($0.output)) }
        return masked.count > 60 ? masked.prefix(60) + "…" : masked
    }

    /// ID numbers, also those with a wrong length, and mobile numbers.
    private static func masked(_ text: String) -> String {
        let isPhone = text.count == 11 && text.hasPrefix("1")
        guard isPhone || text.count > 13, text.count(where: \.isNumber) > 8 else { return text }
        let (first, last) = isPhone ? (3, 4) : (6, 4)
        return text.prefix(first) + String(repeating: "*", count: text.count - first - last) + text.suffix(last)
    }

    static func marks(_ report: ImportReport, isDryRun: Bool) -> Set<JobMark> {
        let isPending = report.failures.contains(where: \.isPending)
        var marks: Set<JobMark> = []
        if isDryRun, isPending || report.created + report.changed > 0 { marks.insert(.importable) }
        if !isDryRun, isPending { marks.insert(.pending) }
        if report.takingAway > 0 { marks.insert(.reducesHours) }
        return marks
    }

    /// The result where the headers do not tell what the list contains.
    static func question(_ found: ListRecognition) -> JobResult {
        var result = JobResult()
        (result.headline, result.isBad) = ("表头看不出名单里是什么", true)
        result.values = [ListContent.choices: found.possible.map(\.text).joined(separator: "\t")]
        return result
    }
}

extension JobResult {
    /// The name of the figure for rows that reduce hours.
    static let takingAway = "会减少已登记学时"
    /// The names of values: how many rows would be or were imported, and how many were not.
    fileprivate static let good = "good"
    fileprivate static let failed = "failed"

    /// How many rows would be or were imported; `nil` in older results.
    var goodRows: Int? { values[Self.good].flatMap { Int($0) } }
    /// How many rows were not imported.
    var failedRows: Int? { values[Self.failed].flatMap { Int($0) } }
}

extension ListContent {
    /// The names of values in a result: the content of the list, and what it may be.
    static let key = "list"
    static let choices = "choices"

    /// `people`, `hours`, or `hours` and the kind of evidence.
    init?(text: String) {
        let parts = text.split(separator: " ", maxSplits: 1).map(String.init)
        switch parts.first {
        case "people": self = .people
        case "hours": self = .hours(kind: parts.count == 2 ? parts[1] : nil)
        default: return nil
        }
    }

    var text: String {
        switch self {
        case .people: "people"
        case .hours(let kind): "hours" + (kind.map { " \($0)" } ?? "")
        }
    }

    /// 人员名单, 学时清单, 学时清单（论文）
    var name: String {
        switch self {
        case .people: "人员名单"
        case .hours(let kind): "学时清单" + (kind.map { "（\($0)）" } ?? "")
        }
    }

    /// 试导入人员：新进人员.xlsx; without the content if it is unknown.
    static func title(_ content: ListContent?, _ file: String, isDryRun: Bool) -> String {
        let word: String
        switch content {
        case .people: word = "人员"
        case .hours(let kind): word = kind ?? "学时"
        case nil: word = ""
        }
        return (isDryRun ? "试导入" : "导入") + word + "：" + file
    }
}
