import Kernel
import People
import Web

/// Whose logins are to be opened, and why.
struct LoginBatchForm {
    let unit: ID<Organisation>?
    let people: [Int]
    private let typed: String
    /// Set when it is shown.
    var unitName = ""
    /// Whether the form was sent, so that faults are shown.
    var isSent = false

    init(_ form: Query) {
        unit = ID(form["unit"])
        people = form.all("person").compactMap { ID<Person>($0)?.number }
        typed = form["reason"]
    }

    var reason: FormField {
        var field = FormField("reason", "办理原因")
        (field.hint, field.value) = ("如“单位统一开通”。本人在“我的账号”里看得到", typed)
        if isSent { field.require("请填写办理原因", most: PasswordResetter.longestReason) }
        return field
    }

    /// Failure: `logins.nobody`.
    func payload(scope: Scope, _ origin: JobOrigin, hasFile: Bool) throws -> LoginBatchPayload {
        guard unit != nil || !people.isEmpty || hasFile else { throw Failure.nobodyChosen }
        return LoginBatchPayload(
            unit: unit?.number, people: unit == nil && !people.isEmpty ? people : nil, isDryRun: true, reason: typed,
            scope: scope.text, origin: origin)
    }

    var needsFile: Bool { unit == nil && people.isEmpty }
}

struct LoginBatchesPage: PageValue {
    let form: LoginBatchForm
    let rows: [LoginBatchRow]
    let failure: Failure?

    private var errors: ErrorSummary { ErrorSummary([form.reason]) }
    var status: Page.Status { failure == nil ? errors.status : .of(failure) }

    static var fields: [String: Field<LoginBatchesPage>] {
        [
            "isRefused": .flag { $0.failure != nil }, "failure": .text { $0.failure?.words.chinese ?? "" },
            "errors": .item { $0.errors.isEmpty ? nil : $0.errors }, "reason": .item { $0.form.reason },
            "action": .text { _ in LoginBatchPages.path.link().text }, "isUnit": .flag { $0.form.unit != nil },
            "unit": .text { $0.form.unit?.description ?? "" }, "unitName": .text { $0.form.unitName },
            "isSelection": .flag { $0.form.unit == nil && !$0.form.people.isEmpty },
            "count": .text { "\($0.form.people.count)" },
            "people": .list { $0.form.people.map { Sentence("\($0)") } },
            "needsFile": .flag { $0.form.needsFile }, "days": .text { _ in "\(LoginBatch.days)" },
            "roster": .text { _ in RosterPages.path.link().text },
            "template": .text { _ in ImportPages.templatePath.link("people").text },
            "rows": .list { $0.rows }, "hasRows": .flag { !$0.rows.isEmpty },
        ]
    }

    static var sample: LoginBatchesPage {
        LoginBatchesPage(
            form: LoginBatchForm(Query("person=1&reason=x")), rows: [.sample], failure: .nobodyChosen)
    }
}

/// One batch of login codes.
struct LoginBatchRow: PageValue {
    let number: Int
    let reason: String
    let time: ClockTime
    let opened: Int
    let unused: Int
    let last: Day
    let state: String
    let isValid: Bool
    /// The end of the time for downloading; `nil` if it is over, or another officer opened the logins.
    let closes: ClockTime?

    init(_ batch: LoginBatch, unused: Int, isOwn: Bool, now: Int) {
        (number, reason, opened, self.unused) = (batch.number, batch.reason, batch.opened, unused)
        (time, last) = (ClockTime(batch.made, now: now), batch.lastDay)
        isValid = batch.isValid(at: now) && unused > 0
        closes = isOwn && batch.isDownloadable(at: now) && unused > 0 ? ClockTime(batch.closes) : nil
        state =
            if batch.ended != nil { "已作废" } else if unused == 0 { "全部用过" } else if !isValid { "已过期" } else { "有效" }
    }

    private init() {
        (number, reason, time, opened, unused) = (12, "单位统一开通", .sample, 38, 5)
        (last, state, isValid, closes) = (.first, "有效", true, .sample)
    }

    static var fields: [String: Field<LoginBatchRow>] {
        [
            "number": .text { "\($0.number)" }, "reason": .text { $0.reason }, "time": .item { $0.time },
            "opened": .text { "\($0.opened)" }, "unused": .text { "\($0.unused)" }, "last": .text { "\($0.last)" },
            "state": .text { $0.state }, "isValid": .flag { $0.isValid }, "isOpen": .flag { $0.closes != nil },
            "page": .text { LoginBatchPages.batchPath.link(ID($0.number)).text },
            "closes": .text { $0.closes?.text ?? "" },
            "revoke": .text {
                LoginBatchPages.revokePath.link().asking([("batch", "\($0.number)")]).text
            },
            "slips": .text { LoginBatchPages.slipsPath.link(ID($0.number)).text },
            "sheet": .text { LoginBatchPages.sheetPath.link(ID($0.number)).text },
        ]
    }

    static var sample: LoginBatchRow { LoginBatchRow() }
}

/// The codes of a batch, to be downloaded.
struct LoginBatchPage: PageValue {
    let row: LoginBatchRow

    static var fields: [String: Field<LoginBatchPage>] {
        ["row": .item { $0.row }, "back": .text { _ in LoginBatchPages.path.link().text }]
    }

    static var sample: LoginBatchPage { LoginBatchPage(row: .sample) }
}
