import Kernel
import People
import Web

/// A filter for audit records, stored in the address so that it can be bookmarked. It contains numbers and codes only.
struct AuditFilter: PageValue {
    var from = FormField("from", "起始日期")
    var to = FormField("to", "截止日期")
    var who = FormField("who", "账号编号或系统用户")
    var person = FormField("person", "涉及的人员编号")
    private var act = FormField("act", "操作")
    private var result = ""
    private(set) var query = AuditQuery()

    /// The number of days shown by default.
    private static let days = 30

    init(_ typed: Query, today: Day) {
        from.value = typed.has("from") ? typed["from"] : Day(number: today.number - Self.days + 1).description
        to.value = typed.has("to") ? typed["to"] : today.description
        (who.value, person.value, act.value, result) = (typed["who"], typed["person"], typed["act"], typed["result"])
        (from.type, to.type) = ("date", "date")
        (from.isRequired, to.isRequired, who.isRequired, person.isRequired) = (false, false, false, false)
        query.from = Self.day(&from)?.start
        query.to = Self.day(&to).map { Day(number: $0.number + 1).start }
        query.chain = Self.chain(who.value)
        if !person.value.isEmpty {
            query.person = ID<Person>(person.value)?.number
            if query.person == nil { person.error = "人员编号是一个数字" }
        }
        if typed.has("from"), let first = query.from, let end = query.to, first >= end {
            to.error = "截止日期早于起始日期，请对调"
        }
        query.act = AuditAct(rawValue: act.value)?.rawValue
        if query.act == nil, !act.value.isEmpty { act.error = "没有“\(act.value.prefix(40))”这种操作，请从列表里选" }
        query.isRefused = ["refused": true, "done": false][result]
        query.after = Self.place(typed["after"])
    }

    /// `nil` for an empty or invalid field; sets the field's error if it is invalid.
    private static func day(_ field: inout FormField) -> Day? {
        guard !field.value.isEmpty else { return nil }
        let day = Day(field.value)
        // Browsers show an empty field for an invalid date, so it becomes a text field.
        if day == nil { (field.type, field.error) = ("text", "日期写作 2022-06-01") }
        return day
    }

    private static func chain(_ text: String) -> String? {
        if text.isEmpty { return nil }
        if let account = ID<Account>(text) { return Actor.chain(of: account.number) }
        return text.contains("/") || text == "strangers" ? text : Actor.system(text).chain
    }

    private static func place(_ text: String) -> AuditQuery.Cursor? {
        let parts = text.split(separator: "~")
        guard parts.count == 3, let time = Int(parts[0]), let number = Int(parts[2]) else { return nil }
        return AuditQuery.Cursor(time: time, chain: String(parts[1]), number: number)
    }

    var errors: ErrorSummary { ErrorSummary([from, to, who, person, act]) }

    /// Names and values of the query, without the place in the list.
    var words: [(name: String, value: String)] {
        [from, to, who, person].map { ($0.id, $0.value) } + [("act", act.value), ("result", result)]
    }

    /// The filter in the format of an audit record.
    var detail: AuditDetail { AuditDetail(Dictionary(words.map { ($0.name, $0.value) }, uniquingKeysWith: { $1 })) }

    func link(after place: AuditQuery.Cursor? = nil) -> Link {
        let after = place.map { "\($0.time)~\($0.chain)~\($0.number)" } ?? ""
        return AuditPages.path.link().asking(words + [("after", after)])
    }

    private var selects: [SelectField] {
        [
            SelectField(
                "act", "操作", all: "全部", AuditAct.allCases.map { .init($0.rawValue, $0.name) }, chosen: act.value),
            SelectField("result", "结果", all: "全部", [.init("done", "完成"), .init("refused", "被拒绝")], chosen: result),
        ]
    }

    static var fields: [String: Field<AuditFilter>] {
        [
            "dates": .list { [$0.from, $0.to] }, "numbers": .list { [$0.who, $0.person] },
            "selects": .list { $0.selects }, "action": .text { _ in AuditPages.path.link().text },
        ]
    }

    static var sample: AuditFilter {
        AuditFilter(Query("from=2022-13-01&person=x"), today: Day(number: 19_000))
    }
}
