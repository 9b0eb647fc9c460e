import Kernel
import Web

struct JobPage: PageValue {
    let row: JobRow
    let number: Int
    let isOpen: Bool
    let isRunning: Bool
    /// When it is tried again after a failure of the environment.
    let retry: ClockTime?
    let done: Int
    let total: Int
    let result: JobResult
    let table: JobTablePart?
    /// The file for download, if there is no next step that has it.
    let output: Breadcrumb?
    let isOutputGone: Bool
    let next: JobFollowUp?

    /// `part`: the part of a long table that is shown, from 1.
    init(job: Job, now: Int, next: JobFollowUp?, part: Int = 1) {
        row = JobRow(job, isUsable: true, now: now)
        (number, done, total, result) = (job.number.number, job.done, job.total, job.result)
        (isOpen, isRunning) = ([.waiting, .running].contains(job.state), job.state == .running)
        let isPaused = job.state == .waiting && job.faults.failures > 0 && job.due > now
        retry = isPaused ? ClockTime(job.due) : nil
        isOutputGone = job.isOutputGone
        let file = job.output.map { _ in Breadcrumb(job.outputName, JobPages.outputPath.link(job.number)) }
        (self.next, output) = (next?.with(file), next == nil ? file : nil)
        table = job.result.table.map { JobTablePart($0, part: part, of: JobPages.jobPath.link(job.number)) }
    }

    private init() {
        var result = JobResult()
        (result.headline, result.figures) = ("3 行：1 行可导入，2 行有误", [("行数", "120")])
        result.sentences = ["第 3 行“身份证号”：校验码不对"]
        (row, number, isOpen, isRunning, retry, done, total) = (.sample, 1, true, true, .sample, 40, 120)
        (self.result, table, output, isOutputGone, next) = (result, .sample, .sample, true, .sample)
    }

    static var fields: [String: Field<JobPage>] {
        [
            "row": .item { $0.row }, "number": .text { "\($0.number)" }, "isOpen": .flag { $0.isOpen },
            "isRunning": .flag { $0.isRunning }, "retry": .item { $0.retry }, "isPaused": .flag { $0.retry != nil },
            "done": .text { "\($0.done)" }, "total": .text { "\($0.total)" },
            "isMeasured": .flag { $0.total > 0 }, "headline": .text { $0.result.headline },
            "hasHeadline": .flag { !$0.result.headline.isEmpty },
            "figures": .list { $0.result.figures.map { TitledText($0.name, $0.value) } },
            "hasFigures": .flag { !$0.result.figures.isEmpty }, "table": .item { $0.table },
            "sentences": .list { $0.result.sentences.map(Sentence.init) },
            "hasSentences": .flag { !$0.result.sentences.isEmpty }, "output": .item { $0.output },
            "isOutputGone": .flag { $0.isOutputGone }, "isFailed": .flag { $0.result.code != nil },
            "code": .text { $0.result.code ?? "" }, "next": .item { $0.next },
        ]
    }

    static var sample: JobPage { JobPage() }
}

/// A part of a result's table.
struct JobTablePart: PageValue {
    let table: JobTable
    let rows: ArraySlice<[String]>
    let page: Link
    let part: Int

    private static let size = 50

    /// `part` from 1; a part that does not exist is the nearest one.
    init(_ table: JobTable, part: Int, of page: Link) {
        (self.table, self.page) = (table, page)
        let last = max(1, (table.rows.count + Self.size - 1) / Self.size)
        self.part = min(max(1, part), last)
        rows = table.rows.dropFirst((self.part - 1) * Self.size).prefix(Self.size)
    }

    private func link(_ part: Int) -> Link { page.asking([("page", part == 1 ? "" : "\(part)")]).at("rows") }

    private var hasEarlier: Bool { part > 1 }
    private var hasLater: Bool { rows.endIndex < table.rows.endIndex }

    static var fields: [String: Field<JobTablePart>] {
        [
            "caption": .text { $0.table.caption }, "titles": .list { $0.table.titles.map(Sentence.init) },
            "rows": .list { part in part.rows.map { JobTableRow(part.table.titles, $0) } },
            "isLong": .flag { $0.hasEarlier || $0.hasLater }, "hasEarlier": .flag { $0.hasEarlier },
            "hasLater": .flag { $0.hasLater }, "earlier": .text { $0.link($0.part - 1).text },
            "later": .text { $0.link($0.part + 1).text },
            "range": .text { "第 \($0.rows.startIndex + 1)—\($0.rows.endIndex) 条，共 \($0.table.rows.count) 条" },
        ]
    }

    static var sample: JobTablePart {
        let row = ["3", "身份证号", "370902********0018", "校验码不对。请对照证件核对"]
        let table = JobTable("需要处理的行", ["行", "列", "原值", "原因"], Array(repeating: row, count: 120))
        return JobTablePart(table, part: 2, of: JobPages.path.link())
    }
}

/// A row: its first cell names it, and its last one is long.
struct JobTableRow: PageValue {
    let first: TitledText
    let middle: [TitledText]
    let last: TitledText

    init(_ titles: [String], _ cells: [String]) {
        let all = zip(titles, cells).map { TitledText($0, $1) }
        (first, middle) = (all.first ?? TitledText("", ""), Array(all.dropFirst().dropLast()))
        last = all.last ?? TitledText("", "")
    }

    static var fields: [String: Field<JobTableRow>] {
        ["first": .item { $0.first }, "middle": .list { $0.middle }, "last": .item { $0.last }]
    }

    static var sample: JobTableRow { JobTableRow(["行", "列", "原因"], ["3", "身份证号", "校验码不对"]) }
}
