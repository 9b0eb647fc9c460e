import Database
import Foundation
import Kernel
import People
import Policy
import Registry
import Web

/// 待处理: what lists asked for that reaches beyond their senders, seen and answered by who looks after both sides.
package struct UpstreamPages: Sendable {
    private let registry: Registry
    private let listView: View<UpstreamList>
    private let view: View<UpstreamPage>
    private static let size = 20

    package static let path: Path<> = Path("/requests")
    static let requestPath = Path<ID<UpstreamRequest>>("/requests/{}")
    static let donePath = Path<ID<UpstreamRequest>>("/requests/{}/completion")
    static let dismissalPath = Path<ID<UpstreamRequest>>("/requests/{}/dismissal")
    private static let door: Door = .roles([.authority, .bureau])

    package init(_ registry: Registry, _ views: Views) throws {
        self.registry = registry
        listView = try views.view("requests")
        view = try views.view("request")
    }

    package static var views: URL { Bundle.module.bundleURL.appending(path: "Upstream.views") }

    package var routes: [Route] {
        [
            .get(Self.path, Self.door) { visit in .page(try await list(visit)) },
            .get(Self.requestPath, Self.door) { visit, number in .page(try await page(visit, number)) },
            .post(Self.donePath, Self.door) { visit, number in try await carryOut(visit, number) },
            .post(Self.dismissalPath, Self.door) { visit, number in try await dismiss(visit, number) }
                .keeping(UpstreamPage.reason),
        ]
    }

    package var navigation: [NavigationItem] { [NavigationItem("待处理", Self.path.link(), Self.door)] }

    private var now: Int { registry.people.outside.now() }

    private func sender(_ visitor: Visitor, _ transaction: Transaction) throws -> Sender {
        guard let sender = try visitor.sender(transaction) else { throw Failure.noScope }
        return sender
    }

    private func list(_ visit: Visit) async throws -> Page {
        let visitor = try visit.signedIn()
        let before = Int(visit.query["before"]) ?? .max
        let now = now
        let found = try await registry.database.read { transaction in
            let reach = Reach(transaction, registry.people, try sender(visitor, transaction))
            let store = UpstreamStore(transaction, registry.people)
            return try store.waiting(reach, before: before, limit: Self.size + 1).map { request in
                (request.number, UpstreamRow(try text(of: request, reach), request, now: now))
            }
        }
        let last = found.count > Self.size ? found[Self.size - 1].0 : nil
        let older = last.map { Self.path.link().asking([("before", "\($0)")]) }
        let value = UpstreamList(rows: found.prefix(Self.size).map(\.1), older: older)
        return Page("待处理", trail: [.home], listView.draw(value))
    }

    private func page(_ visit: Visit, _ number: ID<UpstreamRequest>, typed: Query? = nil) async throws -> Page {
        let visitor = try visit.signedIn()
        let now = now
        let (row, mayDo) = try await registry.database.read { transaction in
            let reach = Reach(transaction, registry.people, try sender(visitor, transaction))
            let request = try UpstreamStore(transaction, registry.people).find(number, reach)
            let isMovable = request.kind == .authors || TransferWanted(request.wanted).number != nil
            return (
                UpstreamRow(try text(of: request, reach), request, now: now),
                try isMovable && request.kind != .period && reach.holds(request.person)
            )
        }
        let value = UpstreamPage(number: number, row: row, mayDo: mayDo, typed: typed)
        let trail = [Crumb.home, Crumb("待处理", Self.path.link())]
        return Page("待处理的申请", trail: trail, status: value.status, view.draw(value))
    }

    private func carryOut(_ visit: Visit, _ number: ID<UpstreamRequest>) async throws -> Answer {
        let visitor = try visit.signedIn()
        let registry = registry.acting(as: visit.actor)
        try await registry.database.write { transaction in
            try registry.carryOut(number, by: sender(visitor, transaction), transaction)
        }
        return .moved(Self.path.link())
    }

    private func dismiss(_ visit: Visit, _ number: ID<UpstreamRequest>) async throws -> Answer {
        let visitor = try visit.signedIn()
        let typed = try await visit.form()
        let form = UpstreamPage(number: number, row: .sample, mayDo: false, typed: typed)
        guard form.isRight else { return .page(try await page(visit, number, typed: typed)) }
        let registry = registry.acting(as: visit.actor)
        try await registry.database.write { transaction in
            let reach = Reach(transaction, registry.people, try sender(visitor, transaction))
            let store = UpstreamStore(transaction, registry.people)
            try store.answer(store.find(number, reach), done: false, reason: form.reason.value, by: ID(visitor.account))
        }
        return .moved(Self.path.link())
    }

    /// What is asked for, in words. Whoever is out of reach by now is not named.
    private func text(of request: UpstreamRequest, _ reach: Reach) throws -> UpstreamText {
        let wanted = TransferWanted(request.wanted)
        let since = wanted.since.map { "自 \($0) 起" } ?? ""
        let person = try named(request.person, reach)
        switch request.kind {
        case .transfer:
            return UpstreamText(title: "调入", words: "\(person)，\(since)调入“\(wanted.unit)”。")
        case .period:
            return UpstreamText(title: "任职日期", words: "\(person)，\(since)在“\(wanted.unit)”任职，与在别处的任职重叠。")
        case .authors:
            let submission = Submission(wanted: request.wanted)
            let own = try submission.map { try named($0.person, reach) } ?? ""
            let facts = submission?.evidence.facts ?? [:]
            let title = ["title", "project", "book"].compactMap { facts[$0]?.description }.first ?? "成果"
            let authors = facts["authors"].map { "改为 \($0) 人" } ?? "更正"
            return UpstreamText(title: "作者数", words: "\(own)的“\(title)”，作者数\(authors)；\(person)也登记了这项成果。")
        }
    }

    private func named(_ person: ID<Person>, _ reach: Reach) throws -> String {
        guard try reach.holds(person),
            let found = try PersonStore(reach.transaction, registry.people).find(person)
        else { return "（已不在您管理的单位）" }
        let unit = try reach.unit(of: person).flatMap { try OrganisationStore(reach.transaction).find($0)?.name }
        return "\(found.name)（人员编号 \(person)，\(unit ?? "无单位")）"
    }
}

