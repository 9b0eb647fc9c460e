import Kernel
import People
import Web

/// A list of waiting, resolved or sent requests.
struct UpstreamList: PageValue {
    let rows: [UpstreamRow]
    /// The number of waiting requests; `nil` in the list of resolved ones.
    let total: Int?
    /// The request that was just resolved.
    let last: UpstreamRow?
    let older: Link?
    /// The link to the newest requests; `nil` if they are shown.
    let newest: Link?

    private var answered: Link { UpstreamPages.path.link().asking([("view", "answered")]) }

    static var fields: [String: Field<UpstreamList>] {
        [
            "rows": .list { $0.rows }, "hasRows": .flag { !$0.rows.isEmpty }, "hasOlder": .flag { $0.older != nil },
            "older": .text { $0.older?.text ?? "" }, "hasNewest": .flag { $0.newest != nil },
            "isPaged": .flag { $0.newest != nil || $0.older != nil },
            "newest": .text { $0.newest?.text ?? "" }, "isWaiting": .flag { $0.total != nil },
            "total": .text { "\($0.total ?? 0)" }, "last": .item { $0.last }, "answered": .text { $0.answered.text },
            "waiting": .text { _ in UpstreamPages.path.link().text },
            "asked": .text { _ in UpstreamPages.askedPath.link().text },
            "back": .text { _ in ImportPages.path.link().text },
        ]
    }

    static var sample: UpstreamList {
        UpstreamList(
            rows: [.sample], total: 1, last: .sample, older: UpstreamPages.path.link(),
            newest: UpstreamPages.path.link())
    }
}

struct UpstreamRow: PageValue {
    let text: UpstreamText
    let asker: String
    let link: Link
    let time: ClockTime
    /// Who resolved it; empty while it waits.
    private let by: String
    private let resolution: UpstreamRequest.Resolution?
    private let answered: ClockTime?

    init(_ text: UpstreamText, _ request: UpstreamRequest, by: String, now: Int) {
        self.by = by
        (self.text, asker, resolution) = (text, request.organisationName, request.resolution)
        link = UpstreamPages.requestPath.link(request.number)
        time = ClockTime(request.asked, now: now)
        answered = request.resolution.map { ClockTime($0.time, now: now) }
    }

    private init() {
        text = UpstreamText(
            title: "调入：岳明远", words: "岳明远（人员编号 1，泰安示例机械有限公司）调入“肥城示例石材有限公司”。",
            difference: "名单上写的是“岳明达”，登记的是“岳明远”，请核对身份证号。")
        (asker, link, time) = ("肥城示例石材有限公司", UpstreamPages.path.link(), .sample)
        by = "泰安市人力资源和社会保障局（市人社局），账号 3"
        (resolution, answered) = (nil, .sample)
    }

    private var state: String { resolution.map { $0.isDone ? "已办理" : "不予办理" } ?? "待处理" }

    static var fields: [String: Field<UpstreamRow>] {
        [
            "title": .text { $0.text.title }, "words": .text { $0.text.words },
            "difference": .text { $0.text.difference }, "isDifferent": .flag { !$0.text.difference.isEmpty },
            "asker": .text { $0.asker }, "link": .text { $0.link.text }, "time": .item { $0.time },
            "state": .text { $0.state }, "isWaiting": .flag { $0.resolution == nil },
            "isDone": .flag { $0.resolution?.isDone == true },
            "isDismissed": .flag { $0.resolution?.isDone == false }, "reason": .text { $0.resolution?.reason ?? "" },
            "hasReason": .flag { $0.resolution?.reason.isEmpty == false }, "answered": .item { $0.answered },
            "by": .text { $0.by }, "isRecorded": .flag { !$0.by.isEmpty },
        ]
    }

    static var sample: UpstreamRow { UpstreamRow() }
}

/// One request with the possible resolutions.
struct UpstreamPage: PageValue {
    let number: ID<UpstreamRequest>
    let row: UpstreamRow
    /// Whether it can be carried out by a button.
    let mayDo: Bool
    /// Whether the requested unit exists.
    let hasUnit: Bool
    /// Why the same request was dismissed before; empty if it was not.
    let before: String
    var reason = Self.reason

    static let reason = FormField("reason", "不予办理的原因")

    init(number: ID<UpstreamRequest>, row: UpstreamRow, mayDo: Bool, hasUnit: Bool, before: String, typed: Query?) {
        (self.number, self.row, self.mayDo, self.hasUnit, self.before) = (number, row, mayDo, hasUnit, before)
        reason.hint = "申请单位看得到"
        guard let typed else { return }
        reason.value = typed["reason"]
        reason.require("请填写不予办理的原因", most: UpstreamRequest.longestReason)
    }

    private var errors: ErrorSummary { ErrorSummary([reason]) }
    var isRight: Bool { errors.isEmpty }
    var status: Page.Status { errors.status }

    static var fields: [String: Field<UpstreamPage>] {
        [
            "row": .item { $0.row }, "mayDo": .flag { $0.mayDo }, "lacksUnit": .flag { !$0.hasUnit },
            "wasDismissed": .flag { !$0.before.isEmpty }, "before": .text { $0.before },
            "noUnit": .text { _ in Failure.noUnitYet.words.chinese }, "reason": .item { $0.reason },
            "errors": .item { $0.errors.isEmpty ? nil : $0.errors },
            "done": .text { UpstreamPages.donePath.link($0.number).text },
            "dismissal": .text { UpstreamPages.dismissalPath.link($0.number).text },
            "back": .text { _ in UpstreamPages.path.link().text },
        ]
    }

    static var sample: UpstreamPage {
        UpstreamPage(
            number: ID(1), row: .sample, mayDo: true, hasUnit: false, before: "不是本人", typed: Query("reason="))
    }
}
