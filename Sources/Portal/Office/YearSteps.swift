import Certificates
import Kernel
import Registry
import Web

/// How far a year is on its way: preview, settlement, certificates.
struct YearProgress: Sendable {
    let year: Year
    let state: YearState
    /// Whether the year has ended.
    let isOver: Bool
    /// The figures of the settlement; `nil` if the year is not settled or an older program settled it.
    var settled: YearFigures?
    /// The newest preview by this officer since the year was last settled or opened again.
    var preview: (figures: YearFigures, time: ClockTime)?
    /// `nil` while they are counted.
    var certificates: IssueCount?

    /// The step that comes next; `nil` if all is done, or the year has not ended.
    var next: YearStep.Kind? {
        switch state {
        case _ where !isOver: nil
        case .open: preview == nil ? .preview : .settle
        case .closing: .settle
        case .settled: certificates.map { $0.due > 0 } ?? false ? .issue : nil
        }
    }

    var steps: [YearStep] {
        [
            YearStep(.preview, previewWords, isDone: state == .settled || preview != nil, isNext: next == .preview),
            YearStep(.settle, settleWords, isDone: state == .settled, isNext: next == .settle),
            YearStep(.issue, issueWords, isDone: isIssued, isNext: next == .issue),
        ]
    }

    private var isIssued: Bool { state == .settled && certificates.map { $0.due == 0 && $0.issued > 0 } ?? false }

    private var previewWords: String {
        guard let preview else { return state == .settled ? "已结算，不用再预览" : "还没有预览" }
        return "已预览（\(preview.time.text)）：\(preview.figures.words(isSettled: state == .settled))"
    }

    private var settleWords: String {
        switch state {
        case .open: isOver ? "还没有结算" : "年度还没有结束"
        case .closing: "结算还没有办完"
        case .settled: "已结算" + (settled.map { "：\($0.words(isSettled: true))" } ?? "")
        }
    }

    private var issueWords: String {
        guard state == .settled else { return "结算以后颁发" }
        guard let certificates else { return "正在统计" }
        if certificates.all == 0 { return "没有应颁发的证书" }
        if certificates.issued == 0 { return "还没有颁发，应颁发 \(certificates.all) 张" }
        let words = "\(certificates.issued)/\(certificates.all)"
        return certificates.due == 0 ? "已颁发 \(words)" : "已颁发 \(words)，还有 \(certificates.due) 张"
    }
}

/// A step of a year.
struct YearStep: PageValue {
    enum Kind: Sendable { case preview, settle, issue }

    let kind: Kind
    let words: String
    let isDone: Bool
    let isNext: Bool

    init(_ kind: Kind, _ words: String, isDone: Bool, isNext: Bool) {
        (self.kind, self.words, self.isDone, self.isNext) = (kind, words, isDone, isNext)
    }

    private var title: String {
        switch kind {
        case .preview: "预览"
        case .settle: "结算"
        case .issue: "颁发"
        }
    }

    static var fields: [String: Field<YearStep>] {
        [
            "title": .text { $0.title }, "words": .text { $0.words }, "isDone": .flag { $0.isDone },
            "isNext": .flag { $0.isNext },
        ]
    }

    static var sample: YearStep { YearStep(.settle, "已结算：60 人", isDone: true, isNext: false) }
}

struct YearsPage: PageValue {
    let rows: [YearRow]
    /// Acts on years as a whole.
    let acts: ActList?

    init(_ years: [YearProgress], acts: ActList?) {
        // A page has one main act: that of the newest year that is not done.
        let first = years.first { $0.next != nil }?.year
        rows = years.map { YearRow(progress: $0, isFirst: $0.year == first) }
        self.acts = acts
    }

    static var fields: [String: Field<YearsPage>] {
        ["rows": .list { $0.rows }, "hasRows": .flag { !$0.rows.isEmpty }, "acts": .item { $0.acts }]
    }

    static var sample: YearsPage { YearsPage([YearRow.sample.progress], acts: .sample) }
}

/// A year with its steps and acts. What is done is offered last and never as the main act.
struct YearRow: PageValue {
    let progress: YearProgress
    let isFirst: Bool

    private func main(_ kind: YearStep.Kind) -> Bool { isFirst && progress.next == kind }

    static var fields: [String: Field<YearRow>] {
        [
            "year": .text { "\($0.progress.year)" }, "steps": .list { $0.progress.steps },
            "isSettled": .flag { $0.progress.state == .settled },
            "isClosing": .flag { $0.progress.state == .closing },
            "isPreviewed": .flag { $0.progress.preview != nil },
            "isPreviewMain": .flag { $0.main(.preview) }, "isSettleMain": .flag { $0.main(.settle) },
            "isIssueMain": .flag { $0.main(.issue) },
            "isIssueNext": .flag { $0.progress.next == .issue }, "isSettleNext": .flag { $0.progress.next == .settle },
            "due": .text { "\($0.progress.certificates?.due ?? 0)" },
            "preview": .text { YearsPages.previewPath.link($0.progress.year).text },
            "settle": .text { YearsPages.settlePath.link($0.progress.year).text },
            "issue": .text { YearsPages.issuePath.link($0.progress.year).text },
        ]
    }

    static var sample: YearRow {
        var progress = YearProgress(year: Year(2022), state: .settled, isOver: true)
        (progress.settled, progress.certificates) = (.sample, IssueCount(due: 18, issued: 100))
        return YearRow(progress: progress, isFirst: true)
    }
}