struct UpstreamText: Sendable {
    let title: String
    let words: String
}

/// What waits.
struct UpstreamList: PageValue {
    let rows: [UpstreamRow]
    let older: Link?

    static var fields: [String: Field<UpstreamList>] {
        [
            "rows": .list { $0.rows }, "hasRows": .flag { !$0.rows.isEmpty }, "hasOlder": .flag { $0.older != nil },
            "older": .text { $0.older?.text ?? "" },
        ]
    }

    static var sample: UpstreamList { UpstreamList(rows: [.sample], older: UpstreamPages.path.link()) }
}

struct UpstreamRow: PageValue {
    let title: String
    let words: String
    let asker: String
    let link: Link
    let time: ClockTime

    init(_ text: UpstreamText, _ request: UpstreamRequest, now: Int) {
        (title, words, asker) = (text.title, text.words, request.organisationName)
        link = UpstreamPages.requestPath.link(request.number)
        time = ClockTime(request.asked, now: now)
    }

    private init() {
        (title, words, asker) = ("调入", "岳明远（人员编号 1，泰安示例机械有限公司）调入“肥城示例石材有限公司”。", "肥城示例石材有限公司")
        (link, time) = (UpstreamPages.path.link(), .sample)
    }

    static var fields: [String: Field<UpstreamRow>] {
        [
            "title": .text { $0.title }, "words": .text { $0.words }, "asker": .text { $0.asker },
            "link": .text { $0.link.text }, "time": .item { $0.time },
        ]
    }

    static var sample: UpstreamRow { UpstreamRow() }
}

/// One request, and its two answers.
struct UpstreamPage: PageValue {
    let number: ID<UpstreamRequest>
    let row: UpstreamRow
    /// Whether one button does it.
    let mayDo: Bool
    var reason = Self.reason

    static let reason = FormField("reason", "不办的原因")

    init(number: ID<UpstreamRequest>, row: UpstreamRow, mayDo: Bool, typed: Query?) {
        (self.number, self.row, self.mayDo) = (number, row, mayDo)
        reason.hint = "会和申请一起保存"
        guard let typed else { return }
        reason.value = typed["reason"]
        reason.want("请填写不办的原因", most: UpstreamRequest.longestReason)
    }

    private var errors: ErrorSummary { ErrorSummary([reason]) }
    var isRight: Bool { errors.isEmpty }
    var status: Page.Status { errors.status }

    static var fields: [String: Field<UpstreamPage>] {
        [
            "row": .item { $0.row }, "mayDo": .flag { $0.mayDo }, "reason": .item { $0.reason },
            "errors": .item { $0.errors.isEmpty ? nil : $0.errors },
            "done": .text { UpstreamPages.donePath.link($0.number).text },
            "dismissal": .text { UpstreamPages.dismissalPath.link($0.number).text },
            "back": .text { _ in UpstreamPages.path.link().text },
        ]
    }

    static var sample: UpstreamPage {
        UpstreamPage(number: ID(1), row: .sample, mayDo: true, typed: Query("reason="))
    }
}
